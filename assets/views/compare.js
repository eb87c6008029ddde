/*
 * Regions side by side: chips that choose them, and what the server draws of those that are chosen.
 *
 * told: what callbacks/compare_regions.py gives.
 */
(function () {
  'use strict';

  const { fillById } = window.kite_parts.plain;
  const { answer } = window.kite_parts.outputs;

  /** The region, its codes as they came first, those that are on in the order of choosing, and where the chips are. */
  const state = { code: '', order: [], on: [], room: null };

  function show_compared(told) {
    const room = document.getElementById('compare-choice');
    if (!room || !told) return;
    if (room !== state.room) start(room);
    const on = told.choice.filter((one) => one.on).map(({ code }) => code);
    const kept = told.code === state.code ? state.on.filter((code) => on.includes(code)) : [];
    if (told.code !== state.code) state.order = told.choice.map(({ code }) => code);
    Object.assign(state, { code: told.code, on: [...kept, ...on.filter((code) => !kept.includes(code))] });
    const place = ({ code }) => state.order.indexOf(code);
    chips(room, [...told.choice].sort((a, b) => place(a) - place(b))); // they don't jump about
    fillById('compare-body', told);
  }

  function start(room) {
    state.room = room;
    room.addEventListener('click', ({ target }) => {
      const chip = target.closest('button');
      if (chip) choose(chip.dataset.code);
    });
  }

  /** Chips that are there are used again, so that the one that was pressed keeps the focus. */
  function chips(room, choice) {
    while (room.childElementCount > choice.length) room.lastElementChild.remove();
    choice.forEach(({ code, name, on }, i) => {
      const chip = room.children[i] ?? room.appendChild(Object.assign(document.createElement('button'), { type: 'button' }));
      chip.dataset.code = code;
      chip.setAttribute('aria-pressed', String(on));
      if (chip.textContent !== name) chip.textContent = name;
    });
  }

  /** The newest choice comes last: with too many, the server leaves out those that were chosen first. */
  function choose(code) {
    const on = state.on.includes(code) ? state.on.filter((one) => one !== code) : [...state.on, code];
    state.on = on;
    window.dash_clientside.set_props('compare-chosen', { data: { code: state.code, codes: on } });
  }

  answer({ show_compared });
})();
