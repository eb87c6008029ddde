/** All cameras: one dot each from the first zoom on, symbols near; offline ones lie on top. */

import { ChangeSet } from '../changes.mjs';
import { DOTS, SYMBOLS, dotLayer } from '../dot-layer.mjs';
import { Dots } from '../dots.mjs';
import { touches } from '../geometry.mjs';
import { GRID } from '../hierarchy.mjs';
import { pixel } from '../palette.mjs';
import { Sprites } from '../sprites.mjs';

const EVERY_MS = 1000;
/** A new view is painted for so long per frame; so many grids between two looks at the clock. */
const SLICE_MS = 8, AT_ONCE = 512;
/** What changed is painted for so long per frame: what is urgent may come meanwhile. */
const CHANGES_MS = 4;
/** Classes, the upper ones last. */
const NOT_NETWORKED = 1, ONLINE = 2, OFFLINE = 3;
/** Class of each status on the wire: unknown, online, offline, fault, not networked. */
const CLASS = new Uint8Array([NOT_NETWORKED, ONLINE, OFFLINE, OFFLINE, NOT_NETWORKED]);
const KIND_SYMBOLS = ['square', 'gate', 'eye', 'dome'];
const SIZE_PX = { square: 8, gate: 12, eye: 12, dome: 13 };

/** @param {any} L */
export default (L) => class Cameras extends dotLayer(L) {
  onAdd() {
    this.interval = EVERY_MS;
    const { config, notes } = this.kit, { legend } = this.spec;
    this.colours = ['', 'not_networked', 'online', 'offline'].map((key) => legend.find((i) => i.key === key)?.colour);
    this.signs = ['', '', '', '×'];
    this.sprites = new Sprites(config.palette.halo, this.kit.stage.family);
    this.todo = new ChangeSet(0);
    this.classOf = (i) => CLASS[this.kit.store.columns.cameras.status[i]];
    /** A view that is being painted. @type {{view: any, steps: Iterator<void>}|null} */
    this.painting = null;
    notes.set(this.key, (r, level) => this._note(r, level));
    super.onAdd();
    this.marks = new Dots(this.field, OFFLINE);
    return this;
  }

  onRemove() {
    this.kit.notes.delete(this.key);
    return super.onRemove();
  }

  prepare() {
    return this.kit.store.cameraXY !== undefined && this.kit.store.columns.cameras.status.length > 0;
  }

  mode(level) {
    return level >= this.spec.style.symbol_zoom ? SYMBOLS : DOTS;
  }

  changed({ tables: { cameras } }) {
    if (!cameras.any) return;
    this.todo.grow(cameras.flags.length);
    if (cameras.all) {
      this.todo.addAll();
      this.painting = null;
    }
    for (let k = 0; k < cameras.count; k++) this.todo.add(cameras.list[k]);
    this.dirty = true;
  }

  /** What is seen stays until all is painted anew. */
  isFresh(view) {
    return this.painting !== null || this.todo.all || super.isFresh(view);
  }

  dots() {
    const { marks, todo } = this;
    // What comes while some is still to be painted waits for its own turn, or the last tiles would never have theirs.
    if (!marks.isStale) {
      marks.touch(todo.list, todo.count, this.classOf);
      todo.clear();
    }
    if (!marks.repaint(performance.now() + CHANGES_MS)) this.later();
    else if (todo.count > 0) this.dirty = true;
  }

  begin(view) {
    if (this.painting?.view !== view) this.painting = { view, steps: this._paint(view) };
    const until = performance.now() + SLICE_MS;
    while (!this.painting.steps.next().done) if (performance.now() > until) return false;
    this.painting = null;
    return true;
  }

  /** All dots of a view, in steps; what changes meanwhile is left to `dots`. */
  *_paint(view) {
    const { field, marks, todo, kit: { store } } = this;
    const count = store.columns.cameras_static.grid_camera_start.length - 1;
    marks.reset(store.cameraXY.length / 2, ...this._look(view));
    for (let g = 0; g < count; g += AT_ONCE) {
      this._stand(view, g, Math.min(g + AT_ONCE, count));
      yield;
    }
    todo.clear();
    field.reset(view.width, view.height);
    yield* marks.index();
    yield* marks.paint(this.classOf);
  }

  /** Where the cameras of grids [from, to) stand, in pixels of the view. */
  _stand(view, from, to) {
    const { cameraXY: xy, columns } = this.kit.store, { width, height, scale, dx, dy } = view;
    const start = columns.cameras_static.grid_camera_start, { bbox } = columns.regions_static;
    const first = this.kit.config.tier_start[GRID], { at } = this.marks;
    for (let g = from; g < to; g++) {
      if (!touches(view, bbox, first + g)) continue;
      for (let i = start[g]; i < start[g + 1]; i++) {
        const x = Math.floor(scale * xy[2 * i] + dx), y = Math.floor(dy - scale * xy[2 * i + 1]);
        if (x >= 0 && y >= 0 && x < width && y < height) at[i] = y * width + x;
      }
    }
  }

  /** Size and colours of the dots. @returns {[number, Uint32Array]} */
  _look(view) {
    const { dot_zooms: zooms, dot_opacity: opacity } = this.spec.style;
    let step = 0;
    while (step + 1 < zooms.length && view.level >= zooms[step + 1]) step++;
    const colours = this.colours.map((colour, kind) => (colour ? pixel(colour, kind === OFFLINE ? 0.95 : opacity[step]) : 0));
    return [Math.max(1, Math.round((step + 1) * view.unit)), Uint32Array.from(colours)];
  }

  draw(context, view) {
    const { cameraXY: xy, columns } = this.kit.store;
    const { status } = columns.cameras, { grid_camera_start: start, kind } = columns.cameras_static;
    const first = this.kit.config.tier_start[GRID], { ratio } = this;
    for (let g = 0; g + 1 < start.length; g++) {
      if (!touches(view, columns.regions_static.bbox, first + g)) continue;
      for (let i = start[g]; i < start[g + 1]; i++) {
        const x = view.scale * xy[2 * i] + view.dx, y = view.dy - view.scale * xy[2 * i + 1];
        const symbol = KIND_SYMBOLS[kind[i]] ?? 'square', state = CLASS[status[i]];
        this.sprites.stamp(context, symbol, this.colours[state], Math.round(SIZE_PX[symbol] * view.unit), x, y, this.signs[state], ratio);
        this.hash.add(i, x, y);
      }
    }
    this.todo.clear();
  }

  /** Online of networked ones, under the names of places until single ones can be told. */
  _note(r, level) {
    const { store } = this.kit, [from, to] = this.spec.style.count_zooms;
    if (level < from || level >= to || !store.camerasOnline || !store.sees(r)) return '';
    return this.say('note', { online: store.camerasOnline.counts[r], networked: store.camerasNetworked.counts[r] });
  }

  tip(i) {
    const { cameras: { status }, cameras_static: { kind, flags } } = this.kit.store.columns, ring = flags[i] >> 1;
    const lines = [this.say(`status.${status[i]}`), this.say(`kind.${kind[i]}`)];
    if (ring > 0) lines.push(this.say(`ring.${ring}`));
    return { title: this.say('title', { number: String(i) }), lines };
  }
};
