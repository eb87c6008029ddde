/** Fixed places from a table with an `xy` column: centres, stations, companies. */

import { SYMBOLS, dotLayer } from '../dot-layer.mjs';
import { CITY } from '../hierarchy.mjs';
import { Sprites } from '../sprites.mjs';
import { pathOf } from '../tooltip.mjs';

const LEAST_NUMERAL_PX = 10; // symbols below this size carry no numeral

/** @param {any} L */
export default (L) => class Points extends dotLayer(L) {
  onAdd() {
    this.sprites = new Sprites(this.kit.config.palette.halo, this.kit.stage.family);
    super.onAdd();
    this.known = this.prepare();
    this.kit.obstacles.set(this.key, (view) => this._obstacles(view));
    return this;
  }

  onRemove() {
    this.kit.obstacles.delete(this.key);
    return super.onRemove();
  }

  prepare() {
    return this._table().xy.length > 0;
  }

  mode() {
    return SYMBOLS;
  }

  /** The places come once, after the first map. */
  changed() {
    if (this.known || !this.prepare()) return;
    this.known = this.dirty = true;
    this.kit.obstacles.set(this.key, (view) => this._obstacles(view));
  }

  _table() {
    return this.kit.store.columns[this.spec.style.table];
  }

  draw(context, view) {
    const { legend, style } = this.spec, { ratio } = this;
    this._eachInView(view, (i, kind, x, y) => {
      const { symbol, colour, numeral } = legend[kind], size = style.size_px[kind];
      const sign = size < LEAST_NUMERAL_PX ? '' : numeral;
      this.sprites.stamp(context, symbol, colour, Math.round(size * view.unit), x, y, sign, ratio);
      this.hash.add(i, x, y);
    });
  }

  /** The first of a table last, so that the highest tier lies on top. */
  _eachInView(view, visit) {
    const { from_zoom: from } = this.spec.style, { xy } = this._table(), classes = this._classes();
    for (let i = xy.length / 2 - 1; i >= 0; i--) {
      const kind = classes ? classes[i] : 0;
      if (view.level < from[kind]) continue;
      const x = view.scale * xy[2 * i] + view.dx, y = view.dy - view.scale * xy[2 * i + 1];
      if (x >= 0 && y >= 0 && x <= view.width && y <= view.height) visit(i, kind, x, y);
    }
  }

  _obstacles(view) {
    const found = [];
    if (this.drawsAt(view.level) && this.prepare()) {
      this._eachInView(view, (_, kind, x, y) => found.push({ x, y, half: (this.spec.style.size_px[kind] * view.unit) / 2 }));
    }
    return found;
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

  /** The layer's words, filled with the place's own columns; a line whose figures are all zero is left out. */
  tip(i) {
    const { config, store: { hierarchy } } = this.kit, table = this._table(), r = table.region?.[i] ?? -1;
    const columns = Object.entries(table).filter(([name, column]) => name !== 'xy' && name !== 'region' && column);
    const values = Object.fromEntries(columns.map(([name, column]) => [name, Math.round(column[i])]));
    const lines = Object.values(values).some((value) => value !== 0) ? [this.say('line', values)] : [];
    if (r >= 0 && hierarchy.tier(r) > CITY) lines.push(pathOf(hierarchy, r, config.lang));
    return { title: this.say('title', r >= 0 ? { region: hierarchy.name(r, config.lang) } : values), lines };
  }
};
