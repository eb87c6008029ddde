/** The map as the painters see it: its current view, and keeping every canvas in its place on the ground. */

import { viewAt, worldPoint } from './geometry.mjs';

/** @typedef {import('./geometry.mjs').View} View */

/** Canvases reach so many CSS pixels beyond the map on each side, so that a short drag shows no edge. */
const MARGIN_PX = 128;
/** A drag that leaves less than this of the margin makes a new view. */
const LEAST_MARGIN_PX = 32;

/** Font size of the map on a screen of 1920 × 1080, CSS pixels. */
const EM_PX = 16;

/** One map on the page. */
export class Stage {
  /**
   * @param {any} L Leaflet
   * @param {any} map L.Map with a view set
   * @param {[number, number]} origin config.origin
   */
  constructor(L, map, origin) {
    this.L = L;
    this.map = map;
    this.origin = origin;
    /** @type {Map<HTMLElement, View>} */
    this._placed = new Map();
    /** Called with every new view. @type {Set<(view: View) => void>} */
    this.onView = new Set();
    this._animating = false;
    /** @type {View} */
    this.view = this._newView(0);
    this._events = {
      moveend: () => this._settle(),
      move: () => this._drag(),
      resize: () => this._settle(),
      viewreset: () => this._placeAll(),
      zoom: () => this._placeAll(),
      zoomanim: (event) => this._animate(event),
    };
    map.on(this._events);
  }

  remove() {
    this.map.off(this._events);
    this.onView.clear();
    this._placed.clear();
  }

  /** Font size of the map, CSS pixels: the measure of everything written on it. */
  get em() {
    return Number.parseFloat(getComputedStyle(this.map.getContainer()).fontSize) || EM_PX;
  }

  /** Fonts of the map. */
  get family() {
    return getComputedStyle(this.map.getContainer()).fontFamily;
  }

  /** Put an element that shows `view` in its place, now and while the map moves. @param {HTMLElement} element @param {View} view */
  place(element, view) {
    this._placed.set(element, view);
    this._put(element, view, this.map.getZoom(), this.map.getPixelOrigin());
  }

  /** @param {HTMLElement} element */
  unplace(element) {
    this._placed.delete(element);
  }

  /** Pixels of a view under a point of the map's container. @param {View} view @param {{x: number, y: number}} point */
  toView(view, point) {
    const corner = this._corner(0);
    const by = 2 ** (view.zoom - this.map.getZoom());
    return { x: (corner.x + point.x) * by - view.left, y: (corner.y + point.y) * by - view.top };
  }

  /** Point of the map's container over map units. @param {number} ux @param {number} uy */
  toContainer(ux, uy) {
    return this.map.latLngToContainerPoint(this.toLatLng(ux, uy));
  }

  /** @param {number} ux @param {number} uy */
  toLatLng(ux, uy) {
    const { x, y } = worldPoint(ux, uy, this.origin);
    return this.map.options.crs.pointToLatLng(this.L.point(x, y), 0);
  }

  /** @param {ArrayLike<number>} bbox minx, miny, maxx, maxy at place 4·r @param {number} r */
  toBounds(bbox, r) {
    return this.L.latLngBounds(
      this.toLatLng(bbox[4 * r], bbox[4 * r + 1]), this.toLatLng(bbox[4 * r + 2], bbox[4 * r + 3]),
    );
  }

  /** World pixels at the map's zoom of the corner `margin` outside of the map's. */
  _corner(margin) {
    const origin = this.map.getPixelOrigin();
    const corner = this.map.containerPointToLayerPoint([-margin, -margin]);
    return { x: origin.x + corner.x, y: origin.y + corner.y };
  }

  /** @param {number} id @returns {View} */
  _newView(id) {
    const size = this.map.getSize(), { x, y } = this._corner(MARGIN_PX);
    return viewAt(id, this.map.getZoom(), this.origin, Math.round(x), Math.round(y),
      size.x + 2 * MARGIN_PX, size.y + 2 * MARGIN_PX, this.em / EM_PX);
  }

  /** Margin left on the side where least is; negative where the map shows ground that the view doesn't. */
  _marginLeft() {
    const { x, y } = this._corner(0), size = this.map.getSize(), { left, top, width, height } = this.view;
    return Math.min(x - left, y - top, left + width - x - size.x, top + height - y - size.y);
  }

  _settle() {
    this._animating = false;
    const size = this.map.getSize();
    const same = this.view.zoom === this.map.getZoom()
      && this.view.width === size.x + 2 * MARGIN_PX && this.view.height === size.y + 2 * MARGIN_PX;
    if (same && this._marginLeft() >= LEAST_MARGIN_PX) return;
    this._change();
  }

  /** A long drag gets its new picture while it lasts. */
  _drag() {
    if (this._animating || this.view.zoom !== this.map.getZoom() || this._marginLeft() >= 0) return;
    this._change();
  }

  _change() {
    this.view = this._newView(this.view.id + 1);
    for (const fn of this.onView) fn(this.view);
  }

  _placeAll() {
    const zoom = this.map.getZoom(), origin = this.map.getPixelOrigin();
    for (const [element, view] of this._placed) this._put(element, view, zoom, origin);
  }

  /** Leaflet animates the transforms to where they will be. @param {any} event */
  _animate({ center, zoom, noUpdate }) {
    if (noUpdate) return;
    this._animating = true;
    const origin = this.map._getNewPixelOrigin(center, zoom);
    for (const [element, view] of this._placed) this._put(element, view, zoom, origin);
  }

  /** @param {HTMLElement} element @param {View} view @param {number} zoom @param {{x: number, y: number}} origin */
  _put(element, view, zoom, origin) {
    const by = this.map.getZoomScale(zoom, view.zoom);
    this.L.DomUtil.setTransform(element, this.L.point(view.left * by - origin.x, view.top * by - origin.y), by);
  }
}
