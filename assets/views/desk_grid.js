/*
 * What the desk's queue asks: how a clock reads, and whether a row lies in the part of the city that is looked at.
 * dash-ag-grid finds these functions by name (dashboard/views/dispatch.py).
 */
(function () {
  'use strict';

  const NOTHING = { text: '', colour: '' };

  function due({ data }) {
    const { words, now } = window.kite_desk ?? {};
    return words && data ? words.due(data.item.due, now()) : NOTHING;
  }

  const area = () => window.kite_desk?.desk?.area;

  window.dashAgGridFunctions = Object.assign(window.dashAgGridFunctions ?? {}, {
    kiteDue: (params) => due(params).text,
    kiteDueIs: (params, colour) => due(params).colour === colour,
    /** Whether the queue shows only a part of the city, and whether that part holds a row. */
    kiteDeskHasArea: () => area()?.isPart ?? false,
    kiteDeskHolds: ({ data }) => area()?.holds(data.item) ?? true,
  });
})();
