/** Borders, drawn by the worker, and the names of places over them. */

import { canvasLayer } from '../canvas-layer.mjs';
import { resample } from '../geometry.mjs';
import { GRID } from '../hierarchy.mjs';
import { NOTE_DOWN, NOTE_EM, candidates, place } from '../labels.mjs';

/** Notes under names (counts) are looked at again this often, ms. */
const NOTES_MS = 1000;
const HALO_PX = 3;
/** Widths of texts that are kept, more than the names of a city's towns and villages. */
const MOST_WIDTHS = 20_000;

/** @param {any} L */
export default (L) => class Boundaries extends canvasLayer(L) {
  onAdd() {
    const { raster, selection, obstacles } = this.kit;
    this.bitmap = null;
    this.names = [];
    this.namesDue = false;
    /** Width of each text measured so far, CSS pixels. @type {Map<string, number>} */
    this.widths = new Map();
    this.interval = NOTES_MS;
    this._onSelection = (what) => { if (what === 'region') this._ask(); };
    selection.listeners.add(this._onSelection);
    this._onObstacles = () => { if (this.bitmap) this._rename(); };
    obstacles.onChange.add(this._onObstacles);
    raster.receive('lines', (result) => this._receive(result));
    return super.onAdd();
  }

  onRemove() {
    this.kit.raster.receive('lines', null);
    this.kit.selection.listeners.delete(this._onSelection);
    this.kit.obstacles.onChange.delete(this._onObstacles);
    this.bitmap?.bitmap.close();
    this.bitmap = null;
    return super.onRemove();
  }

  viewChanged() {
    this._ask();
  }

  /** Ask the worker for the borders of this view; names wait for them, so that both change together. */
  _ask() {
    const { stage, raster, config: { palette } } = this.kit;
    const css = stage.view, { ratio } = this, { style } = this.spec;
    const tiers = [];
    for (let tier = GRID - 1; tier >= 0; tier--) {
      if (this.extentPx(tier, css) < style.border_from_px[tier]) continue;
      const colour = tier < 2 ? palette.border_strong : palette.border_dark;
      tiers.push({ tier, colour, width: style.width_px[tier], opacity: style.opacity[tier] });
    }
    const outline = { colour: palette.selected, halo: palette.halo, width: 2 }, selected = this._selected();
    raster.ask('lines', { view: { ...resample(css, ratio), css }, tiers, selected, outline, ratio: ratio * css.unit });
  }

  _selected() {
    const { selection: { region }, store: { hierarchy } } = this.kit;
    return region > 0 ? [hierarchy.gridLo[region], hierarchy.gridHi[region]] : null;
  }

  /** Typical width of a region of this tier in this view, in the drawings' pixels. */
  extentPx(tier, view) {
    const { tier_start: start } = this.kit.config;
    const { bbox } = this.kit.store.columns.regions_static;
    const city = Math.sqrt((bbox[2] - bbox[0]) * (bbox[3] - bbox[1]));
    return (view.scale * city) / view.unit / Math.sqrt(start[tier + 1] - start[tier]);
  }

  _receive(result) {
    this.bitmap?.bitmap.close();
    this.bitmap = result;
    this._rename();
  }

  /** Names are placed with the next paint, however often their surroundings change before it. */
  _rename() {
    this.namesDue = true;
    this.paintedAt = -Infinity;
    this.invalidate();
  }

  _placeNames(view) {
    const { store, stage, config, notes, obstacles } = this.kit;
    const all = candidates(store, view, this.spec.style, stage.em, config.lang, (tier) => this.extentPx(tier, view));
    const finest = Math.max(...all.map((label) => label.tier));
    for (const label of all) if (label.tier === finest) label.note = noteOf(notes, label.r, view.level);
    return place(all, (text, px) => this._widthOf(text, px), obstacles.in(view));
  }

  /** Measuring is slow, and most names of a view were on the one before. */
  _widthOf(text, px) {
    const key = `${px} ${text}`;
    let width = this.widths.get(key);
    if (width === undefined) {
      const context = this.canvas.getContext('2d', { willReadFrequently: true });
      context.font = this._font(px);
      width = context.measureText(text).width;
      if (this.widths.size >= MOST_WIDTHS) this.widths.clear();
      this.widths.set(key, width);
    }
    return width;
  }

  changed(changes) {
    if (this.kit.notes.size > 0 && changes.touch(['cameras'])) this.dirty = true;
  }

  paint() {
    if (!this.bitmap) return;
    const { css } = this.bitmap.view;
    const fresh = this.view !== css || this.paintedAt === -Infinity;
    if (this.namesDue) this.names = this._placeNames(css);
    this.namesDue = false;
    const rects = this._updateNotes(css.level);
    if (rects.length === 0 && !fresh) return;
    const { bitmap } = this.bitmap;
    if (this.canvas.width !== bitmap.width || this.canvas.height !== bitmap.height) {
      this.canvas.width = bitmap.width;
      this.canvas.height = bitmap.height;
    }
    const context = this.canvas.getContext('2d', { willReadFrequently: true });
    context.globalCompositeOperation = 'copy';
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(bitmap, 0, 0);
    context.globalCompositeOperation = 'source-over';
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this._writeNames(context);
    this.show(css, fresh ? undefined : rects);
  }

  /** @returns {import('../scene.mjs').Rect[]} where a note changed */
  _updateNotes(level) {
    const { ratio } = this, rects = [];
    for (const label of this.names) {
      if (label.note === undefined) continue; // of a coarser tier
      const note = noteOf(this.kit.notes, label.r, level);
      if (note === label.note) continue;
      label.note = note;
      const { x, y, px } = label, half = NOTE_EM * px * note.length;
      rects.push([(x - half) * ratio, (y + px * (NOTE_DOWN - NOTE_EM)) * ratio, 2 * half * ratio, 2 * NOTE_EM * px * ratio]);
    }
    return rects;
  }

  _writeNames(context) {
    const { palette } = this.kit.config;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.lineJoin = 'round';
    context.lineWidth = HALO_PX;
    context.strokeStyle = palette.halo;
    for (const { x, y, text, px, note } of this.names) {
      this._write(context, text, x, y, px, palette.text);
      if (note) this._write(context, note, x, y + px * NOTE_DOWN, px * NOTE_EM, palette.text_second);
    }
  }

  _write(context, text, x, y, px, colour) {
    context.font = this._font(px);
    context.strokeText(text, x, y);
    context.fillStyle = colour;
    context.fillText(text, x, y);
  }

  _font(px) {
    this.family ??= this.kit.stage.family;
    return `500 ${px}px ${this.family}`;
  }
};

/** @param {Map<string, (r: number, level: number) => string>} notes @param {number} r @param {number} level */
function noteOf(notes, r, level) {
  const parts = [];
  for (const note of notes.values()) {
    const text = note(r, level);
    if (text) parts.push(text);
  }
  return parts.join(' · ');
}
