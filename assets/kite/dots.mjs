/**
 * Dots of many things on a pixel field. Classes lie over one another in order of their number, so that the
 * picture depends on nothing but where things stand and what they are: repainting a tile gives what painting
 * everything would.
 */

import { TILE_BITS } from './pixels.mjs';

const SIDE = 1 << TILE_BITS;
/** Things per step of what takes long. */
const AT_ONCE = 1 << 14;

export class Dots {
  /** @param {import('./pixels.mjs').PixelField} field @param {number} classes Classes are 1 … classes; 0 isn't drawn. */
  constructor(field, classes) {
    this.field = field;
    this.classes = classes;
    /** Pixel of each thing's corner, -1 out of view. */
    this.at = new Int32Array(0);
    this._kinds = new Uint8Array(0);
    /** Things by tile of the field: those of tile t are _things[_start[t]] … _things[_start[t + 1] - 1]. */
    this._things = new Int32Array(0);
    this._start = new Int32Array(1);
    /** Tiles in which something changed its class. */
    this._stale = new Uint8Array(0);
  }

  /** Nothing is in view; dots are `size` pixels wide. @param {number} count @param {number} size @param {Uint32Array} colours By class. */
  reset(count, size, colours) {
    if (this.at.length !== count) {
      this.at = new Int32Array(count);
      this._kinds = new Uint8Array(count);
    }
    this.at.fill(-1);
    this.size = size;
    this.colours = colours;
  }

  /** Paint all that is in view, in steps. @param {(i: number) => number} classOf */
  *paint(classOf) {
    const { at, _kinds: kinds } = this;
    for (const [from, to] of this._parts()) {
      for (let i = from; i < to; i++) kinds[i] = at[i] < 0 ? 0 : classOf(i);
      yield;
    }
    for (let kind = 1; kind <= this.classes; kind++) {
      for (const [from, to] of this._parts()) {
        this._paintKind(kind, from, to);
        yield;
      }
    }
    this.field.tiles.fill(1);
  }

  /** Paint things [from, to) that are of a class. */
  _paintKind(kind, from, to) {
    const { at, size, field, _kinds: kinds } = this, { width, pixels } = field, colour = this.colours[kind];
    for (let i = from; i < to; i++) {
      if (kinds[i] !== kind) continue;
      const p = at[i];
      if (size === 1) pixels[p] = colour;
      else field.square(p % width, (p / width) | 0, size, colour);
    }
  }

  /** These things changed their class: `repaint` will paint where they lie. @param {ArrayLike<number>} things @param {number} count @param {(i: number) => number} classOf */
  touch(things, count, classOf) {
    const mark = (tile) => { this._stale[tile] = 1; };
    for (let k = 0; k < count; k++) {
      const i = things[k];
      if (this.at[i] < 0) continue;
      this._kinds[i] = classOf(i);
      this._eachTile(i, mark);
    }
  }

  /** Whether something of what was touched is still to be painted. */
  get isStale() {
    return this._stale.includes(1);
  }

  /** Paint tiles anew in which something changed, until there is no time left. @param {number} until ms @returns {boolean} whether all is painted */
  repaint(until) {
    const { _stale: stale, field } = this;
    for (let tile = stale.indexOf(1); tile >= 0; tile = stale.indexOf(1, tile + 1)) {
      if (performance.now() > until) return false;
      stale[tile] = 0;
      this._repaintTile(tile);
      field.tiles[tile] = 1;
    }
    return true;
  }

  _repaintTile(tile) {
    const { field, at, size, colours, _kinds: kinds, _things: things } = this, { width, height, pixels } = field;
    const left = (tile % field.columns) * SIDE, top = Math.floor(tile / field.columns) * SIDE;
    const right = Math.min(left + SIDE, width), bottom = Math.min(top + SIDE, height);
    for (let y = top; y < bottom; y++) pixels.fill(0, y * width + left, y * width + right);
    for (let kind = 1; kind <= this.classes; kind++) {
      const colour = colours[kind];
      for (let k = this._start[tile]; k < this._start[tile + 1]; k++) {
        const i = things[k];
        if (kinds[i] !== kind) continue;
        const x = at[i] % width, y = (at[i] / width) | 0;
        const x1 = Math.min(x + size, right), y1 = Math.min(y + size, bottom);
        for (let row = Math.max(y, top); row < y1; row++) {
          for (let column = Math.max(x, left); column < x1; column++) pixels[row * width + column] = colour;
        }
      }
    }
  }

  /** Find out which things lie in which tile of the field, in steps. */
  *index() {
    const tiles = this.field.tiles.length, start = new Int32Array(tiles + 1), count = (tile) => { start[tile + 1]++; };
    this._stale = new Uint8Array(tiles);
    for (const [from, to] of this._parts()) {
      for (let i = from; i < to; i++) if (this.at[i] >= 0) this._eachTile(i, count);
      yield;
    }
    for (let tile = 0; tile < tiles; tile++) start[tile + 1] += start[tile];
    const next = start.slice(), things = new Int32Array(start[tiles]);
    for (const [from, to] of this._parts()) {
      for (let i = from; i < to; i++) if (this.at[i] >= 0) this._eachTile(i, (tile) => { things[next[tile]++] = i; });
      yield;
    }
    this._start = start;
    this._things = things;
  }

  /** The tiles that a thing in view lies in. @param {number} i @param {(tile: number) => void} visit */
  _eachTile(i, visit) {
    const { width, height, columns } = this.field, x = this.at[i] % width, y = (this.at[i] / width) | 0;
    const right = Math.min(x + this.size - 1, width - 1) >> TILE_BITS;
    const bottom = Math.min(y + this.size - 1, height - 1) >> TILE_BITS;
    for (let row = y >> TILE_BITS; row <= bottom; row++) {
      for (let column = x >> TILE_BITS; column <= right; column++) visit(row * columns + column);
    }
  }

  /** [from, to) of the things, by step. */
  *_parts() {
    const { length } = this.at;
    for (let from = 0; from < length; from += AT_ONCE) yield [from, Math.min(from + AT_ONCE, length)];
  }
}
