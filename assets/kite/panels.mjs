/**
 * Panels beside the map: what they say is written at most once a second, and only when it changed. While the map
 * follows the pointer they wait: a hand feels every frame that is missing. They hear it as an event of the document,
 * `kite:summary` (assets/views/_current.js), and not through Dash's properties, which took 50-80 ms each time.
 */

import { summary } from './summary.mjs';

export const EVERY_MS = 1000;
/** Panels wait for so many turns at most. */
const MOST_HELD = 2;
/** What Leaflet marks while the map is dragged or zooms. */
const MOVING = '.leaflet-dragging, .leaflet-zoom-anim';

export class Panels {
  /**
   * @param {import('./store.mjs').Store} store
   * @param {import('./ages.mjs').Ages} ages
   * @param {{region: number}} selection
   */
  constructor(store, ages, selection) {
    Object.assign(this, { store, ages, selection });
    /** What they were told last, as text. */
    this.told = '';
    this._timer = 0;
    this._held = 0;
  }

  start() {
    this._timer = setInterval(() => this.tick(), EVERY_MS);
    this.tell();
  }

  stop() {
    clearInterval(this._timer);
  }

  /** Tell them, or wait while the map moves. */
  tick() {
    if (this._held < MOST_HELD && document.querySelector(MOVING)) {
      this._held++;
      return;
    }
    this._held = 0;
    this.tell();
  }

  tell() {
    const { hierarchy, config } = this.store;
    if (!hierarchy) return;
    const figures = summary(this.store, hierarchy.code(this.selection.region), config.lang);
    const detail = { ...figures, ages: this.ages.summary() };
    const text = JSON.stringify(detail);
    if (this.told === text) return;
    this.told = text;
    document.dispatchEvent(new CustomEvent('kite:summary', { detail }));
  }

  /** Another region: tell them all again. */
  forget() {
    this.told = '';
    this.tell();
  }
}
