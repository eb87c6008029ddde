/**
 * Which grid each pixel belongs to: an even-odd scan-line fill without anti-aliasing. A pixel belongs to the
 * grid that holds its centre. Two grids that share an edge compute its crossing of a row from the same two
 * vertices in the same order, hence to the same bit: no pixel is claimed twice and none is left out between.
 */

import { touches } from './geometry.mjs';

/** @typedef {import('./geometry.mjs').View} View */
/**
 * @typedef {object} Raster
 * @property {Uint16Array} ids Grid number + 1 per pixel, row by row; 0 outside.
 * @property {Uint32Array} spanStart Grid → its first span; one more at the end.
 * @property {Uint32Array} spans First pixel and last pixel + 1 of each span, two per span.
 */

/** Texture of a pixel: low four bits how much of it a border covers, then whether a hatch stripe does. */
export const BORDER_STEPS = 16, STRIPE = 16, TEXTURES = 32;
const STRIPE_PERIOD = 8, STRIPE_WIDTH = 3;

export class GridRaster {
  /**
   * @param {Record<string, any>} geometry Columns of the table geometry.
   * @param {number} grids
   */
  constructor(geometry, grids) {
    this.geometry = geometry;
    this.grids = grids;
    this.boxes = gridBoxes(geometry, grids);
    const vertices = geometry.vertex_xy.length / 2;
    this._x = new Float64Array(vertices);
    this._y = new Float64Array(vertices);
    this._head = new Int32Array(0);
    this._next = new Int32Array(1024);
    this._column = new Int32Array(1024);
    this._row = new Int32Array(64);
    this._spans = new Uint32Array(1 << 16);
    this._count = 0;
  }

  /**
   * @param {View} view
   * @param {ArrayBuffer} [ids] A buffer to use again; must fit exactly.
   * @returns {Raster}
   */
  fill(view, ids) {
    const size = view.width * view.height;
    const raster = ids && ids.byteLength === 2 * size ? new Uint16Array(ids).fill(0) : new Uint16Array(size);
    const spanStart = new Uint32Array(this.grids + 1);
    if (this._head.length < view.height) this._head = new Int32Array(view.height).fill(-1);
    this._project(view);
    this._count = 0;
    for (let g = 0; g < this.grids; g++) {
      spanStart[g] = this._count;
      if (touches(view, this.boxes, g)) this._fillGrid(g, view, raster);
    }
    spanStart[this.grids] = this._count;
    return { ids: raster, spanStart, spans: this._spans.slice(0, 2 * this._count) };
  }

  /** @param {View} view */
  _project(view) {
    const { vertex_xy: xy } = this.geometry;
    const { scale, dx, dy } = view, x = this._x, y = this._y;
    for (let i = 0; i < x.length; i++) {
      x[i] = scale * xy[2 * i] + dx;
      y[i] = dy - scale * xy[2 * i + 1];
    }
  }

  /** @param {number} g @param {View} view @param {Uint16Array} ids */
  _fillGrid(g, view, ids) {
    const { ring_start: ringStart, ring_vertex: vertex, grid_ring_start: rings } = this.geometry;
    const bounds = { count: 0, first: view.height, last: -1 };
    for (let ring = rings[g]; ring < rings[g + 1]; ring++) {
      const end = ringStart[ring + 1];
      let before = vertex[end - 1];
      for (let k = ringStart[ring]; k < end; k++) {
        const at = vertex[k];
        if (before < at) this._cross(before, at, view, bounds);
        else this._cross(at, before, view, bounds);
        before = at;
      }
    }
    this._emit(g, view.width, ids, bounds);
  }

