/** The gravest open case as a card, and the newest and gravest ones behind it; in a flood, by type and county. */

import { grouped, gravestFirst } from './interruption.mjs';
import { make, mark, put, roomIn, Rows, show } from './put.mjs';

/** Rows under the card at most, and in the list where the layout has one; and what a row takes, in its font size. */
const BEHIND = 2, LISTED = 16, ROW_EM = 1.35;
const GRAVE = 2;
/** States in which the matter itself still stands. */
const UNRESOLVED = ['reported', 'accepted', 'assigned', 'handling'];

export class CasesPanel {
  /**
   * @param {HTMLElement} card @param {HTMLElement} list
   * @param {import('./words.mjs').Words} words @param {import('./case-words.mjs').CaseWords} about
   */
  constructor(card, list, words, about) {
    Object.assign(this, { card, list, words, about });
    const part = (tag, className) => make(tag, { className });
    this.level = part('span', 'wall-case-level');
    this.age = part('span', 'wall-case-age');
    this.title = part('h3', '');
    this.place = part('p', '');
    this.onIt = part('p', 'second wall-case-on-it');
    this.none = make('p', { className: 'wall-none' }, words.say('wall.case.none'));
    this.red = make('article', {}, make('header', { className: 'wall-head' }, this.level, this.age), this.title, this.place, this.onIt);
    const behind = make('ul', { className: 'wall-rows wall-case-rows' }), listed = make('ul', { className: 'wall-rows wall-case-rows' });
    this.behind = new Rows(behind, () => this._row());
    this.listed = new Rows(listed, () => this._row());
    this.heads = [make('h2'), make('h2')];
    card.append(this.red, this.none, this.heads[0], behind);
    list.append(make('header', { className: 'wall-head' }, this.heads[1]), listed);
  }

  _row() {
    const [numeral, what, where, state, when] = ['wall-case-numeral', 'what', 'where', 'second state', 'when'].map((className) => make('span', { className }));
    return {
      element: make('li', {}, numeral, what, where, state, when),
      fill: (row) => {
        put(numeral, String(row.level));
        mark(numeral, 'level', row.level);
        put(what, row.what);
        put(where, row.where);
        put(state, row.state);
        put(when, row.when);
        mark(when, 'over', row.isOver ? 1 : null);
      },
    };
  }

  /** @param {import('./wall.mjs').Context} context */
  tick({ cases, now, stale, alarms }) {
    for (const section of [this.card, this.list]) mark(section, 'stale', stale.has('reports') ? 1 : null);
    const open = cases.filter(({ state }) => UNRESOLVED.includes(state)).sort(gravestFirst);
    const grave = open.filter(({ level }) => level <= GRAVE), first = grave[0];
    show(this.red, Boolean(first));
    show(this.none, !first);
    mark(this.card, 'level', first?.level ?? null);
    if (first) this._card(first, grave, now);
    const behind = open.slice(first ? 1 : 0, LISTED + 1);
    const rows = alarms.isFlood ? this._groups(grave, now) : behind.map((item) => this._line(item, now));
    const name = this.words.say(alarms.isFlood ? 'wall.cases.flood' : 'wall.cases', { n: alarms.now });
    for (const head of this.heads) put(head, name);
    this.behind.set(rows.slice(0, BEHIND));
    this.listed.set(rows.slice(0, Math.min(LISTED, roomIn(this.listed.list, ROW_EM))));
  }

  _card(item, grave, now) {
    const { words, about } = this, same = grave.filter(({ level }) => level === item.level).length;
    const level = `0${item.level} ${words.page.levels[item.level]}`;
    put(this.level, words.say('wall.case.level', { level, n: same }));
    put(this.age, about.age(item, now));
    put(this.title, about.type(item));
    put(this.place, about.place(item));
    const due = about.due(item, now);
    put(this.onIt, [words.page.states[item.state], about.onIt(item), due.isOver ? due.text : ''].filter(Boolean).join(' · '));
    mark(this.onIt, 'over', due.isOver ? 1 : null);
  }

  _line(item, now) {
    const { words, about } = this;
    return {
      level: item.level, what: about.type(item), where: about.countyName(item), state: words.page.states[item.state],
      when: about.age(item, now), isOver: about.due(item, now).isOver,
    };
  }

  _groups(grave, now) {
    const { words, about } = this;
    return grouped(grave, (item) => about.countyName(item)).map(({ level, place, count, newest }) => ({
      level, what: about.type(newest), where: place, state: words.say('wall.cases.count', { n: count }), when: about.age(newest, now), isOver: false,
    }));
  }
}
