/**
 * What is seen of the map: every layer paints a plate of its own that nobody sees, and the scene lays the
 * plates over one another, where something changed. Without a GPU each further canvas that covers the map would
 * be blended anew in every frame of a pan. The scene is tiles of canvas side by side, in one element that is
 * only moved: the browser copies a canvas whole when a pixel of it changed, so one change costs one tile.
 */

const TILE_BITS = 8; // canvases of 256 × 256 pixels
const TILE_PX = 1 << TILE_BITS;
/** Tiles laid out per frame for layers that can wait: laying out all takes longer than a frame. */
const LATER_TILES = 12;

/** @typedef {import('./geometry.mjs').View} View */
/** @typedef {[number, number, number, number]} Rect x, y, width, height in pixels of a layer's plate. */
/**
 * @typedef {object} Plated A layer as the scene sees it.
 * @property {number} z
 * @property {View|null} view What its plate shows, in CSS pixels; null: nothing.
 * @property {boolean} blank Keeps its view, shows nothing.
 * @property {number} alpha
 * @property {boolean} leads The scene moves to a new view together with this layer.
 * @property {boolean} urgent What it changes is laid out in the same frame.
 * @property {CanvasImageSource & {width: number, height: number}} plate
 * @property {ImageData|null} [image] The plate's pixels, where the layer keeps them and the scene can copy them.
 * @property {boolean} [crisp] Pixels stay sharp when they are enlarged.
 */

export class Scene {
  /** @param {import('./stage.mjs').Stage} stage @param {HTMLElement} pane */
  constructor(stage, pane) {
    this.stage = stage;
    this.element = document.createElement('div');
    this.element.className = 'kite-scene leaflet-zoom-animated';
    pane.appendChild(this.element);
    /** @type {Plated[]} */
    this.layers = [];
    /** @type {View|null} */
    this.view = null;
    /** Size in pixels of the plates. */
    this.width = this.height = 0;
    this.columns = this.rows = 0;
    /** Row by row. @type {CanvasRenderingContext2D[]} */
    this.tiles = [];
    /** What of each tile is to be laid out anew, in its pixels: left, top, right, bottom at place 4·i. */
    this.boxes = new Int16Array(0);
    /** Which tiles are laid out in the next frame whatever it takes. */
    this.urgent = new Uint8Array(0);
    /** The tile after the last that was laid out because it was its turn. */
    this._turn = 0;
    this.damaged = false;
  }

  /** @param {Plated} layer */
  add(layer) {
    this.layers.push(layer);
    this.layers.sort((a, b) => a.z - b.z);
  }

  /** @param {Plated} layer */
  remove(layer) {
    this.layers = this.layers.filter((other) => other !== layer);
    this.damageAll();
  }

  damageAll(urgent = true) {
    for (let i = 0; i < this.tiles.length; i++) this.boxes.set([0, 0, TILE_PX, TILE_PX], 4 * i);
    if (urgent) this.urgent.fill(1);
    this.damaged = true;
  }

  /** A layer's plate changed: everywhere, or in these rectangles. @param {Plated} layer @param {Rect[]} [rects] */
  damage(layer, rects) {
    const leads = layer.leads || !this.layers.some((other) => other.leads);
    if (layer.view && layer.view.id !== this.view?.id) {
      if (leads) this._adopt(layer.view);
      return; // others are not on the scene before the scene gets there
    }
    if (rects === undefined) return this.damageAll(layer.urgent);
    const by = this.width / layer.plate.width, rim = by === 1 ? 0 : 1; // an enlarged pixel colours its neighbours
    for (const [x, y, width, height] of rects) {
      this._damage(Math.max(0, Math.floor(x * by) - rim), Math.max(0, Math.floor(y * by) - rim),
        Math.min(this.width, Math.ceil((x + width) * by) + rim), Math.min(this.height, Math.ceil((y + height) * by) + rim), layer.urgent);
    }
  }

  _damage(left, top, right, bottom, urgent) {
    const { boxes } = this;
    for (let row = top >> TILE_BITS; row << TILE_BITS < bottom; row++) {
      for (let column = left >> TILE_BITS; column << TILE_BITS < right; column++) {
        const at = 4 * (row * this.columns + column), x = column << TILE_BITS, y = row << TILE_BITS;
        boxes[at] = Math.min(boxes[at], Math.max(0, left - x));
        boxes[at + 1] = Math.min(boxes[at + 1], Math.max(0, top - y));
        boxes[at + 2] = Math.max(boxes[at + 2], Math.min(TILE_PX, right - x));
        boxes[at + 3] = Math.max(boxes[at + 3], Math.min(TILE_PX, bottom - y));
        if (urgent) this.urgent[at / 4] = 1;
      }
    }
    this.damaged = true;
  }