  /** Note where the edge a–b (a < b: the same order from either side) crosses the centres of rows. */
  _cross(a, b, view, bounds) {
    const ya = this._y[a], yb = this._y[b];
    let first = Math.ceil((ya < yb ? ya : yb) - 0.5), end = Math.ceil((ya < yb ? yb : ya) - 0.5);
    if (first < 0) first = 0;
    if (end > view.height) end = view.height;
    if (first >= end) return;
    const xa = this._x[a], slope = (this._x[b] - xa) / (yb - ya);
    if (bounds.count + end - first > this._next.length) this._grow(bounds.count + end - first);
    if (first < bounds.first) bounds.first = first;
    if (end - 1 > bounds.last) bounds.last = end - 1;
    for (let row = first; row < end; row++) {
      const column = Math.ceil(xa + (row + 0.5 - ya) * slope - 0.5);
      this._column[bounds.count] = column < 0 ? 0 : column > view.width ? view.width : column;
      this._next[bounds.count] = this._head[row];
      this._head[row] = bounds.count++;
    }
  }

  /** Fill between pairs of crossings, row by row. */
  _emit(g, width, ids, bounds) {
    const row = this._row, head = this._head;
    for (let r = bounds.first; r <= bounds.last; r++) {
      let n = 0;
      for (let at = head[r]; at >= 0; at = this._next[at]) {
        if (n === this._row.length) throw new RangeError(`Grid ${g} crosses a row more than ${n} times.`);
        let place = n++;
        const column = this._column[at];
        while (place > 0 && row[place - 1] > column) row[place] = row[--place];
        row[place] = column;
      }
      head[r] = -1;
      for (let k = 0; k + 1 < n; k += 2) {
        if (row[k] < row[k + 1]) this._span(g, r * width + row[k], r * width + row[k + 1], ids);
      }
    }
  }

  _span(g, from, to, ids) {
    if (2 * this._count + 2 > this._spans.length) this._spans = grown(this._spans, 2 * this._spans.length);
    this._spans[2 * this._count] = from;
    this._spans[2 * this._count + 1] = to;
    this._count++;
    ids.fill(g + 1, from, to);
  }

  _grow(size) {
    this._next = grown(this._next, 2 * size);
    this._column = grown(this._column, 2 * size);
  }
}

/** @param {any} array @param {number} size */
function grown(array, size) {
  const larger = new array.constructor(size);
  larger.set(array);
  return larger;
}

/** Box of each grid: minx, miny, maxx, maxy in map units. @param {Record<string, any>} geometry @param {number} grids */
export function gridBoxes(geometry, grids) {
  const { vertex_xy: xy, ring_start: start, ring_vertex: vertex, grid_ring_start: rings } = geometry;
  const boxes = new Int32Array(4 * grids);
  for (let g = 0; g < grids; g++) {
    let x0 = 2 ** 31 - 1, y0 = x0, x1 = -x0, y1 = -x0;
    for (let k = start[rings[g]]; k < start[rings[g + 1]]; k++) {
      const x = xy[2 * vertex[k]], y = xy[2 * vertex[k] + 1];
      if (x < x0) x0 = x;
      if (x > x1) x1 = x;
      if (y < y0) y0 = y;
      if (y > y1) y1 = y;
    }
    boxes.set([x0, y0, x1, y1], 4 * g);
  }
  return boxes;
}

/**
 * A texture with hatch stripes only. They lie still on the ground while the map moves.
 * @param {View} view
 * @param {ArrayBuffer} [buffer] A buffer to use again; must fit exactly.
 */
export function stripes(view, buffer) {
  const { width, height } = view, size = width * height;
  const texture = buffer && buffer.byteLength === size ? new Uint8Array(buffer) : new Uint8Array(size);
  const line = new Uint8Array(width + STRIPE_PERIOD);
  const phase = modulo(Math.round(view.left) + Math.round(view.top), STRIPE_PERIOD);
  for (let x = 0; x < line.length; x++) line[x] = (x + phase) % STRIPE_PERIOD < STRIPE_WIDTH ? STRIPE : 0;
  for (let y = 0; y < height; y++) {
    const from = y % STRIPE_PERIOD;
    texture.set(line.subarray(from, from + width), y * width);
  }
  return texture;
}

/** @param {number} value @param {number} by */
function modulo(value, by) {
  return ((value % by) + by) % by;
}
