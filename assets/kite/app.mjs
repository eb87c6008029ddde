/** Everything put together: configuration, static files, the live link, the maps and what the page may call. */

import { Ages } from './ages.mjs';
import { decodeFrame } from './frames.mjs';
import { GRID } from './hierarchy.mjs';
import { fillLegends } from './legends.mjs';
import { Live } from './live.mjs';
import { MapView, loadPainters } from './map-view.mjs';
import { Panels } from './panels.mjs';
import { Rasteriser } from './rasteriser.mjs';
import { Scheduler } from './scheduler.mjs';
import { Selection } from './selection.mjs';
import { Store } from './store.mjs';
import { summary } from './summary.mjs';
import { Switches } from './switches.mjs';

const RETRY_MS = 2000;
/** Cameras and units are taken up after the first paint, or after so long on a page without a map. */
const PATIENCE_MS = 3000;
const STALE_CHECK_MS = 500;

export class Kite {
  /** @param {string} root URL of the application, with the slash. */
  constructor(root) {
    this.root = root;
    this.base = `${root}live/`;
    this.lang = document.documentElement.lang.startsWith('en') ? 'en' : 'zh';
    this.marks = { firstMap: 0 };
    this.ages = new Ages();
    this.selection = new Selection();
    this.link = { connected: false };
    /** @type {MapView|null} */
    this.view = null;
    /** Resolves when a map has first been painted. @type {Promise<void>} */
    this.ready = new Promise((resolve) => { this._onFirstMap = resolve; });
    /** Resolves when regions and the snapshot are there. */
    this.loaded = this._load();
    this._wanted = null;
  }

  async _load() {
    const early = fetch(`${this.base}snapshot`, { cache: 'no-store' });
    early.catch(() => {}); // the link tries again and tells
    this.config = await insist(`${this.base}config.json?lang=${this.lang}`, (response) => response.json());
    this.config.lang ??= this.lang;
    this.painters = loadPainters(this.config.layers);
    const { config } = this;
    this.store = new Store(config);
    this.scheduler = new Scheduler(this.store);
    this.store.onChange = this.scheduler.notice;
    this.switches = new Switches(config.layers, window.localStorage);
    this.raster = new Rasteriser();
    const grids = this.store.sizes.grids, style = config.layers.find((spec) => spec.painter === 'grids')?.style ?? {};
    this.raster.open({ url: new URL(config.urls.geometry, document.baseURI).href, tables: config.tables, grids, style });
    this.store.addRegions(await sectionsOf(config.urls.regions));
    this.selection.select(this.store.scope);
    await this._follow(early);
    this._startPanels();
    this._loadRest();
  }

  _follow(early) {
    const { store } = this;
    this.live = new Live(this.base, {
      snapshot: (sections, position) => store.applySnapshot(sections, position),
      frame: (sections, position) => store.applyFrame(sections, position),
      heartbeat: (value) => this.ages.hear(value),
      state: (connected) => { this.link.connected = connected; },
      signedOut: () => window.location.reload(), // the page leads to the sign-in
    }, undefined, early);
    return this.live.start();
  }

  _startPanels() {
    this.panels = new Panels(this.store, this.ages, this.selection);
    this.panels.start();
    setInterval(() => this.view?.markStale(this.ages), STALE_CHECK_MS);
  }

  async _loadRest() {
    const { config, store } = this;
    const [cameras, units, places] = ['cameras', 'units', 'places'].map((name) => sectionsOf(config.urls[name]));
    await Promise.race([this.ready, new Promise((resolve) => { setTimeout(resolve, PATIENCE_MS); })]);
    for (const [sections, add] of [[cameras, 'addCameras'], [units, 'addUnits'], [places, 'addPlaces']]) {
      store[add](await sections);
      await new Promise((resolve) => { setTimeout(resolve); });
    }
    this.raster.places({ ...store.columns.checkpoints });
    performance.mark('kite:all-loaded');
  }

