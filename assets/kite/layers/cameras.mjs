/** All cameras: one dot each from the first zoom on, symbols near; offline ones lie on top. */

import { ChangeSet } from '../changes.mjs';
import { DOTS, SYMBOLS, dotLayer } from '../dot-layer.mjs';
import { touches } from '../geometry.mjs';
import { GRID } from '../hierarchy.mjs';
import { pixel } from '../palette.mjs';
import { Sprites } from '../sprites.mjs';

const ONLINE = 1, OFFLINE = 2, NOT_NETWORKED = 3;
/** Class of each status on the wire: unknown, online, offline, fault, not networked. */
const CLASS = new Uint8Array([NOT_NETWORKED, ONLINE, OFFLINE, OFFLINE, NOT_NETWORKED]);
const KIND_SYMBOLS = ['square', 'gate', 'eye', 'dome'];
const SIZE_PX = { square: 8, gate: 12, eye: 12, dome: 13 };

/** @param {any} L */
export default (L) => class Cameras extends dotLayer(L) {
  onAdd() {
    this.interval = 40;
    const { config, notes } = this.kit, { legend } = this.spec;
    this.colours = ['', 'online', 'offline', 'not_networked'].map((key) => legend.find((i) => i.key === key)?.colour);
    this.signs = ['', '', '×', ''];
    this.sprites = new Sprites(config.palette.halo, this.kit.stage.family);
    this.todo = new ChangeSet(0);
    notes.set(this.key, (r, level) => this._note(r, level));
    return super.onAdd();
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
    if (cameras.all) this.todo.addAll();
    for (let k = 0; k < cameras.count; k++) this.todo.add(cameras.list[k]);
    this.dirty = true;
  }

  dots(view, fresh) {
    const { status } = this.kit.store.columns.cameras;
    if (fresh || this.todo.all) {
      if (!fresh) this.field.pixels.fill(0);
      this._dotsAnew(view, status);
    } else for (let k = 0; k < this.todo.count; k++) this._redot(this.todo.list[k], status);
    this.todo.clear();
  }

  /** Dots of all cameras of the grids in view: not networked, then online, then offline ones. */
  _dotsAnew(view, status) {
    const { cameraXY: xy, columns } = this.kit.store;
    const { width, height, scale, dx, dy } = view, one = this._prepareDots(view, xy.length / 2) === 1;
    const { at, painted, offline, pixels, dotPx: size, field } = this, canvas = field.pixels;
    const start = columns.cameras_static.grid_camera_start, { bbox } = columns.regions_static;
    const first = this.kit.config.tier_start[GRID], late = [];
    for (let g = 0; g + 1 < start.length; g++) {
      if (!touches(view, bbox, first + g)) continue;
      for (let i = start[g]; i < start[g + 1]; i++) {
        const x = Math.floor(scale * xy[2 * i] + dx), y = Math.floor(dy - scale * xy[2 * i + 1]);
        if (x < 0 || y < 0 || x >= width || y >= height) continue;
        const p = y * width + x, kind = CLASS[status[i]];
        at[i] = p;
        painted[i] = kind;
        if (kind === OFFLINE) {
          if (offline[p] < 255) offline[p]++;
          late.push(p);
        } else if (kind === ONLINE || canvas[p] === 0) {
          if (one) canvas[p] = pixels[kind];
          else field.square(x, y, size, pixels[kind]);
        }
      }
    }
    for (const p of late) field.square(p % width, (p / width) | 0, size, pixels[OFFLINE]);
    field.tiles.fill(1);
  }

  /** @returns {number} the size of a dot, pixels */
  _prepareDots(view, count) {
    const { dot_zooms: zooms, dot_opacity: opacity } = this.spec.style;
    let step = 0;
    while (step + 1 < zooms.length && view.level >= zooms[step + 1]) step++;
    this.dotPx = Math.max(1, Math.round((step + 1) * view.unit));
    this.pixels = this.colours.map((colour, kind) => (colour ? pixel(colour, kind === OFFLINE ? 0.95 : opacity[step]) : 0));
    if (this.at?.length !== count) {
      this.at = new Int32Array(count);
      this.painted = new Uint8Array(count);
    }
    this.at.fill(-1);
    this.painted.fill(0);
    const size = view.width * view.height;
    if (this.offline?.length === size) this.offline.fill(0);
    else this.offline = new Uint8Array(size);
    return this.dotPx;
  }

  /** One camera changed: its dot shows offline while any camera there is. */
  _redot(i, status) {
    const p = this.at[i], kind = CLASS[status[i]];
    if (p < 0 || kind === this.painted[i]) return;
    if (this.painted[i] === OFFLINE && this.offline[p] > 0) this.offline[p]--;
    if (kind === OFFLINE && this.offline[p] < 255) this.offline[p]++;
    this.painted[i] = kind;
    const x = p % this.field.width, y = (p / this.field.width) | 0;
    this.field.square(x, y, this.dotPx, this.pixels[this.offline[p] > 0 ? OFFLINE : kind]);
    this.field.markSquare(x, y, this.dotPx);
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
    if (level < from || level >= to || !store.camerasOnline) return '';
    return this.say('note', { online: store.camerasOnline.counts[r], networked: store.camerasNetworked.counts[r] });
  }

  tip(i) {
    const { cameras: { status }, cameras_static: { kind, flags } } = this.kit.store.columns, ring = flags[i] >> 1;
    const lines = [this.say(`status.${status[i]}`), this.say(`kind.${kind[i]}`)];
    if (ring > 0) lines.push(this.say(`ring.${ring}`));
    return { title: this.say('title', { number: String(i) }), lines };
  }
};
