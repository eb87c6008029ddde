/*
 * A region's parts as a table that is sorted by the column that is clicked; the name leads to the part, the score
 * says why it is what it is.
 *
 * told: what callbacks/tabulate_children.py gives.
 */
(function () {
  'use strict';

  const { watch } = window.kite_parts.current;
  const go = (path) => window.kite_parts.navigation.go(path); // which is loaded later
  const { answer } = window.kite_parts.outputs;
  const { fill: fillRows } = window.kite_parts.rows;
  const { NONE, changeOf, count, known, say, score1 } = window.kite_parts.words;

  const AT_ONCE = 40;
  const collator = new Intl.Collator('zh-CN', { numeric: true });

  const state = { rows: [], code: '', column: 'score', down: false, turn: 0, list: null, page: null };

  watch(({ page }) => { state.page = page; });

  const change = (by) => (known(by) ? changeOf(by, 0) : NONE);
  /** By how many a count has changed, in words of its own: ▲ 3. */
  const against = (now, before) => (known(before) ? ` ${now === before ? '＝' : `${now > before ? '▲' : '▼'}${count(Math.abs(now - before))}`}` : '');

  /** Column → what it is sorted by, and what it says. */
  const COLUMNS = {
    name: [({ name }) => name, ({ name }) => name],
    score: [({ score }) => score, ({ score }) => score1(score)],
    day: [({ day }) => day, ({ day }) => change(day)],
    week: [({ week }) => week, ({ week }) => change(week)],
    month: [({ month }) => month, ({ month }) => change(month)],
    open: [({ open }) => open, ({ open }) => count(open)],
    overdue: [({ overdue }) => overdue, ({ overdue }) => count(overdue)],
    new: [({ new: now }) => now, ({ new: now, before }) => count(now) + (known(now) ? against(now, before) : '')],
    kept: [({ kept_share: kept }) => kept, ({ kept_share: kept }) => (known(kept) ? `${(100 * kept).toFixed(1)}%` : NONE)],
    per_10000: [({ per_10000: per }) => per, ({ per_10000: per }) => (known(per) ? per.toFixed(1) : NONE)],
  };

  function show_children_table(told) {
    const list = document.getElementById('children-table');
    if (!list || !told || !state.page) return;
    if (list !== state.list) start(list);
    if (told.code !== state.code) list.scrollTop = 0;
    Object.assign(state, { rows: told.rows, code: told.code });
    list.classList.toggle('none', told.rows.length === 0);
    document.getElementById('children-table-note').textContent = told.note;
    fill();
  }

  function start(list) {
    state.list = list;
    list.addEventListener('click', follow);
    for (const head of heads()) head.addEventListener('click', () => sortBy(head.dataset.column));
  }

  const heads = () => document.querySelectorAll('#children-table-head button');

  /** A plain click stays in the page; with a modifier the browser does what it always does with a link. */
  function follow(event) {
    const link = event.target.closest('a');
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(link.getAttribute('href'));
  }

  function sortBy(column) {
    Object.assign(state, { column, down: state.column === column ? !state.down : false });
    fill();
  }

  /** What is not known stands last, whichever way one sorts. */
  function sorted() {
    const { rows, column, down } = state, [value] = COLUMNS[column];
    const by = (a, b) => (typeof a === 'string' ? collator.compare(a, b) : a - b);
    const isKnown = (row) => value(row) !== null && value(row) !== undefined;
    const there = rows.filter(isKnown).sort((a, b) => (down ? -1 : 1) * by(value(a), value(b)));
    return [...there, ...rows.filter((row) => !isKnown(row))];
  }

  function fill() {
    for (const head of heads()) head.dataset.sorted = head.dataset.column === state.column ? (state.down ? 'down' : 'up') : '';
    fillRows(state, state.list, sorted(), AT_ONCE, makeRow, put);
  }

  function makeRow() {
    const row = Object.assign(document.createElement('div'), { className: 'row part' });
    for (const column of Object.keys(COLUMNS)) {
      const tag = { name: 'a', score: 'button' }[column] ?? 'span';
      row.append(Object.assign(document.createElement(tag), { className: column }));
    }
    row.children[1].type = 'button';
    return row;
  }

  function put(row, item) {
    const className = `row part level-${item.level}${item.hatched ? ' hatched' : ''}`;
    if (row.className !== className) row.className = className;
    Object.values(COLUMNS).forEach(([, words], i) => {
      const text = words(item);
      if (row.children[i].textContent !== text) row.children[i].textContent = text;
    });
    const [name, score] = row.children;
    Object.assign(name, { href: `/region/${item.code}`, title: item.name });
    score.dataset.explain = item.code;
    score.dataset.level = item.level || '';
    score.title = say(state.page, 'explain.ask', { place: item.name });
  }

  answer({ show_children_table });
})();
