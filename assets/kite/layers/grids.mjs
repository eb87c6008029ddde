/** The choropleth: spans of pixels per grid, coloured through one table; a change repaints its grids' spans only. */

import { canvasLayer } from '../canvas-layer.mjs';
import { ChangeSet } from '../changes.mjs';
import { resample } from '../geometry.mjs';
import { GRID } from '../hierarchy.mjs';
import { DIMMED, GridPalette, HATCHED, HOVERED, PLAIN } from '../palette.mjs';
import { PixelField } from '../pixels.mjs';
import { regionTip } from '../tooltip.mjs';

/** Beyond this many pixels the raster is made at half the resolution. */
const MOST_PIXELS = 6_000_000;
/** Share of the grids from which on all are painted, rather than each with its damage. */
const MANY = 0.25;

/** @param {any} L */
export default (L) => class Grids extends canvasLayer(L) {
  onAdd() {
    const { store, selection, config, raster } = this.kit;
    this.urgent = this.leads = this.crisp = true;
    this.palette = new GridPalette(config.palette, this.spec.style);
    this.first = config.tier_start[GRID];
    this.grids = store.sizes.grids;
    /** Where in the palette each grid was painted from. */
    this.bases = new Uint16Array(this.grids);
    this.todo = new ChangeSet(this.grids);
    /** `HATCHED` for each grid of a county from which nothing comes: silence is not safety. */
    this.unheard = new Uint8Array(this.grids);
    this.silent = '';
    this._onSelection = (what, before) => this._retone(what, before);
    selection.listeners.add(this._onSelection);
    raster.receive('grids', (result) => this._receive(result));
    super.onAdd();
    this.field = new PixelField(this.canvas);
    return this;
  }

  onRemove() {
    const { raster, selection, shown } = this.kit;
    raster.receive('grids', null);
    selection.listeners.delete(this._onSelection);
    shown.grids = null;
    this.current = this.next = null;
    this.field.release();
    return super.onRemove();
  }

  viewChanged() {
    const { stage, raster } = this.kit, css = stage.view;
    const by = css.width * css.height > MOST_PIXELS ? 0.5 : 1;
    raster.ask('grids', { view: { ...resample(css, by), css } });
  }

  /** Even unseen it says which grid is where. @param {boolean} shown */
  setShown(shown) {
    if (this.blank === !shown) return;
    this.blank = !shown;
    this.kit.scene.damageAll();
    this.kit.scheduler.request();
  }

  /** The scene copies the pixels as they are, or draws them from the canvas. */
  get image() {
    return this.field.image ?? null;
  }

  get plate() {
    const { field } = this, { image, canvas } = field;
    if (this.alpha !== 1 || canvas.width !== this.kit.scene.width) field.context.putImageData(image, 0, 0);
    return canvas;
  }

  /** @param {string[]} counties Codes of those from which nothing comes that usually does. */
  setSilent(counties) {
    const silent = counties.join();
    if (silent === this.silent) return;
    this.silent = silent;
    const { hierarchy } = this.kit.store;
    this.unheard.fill(0);
    for (const r of counties.map((code) => hierarchy.number(code))) {
      if (r > 0) this.unheard.fill(HATCHED, hierarchy.gridLo[r], hierarchy.gridHi[r]);
    }
    this.todo.addAll();
    this.invalidate();
  }

  tip(r) {
    return regionTip(this.kit, this.spec, this.say, r);
  }

  _receive(result) {
    if (this.next) this.kit.raster.giveBack(this.next);
    this.next = result;
    this.invalidate();
  }

  /** Most changes of a score leave the grid's colour as it is. */
  changed({ tables: { regions } }) {
    const { level } = this.kit.store.columns.regions;
    if (regions.all) this.todo.addAll();
    for (let k = 0; k < regions.count; k++) {
      const g = regions.list[k] - this.first;
      if (g >= 0 && this._base(g, level) !== this.bases[g]) this.todo.add(g);
    }
    if (this.todo.count > MANY * this.grids) this.todo.addAll();
    if (this.todo.any) this.dirty = true;
  }

  /** Repaint the grids whose tone a selection changed. */
  _retone(what, before) {
    if (what === 'region') this.todo.addAll();
    else {
      this._addRegion(before);
      this._addRegion(this.kit.selection.hovered);
    }
    this.invalidate();
  }

  _addRegion(r) {
    if (r < 0) return;
    const { gridLo, gridHi } = this.kit.store.hierarchy;
    for (let g = gridLo[r]; g < gridHi[r]; g++) this.todo.add(g);
  }

  paint() {
    const level = this.kit.store.columns.regions.level;
    if (level.length === 0 || !(this.next || this.current)) return;
    const swap = this.next !== null && this.next !== undefined;
    if (swap) this._swap();
    if (swap || this.todo.all) this._paintAll(level);
    else this._paintTodo(level);
    this.todo.clear();
    this.show(this.current.view.css, this.field.take());
    if (!this.kit.marks.firstMap) {
      performance.mark('kite:first-map');
      this.kit.marks.firstMap = performance.now();
    }
  }

  _swap() {
    if (this.current) this.kit.raster.giveBack(this.current);
    this.current = this.next;
    this.next = null;
    this.kit.shown.grids = this;
    this.field.reset(this.current.view.width, this.current.view.height);
  }

  _paintAll(level) {
    this.field.tiles.fill(1);
    for (let g = 0; g < this.grids; g++) this._paintGrid(g, this._base(g, level), false);
  }

  _paintTodo(level) {
    for (let k = 0; k < this.todo.count; k++) {
      const g = this.todo.list[k], base = this._base(g, level);
      if (base !== this.bases[g]) this._paintGrid(g, base, true);
    }
  }

  _base(g, level) {
    const { selection: { region, hovered }, store: { hierarchy: { gridLo, gridHi } } } = this.kit;
    let tone = PLAIN;
    if (g < gridLo[region] || g >= gridHi[region]) tone = DIMMED;
    if (hovered >= 0 && g >= gridLo[hovered] && g < gridHi[hovered]) tone = HOVERED;
    return this.palette.base(level[this.first + g] | this.unheard[g], tone);
  }

  _paintGrid(g, base, mark) {
    this.bases[g] = base;
    const { spanStart, spans, texture } = this.current;
    const { pixels } = this.field, { table } = this.palette;
    for (let span = spanStart[g]; span < spanStart[g + 1]; span++) {
      const from = spans[2 * span], to = spans[2 * span + 1];
      for (let p = from; p < to; p++) pixels[p] = table[base + texture[p]];
      if (mark) this.field.markSpan(from, to);
    }
  }

  /** A pixel of the grid, nearest to its label point if that is one: x, y of the map's container, or null. */
  pixelOf(g) {
    if (!this.current) return null;
    const { ids, view, spanStart, spans } = this.current;
    const { label_xy: xy } = this.kit.store.columns.regions_static;
    let x = Math.floor(view.scale * xy[2 * (this.first + g)] + view.dx);
    let y = Math.floor(view.dy - view.scale * xy[2 * (this.first + g) + 1]);
    if (ids[y * view.width + x] !== g + 1) {
      const span = spanStart[g] + ((spanStart[g + 1] - spanStart[g]) >> 1);
      if (span === spanStart[g + 1]) return null;
      const p = (spans[2 * span] + spans[2 * span + 1]) >> 1;
      x = p % view.width;
      y = Math.floor(p / view.width);
    }
    return { x, y };
  }

  /** What is painted at a pixel of the raster: [r, g, b, a]. */
  colourAt(x, y) {
    const { image, width } = this.field, at = 4 * (y * width + x);
    return [...image.data.subarray(at, at + 4)];
  }
};
