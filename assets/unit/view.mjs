/** What the unit sees: drawn again only when something else is to be seen, so that no button moves under a thumb. */

import { make } from '../desk/elements.mjs';
import { Dialog } from './form.mjs';
import { heldCard } from './held.mjs';
import { listOf } from './list.mjs';
import { replay } from './replay.mjs';
import { statusOf } from './status.mjs';
import { taskPanel } from './task.mjs';

/** So long after a press, or after other buttons have come, no press counts: they stand where the last ones stood. */
const GUARD_MS = 700;

/**
 * @typedef {object} Row A task as the unit sees it.
 * @property {import('./replay.mjs').Task} task As the server has it.
 * @property {import('./replay.mjs').Task} then As it will be once what waits is done.
 * @property {import('./store.mjs').Entry[]} entries What waits, in its order.
 * @property {boolean} held Whether the unit must decide first.
 */

export class View {
  /** @param {import('./words.mjs').PageData} page @param {import('./words.mjs').Words} words @param {import('./sync.mjs').Sync} sync */
  constructor(page, words, sync) {
    Object.assign(this, { page, words, sync });
    /** @type {Record<string, HTMLElement>} */
    this.parts = {};
    for (const name of ['age', 'simulated', 'status', 'held', 'list', 'task']) this.parts[name] = document.getElementById(`unit-${name}`);
    this.dialog = new Dialog(words);
    this.drawn = '';
    this.pressedAt = -Infinity;
    /** The buttons that are offered. */
    this.offered = '';
    this.rows = [];
    /** Id → history of cases that are tasks no more, for those who ask why. */
    this.gone = new Map();
    document.querySelector('.language').addEventListener('click', (event) => {
      event.preventDefault();
      location.href = `?lang=${event.currentTarget.lang}${location.hash}`;
    });
  }

  get opened() {
    return decodeURIComponent(location.hash.slice(1));
  }

  /** Another task, or the list. */
  turn() {
    this.render();
    scrollTo(0, 0);
  }

  render() {
    const { sync } = this, mayNot = sync.status === 403 || sync.status === 404;
    const tasks = mayNot ? [] : sync.kept?.tasks ?? [];
    const key = JSON.stringify([tasks, sync.queue, this.opened, sync.kept === null, [...this.gone], Math.sign(sync.status)]);
    if (key !== this.drawn) {
      this.drawn = key;
      this.rows = tasks.map((task) => this._row(task));
      this._draw();
    }
    this.tick();
  }

  /** @returns {Row} */
  _row(task) {
    const entries = this.sync.queue.filter((entry) => entry.case === task.id);
    const held = entries.some((entry) => entry.held);
    return { task, entries, held, then: held ? task : replay(this.page.rules, task, entries).task };
  }

  _draw() {
    const { parts, words, opened } = this, nowMs = this.sync.now();
    const row = this.rows.find(({ task }) => task.id === opened);
    document.body.classList.toggle('opened', opened !== '');
    parts.simulated.hidden = !(this.sync.kept?.simulated ?? this.page.simulated);
    parts.held.replaceChildren(...this._heldCards(nowMs));
    parts.list.replaceChildren(...listOf(words, this.rows, opened, this._emptySentence(), nowMs));
    parts.task.replaceChildren(row
      ? taskPanel(words, row, nowMs, (command) => this._pressed(row, command))
      : make('p', { className: 'empty' }, words.say(opened ? 'unit.gone' : 'unit.choose')));
    const offered = row ? [opened, ...row.then.allowed].join(' ') : '';
    if (offered !== this.offered) this.pressedAt = performance.now();
    this.offered = offered;
  }

  _emptySentence() {
    if (this.sync.kept) return 'unit.empty';
    return this.sync.status === -1 ? 'unit.loading' : 'unit.nothing';
  }

  /** One card for each case whose commands can't go on. */
  _heldCards(nowMs) {
    const cases = new Set(this.sync.queue.filter(({ held }) => held).map((entry) => entry.case));
    return [...cases].map((id) => {
      const entries = this.sync.queue.filter((entry) => entry.case === id);
      const task = this.rows.find((row) => row.task.id === id)?.task ?? null;
      if (!task && !this.gone.has(id)) this._askWhatBecame(id);
      const plan = task ? replay(this.page.rules, task, entries) : { steps: entries.map((entry) => ({ entry, possible: false })) };
      return heldCard(this.words, task, plan.steps, this.gone.get(id) ?? [], nowMs, {
        send: () => this.sync.sendAgain(plan.steps, task.version),
        drop: () => this.sync.drop(entries),
        reword: (entry) => this.dialog.ask(entry.command, (fields) => this.sync.reword(entry, fields), entry.fields),
      });
    });
  }

  /** The steps of a case that is no task of the unit's any more. */
  async _askWhatBecame(id) {
    this.gone.set(id, []);
    const found = await this.sync.api.case(id);
    const steps = (found?.history ?? []).map(([atMs, command, state, by = '', , note = '', lateMs = 0]) => (
      { at_ms: atMs, command, state, by, note, late_ms: lateMs }));
    this.gone.set(id, steps);
    this.render();
  }

  /** @param {Row} row @param {string} command */
  _pressed(row, command) {
    if (performance.now() - this.pressedAt < GUARD_MS) return;
    this.pressedAt = performance.now();
    if (this.dialog.isNeeded(command)) this.dialog.ask(command, (fields) => this.sync.press(row.then, command, fields));
    else this.sync.press(row.then, command, {});
  }

  /** What grows old by itself: ages and clocks, written in place. */
  tick() {
    const { words, parts, sync, page } = this, nowMs = sync.now();
    const { sentence, alarm, stale, signIn } = statusOf(words, sync, page, nowMs);
    document.body.classList.toggle('stale', stale);
    parts.age.textContent = sync.kept ? words.say('header.age', { age: words.age(nowMs - sync.kept.heard_ms) }) : words.say('header.age.unknown');
    if (parts.status.dataset.said !== sentence) {
      parts.status.dataset.said = sentence;
      parts.status.hidden = !sentence;
      parts.status.className = alarm ? 'alarm' : '';
      const again = signIn && make('button', { type: 'button', onclick: () => location.reload() }, words.say('unit.sign_in'));
      parts.status.replaceChildren(make('span', {}, sentence), ...(again ? [again] : []));
    }
    for (const element of document.querySelectorAll('[data-clock]')) {
      const { text, colour } = words.due(JSON.parse(element.dataset.clock), nowMs);
      if (element.textContent !== text) element.textContent = text;
      element.className = `due ${colour}`;
    }
  }
}
