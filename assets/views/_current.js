/*
 * What the page knows of the region that it is about, and who is to be told when that changes.
 *
 * The live figures come by an event from the map's client (assets/kite/panels.mjs), and are written straight into
 * the page: through Dash's properties the same writing took 50-80 ms of the main thread every second, as each of its
 * outputs is a component rendered anew. What is slow (place, profile, trends) still comes by Dash's callbacks.
 */
(function () {
  'use strict';

  /** summary, profile, place, trends, order, page: null until they are there. */
  const current = { summary: null, profile: null, place: null, trends: null, order: null, page: null };
  const watchers = [];

  /** Some of it is new: tell everyone, as soon as there is a page to write into. */
  function know(more) {
    Object.assign(current, more);
    if (current.page) for (const tell of watchers) tell();
  }

  /**
   * Call `fn(current)` after changes: in a task of its own, not in Dash's that brought them, and once for all that
   * came until then.
   */
  function watch(fn) {
    let due = false;
    watchers.push(() => {
      if (due) return;
      due = true;
      setTimeout(() => { due = false; fn(current); });
    });
  }

  document.addEventListener('kite:summary', ({ detail }) => know({ summary: detail }));

  window.kite_parts = Object.assign(window.kite_parts ?? {}, { current: { know, watch } });
})();