  /** A map was born (L.Map.addInitHook). @param {any} L @param {any} map */
  async attach(L, map) {
    await this.loaded;
    this.view?.remove();
    const { config, store, scheduler, raster, selection, marks, painters } = this;
    fillLegends(document, config.layers);
    const serverNow = () => this.ages.serverNow();
    const kit = { config, store, scheduler, raster, selection, marks, painters, serverNow };
    const choose = { region: (code) => this.navigate(code), case: (id) => this.chooseCase(id) };
    this.view = new MapView(L, map, kit, this.switches, choose);
    await this.view.start();
    if (this._wanted !== null) this._show(this._wanted, false);
    const tell = () => {
      if (!marks.firstMap) return;
      this.scheduler.painted.delete(tell);
      this._onFirstMap();
    };
    this.scheduler.painted.add(tell);
    this.scheduler.request();
  }

  /** Go to a region's page; Dash answers with showRegion. @param {string} code */
  navigate(code) {
    const pathname = `${new URL(this.root, document.baseURI).pathname}region/${code}`;
    window.dash_clientside.set_props(this.config.ids.location, { pathname });
  }

  /** Tell the page which case was clicked, where it wants to know. @param {string} id */
  chooseCase(id) {
    const { case: target } = this.config.ids;
    if (target) window.dash_clientside.set_props(target, { data: id });
  }

  /** Look at a region: highlight it and move there. @param {string|null} code The city for null or an unknown code. */
  showRegion(code) {
    const animate = this._wanted !== null;
    this._wanted = code ?? '';
    this.loaded.then(() => this._show(this._wanted, animate));
  }

  _show(code, animate) {
    const { hierarchy, scope } = this.store, named = Math.max(0, hierarchy.number(code));
    const r = this.store.sees(named) ? named : scope;
    this.selection.select(r);
    this.view?.show(r, animate);
    this.panels?.forget();
  }

  /** Show or hide a layer; remembered in this browser. @param {string} key @param {boolean} visible */
  setVisible(key, visible) {
    this.loaded.then(() => {
      if (this.switches.isOn(key) === visible) return;
      this.switches.set(key, visible);
      this.view?.setVisible(key, visible);
    });
  }

  /** Show exactly these layers. @param {Record<string, boolean>} on Layer key → shown. */
  showLayers(on) {
    for (const [key, visible] of Object.entries(on)) this.setVisible(key, visible);
  }

  /** Layer key → shown; empty until the configuration is there. */
  get visible() {
    return this.switches?.all() ?? {};
  }

  /** Call `fn(position, now)` in the animation frame after each paint, or where a change looks like nothing at once; returns how to stop. @param {(position: string, now: number) => void} fn */
  onPainted(fn) {
    this.loaded.then(() => this.scheduler.painted.add(fn));
    return () => this.scheduler?.painted.delete(fn);
  }

  /** Page x, y of a pixel that belongs to the grid, and its colour [r, g, b, a]; null while it shows none. @param {string} code */
  pixelOf(code) {
    const grids = this.view?.layers.get('grids'), g = this.store.hierarchy.number(code) - this.config.tier_start[GRID];
    const at = g >= 0 ? grids?.pixelOf(g) : null;
    if (!at) return null;
    const { width, height } = grids.current.view, box = this.view.kit.scene.element.getBoundingClientRect();
    const x = box.left + ((at.x + 0.5) * box.width) / width, y = box.top + ((at.y + 0.5) * box.height) / height;
    return { x, y, colour: grids.colourAt(at.x, at.y) };
  }

  /** What the panels are told of a region. @param {string} code */
  summary(code) {
    return summary(this.store, code, this.config.lang);
  }

  get stats() {
    return { ...this.scheduler?.stats, raster: this.raster?.ms, marks: this.marks, reopened: this.live?.reopened ?? 0 };
  }
}

/** @param {string} url */
async function sectionsOf(url) {
  return decodeFrame(new Uint8Array(await insist(url, (response) => response.arrayBuffer())));
}

/** Fetch until it works: a screen that starts before its server does comes up by itself. */
async function insist(url, read) {
  for (;;) {
    try {
      const response = await fetch(url);
      if (response.ok) return await read(response);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // fetch's own: no network
    }
    await new Promise((resolve) => { setTimeout(resolve, RETRY_MS); });
  }
}
