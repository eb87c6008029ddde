/*
 * What callbacks give back to Dash: only what is not on the screen already.
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

  /** Whether a summary speaks of a region at all. */
  const usable = (summary) => Boolean(summary && summary.code !== undefined && summary.code !== null);

  window.kite_parts = Object.assign(window.kite_parts ?? {}, { outputs: { changed, usable } });
})();
