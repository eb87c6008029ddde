/** The unit's tasks: what is due first first, what is done and awaits its verification last. */

import { make } from '../desk/elements.mjs';

/**
 * @param {import('./words.mjs').Words} words @param {import('./view.mjs').Row[]} rows @param {string} opened
 * @param {string} empty What is said where there are none. @param {number} nowMs
 */
export function listOf(words, rows, opened, empty, nowMs) {
  if (rows.length === 0) return [make('p', { className: 'empty' }, words.say(empty))];
  const isToDo = ({ then }) => words.page.to_do.includes(then.state);
  const toDo = rows.filter(isToDo), finished = rows.filter((row) => !isToDo(row));
  return [
    ...group(words.say('unit.todo', { n: toDo.length }), toDo, words, opened, nowMs),
    ...group(words.say('unit.finished', { n: finished.length }), finished, words, opened, nowMs, 'finished'),
  ];
}

function group(title, rows, words, opened, nowMs, className = '') {
  if (rows.length === 0) return [];
  const items = rows.map((row) => make('li', {}, itemOf(words, row, row.task.id === opened, nowMs)));
  return [make('h2', {}, title), make('ul', { className: `tasks ${className}` }, ...items)];
}

/** @param {import('./words.mjs').Words} words @param {import('./view.mjs').Row} row */
function itemOf(words, { task, then, entries, held }, isOpened, nowMs) {
  const item = make('a', { className: `item level-${task.level}`, href: `#${encodeURIComponent(task.id)}` },
    make('span', { className: 'kind' }, words.kind(task)),
    clockOf(words, task, then, nowMs),
    make('span', { className: 'place' }, task.place || words.regions(task)),
    make('span', { className: 'foot' },
      make('span', { className: 'state' }, words.page.states[then.state] ?? then.state),
      entries.length > 0 && make('span', { className: held ? 'mark held' : 'mark' }, words.say(held ? 'unit.mark.held' : 'unit.mark.waiting', { n: entries.length })),
      task.card !== 'normal' && make('span', { className: `mark card-${task.card}` }, words.page.cards[task.card]),
      task.simulated && make('span', { className: 'mark simulated' }, words.say('unit.mark.simulated'))));
  if (isOpened) item.setAttribute('aria-current', 'true');
  return item;
}

/** The clock that is due next, unless what waits stops it. */
export function clockOf(words, task, then, nowMs) {
  const clock = task.clocks.find(({ phase }) => words.page.to_do.includes(then.state) && !(phase === 'on_scene' && then.done.includes('on_scene')));
  const { text, colour } = words.due(clock, nowMs);
  return make('span', { className: `due ${colour}`, dataset: clock ? { clock: JSON.stringify(clock) } : {} }, text);
}
