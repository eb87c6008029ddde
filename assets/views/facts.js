/*
 * The facts of a place, made in place from what the server sends.
 */
(function () {
  'use strict';

  const { answer } = window.kite_parts.outputs;
  const { fillById } = window.kite_parts.plain;

  function show_facts(rows) {
    fillById('facts', { parts: rows ?? [] });
  }

  answer({ show_facts });
})();
