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
    this._thing = new Int32Array(0);
    this._next = new Int32Array(0);
    this._head = new Int32Array(0);
    this._indexed = false;
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
    this._indexed = false;
  }

  /** Paint all that is in view, in steps. @param {(i: number) => number} classOf */
  *paint(classOf) {
    const { at, _kinds: kinds } = this;
    for (let from = 0; from < at.length; from += AT_ONCE) {
      const to = Math.min(from + AT_ONCE, at.length);
      for (let i = from; i < to; i++) kinds[i] = at[i] < 0 ? 0 : classOf(i);
      yield;
    }
    for (let kind = 1; kind <= this.classes; kind++) {
      for (let from = 0; from < at.length; from += AT_ONCE) {
        this._paintKind(kind, from, Math.min(from + AT_ONCE, at.length));
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

  /** These things changed their class: repaint the tiles they lie in. @param {ArrayLike<number>} things @param {number} count @param {(i: number) => number} classOf */
  repaint(things, count, classOf) {
    const { at, field } = this;
    for (let k = 0; k < count; k++) {
      const p = at[things[k]];
      if (p >= 0) field.markSquare(p % field.width, (p / field.width) | 0, this.size);
    }
    if (!this._indexed) for (const _ of this.index());
    for (let tile = 0; tile < field.tiles.length; tile++) if (field.tiles[tile] === 1) this._repaintTile(tile, classOf);
  }

  _repaintTile(tile, classOf) {
    const { field, at, size, colours } = this, { width, height, pixels } = field;
    const left = (tile % field.columns) * SIDE, top = Math.floor(tile / field.columns) * SIDE;
    const right = Math.min(left + SIDE, width), bottom = Math.min(top + SIDE, height);
    for (let y = top; y < bottom; y++) pixels.fill(0, y * width + left, y * width + right);
    for (let kind = 1; kind <= this.classes; kind++) {
      for (let entry = this._head[tile]; entry >= 0; entry = this._next[entry]) {
        const i = this._thing[entry];
        if (classOf(i) !== kind) continue;
        const x = at[i] % width, y = (at[i] / width) | 0, colour = colours[kind];
        const x1 = Math.min(x + size, right), y1 = Math.min(y + size, bottom);
        for (let row = Math.max(y, top); row < y1; row++) {
          for (let column = Math.max(x, left); column < x1; column++) pixels[row * width + column] = colour;
        }
      }
    }
  }

  /** Find out which things lie in which tile of the field, in steps. */
  *index() {
    this._indexed = true;
    this._head = new Int32Array(this.field.tiles.length).fill(-1);
    let count = 0;
    for (let from = 0; from < this.at.length; from += AT_ONCE) {
      count = this._indexSome(from, Math.min(from + AT_ONCE, this.at.length), count);
      yield;
    }
  }

  /** Add things [from, to); how many entries there are. */
  _indexSome(from, to, count) {
    const { at, field, size } = this, { width, height, columns } = field;
    for (let i = from; i < to; i++) {
      if (at[i] < 0) continue;
      const x = at[i] % width, y = (at[i] / width) | 0;
      const right = Math.min(x + size - 1, width - 1) >> TILE_BITS;
      const bottom = Math.min(y + size - 1, height - 1) >> TILE_BITS;
      for (let row = y >> TILE_BITS; row <= bottom; row++) {
        for (let column = x >> TILE_BITS; column <= right; column++) {
          if (count === this._thing.length) this._grow();
          this._thing[count] = i;
          this._next[count] = this._head[row * columns + column];
          this._head[row * columns + column] = count++;
        }
      }
    }
    return count;
  }

  _grow() {
    for (const name of ['_thing', '_next']) {
      const larger = new Int32Array(Math.max(4096, 2 * this[name].length));
      larger.set(this[name]);
      this[name] = larger;
    }
  }
}
