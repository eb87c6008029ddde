/** What every painter is: an L.Layer that paints a plate for the scene, when the scheduler says so. */

import { resample } from './geometry.mjs';
import { texter } from './texts.mjs';

/**
 * @typedef {object} Kit What painters are given.
 * @property {any} L Leaflet
 * @property {any} config
 * @property {import('./store.mjs').Store} store
 * @property {import('./stage.mjs').Stage} stage
 * @property {import('./scene.mjs').Scene} scene
 * @property {import('./scheduler.mjs').Scheduler} scheduler
 * @property {import('./rasteriser.mjs').Rasteriser} raster
 * @property {import('./selection.mjs').Selection} selection
 * @property {Map<string, (r: number, level: number) => string>} notes Short texts under names, by layer.
 * @property {import('./obstacles.mjs').Obstacles} obstacles
 * @property {{grids: any}} shown The layer that knows which grid is where.
 * @property {() => number} serverNow ms
 */

const STALE_ALPHA = 0.4;

/** @type {WeakMap<any, any>} */
const made = new WeakMap();

/** The base class, on the page's Leaflet. @param {any} L */
export function canvasLayer(L) {
  if (!made.has(L)) made.set(L, define(L));
  return made.get(L);
}

/** @param {any} L */
function define(L) {
  return class CanvasLayer extends L.Layer {
    /** @param {Kit} kit @param {any} spec One of config.layers. */
    constructor(kit, spec) {
      super();
      this.kit = kit;
      this.spec = spec;
      this.key = spec.key;
      this.z = spec.z;
      this.options.pane = spec.pane;
      /** The layer's words. */
      this.say = texter(spec.words);
      this.dirty = false;
      this.urgent = false;
      this.interval = 0;
      this.paintedAt = -Infinity;
      /** The view that the plate shows; null: nothing. @type {import('./geometry.mjs').View|null} */
      this.view = null;
      this.blank = false;
      this.leads = false;
      this.alpha = 1;
      this._onView = () => this.viewChanged();
    }

    onAdd() {
      const { stage, scene, scheduler } = this.kit;
      this.canvas = document.createElement('canvas');
      scene.add(this);
      stage.onView.add(this._onView);
      scheduler.add(this);
      this.viewChanged();
      return this;
    }

    onRemove() {
      const { stage, scene, scheduler } = this.kit;
      scheduler.remove(this);
      scene.remove(this);
      scheduler.request();
      stage.onView.delete(this._onView);
      this.canvas.width = this.canvas.height = 0;
      this.view = null;
      return this;
    }

    /** What the scene shows of the layer. */
    get plate() {
      return this.canvas;
    }

    /** Canvas pixels per CSS pixel: crisp text and lines; rasters override it. */
    get ratio() {
      return Math.min(window.devicePixelRatio || 1, 2);
    }

    /** Whether the layer draws at this level of zoom. @param {number} level */
    drawsAt(level) {
      return level >= this.spec.min_zoom && level < this.spec.max_zoom;
    }

    /** The map shows another view: paint as soon as there is time. */
    viewChanged() {
      this.later();
    }

    /** Paint, or go on painting, in the next frame that has time left. */
    later() {
      this.paintedAt = -Infinity;
      this.invalidate();
    }

    invalidate() {
      this.dirty = true;
      this.kit.scheduler.request();
    }

    /** What the data did; by default a repaint if a table that the layer reads changed. */
    changed(changes) {
      if (changes.touch(this.spec.reads)) this.dirty = true;
    }

    /** Paint the stage's view from scratch, or hide. */
    paint() {
      const { view } = this.kit.stage;
      if (!this.drawsAt(view.level) || !this.isReady(view)) return this.hide();
      const pixels = resample(view, this.ratio);
      if (this.canvas.width !== pixels.width || this.canvas.height !== pixels.height) {
        this.canvas.width = pixels.width;
        this.canvas.height = pixels.height;
      }
      const context = this.canvas.getContext('2d', { willReadFrequently: true });
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, pixels.width, pixels.height);
      context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
      this.draw(context, view);
      return this.show(view);
    }

    /** Whether there is something to draw at all; painters override it. */
    prepare() {
      return true;
    }

    /** The same; until there is, nothing was painted that what comes would have to wait after. */
    isReady(view) {
      const ready = this.prepare(view) !== false;
      if (!ready) this.paintedAt = -Infinity;
      return ready;
    }

    /** Draw in CSS pixels of the view; painters override it. */
    draw() {}

    /** The plate shows this view; it changed everywhere or in `rects`. @param {import('./geometry.mjs').View} view @param {import('./scene.mjs').Rect[]} [rects] */
    show(view, rects) {
      this.view = view;
      this.kit.scene.damage(this, rects);
    }

    hide() {
      if (this.view === null) return;
      this.view = null;
      this.kit.scene.damageAll();
    }

    /** A layer whose feed is dead looks dead. @param {boolean} stale */
    setStale(stale) {
      const alpha = stale ? STALE_ALPHA : 1;
      if (alpha === this.alpha) return;
      this.alpha = alpha;
      this.kit.scene.damageAll();
      this.kit.scheduler.request();
    }
  };
}
