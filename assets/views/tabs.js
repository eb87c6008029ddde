/*
 * Which tab is open: the server is asked only for what is behind it. Trend and cases grow old and are asked for
 * again with every tick of the slow clock, facts are not.
 */
(function () {
  'use strict';

  const { answer } = window.kite_parts.outputs;

  const TABS = ['trend', 'cases', 'facts'];
  const GROWS_OLD = { trend: true, cases: true };

  let asked = '';

  function ask_for_open_tab(place, tab, ticks) {
    const { no_update: same } = window.dash_clientside;
    const next = place?.code && { code: place.code, tick: GROWS_OLD[tab] ? ticks : null };
    const text = JSON.stringify([tab, next]);
    if (!next || text === asked) return TABS.map(() => same);
    asked = text;
    return TABS.map((name) => (name === tab ? next : same));
  }

  answer({ ask_for_open_tab });
})();
