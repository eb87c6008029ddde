/** One rectangle of pixels per tile, that grows by what is added to it. */

export class Boxes {
  /** @param {number} count Of tiles; all are empty. */
  constructor(count) {
    /** left, top, right, bottom at place 4·i. */
    this._sides = new Int16Array(4 * count);
    for (let i = 0; i < count; i++) this._clear(i);
  }

  /** @param {number} i */
  isEmpty(i) {
    return this._sides[4 * i + 2] === 0;
  }

  /** @param {number} i @param {number} left @param {number} top @param {number} right @param {number} bottom */
  add(i, left, top, right, bottom) {
    const sides = this._sides, at = 4 * i;
    sides[at] = Math.min(sides[at], left);
    sides[at + 1] = Math.min(sides[at + 1], top);
    sides[at + 2] = Math.max(sides[at + 2], right);
    sides[at + 3] = Math.max(sides[at + 3], bottom);
  }

  /** Every box is all of its tile. @param {number} size px */
  fill(size) {
    for (let at = 0; at < this._sides.length; at += 4) this._sides.set([0, 0, size, size], at);
  }

  /** The box, cut to the tile's size; it is empty afterwards. @param {number} i @param {number} width @param {number} height @returns {import('./scene.mjs').Rect} */
  take(i, width, height) {
    const [left, top, right, bottom] = this._sides.subarray(4 * i, 4 * i + 4);
    this._clear(i);
    return [left, top, Math.min(width, right) - left, Math.min(height, bottom) - top];
  }

  _clear(i) {
    this._sides.set([0x7fff, 0x7fff, 0, 0], 4 * i);
  }
}
