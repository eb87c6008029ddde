/**
 * What is seen of the map: every layer paints a plate of its own that nobody sees, and the scene lays the
 * plates over one another, where something changed. Without a GPU each further canvas that covers the map would
 * be blended anew in every frame of a pan.
 *
 * Laying out a whole view takes longer than a frame. So another view is laid out on a sheet that is not seen,
 * some in each frame, and takes the place of the one before once it is whole; meanwhile that one stands still.
 */

import { Sheet } from './sheet.mjs';

/** What can wait is laid out until so many ms after the frame began. */
const FRAME_MS = 10;
/** Left for later by `compose`: nothing; what can wait; a whole view that is not seen before it is whole. */
export const NOTHING = 0, SOME = 1, UNSEEN = 2;

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
    /** @type {Plated[]} */
    this.layers = [];
    this._shown = new Sheet(stage, pane);
    this._other = new Sheet(stage, pane);
    /** The other sheet is being laid out. */
    this._turning = false;
  }

  /** The sheet that layers paint for. */
  get sheet() {
    return this._turning ? this._other : this._shown;
  }

  /** The view that is seen. */
  get view() {
    return this._shown.view;
  }

  /** Holds what is seen. */
  get element() {
    return this._shown.element;
  }

  /** Canvases of what is seen. */
  get tiles() {
    return this._shown.tiles;
  }

  /** Width in pixels of the plates. */
  get width() {
    return this.sheet.width;
  }

  /** Whether something is to be laid out. */
  get damaged() {
    return this.sheet.damaged;
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

  /** All is to be laid out anew. On a sheet that is not seen nothing is urgent. */
  damageAll(urgent = false) {
    this.sheet.damageAll(urgent && !this._turning);
  }

  /** A layer's plate changed: everywhere, or in these rectangles. @param {Plated} layer @param {Rect[]} [rects] */
  damage(layer, rects) {
    const { sheet } = this, leads = layer.leads || !this.layers.some((other) => other.leads);
    if (layer.view && layer.view.id !== sheet.view?.id) {
      if (leads) this._adopt(layer.view);
      return; // others are not on the scene before the scene gets there
    }
    if (rects === undefined) rects = [[0, 0, layer.plate.width, layer.plate.height]];
    const { width, height } = sheet, lowest = layer === this.layers[0], urgent = layer.urgent && !this._turning;
    const by = width / layer.plate.width, rim = by === 1 ? 0 : 1; // an enlarged pixel colours its neighbours
    for (const [x, y, wide, high] of rects) {
      sheet.damage(Math.max(0, Math.floor(x * by) - rim), Math.max(0, Math.floor(y * by) - rim),
        Math.min(width, Math.ceil((x + wide) * by) + rim), Math.min(height, Math.ceil((y + high) * by) + rim), lowest, urgent);
    }
  }

  /** Canvas pixels per CSS pixel. */
  get ratio() {
    return Math.min(window.devicePixelRatio || 1, 2);
  }

  /** @param {View} view */
  _adopt(view) {
    this._turning = true;
    this._other.adopt(view, this.ratio);
  }

  /** What is seen at a pixel: [r, g, b, a]. @param {number} x @param {number} y */
  colourAt(x, y) {
    return this._shown.colourAt(x, y);
  }

  /** Lay out what changed: what is urgent, and some of what can wait. @param {number} begun The frame's begin, ms. */
  compose(begun = performance.now()) {
    const { sheet } = this;
    if (!sheet.damaged) return NOTHING;
    sheet.lay(this.layers, this.view ? begun + FRAME_MS : Infinity);
    if (this._turning && !sheet.damaged) this._turn();
    if (!sheet.damaged) return NOTHING;
    return this._turning ? UNSEEN : SOME;
  }

  /** The other sheet is whole: it is seen from now on. */
  _turn() {
    [this._shown, this._other] = [this._other, this._shown];
    this._turning = false;
    this._shown.show(true);
    this._other.show(false);
  }

  dispose() {
    this._shown.dispose();
    this._other.dispose();
    this._turning = false;
    this.layers = [];
  }
}
