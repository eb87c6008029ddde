/** What an officer does at the desk, and what each deed does to queue, map and panel. */

import { Alarm } from './alarm.mjs';
import { Api, Problem } from './api.mjs';
import { Area } from './area.mjs';
import { Deeds, UNRESOLVED } from './deeds.mjs';
import { make } from './elements.mjs';
import { Keys, sheetOf } from './keys.mjs';
import { OnMap } from './on-map.mjs';
import { Queue } from './queue.mjs';
import { Report } from './report.mjs';
import { Rows, countOf } from './rows.mjs';
import { Search, choicesOf } from './search.mjs';

/** What has changed is shown at once, but not more often than this. */
const LEAST_MS = 250;
/** The clocks go on. */
const CLOCK_MS = 1000;
const SAID_MS = 6000;
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
    this.queue = new Queue(grid, (id) => this.choose(id), () => this.filtered());
    this.map = new OnMap(window.L, kite.view, kite.config.palette);
    this.deeds = new Deeds(this);
    const doing = {
      command: (slug) => this.deeds.command(slug), assign: (i) => this.deeds.assign(i),
      merge: (into) => this.deeds.send(this.item.id, 'merge', { into }),
    };
    this.panel = makePanel(document.getElementById('case'), doing);
    this.area = new Area(kite, document.getElementById('desk-area'), () => this.queue.areaChanged());
    this.alarm = new Alarm(document.getElementById('desk-sound'), words);
    this.report = new Report(kite, api, words, this.panel, this.map, {
      sent: (item) => this.reported(item), refused: (problem) => this.refused(problem),
    });
    /** @type {any[]} */
    this.units = [];
    this.item = null;
    /** Ids that the queue's filters leave; null where nothing is filtered. @type {Set<string>|null} */
    this.wanted = null;
    this.pressedAt = -Infinity;
    this.tickedAt = -Infinity;
  }

  start() {
    const search = new Search(this.words, this.api, this.kite.config.lang, choicesOf(this));
    document.getElementById('search').addEventListener('click', () => search.open());
    const bindings = [
      { keys: ['/'], name: 'desk.key.search', act: () => search.open() },
      { keys: ['j', 'ArrowDown'], name: 'desk.key.next', act: () => this.step(1) },
      { keys: ['k', 'ArrowUp'], name: 'desk.key.previous', act: () => this.step(-1) },
      { keys: ['1', '2', '3'], name: 'desk.key.assign', act: () => {} },
      { keys: ['z'], name: 'desk.key.undo', act: () => this.deeds.undo() },
      { keys: ['+', '='], name: 'desk.key.report', act: () => this.report.open() },
      { keys: ['0'], name: 'desk.key.sound', act: () => this.alarm.toggle() },
      { keys: ['Escape'], name: 'desk.cancel', act: () => this.cancel() },
      { keys: ['?'], name: 'desk.key.sheet', act: () => this.sheet.showModal() },
    ];
    this.sheet = document.body.appendChild(sheetOf(this.words, bindings));
    this.keys = new Keys(bindings.filter(({ keys }) => keys[0] !== '1'), (key) => this.deeds.press(key));
    document.addEventListener('keydown', () => { this.pressedAt = performance.now(); }, true);
    document.getElementById('desk-report').addEventListener('click', () => this.report.open());
    document.getElementById('desk-keys').addEventListener('click', () => this.sheet.showModal());
    // While a report is written, a click on the map says where.
    this.kite.chooseCase = (id) => { if (!this.report.isOpen) this.choose(id); };
    this.kite.navigate = (code) => { if (!this.report.isOpen) this.area.show(code); };
    this.area.start();
    this.kite.store.onCases = () => this.wake();
    setInterval(() => this.clock(), CLOCK_MS);
    this.tick();
    this.clock();
  }

  /** Cases have changed: take it up, with what else comes until the next time; the chosen one's change at once. */
  wake() {
    const isLookedAt = this.item && this.kite.store.cases.get(this.item.id) !== this.item;
    if (isLookedAt) clearTimeout(this._waking);
    else if (this._waking) return;
    const wait = isLookedAt ? 0 : Math.max(0, this.tickedAt + LEAST_MS - performance.now());
    this._waking = setTimeout(() => this.tick(), wait);
  }

  /** Let the clocks go on. */
  clock() {
    const nowMs = window.kite_desk.now();
    this.queue.tick();
    this.count(nowMs);
    if (this.item) this.panel.tick(this.item, nowMs);
  }

  /** Take up what has changed. */
  tick() {
    this._waking = undefined;
    this.tickedAt = performance.now();
    const difference = this.rows.follow(this.kite.store.cases);
    this.queue.take(difference);
    this.count(window.kite_desk.now());
    if (difference.add.length + difference.update.length > 0) this.filtered();
    const grave = difference.add.find((row) => row.mark === 'new' && row.level <= GRAVE && row.item.state === 'reported');
    if (grave) this.bringForward(grave);
    const item = this.item && this.kite.store.cases.get(this.item.id);
    if (item && item !== this.item) this.show(item);
  }

  /** The map shows what the queue shows, and grave cases whatever is filtered. */
  filtered() {
    const left = this.queue.left();
    if (left === null && this.wanted === null) return;
    this.wanted = left;
    this.kite.store.want(left === null ? () => true : ({ id, level }) => level <= GRAVE || left.has(id));
  }

  /** @param {number} nowMs */
  count(nowMs) {
    const [all, over] = countOf(this.rows.rows.values(), (item) => this.area.holds(item), nowMs);
    const counts = document.getElementById('queue-counts');
    const text = this.words.say('desk.counts', { all, over });
    if (counts.textContent !== text) counts.textContent = text;
  }

  /** A grave case comes to the front by itself, but not under a hand that is at work. @param {import('./rows.mjs').Row} row */
  bringForward(row) {
    this.say(this.words.say('desk.grave', { level: String(row.level).padStart(2, '0'), type: row.type, place: row.place }), true);
    this.alarm.ring();
    const isBusy = this.report.isOpen || this.panel.asking.id !== '' || performance.now() - this.pressedAt <= BUSY_MS;
    if (!isBusy) this.choose(row.id);
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

  /** Give up what is being written, wherever the focus is. */
  cancel() {
    if (this.report.isOpen) this.report.close();
    else if (this.panel.asking.id) this.deeds.cancel();
  }

  /** @param {string} id */
  choose(id) {
    const item = this.kite.store.cases.get(id);
    if (!item) return;
    if (this.report.isOpen) this.report.close();
    if (!this.area.holds(item)) this.area.lift();
    const clean = this.rows.seen(id);
    if (clean) this.queue.take({ add: [], update: [clean], remove: [] });
    this.queue.mark(id);
    this.units = [];
    this.panel.asked();
    this.map.show(item);
    this.map.draw(item, []);
    this.panel.suggest([], [], false);
    this.panel.look(item, null);
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
    const [units, similar, cameras] = await Promise.all(['suggestions', 'similar', 'cameras'].map((what) => this.api.get(`${path}/${what}`)));
    if (!isThere()) return;
    const isWanted = UNRESOLVED.includes(item.state);
    this.units = isWanted ? units : [];
    this.panel.suggest(isWanted ? units : null, similar, this.deeds.canAssign(item));
    this.panel.look(item, cameras);
    this.map.draw(item, this.units.map((unit) => this.placeOfUnit(unit)).filter(Boolean));
  }

  placeOfUnit({ unit, eta_min: minutes }) {
    const { units, units_static: fixed } = this.kite.store.columns, i = fixed.names.call_sign.indexOf(unit);
    if (i < 0) return null;
    const known = units.x[i] || units.y[i];
    const [x, y] = known ? [units.x[i], units.y[i]] : [fixed.xy[2 * i], fixed.xy[2 * i + 1]];
    return { x, y, label: this.words.say('desk.eta', { unit, min: Math.ceil(minutes) }) };
  }

  /** Show a case anew, if it is the one that is looked at. @param {string} id */
  shown(id) {
    if (this.item?.id === id) this.show(this.kite.store.cases.get(id) ?? this.item);
  }

  /** Why the server did not do it. @param {unknown} problem */
  refused(problem) {
    if (!(problem instanceof Problem)) throw problem;
    this.say(this.words.refusal(problem, window.kite_desk.now()), true);
  }

  /** A report was taken: its case is the one to look at, once the stream has brought it. @param {any} item */
  reported(item) {
    this.say(this.words.say('desk.report.done', { id: item.id }));
    this.kite.store.cases.set(item.id, this.kite.store.cases.get(item.id) ?? item);
    this.tick();
    this.choose(item.id);
  }

  /** One sentence at the foot of the page, for a while. @param {string} sentence @param {boolean} [isAlarm] */
  say(sentence, isAlarm = false) {
    const line = make('div', { className: isAlarm ? 'desk-said alarm' : 'desk-said', role: 'status' }, sentence);
    document.getElementById('said').replaceChildren(line);
    clearTimeout(this._said);
    this._said = setTimeout(() => line.remove(), SAID_MS);
  }
}
