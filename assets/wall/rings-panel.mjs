/** The three rings: how much of each is watched now, and the longest gaps by name. */

import { ONLINE } from '../kite/store.mjs';
import { bar, fill, headOf, make, mark, put, roomIn, Rows, show } from './put.mjs';

/** Gaps under the rings, and at most in the list where the layout has one; and what a row takes, in its font size. */
const NAMED = 2, LISTED = 20, ROW_EM = 1.5;
/** Below this share a ring is shown as broken. */
const BROKEN = 0.95;

/** @typedef {{share: number|null, online: number, checkpoints: number, watched_m: number, length_m: number}} RingNow */

export class RingsPanel {
  /** @param {HTMLElement} section @param {HTMLElement} list @param {import('./words.mjs').Words} words */
  constructor(section, list, words) {
    Object.assign(this, { section, list, words });
    const rows = make('ul', { className: 'wall-rows wall-ring-rows' });
    this.rows = words.page.rings.map(([ring, name]) => {
      const parts = { ring, name, numeral: make('i', { className: 'wall-ring-numeral' }, String(ring)), label: make('span', { className: 'name' }), bar: bar(), share: make('b'), more: make('span', { className: 'second more' }) };
      rows.append(make('li', {}, parts.numeral, parts.label, parts.bar, parts.share, parts.more));
      return parts;
    });
    const near = make('ul', { className: 'wall-rows wall-gap-rows' }), all = make('ul', { className: 'wall-rows wall-gap-rows' });
    this.near = new Rows(near, () => this._row());
    this.all = new Rows(all, () => this._row());
    this.notes = [make('p', { className: 'second' }), make('p', { className: 'second' })];
    this.count = make('span', { className: 'second' });
    section.append(headOf(words.say('wall.rings'), make('span', { className: 'second' }, words.say('wall.rings.share'))), rows, near, this.notes[0]);
    list.append(headOf(words.say('wall.gaps'), this.count), all, this.notes[1]);
  }

  _row() {
    const [ring, name, length, since] = ['wall-ring-numeral', 'name', 'length', 'since'].map((className) => make('span', { className }));
    return {
      element: make('li', {}, ring, name, length, since),
      fill: (gap) => {
        put(ring, String(gap.ring));
        put(name, gap.name);
        put(length, gap.length);
        put(since, gap.since);
      },
    };
  }

  /** @param {import('./wall.mjs').Context} context */
  tick({ rings, ownFigures, now, stale }) {
    const { words } = this;
    for (const section of [this.section, this.list]) mark(section, 'stale', stale.has('cameras') ? 1 : null);
    for (const { ring, name, label, bar: line, share, more } of this.rows) {
      const at = rings?.[ring];
      put(label, at?.checkpoints ? words.say('wall.ring', { ring: name, n: words.count(at.checkpoints) }) : name);
      fill(line, at?.share ?? 0);
      mark(line, 'level', at?.share !== null && at?.share < BROKEN ? 'over' : 'ring');
      put(share, words.percent(at?.share));
      put(more, at?.checkpoints ? words.say('wall.ring.more', { online: words.count(at.online), n: words.count(at.checkpoints), watched: words.km(at.watched_m), km: words.km(at.length_m) }) : '');
    }
    this._gaps(ownFigures?.rings, now);
  }

  _gaps(told, now) {
    const { words } = this, isKnown = Boolean(told) && told.some(({ gaps }) => gaps !== null);
    const gaps = (told ?? []).flatMap(({ ring, gaps: found }) => (found ?? []).map((gap) => ({ ...gap, ring })));
    gaps.sort((a, b) => b.length_m - a.length_m);
    const rows = gaps.slice(0, LISTED).map((gap) => this._gap(gap, now));
    this.near.set(rows.slice(0, NAMED));
    this.all.set(rows.slice(0, roomIn(this.all.list, ROW_EM)));
    put(this.count, isKnown ? words.say('wall.gaps.count', { n: words.count(gaps.length) }) : '');
    const note = isKnown ? words.say('wall.gaps.none') : words.say('wall.gaps.unknown');
    for (const element of this.notes) {
      put(element, note);
      show(element, rows.length === 0);
    }
  }

  _gap({ name, name_en: english, length_m: length, since_ms: since, ring }, now) {
    const { words } = this;
    return {
      ring,
      name: (words.page.language === 'en' && english) || name,
      length: words.say('wall.gap.km', { km: words.km(length) }),
      since: since ? words.age(Math.max(10, (now - since) / 1000)) : '',
    };
  }
}

/**
 * How much of each ring is watched in a region, from the page's own columns; null until they are there.
 * @param {import('../kite/store.mjs').Store} store @param {number} region
 * @returns {Record<number, RingNow>|null}
 */
export function ringsOf(store, region) {
  const { checkpoints, cameras } = store.columns, { status } = cameras;
  if (!checkpoints.camera?.length || !status.length) return null;
  /** @type {Record<number, RingNow>} */
  const rings = {};
  for (let i = 0; i < checkpoints.camera.length; i++) {
    if (!store.hierarchy.contains(region, checkpoints.grid[i])) continue;
    const ring = rings[checkpoints.ring[i]] ??= { share: null, online: 0, checkpoints: 0, watched_m: 0, length_m: 0 };
    const isOn = status[checkpoints.camera[i]] === ONLINE;
    ring.checkpoints++;
    ring.length_m += checkpoints.length_m[i];
    if (!isOn) continue;
    ring.online++;
    ring.watched_m += checkpoints.length_m[i];
  }
  for (const ring of Object.values(rings)) ring.share = ring.length_m > 0 ? ring.watched_m / ring.length_m : null;
  return rings;
}
