/** Borders as paths: arcs and stretches traced in pixels, thinned to what a pixel can show. */

/** @typedef {import('./geometry.mjs').View} View */
/** @typedef {{moveTo(x: number, y: number): void, lineTo(x: number, y: number): void}} Path */

const THIN_PX = 0.8;

/**
 * Box of each line: minx, miny, maxx, maxy. `vertex` null: the line's points lie in xy one after the other.
 * @param {Uint32Array} start @param {ArrayLike<number>|null} vertex @param {Int32Array} xy
 */
export function lineBoxes(start, vertex, xy) {
  const boxes = new Int32Array(4 * (start.length - 1));
  for (let line = 0; line + 1 < start.length; line++) {
    let x0 = 2 ** 31 - 1, y0 = x0, x1 = -x0, y1 = -x0;
    for (let k = start[line]; k < start[line + 1]; k++) {
      const at = 2 * (vertex ? vertex[k] : k);
      x0 = Math.min(x0, xy[at]);
      x1 = Math.max(x1, xy[at]);
      y0 = Math.min(y0, xy[at + 1]);
      y1 = Math.max(y1, xy[at + 1]);
    }
    boxes.set([x0, y0, x1, y1], 4 * line);
  }
  return boxes;
}

/**
 * Add one line to a path; points nearer than a pixel to the one before are left out, its ends never are.
 * @param {Path} path @param {View} view @param {number} from @param {number} to
 * @param {ArrayLike<number>|null} vertex @param {Int32Array} xy
 */
export function trace(path, view, from, to, vertex, xy) {
  const { scale, dx, dy } = view;
  let lastX = 0, lastY = 0;
  for (let k = from; k < to; k++) {
    const at = 2 * (vertex ? vertex[k] : k);
    const x = scale * xy[at] + dx, y = dy - scale * xy[at + 1];
    if (k === from) path.moveTo(x, y);
    else if (k + 1 < to && Math.abs(x - lastX) < THIN_PX && Math.abs(y - lastY) < THIN_PX) continue;
    else path.lineTo(x, y);
    lastX = x;
    lastY = y;
  }
}

/**
 * Whether an arc is part of the outline of the region that owns grids [lo, hi).
 * @param {number} left @param {number} right @param {number} lo @param {number} hi
 */
export function outlines(left, right, lo, hi) {
  return (left >= lo && left < hi) !== (right >= lo && right < hi);
}

/**
 * Width of the narrower of an arc's two grids, in map units; the city's outside counts as wide.
 * @param {Int32Array} boxes Boxes of grids. @param {number} left @param {number} right
 */
export function narrower(boxes, left, right) {
  return Math.min(extent(boxes, left), extent(boxes, right));
}

function extent(boxes, g) {
  if (g < 0) return Infinity;
  return Math.sqrt((boxes[4 * g + 2] - boxes[4 * g]) * (boxes[4 * g + 3] - boxes[4 * g + 1]));
}
