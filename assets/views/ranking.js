/*
 * A region's parts, ranked: one row each, kept up to date in place and sorted again only now and then.
 */
(function () {
  'use strict';

  const { NONE, barWidth, changeOf, count, known, say, score1 } = window.kite_parts.words;
  const { isDead } = window.kite_parts.ages;
  const { know, watch } = window.kite_parts.current;
  const { go } = window.kite_parts.navigation;
  const { answer, usable } = window.kite_parts.outputs;

  const FELL = 3;
  const LEAST_SPAN = 3;
  const RESORT_MS = 10_000;

  /** Per list element: its rows by code, and when it was last sorted. */
  const rankings = new WeakMap();

  function rank_children(trends, order) {
    know({ trends, order });
  }

  watch(({ summary, place, trends, order, page }) => {
    const list = document.getElementById('children');
    if (!list || !place?.children) return;
    const state = rankings.get(list) ?? startRanking(list);
    if (state.code !== place.code) fillRanking(state, place, page);
    const fresh = usable(summary) && summary.code === place.code ? summary : null;
    if (fresh) showRows(state, fresh, page);
    if (trends && trends.code === place.code) showPast(state, trends);
    sortRows(state, order);
  });

  function startRanking(list) {
    const state = { list, code: '', rows: new Map(), order: '', sortedAt: 0, until: 0, pointed: false };
    list.addEventListener('click', (event) => followRow(event));
    list.addEventListener('pointerenter', () => { state.pointed = true; });
    list.addEventListener('pointerleave', () => { state.pointed = false; });
    rankings.set(list, state);
    return state;
  }

  /** A plain click stays in the page; with a modifier the browser does what it always does with a link. */
  function followRow(event) {
    const row = event.target.closest('a');
    if (!row || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(row.getAttribute('href'));
  }

  function fillRanking(state, place, page) {
    Object.assign(state, { code: place.code, order: '', until: 0 });
    state.rows = new Map(place.children.map((child) => [child.code, makeRow(child, page)]));
    state.list.replaceChildren(...[...state.rows.values()].map((row) => row.room));
    state.list.scrollTop = 0;
  }

  /** A link, and over its score a button that explains it: inside a link there may be none. */
  function makeRow({ code, name }, page) {
    const element = document.createElement('a');
    element.className = 'row child level-0';
    element.href = `/region/${code}`;
    const parts = { numeral: '', name, bar: '', score: NONE, change: '', open: '' };
    const row = { code, name, element, score: null, open: null, then: null };
    for (const [part, text] of Object.entries(parts)) {
      row[`${part}Part`] = document.createElement('span');
      row[`${part}Part`].className = part;
      row[`${part}Part`].textContent = text;
      element.append(row[`${part}Part`]);
    }
    row.namePart.title = name;
    row.fill = document.createElement('span');
    row.fill.className = 'fill';
    row.barPart.append(row.fill);
    row.spark = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    row.spark.setAttribute('class', 'spark');
    row.spark.setAttribute('viewBox', '0 0 100 20');
    row.spark.setAttribute('preserveAspectRatio', 'none');
    element.append(row.spark);
    row.room = document.createElement('div');
    row.room.className = 'ranked';
    row.room.append(element, scoreButton(code, say(page, 'explain.ask', { place: name })));
    return row;
  }

  function scoreButton(code, words) {
    const button = document.createElement('button');
    Object.assign(button, { type: 'button', className: 'score-button', title: words, ariaLabel: words });
    button.dataset.explain = code;
    return button;
  }

  function put(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  function showRows(state, summary, page) {
    const dead = isDead(summary, 'reports', page);
    for (const { code, score, level, open, hatched } of summary.children ?? []) {
      const row = state.rows.get(code);
      if (!row) continue;
      row.score = score;
      row.open = open;
      const className = `row child level-${level}${hatched ? ' hatched' : ''}${dead ? ' dead' : ''}`;
      if (row.element.className !== className) row.element.className = className;
      const width = barWidth(page, score);
      if (row.fill.style.width !== width) row.fill.style.width = width;
      put(row.numeralPart, level ? String(level) : '');
      put(row.scorePart, score1(score));
      put(row.openPart, count(open));
      showChange(row);
    }
  }

  function showChange(row) {
    put(row.changePart, changeOf(row.score, row.then));
    row.changePart.classList.toggle('fell', known(row.score) && known(row.then) && row.score - row.then <= -FELL);
  }

  function showPast(state, trends) {
    if (state.until === trends.until_ms) return;
    state.until = trends.until_ms;
    const span = Math.max(LEAST_SPAN, ...Object.values(trends.lines).map(spanOf));
    for (const row of state.rows.values()) {
      row.then = trends.then[row.code] ?? null;
      showChange(row);
      row.spark.innerHTML = sparkLine(trends.lines[row.code] ?? [], span);
    }
  }

  function spanOf(scores) {
    const some = scores.filter(known);
    return some.length ? Math.max(...some) - Math.min(...some) : 0;
  }

  /** Points are as high in every row, so that changes can be compared; each line stands in its row's middle. */
  function sparkLine(scores, span) {
    const some = scores.filter(known);
    const low = (Math.max(...some) + Math.min(...some) - span) / 2;
    const high = low + span;
    const step = 100 / Math.max(1, scores.length - 1);
    const points = scores
      .map((score, i) => (known(score) ? `${(i * step).toFixed(1)},${(19 - (18 * (score - low)) / (high - low)).toFixed(1)}` : ''))
      .filter(Boolean);
    return points.length < 2 ? '' : `<polyline points="${points.join(' ')}" vector-effect="non-scaling-stroke"/>`;
  }

  const collator = new Intl.Collator('zh-CN', { numeric: true });
  const byName = (a, b) => collator.compare(a.name, b.name);
  const orders = {
    score: (a, b) => (a.score ?? 999) - (b.score ?? 999) || byName(a, b),
    open: (a, b) => (b.open ?? -1) - (a.open ?? -1) || byName(a, b),
    name: byName,
  };

  /** Rows don't jump about: they are sorted again every ten seconds, and never under the pointer. */
  function sortRows(state, order) {
    const now = Date.now();
    const asked = state.order !== order;
    if (!asked && (state.pointed || now - state.sortedAt < RESORT_MS)) return;
    const rows = [...state.rows.values()];
    const filled = rows.some((row) => row.score !== null);
    Object.assign(state, { order: filled || order === 'name' ? order : '', sortedAt: now });
    rows.sort(orders[order] ?? byName).forEach(({ room }, i) => {
      if (state.list.children[i] !== room) state.list.insertBefore(room, state.list.children[i]);
    });
  }

  answer({ rank_children });
})();
