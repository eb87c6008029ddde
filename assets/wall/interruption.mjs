/** New grave cases come to the front: which one is shown, until it is acknowledged or its time is over. */

/** @typedef {import('../kite/store.mjs').Case} Case */
/**
 * @typedef {object} Held
 * @property {Case} item As it was last seen.
 * @property {number} sinceMs
 * @property {number|null} settledMs When it was acknowledged, or went.
 */

/** The state of a case that nobody has acknowledged. */
const UNSEEN = 'reported';

export class Interruption {
  /** @param {import('./words.mjs').PageData['interruption']} rules */
  constructor(rules) {
    this.rules = rules;
    /** What is held, in the order in which it came. @type {Map<string, Held>} */
    this.held = new Map();
    /** Cases that have had their time. @type {Set<string>} */
    this.done = new Set();
    /** The id that is shown; "" for none. */
    this.current = '';
    this.turnedMs = 0;
    this._isFirst = true;
  }

  /** Take up how the cases stand now. @param {Map<string, Case>} cases @param {number} nowMs The server's clock. */
  follow(cases, nowMs) {
    for (const id of this.done) if (!cases.has(id)) this.done.delete(id);
    for (const [id, item] of cases) {
      if (item.state !== UNSEEN || !this.rules.levels.includes(item.level)) continue;
      if (!this.held.has(id) && !this.done.has(id)) this._take(item, nowMs);
    }
    for (const [id, held] of this.held) this._look(id, held, cases.get(id), nowMs);
    this._turn(nowMs);
    this._isFirst = false;
  }

  /**
   * It comes to the front, unless a graver one waits there. What was there when the page was opened is held from
   * when it occurred: a reload begins nothing anew.
   */
  _take(item, nowMs) {
    const sinceMs = this._isFirst ? Math.min(item.occurred_at_ms, nowMs) : nowMs;
    this.held.set(item.id, { item, sinceMs, settledMs: null });
    const front = this.shown;
    if (this._isFirst || (front?.settledMs === null && front.item.level < item.level)) return;
    this.current = item.id;
    this.turnedMs = nowMs;
  }

  _look(id, held, item, nowMs) {
    const { hold_s: holdS, settled_s: settledS } = this.rules;
    if (item) held.item = item;
    if (!item || item.state !== UNSEEN) held.settledMs ??= nowMs;
    else held.settledMs = null; // taken back
    const isOver = nowMs - held.sinceMs >= 1000 * holdS;
    if (!isOver && (held.settledMs === null || nowMs - held.settledMs < 1000 * settledS)) return;
    this.held.delete(id);
    if (item?.state === UNSEEN) this.done.add(id);
  }

  /** The next one, where the one that was shown is gone or has been shown for its turn. */
  _turn(nowMs) {
    const ids = [...this.held.keys()], at = ids.indexOf(this.current);
    if (at >= 0 && (ids.length === 1 || nowMs - this.turnedMs < 1000 * this.rules.turn_s)) return;
    this.current = ids.length ? ids[(at + 1) % ids.length] : '';
    this.turnedMs = nowMs;
  }

  /** The case that is shown. @returns {Held|null} */
  get shown() {
    return this.held.get(this.current) ?? null;
  }

  /** The others that are held, the gravest and then the newest first. @returns {Case[]} */
  get others() {
    const items = [...this.held].filter(([id]) => id !== this.current).map(([, { item }]) => item);
    return items.sort(gravestFirst);
  }
}

/** @param {Case} a @param {Case} b */
export function gravestFirst(a, b) {
  return a.level - b.level || b.occurred_at_ms - a.occurred_at_ms || (a.id < b.id ? -1 : 1);
}

/**
 * Cases by type and place, the gravest and then the largest group first: what a flood is shown as.
 * @param {Case[]} items @param {(item: Case) => string} placeOf
 * @returns {{level: number, type: string, place: string, count: number, newest: Case}[]}
 */
export function grouped(items, placeOf) {
  const groups = new Map();
  for (const item of items) {
    const place = placeOf(item), key = `${item.type} ${place}`;
    const group = groups.get(key) ?? { level: item.level, type: item.type, place, count: 0, newest: item };
    group.count++;
    group.level = Math.min(group.level, item.level);
    if (item.occurred_at_ms > group.newest.occurred_at_ms) group.newest = item;
    groups.set(key, group);
  }
  return [...groups.values()].sort((a, b) => a.level - b.level || b.count - a.count || (a.type + a.place < b.type + b.place ? -1 : 1));
}
