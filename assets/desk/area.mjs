/** The part of the city that the desk looks at: the map's drill-down, as a path of buttons above the queue. */

import { make } from './elements.mjs';

const PARAMETER = 'region';

export class Area {
  /**
   * @param {any} kite @param {HTMLElement} element Takes the path.
   * @param {() => void} changed Called when another part is looked at.
   */
  constructor(kite, element, changed) {
    Object.assign(this, { kite, element, changed });
    this.hierarchy = kite.store.hierarchy;
    /** Region number; 0 is the city. */
    this.region = 0;
    this._path();
  }

  /** As the address says. */
  start() {
    const code = new URL(window.location.href).searchParams.get(PARAMETER);
    if (code && this.hierarchy.number(code) > 0) this.show(code);
  }

  /** @param {string} code */
  show(code) {
    const r = Math.max(0, this.hierarchy.number(code)), url = new URL(window.location.href);
    this.kite.showRegion(this.hierarchy.code(r));
    if (r === this.region) return;
    this.region = r;
    if (r) url.searchParams.set(PARAMETER, code);
    else url.searchParams.delete(PARAMETER);
    window.history.replaceState(null, '', url);
    this._path();
    this.changed();
  }

  /** The whole city again, where it was not; the map stays where it is. */
  lift() {
    if (!this.region) return;
    const { map } = this.kite.view, centre = map.getCenter(), zoom = map.getZoom();
    this.show(this.hierarchy.code(0));
    map.setView(centre, zoom, { animate: false });
  }

  /** Whether a part of the city is looked at. */
  get isPart() {
    return this.region > 0;
  }

  /** @param {{grid: number}} item */
  holds({ grid }) {
    return this.hierarchy.contains(this.region, grid);
  }

  _path() {
    const { hierarchy, kite } = this, { lang } = kite.config;
    const path = this.region ? [0, ...hierarchy.path(this.region)] : [0];
    const steps = path.map((r, i) => make('button', {
      type: 'button', disabled: i === path.length - 1, onclick: () => this.show(hierarchy.code(r)),
    }, hierarchy.name(r, lang)));
    this.element.replaceChildren(...steps.flatMap((step, i) => (i ? [make('span', {}, '›'), step] : [step])));
  }
}
