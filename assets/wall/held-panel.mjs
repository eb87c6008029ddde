/** The case that interrupts: what, where, since when, who is on it; and what else waits. */

import { grouped } from './interruption.mjs';
import { make, mark, put, Rows, show } from './put.mjs';

const MOST = 5;

export class HeldPanel {
  /**
   * @param {HTMLElement} section @param {import('./words.mjs').Words} words
   * @param {import('./case-words.mjs').CaseWords} about
   */
  constructor(section, words, about) {
    Object.assign(this, { section, words, about });
    const part = (tag, className) => make(tag, { className });
    this.level = part('span', 'wall-held-level');
    this.state = part('span', 'wall-held-state');
    this.age = part('b', 'wall-held-age');
    this.title = part('h1', '');
    this.summary = part('p', 'wall-held-summary');
    this.place = part('p', 'wall-held-place');
    this.facts = Object.fromEntries(['due', 'onIt'].map((name) => [name, part('p', 'wall-held-fact')]));
    this.more = make('h2');
    const others = make('ul', { className: 'wall-rows wall-case-rows' });
    this.others = new Rows(others, () => this._row());
    section.append(
      make('header', {}, this.level, this.state), this.age, this.title, this.place, this.summary,
      this.facts.due, this.facts.onIt, this.more, others,
    );
  }

  _row() {
    const [numeral, what, where, when] = ['wall-case-numeral', 'what', 'where', 'when'].map((className) => make('span', { className }));
    return {
      element: make('li', {}, numeral, what, where, when),
      fill: (row) => {
        put(numeral, String(row.level));
        mark(numeral, 'level', row.level);
        put(what, row.what);
        put(where, row.where);
        put(when, row.when);
      },
    };
  }

  /** @param {import('./wall.mjs').Context} context */
  tick({ interruption, alarms, now, stale }) {
    const { shown } = interruption;
    if (!shown) return;
    const { words, about } = this, { item, settledMs } = shown;
    mark(this.section, 'stale', stale.has('reports') ? 1 : null);
    mark(this.section, 'level', item.level);
    mark(this.section, 'settled', settledMs === null ? null : 1);
    put(this.level, `0${item.level} ${words.page.levels[item.level]}`);
    put(this.state, settledMs === null ? words.say('wall.held.waiting') : words.say('wall.held.settled', { state: words.page.states[item.state] ?? '' }));
    put(this.age, about.age(item, now));
    put(this.title, about.type(item));
    put(this.place, about.place(item));
    put(this.summary, item.summary ?? '');
    show(this.summary, Boolean(item.summary));
    const due = about.due(item, now);
    put(this.facts.due, due.text);
    mark(this.facts.due, 'over', due.isOver ? 1 : null);
    put(this.facts.onIt, about.onIt(item));
    this._others(interruption.others, alarms.isFlood, now);
  }

  /** One by one, or in a flood by type and county. */
  _others(items, isFlood, now) {
    const { words, about } = this;
    const line = (item) => ({ level: item.level, what: about.type(item), where: about.countyName(item), when: about.age(item, now) });
    const group = ({ level, place, count, newest }) => ({ level, what: about.type(newest), where: place, when: words.say('wall.cases.count', { n: count }) });
    const rows = isFlood ? grouped(items, (item) => about.countyName(item)).map(group) : items.map(line);
    put(this.more, items.length ? words.say('wall.held.more', { n: items.length }) : '');
    this.others.set(rows.slice(0, MOST));
  }
}
