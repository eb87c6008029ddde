/*
 * How a clock reads in the desk's queue: dash-ag-grid finds these functions by name (dashboard/views/dispatch.py).
 */
(function () {
  'use strict';

  const NOTHING = { text: '', colour: '' };

  function due({ data }) {
    const { words, now } = window.kite_desk ?? {};
    return words && data ? words.due(data.item.due, now()) : NOTHING;
  }

  window.dashAgGridFunctions = Object.assign(window.dashAgGridFunctions ?? {}, {
    kiteDue: (params) => due(params).text,
    kiteDueIs: (params, colour) => due(params).colour === colour,
  });
})();
