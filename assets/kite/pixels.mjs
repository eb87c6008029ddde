/** A picture kept as numbers; only the tiles that changed are copied to its canvas. */

export const TILE_BITS = 6; // tiles of 64 × 64 pixels
/** Above this share of dirty tiles one copy of their common rectangle is cheaper than many small ones. */
const MANY = 0.4;

export class PixelField {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext('2d', { willReadFrequently: true });
    this.width = 0;
    this.height = 0;
  }

  /** Fit to this size; everything is transparent afterwards. @param {number} width @param {number} height */
  reset(width, height) {
    if (width !== this.width || height !== this.height) {
      this.canvas.width = this.width = width;
      this.canvas.height = this.height = height;
      this.image = new ImageData(width, height);
      this.pixels = new Uint32Array(this.image.data.buffer);
      this.columns = (width >> TILE_BITS) + 1;
      this.rows = (height >> TILE_BITS) + 1;
      this.tiles = new Uint8Array(this.columns * this.rows);
    } else {
      this.pixels.fill(0);
    }
    this.tiles.fill(1);
  }

  /** Give the memory back. */
  release() {
    this.canvas.width = this.canvas.height = this.width = this.height = 0;
    this.image = this.pixels = this.tiles = undefined;
  }

  /** Pixels [from, to) of one row changed. @param {number} from @param {number} to */
  markSpan(from, to) {
    const y = (from / this.width) | 0, x = from - y * this.width;
    const row = (y >> TILE_BITS) * this.columns;
    const last = (x + to - from - 1) >> TILE_BITS;
    for (let tile = x >> TILE_BITS; tile <= last; tile++) this.tiles[row + tile] = 1;
  }

  /** A square of `size` pixels with its corner at (x, y), clipped. */
  square(x, y, size, colour) {
    const { width, height, pixels } = this;
    const right = Math.min(x + size, width), bottom = Math.min(y + size, height);
    for (let row = Math.max(y, 0); row < bottom; row++) {
      for (let column = Math.max(x, 0); column < right; column++) pixels[row * width + column] = colour;
    }
  }

  /**
   * The rectangles that changed since the last call; they count as taken.
   * @returns {import('./scene.mjs').Rect[]}
   */
  take() {
    let dirty = 0;
    for (let i = 0; i < this.tiles.length; i++) dirty += this.tiles[i];
    if (dirty === 0) return [];
    const rects = dirty > MANY * this.tiles.length ? [[0, 0, this.width, this.height]] : this._runs();
    this.tiles.fill(0);
    return rects;
  }

  /** Copy what changed to the canvas, and say where. */
  flush() {
    const rects = this.take();
    for (const rect of rects) this.context.putImageData(this.image, 0, 0, ...rect);
    return rects;
  }

  _runs() {
    const size = 1 << TILE_BITS, rects = [];
    for (let row = 0; row < this.rows; row++) {
      const base = row * this.columns;
      for (let tile = 0; tile < this.columns; tile++) {
        if (this.tiles[base + tile] === 0) continue;
        let end = tile + 1;
        while (end < this.columns && this.tiles[base + end] === 1) end++;
        rects.push([tile * size, row * size, (end - tile) * size, size]);
        tile = end;
      }
    }
    return rects;
  }
}
