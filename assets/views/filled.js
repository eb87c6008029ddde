/*
 * Tabs that are filled with what the server sends as plain elements and drawings: {parts, svgs}.
 */
(function () {
  'use strict';

  const { answer } = window.kite_parts.outputs;
  const { fillById } = window.kite_parts.plain;

  function show_counts(told) {
    fillById('case-counts', told);
  }

  function show_hours(told) {
    fillById('hours-body', told);
  }

  function show_systems(told) {
    fillById('systems-body', told);
  }

  function show_published(told) {
    fillById('published-body', told);
  }

  answer({ show_counts, show_hours, show_systems, show_published });
})();
