/** The map follows the scene: its region and layers, or the case that interrupts and who is on the way to it. */

const PANE = 'wall', PANE_Z = 655;
/** Leaflet zoom at which a case is shown on a map whose font is 16 px: some kilometres around it. */
const CASE_ZOOM = 12.5;
const COUNTY = 1;
/** Half the width of a grave case's ring, in the map's font size (assets/map.css). */
const RING_EM = 1.15;

export class SceneMap {
  /**
   * @param {any} L Leaflet @param {any} kite @param {import('./case-words.mjs').CaseWords} about
   * @param {string[]} layers Those that are shown around a case.
   */
  constructor(L, kite, about, layers) {
    Object.assign(this, { L, kite, about, layers });
    const { map } = kite.view;
    const pane = map.getPane(PANE) ?? map.createPane(PANE);
    pane.style.zIndex = String(PANE_Z);
    this.marks = L.layerGroup().addTo(map);
    this.shownCase = '';
    /** The grave cases that names keep clear of. */
    this.clearOf = '';
  }

  /** @param {import('./scenes.mjs').Turn} turn */
  show({ scene, region }) {
    const { kite } = this, { view } = kite;
    this.marks.clearLayers();
    this.shownCase = '';
    kite.selection.select(region);
    this._layers(scene.layers);
    view.map.invalidateSize({ animate: false, pan: false }); // the map alone has the whole screen
    view.show(region, false);
  }

  /** The case that interrupts. @param {any} item */
  showCase(item) {
    const { kite } = this, { map, kit } = kite.view, county = this.about.county(item);
    kite.selection.select(kite.store.hierarchy.tier(county) === COUNTY ? county : kite.store.scope);
    this._layers(this.layers);
    map.invalidateSize({ animate: false, pan: false });
    const zoom = Math.round(4 * (CASE_ZOOM + Math.log2(kit.stage.em / 16))) / 4;
    map.setView(kit.stage.toLatLng(item.x, item.y), zoom, { animate: false });
    this.shownCase = '';
    this.follow(item);
  }

  /** Where the case is, and its unit's way there as it is now. @param {any} item */
  follow(item) {
    const { L, kite } = this, { kit } = kite.view, unit = this.about.unitAt(item);
    const shown = `${item.id} ${item.x} ${item.y} ${unit?.x} ${unit?.y}`;
    if (shown === this.shownCase) return;
    this.shownCase = shown;
    this.marks.clearLayers();
    const { palette } = kite.config, here = kit.stage.toLatLng(item.x, item.y), em = kit.stage.em;
    const usual = { pane: PANE, interactive: false, color: palette.selected, weight: em / 6 };
    L.circleMarker(here, { ...usual, radius: em * 1.6, fill: false }).addTo(this.marks);
    if (!unit) return;
    const there = kit.stage.toLatLng(unit.x, unit.y);
    L.polyline([there, here], { ...usual, dashArray: `${em / 2} ${em / 2}` }).addTo(this.marks);
    L.circleMarker(there, { ...usual, radius: em / 2, fillColor: palette.selected, fillOpacity: 1 }).addTo(this.marks);
  }

  /** Names keep clear of the rings of grave cases. @param {any[]} cases Open ones. @param {number[]} levels Of the grave. */
  keepClear(cases, levels) {
    const { kit } = this.kite.view, grave = cases.filter(({ level }) => levels.includes(level));
    const key = grave.map(({ id, x, y }) => `${id} ${x} ${y}`).sort().join('|');
    if (key === this.clearOf) return;
    this.clearOf = key;
    const half = kit.stage.em * RING_EM;
    kit.obstacles.set(PANE, (view) => grave.map(({ x, y }) => ({ x: view.scale * x + view.dx, y: view.dy - view.scale * y, half })));
  }

  /** Show exactly these layers, whatever this browser shows elsewhere. @param {string[]} keys */
  _layers(keys) {
    const { view } = this.kite;
    for (const [key, layer] of view.layers) {
      const isOn = keys.includes(key);
      if (view.map.hasLayer(layer) !== isOn || layer.setShown) view.setVisible(key, isOn);
    }
    // How many cameras a place has stands in a panel; under the names it would be too small to read.
    view.kit.notes.clear();
  }
}
