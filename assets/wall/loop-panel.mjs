/** The closed loop: open cases by stage, what is overdue in each, and the cards that were shown. */

import { bar, fill, make, mark, put } from './put.mjs';

export class LoopPanel {
  /** @param {HTMLElement} section @param {import('./words.mjs').Words} words */
  constructor(section, words) {
    this.section = section;
    this.words = words;
    this.sums = Object.fromEntries(['over', 'red', 'yellow'].map((kind) => [kind, make('b', { className: kind })]));
    const sums = Object.entries(this.sums).flatMap(([kind, figure], i) => [i ? ' · ' : '', words.say(`wall.loop.${kind}`), ' ', figure]);
    const rows = make('ul', { className: 'wall-rows wall-loop-rows' });
    this.rows = words.page.open_states.map((state) => {
      const parts = { state, bar: bar('plain'), count: make('b'), over: make('span', { className: 'over' }) };
      rows.append(make('li', {}, make('span', { className: 'name' }, words.page.states[state]), parts.bar, parts.count, parts.over));
      return parts;
    });
    const right = make('span', { className: 'second' }, ...sums);
    section.append(make('header', { className: 'wall-head' }, make('h2', {}, words.say('wall.loop')), right), rows);
  }

  /** @param {import('./wall.mjs').Context} context */
  tick({ loop, stale }) {
    const { words } = this, most = Math.max(1, ...Object.values(loop.stages).map(({ open }) => open));
    mark(this.section, 'stale', stale.has('reports') ? 1 : null);
    for (const [kind, figure] of Object.entries(this.sums)) {
      put(figure, words.count(loop[kind]));
      mark(figure, 'some', loop[kind] > 0 ? 1 : null);
    }
    for (const { state, bar: line, count, over } of this.rows) {
      const stage = loop.stages[state] ?? { open: 0, over: 0 };
      fill(line, stage.open / most);
      put(count, words.count(stage.open));
      put(over, stage.over > 0 ? words.say('wall.loop.late', { n: words.count(stage.over) }) : '');
    }
  }
}

/**
 * How the loop stands: by state the open cases and those past their clock, and all sums.
 * @param {Iterable<any>} cases Open ones. @param {number} nowMs
 * @returns {{stages: Record<string, {open: number, over: number}>, over: number, red: number, yellow: number}}
 */
export function loopOf(cases, nowMs) {
  /** @type {Record<string, {open: number, over: number}>} */
  const stages = {};
  let over = 0, red = 0, yellow = 0;
  for (const { state, due, card } of cases) {
    const stage = stages[state] ??= { open: 0, over: 0 };
    stage.open++;
    if (due && !due.paused && due.red_ms <= nowMs) {
      stage.over++;
      over++;
    }
    if (card === 'red') red++;
    else if (card === 'yellow') yellow++;
  }
  return { stages, over, red, yellow };
}
