/*
 * Dash asks once for what a page is made of. Where that answer is lost on its way, or is only that the server or its
 * store is away just now, the page would say for ever that it is being opened: so it is asked for again; and where
 * Dash's own script was lost, the page is. A classic script, as map_hook.js: it runs before Dash asks.
 */
(function () {
  'use strict';

  const MADE_OF = /\/_dash-(?:layout|dependencies)$/;
  const PAUSES_MS = [250, 500, 1000, 2000, 4000];
  const SIGNED_OUT = 401, FAULT = 500;
  const once = window.fetch.bind(window);

  window.fetch = (what, ...more) => (MADE_OF.test(String(what)) ? untilAnswered(what, more) : once(what, ...more));

  async function untilAnswered(what, more) {
    for (let failed = 0; ; failed++) {
      const answer = await once(what, ...more).catch(() => null);
      if (answer?.status === SIGNED_OUT) window.location.reload(); // the page leads to the sign-in
      if (answer && answer.status < FAULT) return answer;
      await pause(PAUSES_MS[Math.min(failed, PAUSES_MS.length - 1)]);
    }
  }

  /** Spread out: all screens of a city come back at once after a restart of the server. */
  function pause(ms) {
    return new Promise((resolve) => { setTimeout(resolve, ms * (0.75 + 0.5 * Math.random())); });
  }

  window.addEventListener('load', async () => {
    if (window.renderer) return; // made by the line that starts Dash
    for (;;) {
      await pause(PAUSES_MS.at(-1));
      const { ok } = await once(window.location.href, { method: 'HEAD', cache: 'no-store' }).catch(() => ({ ok: false }));
      if (ok) window.location.reload();
    }
  });
})();
