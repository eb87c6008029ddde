/** What is under the pointer: the grid from the id buffer, things from a hash of the places they were drawn at. */

/**
 * Grid number at a pixel of the raster, or -1.
 * @param {{ids: Uint16Array, view: import('./geometry.mjs').View}} raster @param {number} x @param {number} y
 */
export function gridAt({ ids, view }, x, y) {
  const column = Math.floor(x), row = Math.floor(y);
  if (column < 0 || row < 0 || column >= view.width || row >= view.height) return -1;
  return ids[row * view.width + column] - 1;
}

const CELL_PX = 24;

/** Drawn things by cell of the canvas; its arrays are used again with every view. */
export class SpatialHash {
  constructor() {
    this._head = new Int32Array(0);
    this._next = new Int32Array(256);
    this._number = new Int32Array(256);
    this._x = new Float32Array(256);
    this._y = new Float32Array(256);
    this.count = 0;
    this.columns = 0;
    this.rows = 0;
  }

  /** Forget all; the canvas is so large now, CSS pixels. @param {number} width @param {number} height */
  reset(width, height) {
    this.columns = Math.ceil(width / CELL_PX) + 1;
    this.rows = Math.ceil(height / CELL_PX) + 1;
    if (this._head.length < this.columns * this.rows) this._head = new Int32Array(this.columns * this.rows);
    this._head.fill(-1);
    this.count = 0;
  }

  /** @param {number} number @param {number} x @param {number} y */
  add(number, x, y) {
    const column = Math.floor(x / CELL_PX), row = Math.floor(y / CELL_PX);
    if (column < 0 || row < 0 || column >= this.columns || row >= this.rows) return;
    if (this.count === this._next.length) this._grow();
    const at = this.count++, cell = row * this.columns + column;
    this._number[at] = number;
    this._x[at] = x;
    this._y[at] = y;
    this._next[at] = this._head[cell];
    this._head[cell] = at;
  }

  /** Number of the nearest thing within `radius` (at most a cell), or -1. */
  nearest(x, y, radius) {
    let best = -1, least = radius * radius;
    const column = Math.floor(x / CELL_PX), row = Math.floor(y / CELL_PX);
    for (let r = Math.max(0, row - 1); r <= Math.min(this.rows - 1, row + 1); r++) {
      for (let c = Math.max(0, column - 1); c <= Math.min(this.columns - 1, column + 1); c++) {
        for (let at = this._head[r * this.columns + c]; at >= 0; at = this._next[at]) {
          const distance = (this._x[at] - x) ** 2 + (this._y[at] - y) ** 2;
          if (distance > least || (distance === least && best >= 0)) continue;
          least = distance;
          best = this._number[at];
        }
      }
    }
    return best;
  }

  _grow() {
    for (const name of ['_next', '_number', '_x', '_y']) {
      const larger = new this[name].constructor(2 * this[name].length);
      larger.set(this[name]);
      this[name] = larger;
    }
  }
}
