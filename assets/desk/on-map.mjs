/** The chosen case on the map, the units that are suggested for it, and the way that each would take. */

const NEAR_ZOOM = 13;
const FOLLOW_MS = 1000;

export class OnMap {
  /** @param {any} L Leaflet @param {any} view kite.view @param {any} palette */
  constructor(L, view, palette) {
    this.L = L;
    this.view = view;
    this.palette = palette;
    const { map } = view;
    const pane = map.getPane('desk') ?? map.createPane('desk');
    pane.style.zIndex = 650;
    this.group = L.layerGroup().addTo(map);
    /** A point that was clicked for a report. */
    this.clicked = L.layerGroup().addTo(map);
  }

  /** Show which point was clicked; none for null. @param {{lat: number, lng: number}|null} at */
  mark(at) {
    this.clicked.clearLayers();
    if (!at) return;
    const style = { radius: 8, weight: 3, color: this.palette.selected, fillOpacity: 0.3, pane: 'desk', interactive: false };
    this.L.circleMarker(at, style).addTo(this.clicked);
  }

  /** Go to a case, from wherever the map is. @param {{x: number, y: number}} item */
  show(item) {
    this._forget();
    this._goTo(this.view.kit.stage.toLatLng(item.x, item.y));
  }

  _goTo(at) {
    const { map } = this.view;
    map.setView(at, Math.max(map.getZoom(), NEAR_ZOOM), { animate: false });
  }

  /**
   * Go to a unit that was looked for and mark it wherever it goes, until a case or another unit is shown.
   * @param {() => {x?: number, y?: number, lat?: number, lon?: number, label: string}} where In map units or in degrees.
   */
  find(where) {
    const { L, view, palette } = this, color = palette.selected, pane = 'desk';
    const now = () => {
      const { x, y, lat, lon } = where();
      return x === undefined ? L.latLng(lat, lon) : view.kit.stage.toLatLng(x, y);
    };
    this._forget();
    this._goTo(now());
    this.found = L.circleMarker(now(), { radius: 10, weight: 3, color, fill: false, pane, interactive: false })
      .bindTooltip(where().label, { permanent: true, direction: 'right', offset: [10, 0], className: 'desk-unit', pane }).addTo(view.map);
    this.following = setInterval(() => this.found.setLatLng(now()), FOLLOW_MS);
  }

  _forget() {
    clearInterval(this.following);
    this.found?.remove();
  }

  /** @param {{x: number, y: number}|null} item @param {{x: number, y: number, label: string}[]} units The best first. */
  draw(item, units) {
    const { L, group, view: { kit }, palette } = this;
    group.clearLayers();
    if (!item) return;
    const here = kit.stage.toLatLng(item.x, item.y), pane = 'desk', interactive = false;
    L.circleMarker(here, { radius: 16, weight: 3, color: palette.selected, fill: false, pane, interactive }).addTo(group);
    units.forEach((unit, i) => {
      const at = kit.stage.toLatLng(unit.x, unit.y), color = i === 0 ? palette.selected : palette.text_second;
      L.polyline([at, here], { color, weight: 2, dashArray: '6 6', pane, interactive }).addTo(group);
      L.circleMarker(at, { radius: 6, weight: 2, color, fillColor: color, fillOpacity: 1, pane, interactive })
        .bindTooltip(unit.label, { permanent: true, direction: 'right', offset: [8, 0], className: 'desk-unit', pane })
        .addTo(group);
    });
  }
}
