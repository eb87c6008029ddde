/**
 * Commands that can't go on by themselves, and what the unit may do about it.
 *
 * What changed is told with who did it; what would be sent and what can't be any more is told before the tap that
 * does it. Nothing here goes away by itself.
 */

import { make } from '../desk/elements.mjs';

/** Reasons that another wording mends. */
const REWORDED = new Set(['personal', 'bad_value', 'missing_field', 'too_large']);

/**
 * @param {import('./words.mjs').Words} words
 * @param {import('./replay.mjs').Task|null} task As it is now; null where it is the unit's no more.
 * @param {{entry: import('./store.mjs').Entry, possible: boolean}[]} steps
 * @param {import('./replay.mjs').Step[]} goneHistory Of a case that is no task any more. @param {number} nowMs
 * @param {{send: () => void, drop: () => void, reword: (entry: import('./store.mjs').Entry) => void}} doing
 */
export function heldCard(words, task, steps, goneHistory, nowMs, doing) {
  const first = steps.find(({ entry }) => entry.held).entry, { held, about } = first;
  const sendable = steps.filter(({ possible }) => possible).length;
  const hasChanged = held.reason === 'version' || !task;
  const history = task?.history ?? goneHistory, seen = steps[0].entry.version;
  const changes = hasChanged ? history.slice(seen) : [];
  const hasWords = Object.keys(first.fields).length > 0 && REWORDED.has(held.reason) && held.facts.field !== 'at' && task;
  return make('article', { className: 'card', dataset: { case: first.case } },
    make('h2', {}, `${words.kind(about)} · ${about.place || about.summary}`),
    make('p', {}, task ? why(words, held, first) : words.say('unit.held.gone')),
    changes.length > 0 && make('ul', { className: 'changes' }, ...changes.map((step, i) => make('li', {},
      words.step(step, nowMs), step.state !== history[seen + i - 1]?.state && ` → ${words.page.states[step.state]}`,
      step.note && make('q', {}, step.note)))),
    make('ul', { className: 'plan' }, ...steps.map(({ entry, possible }) => make('li', { className: possible ? 'goes' : 'stays' },
      make('span', {}, `${words.page.commands[entry.command]} · ${words.at(entry.at_ms, nowMs)}`),
      make('b', {}, words.say(possible ? 'unit.held.goes' : 'unit.held.stays')),
      entry.fields.note && make('q', {}, entry.fields.note)))),
    make('div', { className: 'buttons' },
      make('button', { type: 'button', className: 'drop', onclick: doing.drop }, words.say(sendable || hasWords ? 'unit.held.drop' : 'unit.held.seen')),
      hasWords && make('button', { type: 'button', className: 'first', onclick: () => doing.reword(first) }, words.say('unit.held.reword')),
      !hasWords && sendable > 0 && make('button', { type: 'button', className: 'first', onclick: doing.send }, words.say('unit.held.send', { n: sendable }))));
}

function why(words, held, { command }) {
  if (held.reason === 'version') return words.say('unit.held.version');
  return words.say('unit.held.refused', { command: words.page.commands[command], why: words.refusal(held) });
}
