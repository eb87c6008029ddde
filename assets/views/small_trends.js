/*
 * The trends of a region's parts as small drawings to one scale, the lowest score first; each is a link to its part.
 */
(function () {
  'use strict';

  const { watch } = window.kite_parts.current;
  const { go } = window.kite_parts.navigation;
  const { known, levelName, score1 } = window.kite_parts.words;
  const { usable } = window.kite_parts.outputs;

  const WIDTH = 100, HEIGHT = 36;
  /** The scale spans so many points at least, so that noise does not look like news. */
  const LEAST_SPAN = 8;

  const state = { room: null, code: '', key: '', cards: new Map() };

  watch(({ summary, place, trends, page, view }) => {
    const room = document.getElementById('children-small');
    if (!room || view !== 'small' || !place?.children) return;
    if (room !== state.room) start(room);
    if (state.code !== place.code) refill(place);
    if (trends?.code === place.code) draw(trends, page);
    if (usable(summary) && summary.code === place.code) write(summary, page);
  });

  function start(room) {
    state.room = room;
    state.code = '';
    room.addEventListener('click', (event) => {
      const link = event.target.closest('a');
      if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      go(link.getAttribute('href'));
    });
  }

  function refill(place) {
    Object.assign(state, { code: place.code, key: '', cards: new Map(place.children.map((child) => [child.code, card(child)])) });
    state.room.replaceChildren(...[...state.cards.values()].map(({ element }) => element));
    state.room.scrollTop = 0;
  }

  function card({ code, name }) {
    const element = Object.assign(document.createElement('a'), { className: 'small-trend', href: `/region/${code}`, title: name });
    const words = Object.assign(document.createElement('span'), { className: 'name' });
    words.textContent = name;
    const score = Object.assign(document.createElement('span'), { className: 'score' });
    const drawing = Object.assign(document.createElement('span'), { className: 'drawing' });
    element.append(words, score, drawing);
    return { element, score, drawing };
  }

  /** All lines to the scale of the widest, with the levels' cuts that lie in it; only when the hour has changed. */
  function draw({ code, until_ms: until, lines }, page) {
    const key = `${code} ${until}`;
    if (state.key === key) return;
    state.key = key;
    const all = Object.values(lines).flat().filter(known);
    state.room.classList.toggle('none', all.length === 0);
    const middle = (Math.max(...all) + Math.min(...all)) / 2;
    const span = Math.max(LEAST_SPAN, Math.max(...all) - Math.min(...all));
    const y = (value) => HEIGHT - 2 - ((HEIGHT - 4) * (value - middle + span / 2)) / span;
    const cuts = page.cuts.map((cut, i) => [cut, i + 1]).filter(([cut]) => Math.abs(cut - middle) <= span / 2);
    for (const [child, { drawing }] of state.cards) drawing.innerHTML = drawn(lines[child] ?? [], cuts, y);
  }

  function drawn(scores, cuts, y) {
    const step = WIDTH / Math.max(1, scores.length - 1);
    let pen = 'M';
    const d = scores.map((score, i) => {
      if (!known(score)) { pen = 'M'; return ''; }
      const point = `${pen}${(i * step).toFixed(1)},${y(score).toFixed(1)}`;
      pen = 'L';
      return point;
    }).join('');
    const lines = cuts.map(([cut, level]) => `<path class="cut cut-${level}" d="M0,${y(cut).toFixed(1)}H${WIDTH}"/>`);
    return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">${lines.join('')}<path class="line" d="${d}"/></svg>`;
  }

  function write(summary, page) {
    for (const { code, score, level } of summary.children ?? []) {
      const card = state.cards.get(code);
      if (!card) continue;
      const words = level ? `${score1(score)} ${levelName(page, level)}` : score1(score);
      if (card.score.textContent !== words) card.score.textContent = words;
      card.score.className = `score level-text-${level}`;
      // Once: cards don't jump about.
      if (!card.element.style.order) card.element.style.order = known(score) ? Math.round(10 * score) : 9999;
    }
  }
})();
