/** The perimeters, drawn by the worker; anew when a checkpoint's camera goes or comes, at most once a second. */

import { canvasLayer } from '../canvas-layer.mjs';
import { resample } from '../geometry.mjs';
import { UNKNOWN } from '../draw-rings.mjs';
import { ONLINE } from '../store.mjs';

const REDRAW_MS = 1000;
const RINGS = ['city', 'county', 'police'];

/** @param {any} L */
export default (L) => class Rings extends canvasLayer(L) {
  onAdd() {
    this.interval = REDRAW_MS;
    this.bitmap = null;
    this.kit.raster.receive('rings', (result) => this._receive(result));
    return super.onAdd();
  }

  onRemove() {
    this.kit.raster.receive('rings', null);
    super.onRemove();
    this.bitmap?.close();
    this.bitmap = null;
    return this;
  }

  get plate() {
    return this.bitmap;
  }

  prepare() {
    const { checkpoints, cameras } = this.kit.store.columns;
    return checkpoints.camera.length > 0 && cameras.status.length > 0;
  }

  /** Dirty means: a checkpoint changed, so the worker must draw again. */
  changed({ tables: { cameras } }) {
    if (!cameras.any || !this.prepare()) return;
    if (cameras.all) this.dirty = true;
    else if (this._online().some((value, i) => value !== this.online?.[i])) this.dirty = true;
  }

  _online() {
    const { camera } = this.kit.store.columns.checkpoints, { status } = this.kit.store.columns.cameras;
    const online = new Uint8Array(camera.length);
    for (let i = 0; i < camera.length; i++) online[i] = status[camera[i]] === ONLINE ? 1 : 0;
    const { store } = this.kit, { grid } = store.columns.checkpoints;
    if (store.scope > 0) { // of what lies outside nobody knows whether it is watched
      for (let i = 0; i < grid.length; i++) if (!store.hierarchy.contains(store.scope, grid[i])) online[i] = UNKNOWN;
    }
    return online;
  }

  paint() {
    const { stage, raster } = this.kit, css = stage.view, { style, legend } = this.spec;
    if (!this.drawsAt(css.level) || !this.prepare()) return this.hide();
    this.online = this._online();
    const rings = RINGS
      .map((key, k) => ({ ring: k + 1, width: style.width_px[k], colour: legend.find((i) => i.key === key).colour }))
      .filter((_, k) => css.level >= style.from_zoom[k])
      .reverse();
    const gap = { colour: legend.find((item) => item.key === 'gap').colour, sign: style.gap_sign_px };
    const view = { ...resample(css, this.ratio), css };
    raster.ask('rings', { view, online: this.online, rings, gap, ratio: this.ratio * css.unit });
  }

  /** The bitmap is the plate: no copy. */
  _receive({ bitmap, view }) {
    if (!this._map) return bitmap.close();
    this.bitmap?.close();
    this.bitmap = bitmap;
    this.show(view.css);
    return this.kit.scheduler.request();
  }
};
