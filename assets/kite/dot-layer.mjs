/** A layer of many things: dots in a picture of numbers far out, symbols near. */

import { canvasLayer } from './canvas-layer.mjs';
import { SpatialHash } from './hit.mjs';
import { PixelField } from './pixels.mjs';

export const HIDDEN = 0, DOTS = 1, SYMBOLS = 2;
/** How far from a symbol's middle the pointer still means it, in the drawings' pixels. */
const REACH_PX = 9;

/** @type {WeakMap<any, any>} */
const made = new WeakMap();

/** The base class, on the page's Leaflet. @param {any} L */
export function dotLayer(L) {
  if (!made.has(L)) made.set(L, define(L));
  return made.get(L);
}

/** @param {any} L */
function define(L) {
  return class DotLayer extends canvasLayer(L) {
    onAdd() {
      super.onAdd();
      this.field = new PixelField(this.canvas);
      this.hash = new SpatialHash();
      /** The view that the dots stand in; null: no dots. */
      this.dotView = null;
      return this;
    }

    /** HIDDEN, DOTS or SYMBOLS; layers override it. */
    mode() {
      return HIDDEN;
    }

    paint() {
      const { view } = this.kit.stage;
      const mode = this.drawsAt(view.level) && this.isReady(view) ? this.mode(view.level) : HIDDEN;
      if (mode !== DOTS && this.dotView) {
        this.field.release();
        this.dotView = null;
      }
      if (mode !== SYMBOLS) this.hash.count = 0;
      if (mode === HIDDEN) return this.hide();
      if (mode === SYMBOLS) {
        this.hash.reset(view.width, view.height);
        return super.paint();
      }
      return this._paintDots(view);
    }

    _paintDots(view) {
      const fresh = this.isFresh(view);
      if (fresh) {
        if (!this.begin(view)) return this.later();
        this.dotView = view;
      }
      this.dots(view, fresh);
      return this.show(view, this.field.flush());
    }

    /** Whether the view is to be begun. */
    isFresh(view) {
      return this.dotView !== view;
    }

    /** What a new view takes, before `dots`; false: there is more of it to do in the next frame. */
    begin(view) {
      this.field.reset(view.width, view.height);
      return true;
    }

    hide() {
      super.hide();
      this.hash?.reset(0, 0);
    }

    /** Number of the thing at a pixel of the shown view, or -1. */
    hit(x, y) {
      return this.view && this.hash.count > 0 ? this.hash.nearest(x, y, REACH_PX * this.view.unit) : -1;
    }
  };
}
