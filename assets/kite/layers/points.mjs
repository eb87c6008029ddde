/** Fixed places from a table with an `xy` column: centres, stations, companies. */

import { SYMBOLS, dotLayer } from '../dot-layer.mjs';
import { Sprites } from '../sprites.mjs';

/** @param {any} L */
export default (L) => class Points extends dotLayer(L) {
  onAdd() {
    this.sprites = new Sprites(this.kit.config.palette.halo, getComputedStyle(this.kit.stage.map.getContainer()).fontFamily);
    return super.onAdd();
  }

  prepare() {
    return this._table().xy.length > 0;
  }

  mode() {
    return SYMBOLS;
  }

  changed(changes) {
    if (changes.clock && this.view === null) this.dirty = this.prepare(); // the places have come
  }

  _table() {
    return this.kit.store.columns[this.spec.style.table];
  }

  draw(context, view) {
    const { style, legend } = this.spec, { xy } = this._table(), classes = this._classes(), { ratio } = this;
    for (let i = xy.length / 2 - 1; i >= 0; i--) {
      const kind = classes ? classes[i] : 0;
      if (view.zoom < style.from_zoom[kind]) continue;
      const x = view.scale * xy[2 * i] + view.dx, y = view.dy - view.scale * xy[2 * i + 1];
      if (x < 0 || y < 0 || x > view.width || y > view.height) continue;
      const { symbol, colour, numeral } = legend[kind];
      this.sprites.stamp(context, symbol, colour, style.size_px[kind], x, y, style.size_px[kind] > 9 ? numeral : '', ratio);
      this.hash.add(i, x, y);
    }
  }

  /** Class of each place, where the layer has more than one. */
  _classes() {
    if (this.spec.style.class_of !== 'tier') return null;
    if (!this.classes) {
      const { hierarchy } = this.kit.store;
      this.classes = Uint8Array.from(this._table().region, (r) => hierarchy.tier(r));
    }
    return this.classes;
  }
};
