/** One map on the page: its stage, its layers and the pointer, from the map's birth to its removal. */

import { Hover } from './hover.mjs';
import { Obstacles } from './obstacles.mjs';
import { Scene } from './scene.mjs';
import { Stage } from './stage.mjs';

const PANE_FRAMES = 120;
const FLY = { duration: 0.6, easeLinearity: 0.4 };
const PADDING_PX = 24;

/** @typedef {import('./canvas-layer.mjs').Kit} Kit */

export class MapView {
  /**
   * @param {any} L @param {any} map
   * @param {Omit<Kit, 'stage'|'L'>} kit What all maps of the page share.
   * @param {{isOn: (key: string) => boolean}} switches
   * @param {{region: (code: string) => void, case: (id: string) => void}} choose
   */
  constructor(L, map, kit, switches, choose) {
    this.L = L;
    this.map = map;
    this.shared = kit;
    this.switches = switches;
    this.choose = choose;
    /** Layer objects by key. @type {Map<string, any>} */
    this.layers = new Map();
    this.removed = false;
    map.on('unload', () => this.remove());
  }

  /** Wait for the map's panes, then add the layers. */
  async start() {
    const { config, store } = this.shared, { L, map } = this;
    const painters = await this.shared.painters;
    if (!map._loaded && !this.removed) map.fitBounds(boundsOf(L, map, store, config.origin, this.shared.selection.region));
    await this._panes(config.layers);
    if (this.removed) return;
    const stage = new Stage(L, map, config.origin);
    const scene = new Scene(stage, map.getPane(config.layers[0].pane));
    /** @type {any} */
    this.kit = { ...this.shared, L, stage, scene, notes: new Map(), obstacles: new Obstacles(), shown: { grids: null } };
    this.shared.scheduler.compose = (begun) => scene.compose(begun);
    for (const spec of config.layers) this.layers.set(spec.key, new (painters[spec.painter](L))(this.kit, spec));
    for (const key of this.layers.keys()) this.setVisible(key, this.switches.isOn(key));
    this.hover = new Hover(this.kit, () => this._things(), this.choose);
  }

  remove() {
    if (this.removed) return;
    this.removed = true;
    this.hover?.remove();
    for (const layer of this.layers.values()) layer.remove();
    this.layers.clear();
    this.kit?.scene.dispose();
    this.kit?.stage.remove();
  }

  /** The page makes the panes; where it doesn't, they are made here. */
  async _panes(specs) {
    const { map } = this;
    for (let frame = 0; frame < PANE_FRAMES && !this.removed; frame++) {
      if (specs.every((spec) => map.getPane(spec.pane))) return;
      await new Promise(requestAnimationFrame);
    }
    if (this.removed) return;
    for (const spec of specs) {
      if (!map.getPane(spec.pane)) map.createPane(spec.pane).style.zIndex = spec.z;
      map.getPane(spec.pane).style.pointerEvents = 'none';
    }
  }

  /** Shown layers of things that can be pointed at, topmost first. */
  _things() {
    return [...this.layers.values()].filter((layer) => layer.hit && this.map.hasLayer(layer)).sort((a, b) => b.z - a.z);
  }

  /** @param {string} key @param {boolean} visible */
  setVisible(key, visible) {
    const layer = this.layers.get(key);
    if (!layer) return;
    if (visible || layer.setShown) this.map.addLayer(layer);
    else this.map.removeLayer(layer);
    layer.setShown?.(visible);
  }

  /** Move to a region. @param {number} r @param {boolean} animate */
  show(r, animate) {
    if (!this.kit || this.removed) return;
    const { stage, store } = this.kit;
    const bounds = stage.toBounds(store.columns.regions_static.bbox, r);
    const padding = [PADDING_PX, PADDING_PX];
    this.hover?.leave();
    if (animate && !still()) this.map.flyToBounds(bounds, { padding, ...FLY });
    else this.map.fitBounds(bounds, { padding, animate: false });
  }

  /** @param {import('./ages.mjs').Ages} ages */
  markStale(ages) {
    const { stale_after_s: usual } = this.shared.config;
    for (const layer of this.layers.values()) {
      layer.setStale(ages.stale(layer.spec.feeds, layer.spec.stale_after_s ?? usual));
      layer.setSilent?.(ages.silentCounties());
    }
    this.hover?.refresh();
  }
}

/**
 * Makers of painter classes by name; a layer's painter is a module of its own.
 * @param {{painter: string}[]} specs config.layers
 * @returns {Promise<Record<string, (L: any) => any>>}
 */
export async function loadPainters(specs) {
  const names = [...new Set(specs.map((spec) => spec.painter))];
  const modules = await Promise.all(names.map((name) => import(`./layers/${name}.mjs`)));
  return Object.fromEntries(names.map((name, i) => [name, modules[i].default]));
}

/** Bounds of a region on a map that has no view yet. */
function boundsOf(L, map, store, origin, r) {
  return Stage.prototype.toBounds.call(
    { L, map, origin, toLatLng: Stage.prototype.toLatLng }, store.columns.regions_static.bbox, r,
  );
}

function still() {
  return window.matchMedia('(prefers-reduced-motion: reduce)').matches;
}
