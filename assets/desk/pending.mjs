/** What a case waits for: departments that were whistled for, hearings, an extension that was asked for. */

import { make } from './elements.mjs';

/** @typedef {{text: string, colour: string}} Line */

/**
 * @param {import('./words.mjs').Words} words @param {any} whole The case as the API has it. @param {number} nowMs
 * @returns {Line[]}
 */
export function pendingLines(words, whole, nowMs) {
  return [
    ...(whole.whistles ?? []).map(([department, , due, reported]) => whistled(words, department, due, reported ?? null, nowMs)),
    ...(whole.hearings ?? []).map(([team, scheduled, result]) => heard(words, team, scheduled, result, nowMs)),
    ...(whole.asked_until_ms ? [{ text: words.say('desk.asked', { at: words.at(whole.asked_until_ms, nowMs) }), colour: 'yellow' }] : []),
  ];
}

/** Who has reported in, and who hasn't, with the clock that runs. @returns {Line} */
function whistled(words, department, due, reported, nowMs) {
  if (reported !== null) return { text: words.say('desk.came', { department, at: words.at(reported, nowMs) }), colour: reported > due ? 'yellow' : '' };
  const isLate = due <= nowMs, span = words.span(Math.abs(due - nowMs));
  return { text: words.say(isLate ? 'desk.called.late' : 'desk.called', { department, at: words.at(due, nowMs), span }), colour: isLate ? 'red' : '' };
}

/** @returns {Line} */
function heard(words, team, scheduled, result, nowMs) {
  const { choices } = words.page, said = { team: choices.team[team], at: words.at(scheduled, nowMs), result: choices.outcome[result] };
  if (result) return { text: words.say('desk.hearing.result', said), colour: '' };
  return { text: words.say('desk.hearing.set', said), colour: scheduled <= nowMs ? 'yellow' : '' };
}

/** Write the lines into a list; only what has changed is written. @param {HTMLElement} list @param {Line[]} lines */
export function write(list, lines) {
  while (list.children.length > lines.length) list.lastElementChild.remove();
  lines.forEach(({ text, colour }, i) => {
    const line = list.children[i] ?? list.appendChild(make('li'));
    if (line.className !== colour) line.className = colour;
    if (line.textContent !== text) line.textContent = text;
  });
}
