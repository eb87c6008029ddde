/**
 * The wall's own alarm figures, by ISA-18.2: alarms per ten minutes and hour, share of the ten minutes that were a
 * flood, and how many stand. They outlive a reload, and take the same room however long the page is open.
 */

/** @typedef {import('../kite/store.mjs').Case} Case */
/** @typedef {Case & {due?: {red_ms: number, paused: string}|null, card?: string}} Watched */
/**
 * @typedef {object} AlarmFigures
 * @property {number} now Raised in the last ten minutes.
 * @property {number|null} perHour Mean over the last day, or as long as was watched; null below an hour.
 * @property {number} watchedMs How long was watched in the last day.
 * @property {number|null} floodShare Of the ten minutes that were watched, those with a flood; null below an hour.
 * @property {number} standing
 * @property {boolean} isFlood
 */

export const BUCKET_MS = 600_000, BUCKETS = 144;
const HOUR_MS = 3_600_000;
/** More alarms than this in the window are not told apart any more. */
const MOST_RECENT = 1000, MOST_STANDING = 2000;
const SAVE_EVERY_MS = 10_000;
/** A page that was away for longer counts nothing of what came meanwhile: it has not shown it. */
const AWAY_MS = 120_000;

export class Alarms {
  /**
   * @param {import('./words.mjs').PageData['alarms']} rules
   * @param {{getItem: (key: string) => string|null, setItem: (key: string, value: string) => void}} storage
   * @param {string} key
   */
  constructor(rules, storage, key) {
    Object.assign(this, { rules, storage, key });
    /** Number of ten minutes → alarms raised in it, ms watched. @type {Map<number, {n: number, ms: number}>} */
    this.buckets = new Map();
    /** When the alarms of the window were raised. @type {number[]} */
    this.recent = [];
    /** What stands. @type {Set<string>} */
    this.standing = new Set();
    this.isFlood = false;
    this.followedMs = 0;
    this.savedMs = 0;
    this._load();
  }

  /**
   * Take up what stands now. @param {Iterable<Watched>} cases @param {Iterable<string>} stale Names of silent feeds.
   * @param {number} nowMs The server's clock.
   */
  follow(cases, stale, nowMs) {
    const away = nowMs - this.followedMs, isBack = away > AWAY_MS || away < 0;
    const before = this.standing;
    this.standing = this._standing(cases, stale, nowMs);
    if (!isBack) {
      this._watch(nowMs, away);
      for (const key of this.standing) if (!before.has(key)) this._raise(nowMs);
    }
    this.followedMs = nowMs;
    this._forget(nowMs);
    const { flood_from: from, flood_until: until } = this.rules;
    this.isFlood = this.recent.length > from || (this.isFlood && this.recent.length >= until);
    if (nowMs - this.savedMs >= SAVE_EVERY_MS) this.save(nowMs);
  }

  /** Each case of a grave level that nobody has acknowledged, that is overdue, or has a red card; each silent feed. */
  _standing(cases, stale, nowMs) {
    /** @type {Set<string>} */
    const found = new Set();
    for (const { id, level, state, due, card } of cases) {
      if (found.size >= MOST_STANDING) break;
      if (!this.rules.levels.includes(level)) continue;
      if (state === 'reported') found.add(`case ${id}`);
      if (due && !due.paused && due.red_ms <= nowMs) found.add(`late ${id}`);
      if (card === 'red') found.add(`red ${id}`);
    }
    for (const feed of stale) found.add(`feed ${feed}`);
    return found;
  }

  _bucket(nowMs) {
    const number = Math.floor(nowMs / BUCKET_MS);
    if (!this.buckets.has(number)) this.buckets.set(number, { n: 0, ms: 0 });
    return this.buckets.get(number);
  }

  _watch(nowMs, ms) {
    this._bucket(nowMs).ms += ms;
  }

  _raise(nowMs) {
    this._bucket(nowMs).n++;
    this.recent.push(nowMs);
    if (this.recent.length > MOST_RECENT) this.recent.shift();
  }

  _forget(nowMs) {
    const oldest = Math.floor(nowMs / BUCKET_MS) - BUCKETS;
    for (const number of this.buckets.keys()) if (number <= oldest) this.buckets.delete(number);
    const from = nowMs - 1000 * this.rules.window_s;
    while (this.recent.length && this.recent[0] <= from) this.recent.shift();
  }

  /** @returns {AlarmFigures} */
  get figures() {
    const buckets = [...this.buckets.values()], watchedMs = buckets.reduce((sum, { ms }) => sum + ms, 0);
    const raised = buckets.reduce((sum, { n }) => sum + n, 0);
    const floods = buckets.filter(({ n }) => n > this.rules.flood_from).length;
    const isOld = watchedMs >= HOUR_MS;
    return {
      now: this.recent.length,
      perHour: isOld ? (raised * HOUR_MS) / watchedMs : null,
      watchedMs,
      floodShare: isOld ? floods / buckets.length : null,
      standing: this.standing.size,
      isFlood: this.isFlood,
    };
  }

  /** @param {number} nowMs */
  save(nowMs) {
    this.savedMs = nowMs;
    const { buckets, recent, standing, isFlood, followedMs } = this;
    const kept = { buckets: [...buckets], recent, standing: [...standing], isFlood, followedMs };
    try {
      this.storage.setItem(this.key, JSON.stringify(kept));
    } catch (error) {
      // A browser that stores nothing: the figures begin with the page.
      if (!(error instanceof DOMException)) throw error;
    }
  }

  _load() {
    try {
      const kept = JSON.parse(this.storage.getItem(this.key) ?? 'null');
      if (!kept) return;
      this.buckets = new Map(kept.buckets.slice(-BUCKETS));
      this.recent = kept.recent.slice(-MOST_RECENT);
      this.standing = new Set(kept.standing.slice(0, MOST_STANDING));
      this.isFlood = kept.isFlood === true;
      this.followedMs = kept.followedMs;
    } catch (error) {
      // Not readable, or written by another release: begin anew.
      if (!(error instanceof DOMException || error instanceof SyntaxError || error instanceof TypeError)) throw error;
    }
  }
}
