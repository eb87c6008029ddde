/*
 * The last resort of a screen that nobody touches: it stands in the page itself and needs no other script. Where the
 * wall does not come to life, or its loop has stopped, the page is loaded anew, once the server is ready for it; each
 * time in vain it waits twice as long. (A page whose thread hangs runs no script, this one neither: see docs/wall.md.)
 */
(function () {
  'use strict';

  const KEY = 'kite.wall.guard', PATIENCE_MS = 60_000, EVERY_MS = 15_000;
  const FIRST_MS = 60_000, LONGEST_MS = 1_800_000, SETTLED_MS = 600_000;
  const root = document.documentElement.dataset.root ?? '/';
  document.documentElement.dataset.page = 'wall'; // what the styles of the whole page go by

  const guard = window.kiteWallGuard = {
    /** When the wall's loop last went round, by performance.now(); the wall sets it (assets/wall/wall.mjs). */
    aliveAt: 0,
    failed: read().failed,
  };

  function read() {
    try {
      return { failed: 0, at: 0, ...JSON.parse(sessionStorage.getItem(KEY) ?? '{}') };
    } catch {
      return { failed: 0, at: 0 };
    }
  }

  /** Whether it could be noted: what can't be remembered might be done again and again. */
  function note(failed) {
    try {
      sessionStorage.setItem(KEY, JSON.stringify({ failed, at: Date.now() }));
      return true;
    } catch {
      return false;
    }
  }

  async function look() {
    if (document.hidden) {
      guard.aliveAt = performance.now(); // a page that is not seen is not painted
      return;
    }
    if (performance.now() - guard.aliveAt < PATIENCE_MS) {
      if (guard.failed && guard.aliveAt > SETTLED_MS && note(0)) guard.failed = 0;
      return;
    }
    const { failed, at } = read();
    if (failed && Date.now() - at < Math.min(LONGEST_MS, FIRST_MS * 2 ** failed)) return;
    const ready = await fetch(`${root}readyz`, { cache: 'no-store' }).then(({ ok }) => ok, () => false);
    if (ready && note(failed + 1)) window.location.reload();
  }

  setInterval(look, EVERY_MS);
})();
