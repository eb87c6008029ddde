/*
 * How the page's own functions answer Dash's callbacks. Loaded first, as `_` sorts before letters.
 */
(function () {
  'use strict';

  /** The values, with `no_update` in place of those that are shown already. */
  function changed(next, shown) {
    const same = window.dash_clientside.no_update;
    return next.map((value, i) => (alike(value, shown[i]) ? same : value));
  }

  function alike(a, b) {
    if (a === b) return true;
    return Boolean(a && b) && typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b);
  }

  /** Let these functions answer the callbacks that name them: see callbacks/in_page.py. */
  function answer(functions) {
    const others = window.dash_clientside?.kite_views;
    window.dash_clientside = { ...window.dash_clientside, kite_views: { ...others, ...functions } };
  }

  /** Whether a summary speaks of a region at all. */
  const usable = (summary) => Boolean(summary && summary.code !== undefined && summary.code !== null);

  window.kite_parts = Object.assign(window.kite_parts ?? {}, { outputs: { answer, changed, usable } });
})();
