/**
 * Borders, drawn by the worker, and the names of places over them. Hundreds of names take longer than a frame: they
 * are written on a canvas that is not seen, some per frame, and it takes the place of the one before once it is whole.
 */

import { canvasLayer } from '../canvas-layer.mjs';
import { resample } from '../geometry.mjs';
import { GRID } from '../hierarchy.mjs';
import { NOTE_DOWN, NOTE_EM, candidates, place } from '../labels.mjs';

/** Notes under names (counts) are looked at again this often, ms. */
const NOTES_MS = 1000;
const HALO_PX = 3;
/** Names are written for so long per frame; so many between two looks at the clock. */
const SLICE_MS = 8, AT_ONCE = 16;
/** Widths of texts that are kept, more than the names of a city's towns and villages. */
const MOST_WIDTHS = 20_000;

/** @param {any} L */
export default (L) => class Boundaries extends canvasLayer(L) {
  onAdd() {
    const { raster, selection, obstacles } = this.kit;
    this.bitmap = null;
    this.names = [];
    /** All is to be painted anew. */
    this.due = false;
    /** What is being painted. @type {Iterator<void>|null} */
    this.steps = null;
    this.spare = document.createElement('canvas');
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
    this.bitmap = this.steps = null;
    this.spare.width = this.spare.height = 0;
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
    this.due = true;
    this.later();
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
    if (this.due) this.steps = this._paintAll();
    else if (!this.steps) {
      const rects = this._updateNotes(this.bitmap.view.css.level);
      if (rects.length === 0) return;
      this.steps = this._write(rects);
    }
    this.due = false;
    const until = performance.now() + SLICE_MS;
    while (!this.steps.next().done) {
      if (performance.now() <= until) continue;
      this.later();
      return;
    }
    this.steps = null;
  }

  *_paintAll() {
    this.names = this._placeNames(this.bitmap.view.css);
    yield;
    yield* this._write();
  }

  /** Borders and names, in steps; then they are shown, where they changed. @param {import('../scene.mjs').Rect[]} [rects] */
  *_write(rects) {
    const { spare: canvas, ratio, bitmap: { bitmap, view: { css } } } = this;
    if (canvas.width !== bitmap.width || canvas.height !== bitmap.height) {
      canvas.width = bitmap.width;
      canvas.height = bitmap.height;
    }
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.globalCompositeOperation = 'copy';
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(bitmap, 0, 0);
    context.globalCompositeOperation = 'source-over';
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    for (let i = 0; i < this.names.length; i += AT_ONCE) {
      this._writeNames(context, this.names.slice(i, i + AT_ONCE));
      context.getImageData(0, 0, 1, 1); // drawn now: else all of it would be once it is looked at
      yield;
    }
    [this.canvas, this.spare] = [canvas, this.canvas];
    this.show(css, rects);
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

  /** @param {CanvasRenderingContext2D} context @param {import('../labels.mjs').Label[]} names */
  _writeNames(context, names) {
    const { palette } = this.kit.config;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.lineJoin = 'round';
    context.lineWidth = HALO_PX;
    context.strokeStyle = palette.halo;
    for (const { x, y, text, px, note } of names) {
      this._writeText(context, text, x, y, px, palette.text);
      if (note) this._writeText(context, note, x, y + px * NOTE_DOWN, px * NOTE_EM, palette.text_second);
    }
  }

  _writeText(context, text, x, y, px, colour) {
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
