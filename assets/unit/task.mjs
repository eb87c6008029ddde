/** One opened task: its facts, the way there, what may be done next, and its history. */

import { make } from '../desk/elements.mjs';
import { clockOf } from './list.mjs';

/** The way through a task, under the thumb; the first that is allowed is the one that is meant. */
const WAY = ['take_on', 'en_route', 'on_scene', 'resolve'];
/** What is seldom done, and not by mistake: at the end of the task. */
const ASIDE = ['return_back', 'extend'];

/**
 * @param {import('./words.mjs').Words} words @param {import('./view.mjs').Row} row @param {number} nowMs
 * @param {(command: string) => void} press
 */
export function taskPanel(words, row, nowMs, press) {
  const { task, then } = row;
  return make('article', { className: `task level-${task.level}` },
    make('div', { className: 'head' }, make('span', { className: 'kind' }, words.kind(task)), clockOf(words, task, then, nowMs)),
    make('h2', {}, task.summary || words.page.types[task.type]),
    make('p', { className: 'place' }, task.place),
    wayThere(words, task),
    factsOf(words, row, nowMs),
    historyOf(words, row, nowMs),
    buttonsOf(words, row, ASIDE, 'buttons aside', press),
    buttonsOf(words, row, WAY, 'buttons way', press));
}

/** A link that the phone's own map opens (RFC 5870; `q` is what makes maps set a pin). */
function wayThere(words, task) {
  const point = `${task.lat.toFixed(6)},${task.lon.toFixed(6)}`;
  const label = encodeURIComponent(task.place || words.page.types[task.type]);
  return make('a', { className: 'map', href: `geo:${point}?q=${point}(${label})` },
    make('span', {}, words.say(task.exact ? 'unit.map' : 'unit.map.grid')),
    make('small', {}, point.replace(',', ', ')));
}

function factsOf(words, { task, then }, nowMs) {
  const rows = [
    ['unit.fact.state', words.page.states[then.state]],
    ['unit.fact.card', words.page.cards[task.card]],
    ['unit.fact.outcome', words.page.outcomes[task.outcome]],
    ['unit.fact.regions', words.regions(task)],
    ['unit.fact.occurred', words.at(task.occurred_at_ms, nowMs)],
    ['unit.fact.origin', words.page.origins[task.origin]],
    ...task.clocks.map((clock) => ['unit.fact.due', `${words.page.phases[clock.phase]} ${words.at(clock.red_ms, nowMs)}`]),
    ['unit.fact.asked', task.asked_until_ms && words.at(task.asked_until_ms, nowMs)],
    ['unit.fact.id', task.id],
  ];
  const shown = rows.filter(([, value]) => value);
  return make('dl', {}, ...shown.flatMap(([name, value]) => [make('dt', {}, words.say(name)), make('dd', {}, value)]));
}

/** The newest first, what waits before all; a step that was told late says so. */
function historyOf(words, { task, entries, held }, nowMs) {
  const waiting = entries.map((entry) => make('li', { className: 'waiting' },
    make('span', {}, `${words.at(entry.at_ms, nowMs)} · ${words.page.commands[entry.command]}`),
    make('b', {}, words.say(held ? 'unit.mark.held' : 'unit.mark.waiting', { n: 1 })),
    entry.fields.note && make('q', {}, entry.fields.note)));
  const steps = task.history.map((step) => make('li', {},
    make('span', {}, words.step(step, nowMs)),
    step.late_ms > 0 && make('small', {}, words.say('unit.late', { at: words.at(step.at_ms + step.late_ms, nowMs) })),
    step.note && make('q', {}, step.note)));
  return make('section', { className: 'history' }, make('h3', {}, words.say('unit.history')),
    make('ol', {}, ...waiting.reverse(), ...steps.reverse()));
}

/** Those that are allowed now. While the unit must decide about what waits there is nothing else to press. */
function buttonsOf(words, { then, held }, commands, className, press) {
  const allowed = commands.filter((command) => then.allowed.includes(command));
  if (held || allowed.length === 0) return null;
  return make('div', { className }, ...allowed.map((command, i) => make('button', {
    type: 'button', className: commands === WAY && i === 0 ? 'first' : '', dataset: { command }, onclick: () => press(command),
  }, words.page.commands[command])));
}
