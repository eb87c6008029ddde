/** What the wall says of a case: what and where it is, how long ago, and who is on the way to it. */

/** @typedef {import('../kite/store.mjs').Case & {unit?: string, departments?: string[], due?: any, card?: string}} Case */

const COUNTY = 1, GRID = 4;
/** Map units are tenths of metres of web mercator, which are longer than metres by 1 / cos(latitude). */
const UNITS_PER_M = 10;

export class CaseWords {
  /** @param {any} kite @param {import('./words.mjs').Words} words */
  constructor(kite, words) {
    this.kite = kite;
    this.words = words;
    /** @type {Map<string, number>|null} */
    this._units = null;
  }

  /** @param {Case} item */
  type({ type }) {
    return this.words.page.types[type] ?? type;
  }

  /** Number of the county, or of the screen's own region where that is smaller. @param {Case} item */
  county({ grid }) {
    const { hierarchy, scope } = this.kite.store;
    return hierarchy.ofGrid(grid, Math.max(COUNTY, Math.min(hierarchy.tier(scope) + 1, GRID)));
  }

  /** @param {Case} item */
  countyName(item) {
    const { store, config } = this.kite;
    return store.hierarchy.name(this.county(item), config.lang);
  }

  /** County and town, and the place in words, or else the village. @param {Case} item */
  place(item) {
    const { hierarchy } = this.kite.store, { lang } = this.kite.config;
    const [county, town, village] = hierarchy.path(hierarchy.tierStart[GRID] + item.grid).map((r) => hierarchy.name(r, lang));
    const place = item.place || village;
    return [...[county, town].filter((name) => !place.includes(name)), place].join(' ');
  }

  /** @param {Case} item @param {number} nowMs */
  age({ occurred_at_ms: at }, nowMs) {
    return this.words.span(nowMs - at);
  }

  /** The clock that turns red next. @param {Case} item @param {number} nowMs @returns {{text: string, isOver: boolean}} */
  due({ due }, nowMs) {
    const { words } = this;
    if (!due) return { text: '', isOver: false };
    const phase = words.page.phases[due.phase] ?? due.phase;
    if (due.paused) return { text: words.say('wall.due.paused', { phase }), isOver: false };
    const left = due.red_ms - nowMs, isOver = left <= 0;
    return { text: words.say(isOver ? 'wall.due.over' : 'wall.due.left', { phase, span: words.span(Math.abs(left)) }), isOver };
  }

  /** Who is on it: call sign, how it is, how far off; departments; or that nobody is yet. @param {Case} item */
  onIt(item) {
    const { words } = this, parts = [];
    if (item.unit) {
      const state = this.unitState(item.unit), metres = this.distance(item);
      parts.push([item.unit, state === null ? '' : words.say(`wall.unit.${state}`)].filter(Boolean).join(' '));
      if (metres !== null && state !== 4) parts.push(words.say('wall.case.distance', { km: words.km(metres) }));
    }
    if (item.departments?.length) parts.push(item.departments.join(words.say('header.and')));
    return parts.length ? parts.join(' · ') : words.say('wall.case.nobody');
  }

  /** 0 off, 1 free, 2 busy, 3 en route, 4 on scene; null where it is not known. @param {string} callSign */
  unitState(callSign) {
    const i = this._unitNumber(callSign), { state } = this.kite.store.columns.units;
    return i < 0 || i >= state.length ? null : state[i];
  }

  /** Where the unit of a case is, map units; null where that is not known. @param {Case} item @returns {{x: number, y: number}|null} */
  unitAt({ unit }) {
    const i = unit ? this._unitNumber(unit) : -1, { x, y } = this.kite.store.columns.units;
    return i >= 0 && i < x.length && (x[i] || y[i]) ? { x: x[i], y: y[i] } : null;
  }

  /** Metres in a straight line from the unit of a case to its place; null where that is not known. @param {Case} item */
  distance(item) {
    const at = this.unitAt(item), stage = this.kite.view?.kit?.stage;
    if (!at || !stage) return null;
    const shrink = Math.cos((stage.toLatLng(item.x, item.y).lat * Math.PI) / 180);
    return (Math.hypot(at.x - item.x, at.y - item.y) / UNITS_PER_M) * shrink;
  }

  _unitNumber(callSign) {
    const signs = this.kite.store.columns.units_static?.names?.call_sign;
    if (!signs) return -1;
    this._units ??= new Map(signs.map((sign, i) => [sign, i]));
    return this._units.get(callSign) ?? -1;
  }
}
