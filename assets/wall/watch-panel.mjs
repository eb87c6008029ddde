/** Cameras online, units on duty, and the new cases of each ten minutes. */

import { barsOf, draw, drawing, path } from './charts.mjs';
import { bar, fill, headOf, make, mark, put, show } from './put.mjs';
import { NONE, known } from './words.mjs';

const WIDE = 480, HIGH = 80, TEN_MINUTES_MS = 600_000;
/** So many ten minutes are shown. */
const SHOWN = 48;
/** The strip is as high as so many cases at least. */
const LEAST = 5;

export class WatchPanel {
  /** @param {HTMLElement} section @param {import('./words.mjs').Words} words */
  constructor(section, words) {
    this.section = section;
    this.words = words;
    this.total = make('span', { className: 'second' });
    this.bar = bar();
    this.online = make('b');
    this.cameras = make('li', {}, make('span', { className: 'name' }, words.say('wall.cameras.online')), this.bar, this.online);
    this.onDuty = make('b');
    this.unitsTotal = make('span', { className: 'second' });
    this.units = make('li', {}, make('span', { className: 'name' }, words.say('wall.units')), make('span', { className: 'grow' }), this.onDuty, this.unitsTotal);
    this.day = make('span', { className: 'second' });
    this.strip = drawing('wall-strip', WIDE, HIGH);
    this.past = path(this.strip, 'past');
    this.now = path(this.strip, 'now');
    this.unread = make('p', { className: 'second' }, words.say('wall.new.unread'));
    section.append(
      headOf(words.say('wall.cameras'), this.total),
      make('ul', { className: 'wall-rows wall-watch-rows' }, this.cameras, this.units),
      headOf(words.say('wall.new'), this.day),
      this.strip,
      this.unread,
    );
  }

  /** @param {import('./wall.mjs').Context} context */
  tick({ own, ownFigures, cases, now, stale }) {
    const { words } = this, { online, total, networked } = own.cameras, { on_duty: onDuty, total: units } = own.units;
    mark(this.cameras, 'stale', stale.has('cameras') ? 1 : null);
    mark(this.units, 'stale', stale.has('units') ? 1 : null);
    put(this.total, known(total) ? words.say('wall.cameras.total', { n: words.count(total) }) : '');
    const share = known(online) && networked > 0 ? online / networked : null;
    fill(this.bar, share ?? 0);
    mark(this.bar, 'level', 'ring');
    put(this.online, words.percent(share));
    put(this.onDuty, words.count(onDuty));
    put(this.unitsTotal, known(units) ? ` / ${words.count(units)}` : '');
    this._strip(ownFigures?.cases, cases, now);
  }

  _strip(told, cases, now) {
    const { words } = this;
    show(this.unread, !told);
    put(this.day, words.say('wall.new.day', { n: told ? words.count(told.new) : NONE }));
    const counts = told ? newOf(told, cases, now).slice(-SHOWN) : [], most = Math.max(LEAST, ...counts);
    draw(this.past, counts.length ? barsOf(counts, most, WIDE, HIGH, (i) => i < counts.length - 1) : '');
    draw(this.now, counts.length ? barsOf(counts, most, WIDE, HIGH, (i) => i === counts.length - 1) : '');
  }
}

/**
 * New cases of each ten minutes of a day up to now: what the server counted a moment ago, and since then at least the
 * open ones that the page has.
 * @param {{from_ms: number, by_ten_minutes: number[]}} told @param {{occurred_at_ms: number}[]} cases @param {number} nowMs
 */
export function newOf(told, cases, nowMs) {
  const size = told.by_ten_minutes.length, last = Math.floor((nowMs - told.from_ms) / TEN_MINUTES_MS);
  const passed = Math.min(size, Math.max(0, last - size + 1)), counts = [...told.by_ten_minutes.slice(passed), ...new Array(passed).fill(0)];
  const fromMs = told.from_ms + passed * TEN_MINUTES_MS, seen = new Array(size).fill(0);
  for (const { occurred_at_ms: at } of cases) {
    const i = Math.floor((at - fromMs) / TEN_MINUTES_MS);
    if (i >= 0 && i < size) seen[i]++;
  }
  return counts.map((count, i) => Math.max(count, seen[i]));
}
