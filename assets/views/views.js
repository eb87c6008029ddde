/*
 * Tabs with more than one way to look at the same: what belongs to the chosen one is seen (`data-in`).
 */
(function () {
  'use strict';

  const { know } = window.kite_parts.current;
  const { answer } = window.kite_parts.outputs;

  function show_views(children, trend, cases) {
    show('children-view', children);
    show('trend-what', trend);
    show('cases-view', cases);
    know({ view: children });
  }

  function show(id, view) {
    const body = document.getElementById(id)?.closest('.tab-body');
    for (const part of body?.querySelectorAll('[data-in]') ?? []) part.hidden = part.dataset.in !== view;
  }

  answer({ show_views });
})();
