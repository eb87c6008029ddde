/*
 * A region's open cases as rows, each a link to the case's grid; sorted by the column that was clicked.
 *
 * rows: what callbacks/list_cases.py gives, the most pressing first. They are made some at a time, so that five
 * hundred of them do not hold up the map.
 */
(function () {
  'use strict';

  const { go } = window.kite_parts.navigation;
  const { answer } = window.kite_parts.outputs;

  const AT_ONCE = 40;
  /** Part of a row → what it says of a case. */
  const PARTS = {
    level: 'level_name', type: 'type', place: 'place', state: 'state', occurred_at_ms: 'occurred', age_s: 'age',
  };
  const collator = new Intl.Collator('zh-CN', { numeric: true });

  /** What is shown, in which order; `turn` tells an older filling to end. */
  const state = { rows: [], column: '', down: false, turn: 0, list: null };

  function show_cases_list(rows) {
    const list = document.getElementById('cases-table');
    if (!list || !rows) return;
    if (list !== state.list) startList(list);
    state.rows = rows;
    list.classList.toggle('none', rows.length === 0);
    fill();
  }

  function startList(list) {
    state.list = list;
    list.addEventListener('click', followRow);
    for (const head of document.querySelectorAll('#cases-head button')) {
      head.addEventListener('click', () => sortBy(head));
    }
  }

  /** A plain click stays in the page; with a modifier the browser does what it always does with a link. */
  function followRow(event) {
    const row = event.target.closest('a');
    if (!row || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(row.getAttribute('href'));
  }

  /** Once upwards, once downwards, then as it came. */
  function sortBy(head) {
    const { column } = head.dataset;
    if (state.column !== column) Object.assign(state, { column, down: false });
    else if (!state.down) state.down = true;
    else state.column = '';
    for (const other of document.querySelectorAll('#cases-head button')) {
      const sorted = other.dataset.column === state.column;
      other.dataset.sorted = sorted ? (state.down ? 'down' : 'up') : '';
    }
    fill();
  }

  function sorted() {
    const { rows, column, down } = state;
    if (!column) return rows;
    const by = (a, b) => (typeof a[column] === 'number' ? a[column] - b[column] : collator.compare(a[column], b[column]));
    return [...rows].sort(down ? (a, b) => by(b, a) : by);
  }

  /** Rows that are there are used again; the others come a few at a time. */
  function fill() {
    const turn = ++state.turn, rows = sorted(), { list } = state;
    while (list.childElementCount > rows.length) list.lastElementChild.remove();
    const some = (from) => {
      if (turn !== state.turn) return;
      const end = Math.min(rows.length, from + AT_ONCE);
      for (let i = from; i < end; i++) put(list.children[i] ?? list.appendChild(makeRow()), rows[i]);
      if (end < rows.length) setTimeout(() => some(end));
    };
    some(0);
  }

  function makeRow() {
    const row = document.createElement('a');
    row.className = 'row case';
    for (const part of Object.keys(PARTS)) row.append(Object.assign(document.createElement('span'), { className: part }));
    return row;
  }

  function put(row, item) {
    row.setAttribute('href', `/region/${item.grid}`);
    Object.values(PARTS).forEach((name, i) => {
      if (row.children[i].textContent !== item[name]) row.children[i].textContent = item[name];
    });
    row.firstElementChild.className = `level case-level-${item.level}`;
    row.children[1].title = item.summary;
    row.children[2].title = item.place;
  }

  answer({ show_cases_list });
})();
