/*
 * A region's open cases as rows, each a link to the case's grid, with what a leader may do beside it; sorted by the
 * column that was clicked.
 *
 * rows: what callbacks/list_cases.py gives, the most pressing first. They are made some at a time, so that five
 * hundred of them do not hold up the map.
 */
(function () {
  'use strict';

  const { watch } = window.kite_parts.current;
  const { go } = window.kite_parts.navigation;
  const { answer } = window.kite_parts.outputs;
  const { fill: fillRows } = window.kite_parts.rows;
  const { say } = window.kite_parts.words;

  const AT_ONCE = 40;
  /** Part of a row → what it says of a case. */
  const PARTS = {
    level: 'level_name', type: 'type', place: 'place', state: 'state', occurred_at_ms: 'occurred', age_s: 'age',
  };
  /** What a leader may do with a case; `assets/leaders/` opens a menu at these buttons. */
  const DEEDS = ['instruct', 'supervise'];
  const collator = new Intl.Collator('zh-CN', { numeric: true });

  /** What is shown, in which order; `turn` tells an older filling to end. */
  const state = { rows: [], column: '', down: false, turn: 0, list: null, page: null };

  watch(({ page }) => { state.page = page; });

  function show_cases_list(rows) {
    const list = document.getElementById('cases-table');
    if (!list || !rows || !state.page) return;
    if (list !== state.list) startList(list);
    state.rows = rows;
    list.classList.toggle('none', rows.length === 0);
    for (const part of [list, document.getElementById('cases-head')]) part.classList.toggle('with-deeds', Boolean(rows[0]?.deeds));
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

  const fill = () => fillRows(state, state.list, sorted(), AT_ONCE, makeRow, put);

  /** A link, and beside it the buttons: inside a link there may be none. */
  function makeRow() {
    const room = Object.assign(document.createElement('div'), { className: 'with-case' });
    const row = Object.assign(document.createElement('a'), { className: 'row case' });
    for (const part of Object.keys(PARTS)) row.append(Object.assign(document.createElement('span'), { className: part }));
    const deeds = Object.assign(document.createElement('span'), { className: 'deeds' });
    for (const deed of DEEDS) {
      const button = Object.assign(document.createElement('button'), { type: 'button', className: 'deed' });
      button.textContent = say(state.page, `command.${deed}`);
      button.dataset.deed = deed;
      deeds.append(button);
    }
    room.append(row, deeds);
    return room;
  }

  function put(room, item) {
    const [row, deeds] = room.children;
    deeds.hidden = !item.deeds;
    for (const button of deeds.children) button.dataset.case = item.id;
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
