/*
 * What moved the score: the waterfall, the note beside the title, and under it the cases or else the reasons.
 *
 * moved: what callbacks/show_movement.py gives.
 */
(function () {
  'use strict';

  const { fill } = window.kite_parts.plain;
  const { answer } = window.kite_parts.outputs;

  function show_moved(moved) {
    const cases = document.getElementById('moved-cases'), reasons = document.getElementById('reasons');
    if (!cases || !moved) return;
    window.kite_parts.drawings.put_svg(moved.drawing);
    Object.assign(document.getElementById('moved-note'), { textContent: moved.note, title: moved.when });
    fill(cases, moved.rows);
    cases.hidden = moved.reasons;
    reasons.hidden = !moved.reasons;
  }

  answer({ show_moved });
})();
