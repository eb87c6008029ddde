/** What an officer does at the desk, and what each deed does to queue, map and panel. */

import { Api, Problem } from './api.mjs';
import { make } from './elements.mjs';
import { formOf } from './form.mjs';
import { Keys, sheetOf } from './keys.mjs';
import { OnMap } from './on-map.mjs';
import { Queue } from './queue.mjs';
import { Rows, countOverdue } from './rows.mjs';
import { Search, choicesOf } from './search.mjs';

const EVERY_MS = 400;
const SAID_MS = 6000;
const UNDO_MS = 10_000;
/** A case of these levels brings itself forward. */
const GRAVE = 2;
/** …unless something was pressed so shortly before. */
const BUSY_MS = 5000;

export class Desk {
  /**
   * @param {any} kite @param {any} grid @param {Api} api @param {import('./words.mjs').Words} words
   * @param {(panel: HTMLElement, doing: any) => import('./case-panel.mjs').CasePanel} makePanel
   */
  constructor(kite, grid, api, words, makePanel) {
    Object.assign(this, { kite, api, words });
    this.rows = new Rows((item) => this.placeOf(item), words.page);
    this.queue = new Queue(grid, (id) => this.choose(id));
    this.map = new OnMap(window.L, kite.view, kite.config.palette);
    const doing = { command: (slug) => this.command(slug), assign: (i) => this.assign(i), merge: (into) => this.send('merge', { into }) };
    this.panel = makePanel(document.getElementById('case'), doing);
    /** @type {any[]} */
    this.units = [];
    this.item = null;
    this.pressedAt = -Infinity;
    /** The letters of all commands. */
    this.letters = new Set(Object.values(words.page.commands).map(({ key }) => key.toLowerCase()));
    /** The last command that may be undone, and until when. */
    this.undoable = { id: '', item: null, until: 0 };
    /** The command that is on its way; the next one waits for its answer. */
    this.sending = Promise.resolve();
  }

  start() {
    const search = new Search(this.words, this.api, this.kite.config.lang, choicesOf(this));
    document.getElementById('search').addEventListener('click', () => search.open());
    const bindings = [
      { keys: ['/'], name: 'desk.key.search', act: () => search.open() },
      { keys: ['j', 'ArrowDown'], name: 'desk.key.next', act: () => this.step(1) },
      { keys: ['k', 'ArrowUp'], name: 'desk.key.previous', act: () => this.step(-1) },
      { keys: ['1', '2', '3'], name: 'desk.key.assign', act: () => {} },
      { keys: ['z'], name: 'desk.key.undo', act: () => this.undo() },
      { keys: ['?'], name: 'desk.key.sheet', act: () => this.sheet.showModal() },
    ];
    this.sheet = document.body.appendChild(sheetOf(this.words, bindings));
    this.keys = new Keys(bindings.filter(({ keys }) => keys[0] !== '1'), (key) => this.press(key));
    document.addEventListener('keydown', () => { this.pressedAt = performance.now(); }, true);
    this.kite.chooseCase = (id) => this.choose(id);
    this.kite.navigate = (code) => this.kite.showRegion(code);
    setInterval(() => this.tick(), EVERY_MS);
    this.tick();
  }

  /** Take up what has changed, and let the clocks go on. */
  tick() {
    const difference = this.rows.follow(this.kite.store.cases), nowMs = window.kite_desk.now();
    this.queue.take(difference);
    this.queue.tick();
    this.count(nowMs);
    const grave = difference.add.find((row) => row.mark === 'new' && row.level <= GRAVE && row.item.state === 'reported');
    if (grave) this.bringForward(grave);
    const item = this.item && this.kite.store.cases.get(this.item.id);
    if (item && item !== this.item) this.show(item);
    else if (item) this.panel.tick(item, nowMs);
  }

  /** @param {number} nowMs */
  count(nowMs) {
    const all = this.rows.rows.size, over = countOverdue(this.rows.rows.values(), nowMs);
    const counts = document.getElementById('queue-counts');
    const text = this.words.say('desk.counts', { all, over });
    if (counts.textContent !== text) counts.textContent = text;
  }

  /** A grave case comes to the front by itself, but not under a hand that is at work. @param {import('./rows.mjs').Row} row */
  bringForward(row) {
    this.say(this.words.say('desk.grave', { level: String(row.level).padStart(2, '0'), type: row.type, place: row.place }), true);
    if (performance.now() - this.pressedAt > BUSY_MS) this.choose(row.id);
  }

  /** @param {any} item */
  placeOf(item) {
    const { hierarchy } = this.kite.store, { lang } = this.kite.config, names = [];
    for (let r = hierarchy.tierStart[4] + item.grid; r > 0; r = hierarchy.parent[r]) names.unshift(hierarchy.name(r, lang));
    return names.slice(0, 3).join(' ');
  }

  /** @param {number} by */
  step(by) {
    const id = this.queue.beside(by);
    if (id) this.choose(id);
  }

