/** Units where they are now: dots at middle zooms, symbols with call signs near. */

import { DOTS, HIDDEN, SYMBOLS, dotLayer } from '../dot-layer.mjs';
import { pixel } from '../palette.mjs';
import { Sprites } from '../sprites.mjs';

const STATES = ['off', 'free', 'busy', 'en_route', 'on_scene'];
const WORKER_PX = 2, TEAM_PX = 4; // dots of grid workers and of response units
/** All dots are painted anew when units move. */
const EVERY_MS = 1000;
const SYMBOL_PX = [10, 13];

/** @param {any} L */
export default (L) => class Units extends dotLayer(L) {
  onAdd() {
    this.interval = EVERY_MS;
    const { config } = this.kit;
    this.family = this.kit.stage.family;
    this.items = STATES.map((key) => this.spec.legend.find((item) => item.key === key));
    this.pixels = this.items.map((item) => (item ? pixel(item.colour, 0.9) : 0));
    this.sprites = new Sprites(config.palette.halo, this.family);
    return super.onAdd();
  }

  prepare() {
    const { units, units_static: fixed } = this.kit.store.columns;
    return units.state.length > 0 && fixed.kind.length > 0;
  }

  mode(level) {
    if (level < this.spec.style.dot_zoom) return HIDDEN;
    return level >= this.spec.style.symbol_zoom ? SYMBOLS : DOTS;
  }

  dots(view, fresh) {
    if (!fresh) {
      this.field.pixels.fill(0);
      this.field.tiles.fill(1);
    }
    const { kind } = this.kit.store.columns.units_static;
    this._eachInView(view, (i, state, x, y) => {
      const size = Math.round((kind[i] === 0 ? WORKER_PX : TEAM_PX) * view.unit);
      this.field.square(Math.floor(x - size / 2), Math.floor(y - size / 2), size, this.pixels[state]);
    });
  }

  draw(context, view) {
    const { kind, names } = this.kit.store.columns.units_static, named = view.level >= this.spec.style.name_zoom;
    const { palette } = this.kit.config, { ratio } = this;
    context.font = `500 ${Math.round(this.kit.stage.em * 0.8)}px ${this.family}`;
    context.textBaseline = 'middle';
    context.lineWidth = 3;
    context.strokeStyle = palette.halo;
    context.fillStyle = palette.text;
    this._eachInView(view, (i, state, x, y) => {
      const size = Math.round(SYMBOL_PX[kind[i] === 0 ? 0 : 1] * view.unit), item = this.items[state];
      this.sprites.stamp(context, item.symbol, item.colour, size, x, y, item.numeral, ratio);
      this.hash.add(i, x, y);
      if (!named && kind[i] === 0) return;
      context.strokeText(names.call_sign[i], x + size, y);
      context.fillText(names.call_sign[i], x + size, y);
    });
  }

  /** Units on duty in the view; one whose place isn't known yet is at home. */
  _eachInView(view, visit) {
    const { x: ux, y: uy, state } = this.kit.store.columns.units, { xy } = this.kit.store.columns.units_static;
    for (let i = 0; i < state.length; i++) {
      if (state[i] === 0 || state[i] >= STATES.length) continue;
      const known = i < ux.length && (ux[i] !== 0 || uy[i] !== 0);
      const x = view.scale * (known ? ux[i] : xy[2 * i]) + view.dx;
      const y = view.dy - view.scale * (known ? uy[i] : xy[2 * i + 1]);
      if (x >= 0 && y >= 0 && x < view.width && y < view.height) visit(i, state[i], x, y);
    }
  }

  tip(i) {
    const { units: { state }, units_static: { kind, names } } = this.kit.store.columns;
    return { title: names.call_sign[i], lines: [this.say(`kind.${kind[i]}`), this.say(`state.${state[i]}`)] };
  }
};
