/** Open cases: grave ones as rings that beat gently, the others as marks from nearer on. */

import { dotLayer, SYMBOLS } from '../dot-layer.mjs';
import { Sprites } from '../sprites.mjs';
import { timeOf } from '../tooltip.mjs';

const EVERY_MS = 250;
const BEAT_MS = 1000; // rings change size once a second
const MOST_RINGS = 120;
const RING_EM = 1.5; // rings nearer than this in the map's font size become one
const DOT_PX = 6, MARK_PX = 16;
const HALO_PX = 4;
/** With more changed marks than this the whole plate counts as changed. */
const MOST_RECTS = 64;

/** @typedef {{x: number, y: number, k: number}} Mark Where a case was drawn, CSS pixels of the view, and its level. */

/** @param {any} L */
export default (L) => class Cases extends dotLayer(L) {
  onAdd() {
    this.interval = EVERY_MS;
    /** Most grave first: level 1 is the first. */
    this.levels = this.kit.config.palette.case_levels;
    /** Open cases as drawn; the hash holds places in this list. @type {import('../store.mjs').Case[]} */
    this.drawn = [];
    /** The marks on the plate by case. @type {Map<string, Mark>} */
    this.marks = new Map();
    /** Where the plate changed with the last `draw`; undefined: everywhere. @type {import('../scene.mjs').Rect[]|undefined} */
    this.rects = undefined;
    /** The view and the cases that the rings were placed for. */
    this.ringed = '';
    this.sprites = new Sprites(this.kit.config.palette.halo, this.kit.stage.family);
    this.rings = document.createElement('div');
    this.rings.className = 'kite-rings leaflet-zoom-animated';
    super.onAdd();
    this.getPane().appendChild(this.rings);
    this._beat = setInterval(() => this.rings.classList.toggle('kite-beat'), BEAT_MS);
    return this;
  }

  onRemove() {
    clearInterval(this._beat);
    this.kit.stage.unplace(this.rings);
    this.rings.remove();
    return super.onRemove();
  }

  mode() {
    return SYMBOLS;
  }

  /** Where only rings are shown, which are elements, the scene stays as it is. */
  show(view) {
    const same = this.view === view && this.blank && this._wasBlank;
    this._wasBlank = this.blank;
    return super.show(view, same ? [] : this.rects);
  }

  paint() {
    super.paint();
    this._placeRings(this.kit.stage.view);
  }

  /** Marks, least grave first, so that the gravest lie on top. */
  prepare(view) {
    const { from_zoom: from } = this.spec.style, { wanted } = this.kit.store;
    const isDrawn = (item) => view.level >= (from[this._class(item)] ?? Infinity) && wanted(item);
    this.drawn = [...this.kit.store.cases.values()].filter(isDrawn);
    this.drawn.sort((a, b) => b.level - a.level);
    this.blank = this.drawn.every((item) => this.levels[this._class(item)].grave);
    return this.drawn.length > 0;
  }

  /** Nothing to draw is how it often is here; nothing is waited for. */
  isReady(view) {
    return this.prepare(view);
  }

  _class({ level }) {
    return Math.min(Math.max(level, 1), this.levels.length) - 1;
  }

  draw(context, view) {
    const numerals = view.level >= this.spec.style.numeral_zoom, { ratio } = this;
    const symbol = numerals ? 'mark' : 'dot', size = Math.round((numerals ? MARK_PX : DOT_PX) * view.unit);
    /** @type {Map<string, Mark>} */
    const marks = new Map();
    this.drawn.forEach((item, i) => {
      const x = view.scale * item.x + view.dx, y = view.dy - view.scale * item.y, k = this._class(item);
      if (x < 0 || y < 0 || x > view.width || y > view.height) return;
      const { colour, numeral, grave } = this.levels[k];
      if (!grave) {
        this.sprites.stamp(context, symbol, colour, size, x, y, numerals ? numeral : '', ratio);
        marks.set(item.id, { x, y, k });
      }
      this.hash.add(i, x, y);
    });
    const reach = size / 2 + HALO_PX;
    this.rects = this.view === view ? rectsOf(changed(this.marks, marks), reach, ratio) : undefined;
    this.marks = marks;
  }

  /** Rings of grave cases are elements, so that their beat repaints nothing else; elements are used again. */
  _placeRings(view) {
    const ids = this.drawn.filter((item) => this.levels[this._class(item)].grave).map(({ id, level, x, y }) => `${id} ${level} ${x} ${y}`);
    const wanted = `${view.id}|${ids.join('|')}`;
    if (wanted === this.ringed) return;
    this.ringed = wanted;
    const grave = this._grouped(view);
    while (this.rings.children.length < grave.length) this.rings.appendChild(ring());
    for (let i = 0; i < this.rings.children.length; i++) {
      const element = this.rings.children[i], { item, more } = grave[i] ?? {};
      element.hidden = !item;
      if (!item) continue;
      element.dataset.more = more > 0 ? `+${more}` : '';
      const { colour, numeral } = this.levels[this._class(item)];
      element.style.setProperty('--kite-colour', colour);
      element.style.left = `${view.scale * item.x + view.dx}px`;
      element.style.top = `${view.dy - view.scale * item.y}px`;
      if (element.textContent !== numeral) element.textContent = numeral;
    }
    this.kit.stage.place(this.rings, view);
  }

  /** Grave cases, the gravest first; one that would lie on another's ring is only counted there. */
  _grouped(view) {
    const groups = [], reach = RING_EM * this.kit.stage.em;
    for (let i = this.drawn.length - 1; i >= 0; i--) {
      const item = this.drawn[i];
      if (!this.levels[this._class(item)].grave) break;
      const x = view.scale * item.x, y = view.scale * item.y;
      const near = groups.find((group) => Math.hypot(group.x - x, group.y - y) < reach);
      if (near) near.more++;
      else if (groups.length < MOST_RINGS) groups.push({ item, x, y, more: 0 });
    }
    return groups;
  }

  tip(i) {
    const item = this.drawn[i], { config } = this.kit, k = this._class(item);
    const type = this.say(`type.${item.type}`);
    const lines = [
      this.say('level', { level: this.levels[k].code, name: this.spec.legend[k].label }),
      item.summary ? type : '', this.say(`state.${item.state}`), item.place, timeOf(item.occurred_at_ms, config),
      item.simulated ? this.say('simulated') : '',
    ];
    return { title: item.summary || type, lines: lines.filter(Boolean), colour: this.levels[k].colour };
  }

  /** What a click on it chooses. */
  caseId(i) {
    return this.drawn[i].id;
  }

  setStale(stale) {
    super.setStale(stale);
    this.rings?.classList.toggle('kite-stale', stale);
  }
};

/** Marks that are on one of two plates only. @param {Map<string, Mark>} before @param {Map<string, Mark>} now @returns {Mark[]} */
function changed(before, now) {
  const found = [];
  for (const [id, mark] of now) {
    const was = before.get(id);
    if (was && was.x === mark.x && was.y === mark.y && was.k === mark.k) continue;
    found.push(mark);
    if (was) found.push(was);
  }
  for (const [id, was] of before) if (!now.has(id)) found.push(was);
  return found;
}

/** @param {Mark[]} marks @param {number} reach CSS pixels around a mark's middle @param {number} ratio */
function rectsOf(marks, reach, ratio) {
  if (marks.length > MOST_RECTS) return undefined;
  return marks.map(({ x, y }) => [(x - reach) * ratio, (y - reach) * ratio, 2 * reach * ratio, 2 * reach * ratio]);
}

function ring() {
  const element = document.createElement('div');
  element.className = 'kite-ring';
  return element;
}
