/** The warm glow where cases are happening: a coarse field, scaled up by the scene, at most once a second. */

import { canvasLayer } from '../canvas-layer.mjs';
import { GRID } from '../hierarchy.mjs';
import { HeatField } from '../heat-field.mjs';
import { channels } from '../palette.mjs';

const HOUR_MS = 3_600_000;
/** A glow that halves in hours needs no more; it lies over the whole map, so each repaint lays the map out anew. */
const EVERY_MS = 1000;

/** @param {any} L */
export default (L) => class Heat extends canvasLayer(L) {
  onAdd() {
    this.interval = EVERY_MS;
    this.field = new HeatField();
    this.colours = ramp(this.spec.legend[0].colour, this.spec.style.opacity);
    return super.onAdd();
  }

  get ratio() {
    return 1 / (this.spec.style.cell_px * this.kit.stage.view.unit);
  }

  prepare() {
    return this.kit.store.columns.grids.heat.length > 0;
  }

  draw(context, view) {
    const { cell_px: cell, radius_px: radius, floor } = this.spec.style;
    const { width, height } = this.canvas;
    this.field.reset(width, height);
    this._splat(view, cell * view.unit);
    this.field.blur(Math.max(1, Math.round(radius / cell / 1.5)));
    const full = Math.max(this.field.max(), floor / (2 * Math.PI * (radius / cell) ** 2));
    if (this.image?.width !== width || this.image?.height !== height) this.image = context.createImageData(width, height);
    const pixels = new Uint32Array(this.image.data.buffer), { values } = this.field, { colours } = this;
    const last = colours.length - 1;
    for (let i = 0; i < pixels.length; i++) pixels[i] = colours[Math.min(last, (last * values[i] / full) | 0)];
    context.putImageData(this.image, 0, 0);
  }

  _splat(view, cell) {
    const { store, serverNow } = this.kit;
    const { heat } = store.columns.grids, { label_xy: xy } = store.columns.regions_static;
    const first = this.kit.config.tier_start[GRID];
    const age = serverNow() - (store.clock?.heat_epoch_ms ?? serverNow());
    const decay = 2 ** (-age / (this.spec.style.half_life_h * HOUR_MS));
    for (let g = 0; g < heat.length; g++) {
      if (heat[g] === 0) continue;
      const r = 2 * (first + g);
      this.field.splat((view.scale * xy[r] + view.dx) / cell, (view.dy - view.scale * xy[r + 1]) / cell, heat[g] * decay);
    }
  }
};

/** From nothing to the full glow: opacity grows with the root, so that faint heat shows and strong doesn't blind. */
function ramp(colour, opacity) {
  const [r, g, b] = channels(colour), colours = new Uint32Array(256);
  for (let i = 0; i < 256; i++) {
    const share = i / 255, alpha = Math.round(255 * opacity * Math.max(0, share ** 0.8 - 0.08) / 0.92);
    const light = Math.round(40 * share);
    colours[i] = ((alpha << 24) | (Math.min(255, b + light) << 16) | (Math.min(255, g + light) << 8) | r) >>> 0;
  }
  return colours;
}
