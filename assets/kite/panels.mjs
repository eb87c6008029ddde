/**
 * Panels beside the map: what they say is written at most once a second, and only when it changed. While the map
 * follows the pointer they wait: Dash takes some frames to write them, and a hand feels each that is missing.
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
   * @param {() => {summary?: string, ages?: string}} ids Component ids (config.ids).
   * @param {(id: string, props: any) => void} setProps dash_clientside.set_props
   */
  constructor(store, ages, selection, ids, setProps) {
    Object.assign(this, { store, ages, selection, ids, setProps });
    /** @type {Record<string, string>} What each component was told last, as text. */
    this._told = {};
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
    const { summary: summaryId, ages: agesId } = this.ids();
    const ages = this.ages.summary();
    if (this.store.hierarchy) {
      const { hierarchy, config } = this.store;
      const data = summary(this.store, hierarchy.code(this.selection.region), config.lang);
      this.publish(summaryId, agesId ? data : { ...data, ages });
    }
    this.publish(agesId, ages);
  }

  /** The one place that writes to the page's components. @param {string|undefined} id @param {any} data */
  publish(id, data) {
    if (!id) return;
    const text = JSON.stringify(data);
    if (this._told[id] === text) return;
    this._told[id] = text;
    this.setProps(id, { data });
  }

  /** Components were made anew (another page): tell them all again. */
  forget() {
    this._told = {};
    this.tell();
  }
}
