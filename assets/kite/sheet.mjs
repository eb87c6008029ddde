/**
 * One view of the map as tiles of canvas side by side, in one element that is only moved: the browser copies a
 * canvas whole when a pixel of it changed, so one change costs one tile.
 *
 * All layers but the lowest are kept blended, too: the lowest is the one that must be seen at once when it
 * changes, and each further layer would have to be blended over it anew.
 */

import { Boxes } from './boxes.mjs';

const TILE_BITS = 8; // canvases of 256 × 256 pixels
const TILE_PX = 1 << TILE_BITS;

/** @typedef {import('./geometry.mjs').View} View */
/** @typedef {import('./scene.mjs').Plated} Plated */
/** @typedef {import('./scene.mjs').Rect} Rect */

export class Sheet {
  /** @param {import('./stage.mjs').Stage} stage @param {HTMLElement} pane */
  constructor(stage, pane) {
    this.stage = stage;
    this.element = document.createElement('div');
    this.element.className = 'kite-scene leaflet-zoom-animated';
    this.element.style.display = 'none';
    pane.appendChild(this.element);
    /** @type {View|null} */
    this.view = null;
    /** Size in pixels, and pixels per CSS pixel. */
    this.width = this.height = 0;
    this.ratio = 1;
    this.columns = this.rows = 0;
    /** Row by row. @type {CanvasRenderingContext2D[]} */
    this.tiles = [];
    /** All layers but the lowest, by tile. @type {CanvasRenderingContext2D[]} */
    this.uppers = [];
    /** What of each tile is to be laid out anew. */
    this.boxes = new Boxes(0);
    /** What of it is to be blended anew before. */
    this.upperBoxes = new Boxes(0);
    /** Which tiles are laid out in the next frame whatever it takes. */
    this.urgent = new Uint8Array(0);
    /** The tile after the last that was laid out because it was its turn. */
    this._turn = 0;
    this.damaged = false;
  }

  /** Take on another view; all of it is to be laid out. @param {View} view @param {number} ratio */
  adopt(view, ratio) {
    const width = Math.ceil(view.width * ratio), height = Math.ceil(view.height * ratio);
    if (this.width !== width || this.height !== height || this.ratio !== ratio) this._resize(width, height, ratio);
    this.view = view;
    this.stage.place(this.element, view);
    this.urgent.fill(0);
    this.damageAll(false);
  }

  /** @param {boolean} shown */
  show(shown) {
    this.element.style.display = shown ? '' : 'none';
    if (!shown) this.stage.unplace(this.element);
  }

  /** @param {boolean} urgent */
  damageAll(urgent) {
    this.boxes.fill(TILE_PX);
    this.upperBoxes.fill(TILE_PX);
    if (urgent) this.urgent.fill(1);
    this.damaged = this.tiles.length > 0;
  }

  /**
   * @param {number} left @param {number} top @param {number} right @param {number} bottom
   * @param {boolean} lowest It is the lowest layer that changed.
   * @param {boolean} urgent
   */
  damage(left, top, right, bottom, lowest, urgent) {
    for (let row = top >> TILE_BITS; row << TILE_BITS < bottom; row++) {
      for (let column = left >> TILE_BITS; column << TILE_BITS < right; column++) {
        const i = row * this.columns + column, x = column << TILE_BITS, y = row << TILE_BITS;
        const x0 = Math.max(0, left - x), y0 = Math.max(0, top - y);
        const x1 = Math.min(TILE_PX, right - x), y1 = Math.min(TILE_PX, bottom - y);
        this.boxes.add(i, x0, y0, x1, y1);
        if (!lowest) this.upperBoxes.add(i, x0, y0, x1, y1);
        if (urgent) this.urgent[i] = 1;
      }
    }
    this.damaged = true;
  }

  /**
   * Lay the plates over one another where something changed: all that is urgent, and what can wait until there is
   * no time left, but at least one tile of it.
   * @param {Plated[]} layers The upper ones last.
   * @param {number} until ms, of `performance.now()`
   */
  lay(layers, until) {
    this.damaged = false;
    const count = this.tiles.length, first = this._turn;
    let late = false;
    for (let k = 0; k < count; k++) {
      const i = (first + k) % count;
      if (this.boxes.isEmpty(i)) continue;
      if (this.urgent[i] === 0) {
        if (late) {
          this.damaged = true;
          continue;
        }
        this._turn = i + 1;
      }
      this._layTile(i, layers);
      late ||= performance.now() > until;
    }
  }