  /** @param {string} id */
  choose(id) {
    const item = this.kite.store.cases.get(id);
    if (!item) return;
    const clean = this.rows.seen(id);
    if (clean) this.queue.take({ add: [], update: [clean], remove: [] });
    this.queue.mark(id);
    this.units = [];
    this.panel.asked();
    this.map.show(item);
    this.map.draw(item, []);
    this.panel.suggest([], [], false);
    this.show(item);
  }

  /** @param {any} item */
  show(item) {
    this.item = item;
    this.panel.show(item, this.placeOf(item), window.kite_desk.now());
    this.look(item);
  }

  /** What the server knows of it: history, suggestions, cases like it. */
  async look(item) {
    const path = Api.path(item.id), isThere = () => this.item === item;
    const whole = await this.api.get(path);
    if (!isThere()) return;
    this.panel.tell(whole, window.kite_desk.now());
    const [units, similar] = await Promise.all([this.api.get(`${path}/suggestions`), this.api.get(`${path}/similar`)]);
    if (!isThere()) return;
    this.units = units;
    this.panel.suggest(units, similar, this.canAssign());
    this.map.draw(item, units.map((unit) => this.placeOfUnit(unit)).filter(Boolean));
  }

  canAssign() {
    return ['accepted', 'assigned', 'handling'].includes(this.item?.state);
  }

  placeOfUnit({ unit, eta_min: minutes }) {
    const { units, units_static: fixed } = this.kite.store.columns, i = fixed.names.call_sign.indexOf(unit);
    if (i < 0) return null;
    const known = units.x[i] || units.y[i];
    const [x, y] = known ? [units.x[i], units.y[i]] : [fixed.xy[2 * i], fixed.xy[2 * i + 1]];
    return { x, y, label: this.words.say('desk.eta', { unit, min: Math.ceil(minutes) }) };
  }

  /** A key that is not of the table: a suggestion's number, or a command's letter. @param {string} key */
  press(key) {
    if (!this.item) return false;
    if ('123'.includes(key)) return this.assign(Number(key) - 1), true;
    if (!this.letters.has(key)) return false;
    this.sending.then(() => {
      const slug = this.words.allowed(this.item).find((name) => this.words.page.commands[name].key.toLowerCase() === key);
      if (slug) this.command(slug);
    });
    return true;
  }

  /** Send a command at once, or ask first for what it must be told. @param {string} slug */
  command(slug) {
    const { required } = this.words.page.commands[slug];
    if (required.length === 0) {
      this.send(slug, {});
      return;
    }
    const cancel = () => { this.panel.asked(); this.show(this.item); };
    const { form, focus } = formOf(this.words, slug, (given) => this.send(slug, given), cancel);
    this.panel.ask(this.item.id, slug, form);
    focus();
  }

  /** @param {number} i Number of a suggestion. */
  async assign(i) {
    await this.sending;
    const unit = this.units[i];
    if (!unit) return;
    if (!this.canAssign()) this.say(this.words.say('desk.accept.first'), true);
    else this.send(this.item.state === 'accepted' ? 'assign' : 'reassign', { unit: unit.unit });
  }

  /** @param {string} command @param {Record<string, string>} fields */
  send(command, fields) {
    this.sending = this.sending.then(() => this._send(command, fields));
    return this.sending;
  }

  async _send(command, fields) {
    const { id, version } = this.item, next = { ...this.item, version: version + 1 };
    this.panel.asked();
    try {
      const { version: reached, state } = await this.api.post(`${Api.path(id)}/commands`, { command, version: String(version), ...fields });
      // Our own deed is seen at once: what is pressed next is about the case as it is after it.
      if (this.item.id === id && this.item.version < reached) this.item = { ...this.item, version: reached, state };
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      this.say(this.words.refusal(problem, window.kite_desk.now()), true);
      this.show(this.kite.store.cases.get(id) ?? this.item);
      return;
    }
    const { label } = this.words.page.commands[command];
    this.undoable = this.words.page.undoable.includes(command)
      ? { id, item: next, until: performance.now() + UNDO_MS } : { id: '', item: null, until: 0 };
    this.say(this.words.say(this.undoable.id ? 'desk.done.undo' : 'desk.done', { command: label }));
  }

  async undo() {
    await this.sending; // it may not have been answered yet
    const { id, until } = this.undoable, item = this.kite.store.cases.get(id) ?? this.undoable.item; // it may be merged
    if (!item || performance.now() > until) return this.say(this.words.say('desk.undo.none'), true);
    this.undoable = { id: '', item: null, until: 0 };
    this.item = item;
    return this.send('undo', {});
  }

  /** One sentence at the foot of the page, for a while. @param {string} sentence @param {boolean} [isAlarm] */
  say(sentence, isAlarm = false) {
    const line = make('div', { className: isAlarm ? 'desk-said alarm' : 'desk-said', role: 'status' }, sentence);
    document.getElementById('said').replaceChildren(line);
    clearTimeout(this._said);
    this._said = setTimeout(() => line.remove(), SAID_MS);
  }
}
