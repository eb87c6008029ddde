/*
 * How the page's own functions answer Dash's callbacks. Loaded first, as `_` sorts before letters.
 */
(function () {
  'use strict';

  /** Let these functions answer the callbacks that name them: see callbacks/in_page.py. */
  function answer(functions) {
    const others = window.dash_clientside?.kite_views;
    window.dash_clientside = { ...window.dash_clientside, kite_views: { ...others, ...functions } };
  }

  /** Whether a summary speaks of a region at all. */
  const usable = (summary) => Boolean(summary && summary.code !== undefined && summary.code !== null);

  window.kite_parts = Object.assign(window.kite_parts ?? {}, { outputs: { answer, usable } });
})();
