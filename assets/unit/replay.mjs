/** A task as it will be once what waits is done: the commands' table (dashboard/domain/unit_tasks.py), run ahead. */

/**
 * @typedef {object} Step @property {number} at_ms @property {string} command @property {string} state
 * @property {string} by @property {string} note @property {number} late_ms
 *
 * @typedef {object} Task What the server gives of a case (dashboard/live/unit_api.py).
 * @property {string} id @property {number} version @property {string} type @property {number} level
 * @property {string} state @property {string} card @property {string} place @property {string} summary
 * @property {string} origin @property {number} occurred_at_ms @property {boolean} simulated
 * @property {{code: string, name: string, name_en: string}[]} regions From the county down to the grid.
 * @property {number} lon @property {number} lat @property {boolean} exact Whether that is the case's own place.
 * @property {{phase: string, started_ms: number, yellow_ms: number, red_ms: number, paused: string}[]} clocks
 * @property {number|null} asked_until_ms @property {string} outcome
 * @property {string[]} done The unit's commands since it was given the case.
 * @property {string[]} allowed @property {Step[]} history
 *
 * @typedef {Record<string, {moves: Record<string, string>, passed_by: string[], conditional: boolean}>} Rules
 *   Command → state before → after; after which it says nothing new; whether more than the state decides on it.
 */

/** The task after a command that it allows. @param {Rules} rules @param {Task} task @param {string} command @returns {Task} */
export function after(rules, task, command) {
  const done = [...task.done, command], state = rules[command].moves[task.state];
  const allowed = Object.keys(rules).filter((slug) => {
    const { moves, passed_by: passedBy, conditional } = rules[slug];
    if (!(state in moves) || passedBy.some((passed) => done.includes(passed))) return false;
    return !conditional || (task.allowed.includes(slug) && slug !== command);
  });
  return { ...task, version: task.version + 1, state, done, allowed };
}

/**
 * The task once all that waits and still can is done, and which of it can.
 * @param {Rules} rules @param {Task} task @param {import('./store.mjs').Entry[]} entries Of this case, in their order.
 */
export function replay(rules, task, entries) {
  let then = task;
  const steps = entries.map((entry) => {
    const possible = !isRefused(entry) && then.allowed.includes(entry.command);
    if (possible) then = after(rules, then, entry.command);
    return { entry, possible };
  });
  return { task: then, steps };
}

/** Whether sending it again would help nothing; what only saw another version may be sent on this one. */
const isRefused = ({ held }) => held !== null && held.reason !== 'version';
