/** The chosen case: its facts, its clock, the units that are suggested, what may be done next, and its history. */

import { make } from './elements.mjs';
import { key } from './form.mjs';
import { pendingLines, write } from './pending.mjs';
import { camerasLine, camerasList, unitLine } from './surroundings.mjs';

/** Of cases of these levels the cameras nearby are listed one by one. */
const GRAVE = 2;

export class CasePanel {
  /**
   * @param {HTMLElement} element
   * @param {import('./words.mjs').Words} words
   * @param {{command: (slug: string) => void, assign: (i: number) => void, merge: (id: string) => void}} doing
   */
  constructor(element, words, doing) {
    Object.assign(this, { element, words, doing });
    this.parts = {
      facts: make('section', { className: 'panel desk-facts' }),
      units: make('section', { className: 'panel desk-units' }),
      next: make('section', { className: 'panel desk-next' }),
      cameras: make('section', { className: 'panel desk-cameras' }),
      history: make('section', { className: 'panel desk-history' }),
    };
    this.clock = make('div', { className: 'desk-clock' });
    this.pending = make('ul', { className: 'desk-pending' });
    /** The case as the API has it, once it has answered. @type {any} */
    this.whole = null;
    this.covered = false;
    /** What is being asked for before it is sent: the case's id and the command. */
    this.asking = { id: '', command: '' };
    this.none();
  }

  /** No case is chosen. */
  none() {
    const { words } = this;
    this.element.replaceChildren(make('section', { className: 'panel desk-none' }, words.say('desk.none')));
  }

  /** @param {any} item The case as the store has it. @param {string} place @param {number} nowMs */
  show(item, place, nowMs) {
    const { words, parts } = this, { page } = words;
    const keys = make('span', { className: 'desk-keys' }, key('J'), key('K'), words.say('desk.updown'));
    parts.facts.replaceChildren(
      make('p', { className: 'desk-id' }, `${words.say('desk.case')} ${item.id}`, keys),
      make('h1', {}, item.summary || page.types[item.type]),
      make('p', {}, [place, item.place].filter(Boolean).join(' · ')),
      make('p', { className: 'second' },
        make('span', { className: `desk-level case-level-${item.level}` }, `${String(item.level).padStart(2, '0')} ${page.levels[item.level]}`),
        ` ${page.types[item.type]} · ${page.origins[item.origin]} · ${words.at(item.occurred_at_ms, nowMs)}`),
      make('p', { className: 'second' }, held(words, item)),
      this.pending,
      this.clock);
    if (this.whole?.id !== item.id) this.whole = null;
    this.tick(item, nowMs);
    this._next(item);
    if (!this.covered && !this.element.contains(parts.facts)) this.element.replaceChildren(...Object.values(parts));
  }

  /** The clocks go on. @param {any} item @param {number} nowMs */
  tick(item, nowMs) {
    write(this.pending, this.whole ? pendingLines(this.words, this.whole, nowMs) : []);
    const { words } = this, { text, colour } = words.due(item.due, nowMs);
    this.clock.className = `desk-clock ${colour}`;
    if (this.clock.textContent !== text) this.clock.textContent = text;
  }

  /** The commands that its state allows, as buttons with their keys. */
  _next(item) {
    const { words, parts, doing, asking } = this, allowed = words.allowed(item);
    if (asking.id === item.id && allowed.includes(asking.command)) return; // a form under the hand stays
    const buttons = allowed.map((slug) => {
      const { label, key: shortcut } = words.page.commands[slug];
      return make('button', { type: 'button', onclick: () => doing.command(slug) }, label, key(shortcut));
    });
    parts.next.replaceChildren(make('h2', {}, words.say('desk.next')), make('div', { className: 'desk-commands' }, ...buttons));
  }

  /** Show something else in the case's place, until `back`. @param {HTMLElement} section */
  cover(section) {
    this.covered = true;
    this.element.replaceChildren(section);
  }

  /** The case again; the sentence where none is chosen. */
  back() {
    this.covered = false;
    if (this.parts.facts.hasChildNodes()) this.element.replaceChildren(...Object.values(this.parts));
    else this.none();
  }

  /** Ask for what a command must be told, in place of the buttons. @param {string} id @param {string} command @param {HTMLElement} form */
  ask(id, command, form) {
    this.asking = { id, command };
    this.parts.next.replaceChildren(form);
  }

  /** The form is sent, or given up. */
  asked() {
    this.asking = { id: '', command: '' };
  }

  /** @param {any} item @param {any} cameras Those nearby, as the API has them; null while nothing is known. */
  look(item, cameras) {
    const { words, parts } = this;
    parts.cameras.hidden = cameras === null;
    if (cameras === null) return;
    parts.cameras.replaceChildren(make('h2', {}, words.say('desk.cameras.title')), camerasLine(words, cameras),
      ...(item.level <= GRAVE ? [camerasList(words, cameras.nearest)] : []));
  }

  /** @param {any[]|null} found Suggestions; null where none are wanted. @param {any[]} similar @param {boolean} assignable */
  suggest(found, similar, assignable) {
    const { words, parts, doing } = this;
    parts.units.hidden = found === null;
    if (found === null) return;
    const rows = found.map((unit, i) => make('button',
      { type: 'button', className: i === 0 ? 'first' : '', disabled: !assignable, onclick: () => doing.assign(i) },
      make('b', {}, unitLine(words, unit)),
      make('small', {}, unit.reasons.map((reason) => words.page.reasons[reason]).join('；')), key(String(i + 1))));
    const same = similar.slice(0, 3).map(({ id, distance_m: metres }) => make('button',
      { type: 'button', className: 'desk-similar', onclick: () => doing.merge(id) }, words.say('desk.similar', { id, metres })));
    parts.units.replaceChildren(make('h2', {}, words.say('desk.suggested')),
      ...(rows.length ? rows : [make('p', { className: 'second' }, words.say('desk.nobody'))]), ...same);
  }

  /** @param {any} whole The case with its history. @param {number} nowMs */
  tell(whole, nowMs) {
    const { words, parts } = this, { page } = words;
    const lines = [...whole.history].reverse().map(([at, command, , by, , note]) => make('li', {},
      make('time', {}, words.at(at, nowMs)),
      make('span', {}, [page.commands[command]?.label ?? words.say('desk.reported'), by, note].filter(Boolean).join(' · '))));
    parts.history.replaceChildren(make('h2', {}, words.say('desk.history')), make('ol', {}, ...lines));
    this.whole = whole;
    write(this.pending, pendingLines(words, whole, nowMs));
  }
}

/** Who has it. */
function held(words, item) {
  const who = [item.unit, ...item.departments].filter(Boolean).join('、');
  const card = item.card === 'normal' ? '' : words.page.choices.card[item.card];
  return [words.page.states[item.state], words.page.tiers[item.centre], who, card].filter(Boolean).join(' · ');
}
