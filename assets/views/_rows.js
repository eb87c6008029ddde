/*
 * Lists of many rows, filled without keeping the map waiting.
 */
(function () {
  'use strict';

  /**
   * Fill `list` with `rows`: elements that are there are used again, the others come `atOnce` at a time.
   * `state.turn` counts the fillings: a newer one stops those that are still under way.
   */
  function fill(state, list, rows, atOnce, makeRow, put) {
    const turn = ++state.turn;
    while (list.childElementCount > rows.length) list.lastElementChild.remove();
    const some = (from) => {
      if (turn !== state.turn) return;
      const end = Math.min(rows.length, from + atOnce);
      for (let i = from; i < end; i++) put(list.children[i] ?? list.appendChild(makeRow()), rows[i]);
      if (end < rows.length) setTimeout(() => some(end));
    };
    some(0);
  }

  window.kite_parts = Object.assign(window.kite_parts ?? {}, { rows: { fill } });
})();
