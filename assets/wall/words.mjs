/** Words and figures of the wall, from what the server wrote into the page. */

/**
 * @typedef {object} Scene A row of the playlist (dashboard/views/wall/scenes.py).
 * @property {string} slug
 * @property {number} dwell_s 0: only where the address asks for it.
 * @property {string} regions "own" or "worst".
 * @property {number} most
 * @property {string[]} layers
 */
/**
 * @typedef {object} PageData What dashboard/views/wall/head.py gives.
 * @property {string} release
 * @property {string} root
 * @property {string} language
 * @property {string} timezone
 * @property {number} stale_after_s
 * @property {number[]} cuts Scores from which a region is blue, yellow, orange.
 * @property {number} bar_from Where the bars of scores begin.
 * @property {Record<string, string>} texts
 * @property {[string, string][]} families Slug and name, in the index's order.
 * @property {Record<string, string>} types
 * @property {Record<string, string>} states
 * @property {string[]} open_states
 * @property {Record<string, string>} phases
 * @property {Record<string, string>} levels
 * @property {[number, string][]} rings Number and name.
 * @property {Scene[]} scenes
 * @property {{levels: number[], hold_s: number, settled_s: number, turn_s: number}} interruption
 * @property {{window_s: number, flood_from: number, flood_until: number, levels: number[]}} alarms
 */

/** What is unknown. */
export const NONE = '—';

/** @returns {PageData} */
export const pageData = () => JSON.parse(document.getElementById('wall-data').textContent);

/** @param {unknown} value @returns {value is number} */
export const known = (value) => typeof value === 'number' && Number.isFinite(value);

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export class Words {
  /** @param {PageData} page */
  constructor(page) {
    this.page = page;
    const zone = { timeZone: page.timezone };
    // Sweden writes times as ISO 8601 does.
    this._time = new Intl.DateTimeFormat('sv-SE', { ...zone, hour: '2-digit', minute: '2-digit', second: '2-digit' });
    this._minute = new Intl.DateTimeFormat('sv-SE', { ...zone, hour: '2-digit', minute: '2-digit' });
  }

  /** The text of that name with its braces filled. @param {string} name @param {Record<string, unknown>} [words] */
  say(name, words) {
    return (this.page.texts[name] ?? name).replace(/\{(\w+)\}/g, (braces, word) => String(words?.[word] ?? braces));
  }

  /** @param {number} ms */
  time(ms) {
    return this._time.format(ms);
  }

  /** @param {number} ms */
  minute(ms) {
    return this._minute.format(ms);
  }

  /** A duration in its largest unit; tenths only below ten seconds. @param {number} seconds */
  age(seconds) {
    if (seconds < 10) return this.say('age.seconds', { n: seconds.toFixed(1) });
    if (seconds < 60) return this.say('age.seconds', { n: Math.floor(seconds) });
    if (seconds < 3600) return this.say('age.minutes', { n: Math.floor(seconds / 60) });
    if (seconds < 172_800) return this.say('age.hours', { n: Math.floor(seconds / 3600) });
    return this.say('age.days', { n: Math.floor(seconds / 86_400) });
  }

  /** A duration in two units, as a clock that runs. @param {number} ms */
  span(ms) {
    const s = Math.max(0, Math.floor(ms / 1000)), m = Math.floor(s / 60), h = Math.floor(m / 60);
    if (m < 60) return this.say('wall.span.minutes', { m, s: String(s % 60).padStart(2, '0') });
    if (h < 48) return this.say('wall.span.hours', { h, m: String(m % 60).padStart(2, '0') });
    return this.say('age.days', { n: Math.floor(h / 24) });
  }

  /** @param {number|null|undefined} score */
  score(score) {
    return known(score) ? score.toFixed(1) : NONE;
  }

  /** @param {number|null|undefined} n */
  count(n) {
    return known(n) ? whole.format(n) : NONE;
  }

  /** What was gained ▲ or lost ▼, to a tenth. @param {number|null|undefined} by */
  change(by) {
    if (!known(by)) return NONE;
    const tenths = Math.round(10 * by) / 10;
    return tenths === 0 ? '＝' : `${tenths < 0 ? '▼' : '▲'}${Math.abs(tenths).toFixed(1)}`;
  }

  /** Rounded down, so that a ring with a gap is never whole. @param {number|null|undefined} share */
  percent(share) {
    if (!known(share)) return NONE;
    return share >= 1 ? '100%' : `${(Math.floor(1000 * share) / 10).toFixed(1)}%`;
  }

  /** @param {number|null|undefined} metres */
  km(metres) {
    return known(metres) ? (metres / 1000).toFixed(metres < 100_000 ? 1 : 0) : NONE;
  }

  /** Numeral and name of a level of the index. @param {number} level */
  level(level) {
    return `${level || ''} ${this.say(`level.${level}`)}`.trim();
  }

  /** The level of a score by the cuts: 1 blue … 4 red, 0 unknown. @param {number|null|undefined} score */
  levelOf(score) {
    if (!known(score)) return 0;
    const above = this.page.cuts.findIndex((cut) => score >= cut);
    return above < 0 ? this.page.cuts.length + 1 : above + 1;
  }

  /** How much of its bar a score fills. @param {number|null|undefined} score */
  fill(score) {
    const from = this.page.bar_from;
    return known(score) ? Math.min(1, Math.max(0.015, (score - from) / (100 - from))) : 0;
  }
}
