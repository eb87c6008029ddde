/**
 * The one canvas on the page: every layer paints a plate of its own that nobody sees, and the scene lays the
 * plates over one another, where something changed. Without a GPU each further canvas on the page would be
 * blended anew in every frame of a pan; one is only moved.
 */

const TILE_BITS = 6; // damage is kept in tiles of 64 × 64 pixels
/** Above this share of damaged tiles the scene is laid out whole. */
const MANY = 0.4;

/** @typedef {import('./geometry.mjs').View} View */
/** @typedef {[number, number, number, number]} Rect x, y, width, height in pixels of a layer's plate. */
/**
 * @typedef {object} Plated A layer as the scene sees it.
 * @property {number} z
 * @property {View|null} view What its plate shows, in CSS pixels; null: nothing.
 * @property {boolean} blank Keeps its view, shows nothing.
 * @property {number} alpha
 * @property {boolean} leads The scene moves to a new view together with this layer.
 * @property {CanvasImageSource & {width: number, height: number}} plate
 * @property {ImageData|null} [image] The plate's pixels, where the layer keeps them and the scene can copy them.
 * @property {boolean} [crisp] Pixels stay sharp when they are enlarged.
 */

export class Scene {
  /** @param {import('./stage.mjs').Stage} stage @param {HTMLElement} pane */
  constructor(stage, pane) {
    this.stage = stage;
    this.canvas = document.createElement('canvas');
    this.canvas.className = 'kite-canvas leaflet-zoom-animated';
    this.context = this.canvas.getContext('2d');
    pane.appendChild(this.canvas);
    /** @type {Plated[]} */
    this.layers = [];
    /** @type {View|null} */
    this.view = null;
    this.tiles = new Uint8Array(0);
    this.columns = this.rows = 0;
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

  damageAll() {
    this.tiles.fill(1);
    this.damaged = true;
  }

  /** A layer's plate changed: everywhere, or in these rectangles. @param {Plated} layer @param {Rect[]} [rects] */
  damage(layer, rects) {
    const leads = layer.leads || !this.layers.some((other) => other.leads);
    if (layer.view && layer.view.id !== this.view?.id) {
      if (leads) this._adopt(layer.view);
      return; // others are not on the scene before the scene gets there
    }
    if (rects === undefined) return this.damageAll();
    const by = this.canvas.width / layer.plate.width;
    for (const [x, y, width, height] of rects) {
      const right = Math.min(this.columns - 1, ((x + width) * by - 1) >> TILE_BITS);
      const bottom = Math.min(this.rows - 1, ((y + height) * by - 1) >> TILE_BITS);
      for (let row = Math.max(0, y * by) >> TILE_BITS; row <= bottom; row++) {
        for (let column = Math.max(0, x * by) >> TILE_BITS; column <= right; column++) this.tiles[row * this.columns + column] = 1;
      }
      this.damaged = true;
    }
  }

  /** Canvas pixels per CSS pixel. */
  get ratio() {
    return Math.min(window.devicePixelRatio || 1, 2);
  }

  /** @param {View} view */
  _adopt(view) {
    const width = Math.ceil(view.width * this.ratio), height = Math.ceil(view.height * this.ratio);
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
      this.canvas.style.width = `${view.width}px`;
      this.canvas.style.height = `${view.height}px`;
      this.columns = ((width - 1) >> TILE_BITS) + 1;
      this.rows = ((height - 1) >> TILE_BITS) + 1;
      this.tiles = new Uint8Array(this.columns * this.rows);
    }
    this.view = view;
    this.stage.place(this.canvas, view);
    this.damageAll();
  }

  /** Lay the plates over one another where something changed. */
  compose() {
    if (!this.damaged || !this.view) return;
    this.damaged = false;
    let count = 0;
    for (let i = 0; i < this.tiles.length; i++) count += this.tiles[i];
    if (count > MANY * this.tiles.length) this._lay(0, 0, this.canvas.width, this.canvas.height);
    else if (count > 0) this._layRuns();
    this.tiles.fill(0);
  }

  _layRuns() {
    const size = 1 << TILE_BITS;
    for (let row = 0; row < this.rows; row++) {
      const base = row * this.columns;
      for (let tile = 0; tile < this.columns; tile++) {
        if (this.tiles[base + tile] === 0) continue;
        let end = tile + 1;
        while (end < this.columns && this.tiles[base + end] === 1) end++;
        this._lay(tile * size, row * size, (end - tile) * size, size);
        tile = end;
      }
    }
  }

  _lay(x, y, width, height) {
    const { context } = this;
    context.save();
    context.beginPath();
    context.rect(x, y, width, height);
    context.clip();
    let cleared = false;
    for (const layer of this.layers) {
      if (!layer.view || layer.blank) continue;
      if (!cleared) {
        cleared = true;
        if (this._copies(layer)) {
          context.putImageData(layer.image, 0, 0, x, y, width, height);
          continue;
        }
        context.clearRect(x, y, width, height);
      }
      this._draw(layer);
    }
    if (!cleared) context.clearRect(x, y, width, height);
    context.restore();
  }

  /** Whether the lowest layer's pixels are the scene's as they are. */
  _copies({ image, view, alpha }) {
    return image && view.id === this.view.id && alpha === 1
      && image.width === this.canvas.width && image.height === this.canvas.height;
  }

  /** The plate where the scene shows it: scaled while it still belongs to the view before. */
  _draw({ plate, view, alpha, crisp }) {
    const { context, ratio } = this, by = 2 ** (this.view.zoom - view.zoom) * ratio;
    context.globalAlpha = alpha;
    context.imageSmoothingEnabled = !crisp;
    context.drawImage(plate, view.left * by - this.view.left * ratio, view.top * by - this.view.top * ratio,
      view.width * by, view.height * by);
  }

  dispose() {
    this.stage.unplace(this.canvas);
    this.canvas.remove();
    this.canvas.width = this.canvas.height = 0;
    this.layers = [];
  }
}
