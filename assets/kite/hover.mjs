/** Pointer on the map: a tooltip at once, the region that a click would choose lit up, and the click. */

import { gridAt } from './hit.mjs';
import { GRID } from './hierarchy.mjs';

/** @typedef {import('./canvas-layer.mjs').Kit} Kit */

const LINES = 8;
const OFFSET_PX = 16;
/** A click goes on to smaller tiers while the region it would choose is this many times wider than the map. */
const TOO_WIDE = 2.5;

export class Hover {
  /**
   * @param {Kit} kit
   * @param {() => any[]} things The shown layers of things that can be pointed at, topmost first.
   * @param {{region: (code: string) => void, case: (id: string) => void}} choose What a click does.
   */
  constructor(kit, things, choose) {
    this.kit = kit;
    this.things = things;
    this.choose = choose;
    this.tip = makeTip(kit.stage.map.getContainer());
    /** @type {{x: number, y: number}|null} Where the pointer is, in the map's container. */
    this.point = null;
    this._requested = false;
    this._events = {
      mousemove: ({ containerPoint }) => this._at(containerPoint),
      mouseout: () => this.leave(),
      movestart: () => this.leave(),
      click: ({ containerPoint }) => this._click(containerPoint),
    };
    kit.stage.map.on(this._events);
  }

  remove() {
    this.kit.stage.map.off(this._events);
    this.tip.box.remove();
    this.kit.selection.hover(-1);
  }

  _at(point) {
    this.point = point;
    if (this._requested) return;
    this._requested = true;
    requestAnimationFrame(() => {
      this._requested = false;
      this.refresh();
    });
  }

  /** The pointer is gone, or what it pointed at is. */
  leave() {
    this.point = null;
    this.refresh();
  }

  /** Say again what is under the pointer: it moved, or the figures did. */
  refresh() {
    const { selection } = this.kit;
    const thing = this.point && this._thingAt(this.point);
    const r = this.point && !thing ? this._regionAt(this.point) : -1;
    selection.hover(r);
    if (thing) this._show(thing.layer.tip(thing.number));
    else if (r >= 0) this._show(this.kit.shown.grids.tip(r));
    else this.tip.box.hidden = true;
  }

  /** @returns {{number: number, layer: any}|null} */
  _thingAt(point) {
    for (const layer of this.things()) {
      if (!layer.view) continue;
      const { x, y } = this.kit.stage.toView(layer.view, point);
      const number = layer.hit(x, y);
      if (number >= 0) return { number, layer };
    }
    return null;
  }

  /** The region that a click at the point chooses, or -1. */
  _regionAt(point) {
    const { shown, stage, store, selection } = this.kit;
    if (!shown.grids) return -1;
    const raster = shown.grids.current, { view } = raster, by = view.width / view.css.width;
    const { x, y } = stage.toView(view.css, point);
    const g = gridAt(raster, x * by, y * by);
    return g < 0 ? -1 : this._fitting(store.hierarchy.step(selection.region, g), g);
  }

  /** Down the tiers to a region that is not far wider than the map. */
  _fitting(r, g) {
    const { store: { hierarchy, columns }, stage: { view } } = this.kit;
    const { bbox } = columns.regions_static;
    let at = r;
    for (let tier = hierarchy.tier(r); tier < GRID; tier++) {
      const wide = view.scale * Math.min(bbox[4 * at + 2] - bbox[4 * at], bbox[4 * at + 3] - bbox[4 * at + 1]);
      if (wide < TOO_WIDE * Math.max(view.width, view.height)) break;
      at = hierarchy.ofGrid(g, tier + 1);
    }
    return at;
  }

  _click(point) {
    const thing = this._thingAt(point);
    if (thing?.layer.caseId) return this.choose.case(thing.layer.caseId(thing.number));
    const r = thing ? -1 : this._regionAt(point);
    if (r >= 0) this.choose.region(this.kit.store.hierarchy.code(r));
  }

  /** @param {import('./tooltip.mjs').Tip} tip */
  _show({ title, lines, colour }) {
    const { box, head, rows } = this.tip;
    write(head, title);
    rows.forEach((row, i) => {
      row.hidden = i >= lines.length;
      if (i < lines.length) write(row, lines[i]);
    });
    box.style.borderLeftColor = colour ?? 'transparent';
    box.hidden = false;
    const { x: width, y: height } = this.kit.stage.map.getSize();
    const x = this.point.x + OFFSET_PX + box.offsetWidth > width ? this.point.x - OFFSET_PX - box.offsetWidth : this.point.x + OFFSET_PX;
    const y = Math.max(0, Math.min(this.point.y + OFFSET_PX, height - box.offsetHeight));
    box.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
  }
}

/** @param {HTMLElement} element @param {string} text */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @param {HTMLElement} container */
function makeTip(container) {
  const box = document.createElement('div');
  box.className = 'kite-tip';
  box.hidden = true;
  const head = document.createElement('div');
  head.className = 'kite-tip-title';
  const rows = Array.from({ length: LINES }, () => document.createElement('div'));
  box.append(head, ...rows);
  container.appendChild(box);
  return { box, head, rows };
}
