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

  /** Live figures come in a task of their own, and are written at once. */
  function hear(summary) {
    current.summary = summary;
    if (current.page) for (const { now } of watchers) now();
  }

  /** What Dash brings is written after its task, which is long enough, and once for all that came until then. */
  function know(more) {
    Object.assign(current, more);
    if (current.page) for (const { soon } of watchers) soon();
  }

  /** Call `fn(current)` after changes. */
  function watch(fn) {
    let due = 0;
    const now = () => {
      clearTimeout(due);
      due = 0;
      fn(current);
    };
    watchers.push({ now, soon: () => { due ||= setTimeout(now); } });
  }

  document.addEventListener('kite:summary', ({ detail }) => hear(detail));

  window.kite_parts = Object.assign(window.kite_parts ?? {}, { current: { hear, know, watch } });
})();
