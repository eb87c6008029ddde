/*
 * Drawings that the server made, put into the page's elements: Dash has no component for an SVG.
 *
 * drawings: {id of an element: text of an SVG}, as dashboard/views/charts gives it.
 */
(function () {
  'use strict';

  const { answer } = window.kite_parts.outputs;

  /** Text of what is drawn by element, so that the same again costs nothing. */
  const drawn = new WeakMap();

  function put_svg(drawings) {
    for (const [id, svg] of Object.entries(drawings ?? {})) {
      const element = document.getElementById(id);
      if (!element || drawn.get(element) === svg) continue;
      drawn.set(element, svg);
      element.innerHTML = svg;
    }
  }

  window.kite_parts = Object.assign(window.kite_parts ?? {}, { drawings: { put_svg } });
  answer({ put_svg });
})();