  /** Canvas pixels per CSS pixel. */
  get ratio() {
    return Math.min(window.devicePixelRatio || 1, 2);
  }

  /** @param {View} view */
  _adopt(view) {
    const width = Math.ceil(view.width * this.ratio), height = Math.ceil(view.height * this.ratio);
    if (this.width !== width || this.height !== height) this._resize(width, height);
    this.view = view;
    this.stage.place(this.element, view);
    this.damageAll();
  }

  _resize(width, height) {
    this._release();
    this.width = width;
    this.height = height;
    this.columns = ((width - 1) >> TILE_BITS) + 1;
    this.rows = ((height - 1) >> TILE_BITS) + 1;
    this.element.style.width = `${width / this.ratio}px`;
    this.element.style.height = `${height / this.ratio}px`;
    for (let i = 0; i < this.columns * this.rows; i++) this.tiles.push(this._tile(this._rect(i)));
    this.boxes = new Int16Array(4 * this.tiles.length);
    this.urgent = new Uint8Array(this.tiles.length);
    this._turn = 0;
  }

  /** @param {number} i @returns {Rect} */
  _rect(i) {
    const x = (i % this.columns) * TILE_PX, y = Math.floor(i / this.columns) * TILE_PX;
    return [x, y, Math.min(TILE_PX, this.width - x), Math.min(TILE_PX, this.height - y)];
  }

  /** @param {Rect} rect */
  _tile([x, y, width, height]) {
    const canvas = document.createElement('canvas'), css = (pixels) => `${pixels / this.ratio}px`;
    canvas.width = width;
    canvas.height = height;
    Object.assign(canvas.style, { left: css(x), top: css(y), width: css(width), height: css(height) });
    this.element.appendChild(canvas);
    return canvas.getContext('2d');
  }

  _release() {
    for (const { canvas } of this.tiles) canvas.width = canvas.height = 0;
    this.tiles = [];
    this.element.replaceChildren();
  }

  /** What is seen at a pixel: [r, g, b, a]. @param {number} x @param {number} y */
  colourAt(x, y) {
    const tile = this.tiles[(y >> TILE_BITS) * this.columns + (x >> TILE_BITS)];
    return [...tile.getImageData(x & (TILE_PX - 1), y & (TILE_PX - 1), 1, 1).data];
  }

  /**
   * Lay the plates over one another where something changed: what is urgent, and some of what can wait.
   * @returns {boolean} whether something waits for the next frame
   */
  compose() {
    if (!this.damaged || !this.view) return false;
    this.damaged = false;
    const count = this.tiles.length, first = this._turn;
    let left = LATER_TILES;
    for (let k = 0; k < count; k++) {
      const i = (first + k) % count;
      if (this.boxes[4 * i + 2] === 0) continue;
      if (this.urgent[i] === 0) {
        if (left === 0) {
          this.damaged = true;
          continue;
        }
        left--;
        this._turn = i + 1;
      }
      this._layTile(i);
    }
    return this.damaged;
  }

  /** @param {number} i */
  _layTile(i) {
    const { boxes } = this, at = 4 * i, [x, y, width, height] = this._rect(i), left = boxes[at], top = boxes[at + 1];
    const right = Math.min(width, boxes[at + 2]), bottom = Math.min(height, boxes[at + 3]);
    this._lay(this.tiles[i], [left, top, right - left, bottom - top], x, y);
    boxes.set([TILE_PX, TILE_PX, 0, 0], at);
    this.urgent[i] = 0;
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Rect} box Pixels of the tile.
   * @param {number} x @param {number} y Where the tile stands in the scene.
   */
  _lay(context, box, x, y) {
    const [left, top, width, height] = box;
    let cleared = false;
    for (const layer of this.layers) {
      if (!layer.view || layer.blank) continue;
      if (!cleared) {
        cleared = true;
        if (this._copies(layer)) {
          context.putImageData(layer.image, -x, -y, x + left, y + top, width, height);
          continue;
        }
        context.clearRect(left, top, width, height);
      }
      this._draw(context, layer, box, x, y);
    }
    if (!cleared) context.clearRect(left, top, width, height);
  }

  /** Whether the lowest layer's pixels are the scene's as they are. */
  _copies({ image, view, alpha }) {
    return image && view.id === this.view.id && alpha === 1
      && image.width === this.width && image.height === this.height;
  }

  /** A layer's plate in a box of a tile: scaled while it still belongs to the view before. */
  _draw(context, { plate, view, alpha, crisp }, [left, top, width, height], x, y) {
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
    this._release();
    this.element.remove();
    this.layers = [];
  }
}