  /** @param {number} width @param {number} height @param {number} ratio */
  _resize(width, height, ratio) {
    this.release();
    Object.assign(this, { width, height, ratio });
    this.columns = ((width - 1) >> TILE_BITS) + 1;
    this.rows = ((height - 1) >> TILE_BITS) + 1;
    this.element.style.width = `${width / ratio}px`;
    this.element.style.height = `${height / ratio}px`;
    for (let i = 0; i < this.columns * this.rows; i++) this._addTile(this._rect(i));
    this.boxes = new Boxes(this.tiles.length);
    this.upperBoxes = new Boxes(this.tiles.length);
    this.urgent = new Uint8Array(this.tiles.length);
    this._turn = 0;
  }

  /** @param {number} i @returns {Rect} */
  _rect(i) {
    const x = (i % this.columns) * TILE_PX, y = Math.floor(i / this.columns) * TILE_PX;
    return [x, y, Math.min(TILE_PX, this.width - x), Math.min(TILE_PX, this.height - y)];
  }

  /** @param {Rect} rect */
  _addTile([x, y, width, height]) {
    const canvas = document.createElement('canvas'), upper = document.createElement('canvas');
    const css = (pixels) => `${pixels / this.ratio}px`;
    canvas.width = upper.width = width;
    canvas.height = upper.height = height;
    Object.assign(canvas.style, { left: css(x), top: css(y), width: css(width), height: css(height) });
    this.element.appendChild(canvas);
    this.tiles.push(canvas.getContext('2d'));
    this.uppers.push(upper.getContext('2d', { willReadFrequently: true }));
  }

  /** Give the memory back. */
  release() {
    for (const { canvas } of [...this.tiles, ...this.uppers]) canvas.width = canvas.height = 0;
    this.tiles = [];
    this.uppers = [];
    this.element.replaceChildren();
    this.view = null;
    this.width = this.height = 0;
    this.damaged = false;
  }

  /** What is seen at a pixel: [r, g, b, a]. @param {number} x @param {number} y */
  colourAt(x, y) {
    const tile = this.tiles[(y >> TILE_BITS) * this.columns + (x >> TILE_BITS)];
    return [...tile.getImageData(x & (TILE_PX - 1), y & (TILE_PX - 1), 1, 1).data];
  }

  /** @param {number} i @param {Plated[]} layers */
  _layTile(i, [lowest, ...rest]) {
    const [x, y, width, height] = this._rect(i), upper = this.uppers[i];
    if (!this.upperBoxes.isEmpty(i)) {
      const box = this.upperBoxes.take(i, width, height);
      upper.clearRect(...box);
      for (const layer of rest) this._draw(upper, layer, box, x, y);
    }
    const box = this.boxes.take(i, width, height);
    this._lay(this.tiles[i], lowest, upper.canvas, box, x, y);
    this.urgent[i] = 0;
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Plated|undefined} lowest
   * @param {HTMLCanvasElement} upper The other layers.
   * @param {Rect} box Pixels of the tile.
   * @param {number} x @param {number} y Where the tile stands in the sheet.
   */
  _lay(context, lowest, upper, box, x, y) {
    const [left, top, width, height] = box;
    if (lowest && this._copies(lowest)) context.putImageData(lowest.image, -x, -y, x + left, y + top, width, height);
    else {
      context.clearRect(...box);
      if (lowest) this._draw(context, lowest, box, x, y);
    }
    context.globalAlpha = 1;
    context.drawImage(upper, ...box, ...box);
  }

  /** Whether the lowest layer's pixels are the sheet's as they are. */
  _copies({ image, view, blank, alpha }) {
    return image && view && !blank && view.id === this.view.id && alpha === 1
      && image.width === this.width && image.height === this.height;
  }

  /** A layer's plate in a box of a tile: scaled while it still belongs to the view before. */
  _draw(context, { plate, view, blank, alpha, crisp }, [left, top, width, height], x, y) {
    if (!view || blank) return;
    context.globalAlpha = alpha;
    if (view.id === this.view.id && plate.width === this.width && plate.height === this.height) {
      context.drawImage(plate, x + left, y + top, width, height, left, top, width, height);
      return;
    }
    const { ratio } = this, by = 2 ** (this.view.zoom - view.zoom) * ratio;
    context.save();
    context.beginPath();
    context.rect(left, top, width, height);
    context.clip();
    context.imageSmoothingEnabled = !crisp;
    context.drawImage(plate, view.left * by - this.view.left * ratio - x, view.top * by - this.view.top * ratio - y,
      view.width * by, view.height * by);
    context.restore();
  }

  dispose() {
    this.stage.unplace(this.element);
    this.release();
    this.element.remove();
  }
}
