/** The region that is looked at, and the one under the pointer. */

export class Selection {
  constructor() {
    /** Region number; 0 is the city. */
    this.region = 0;
    /** Region under the pointer, -1 none. */
    this.hovered = -1;
    /** @type {Set<(what: 'region'|'hovered', before: number) => void>} */
    this.listeners = new Set();
  }

  /** @param {number} r */
  select(r) {
    this._set('region', r);
  }

  /** @param {number} r */
  hover(r) {
    this._set('hovered', r);
  }

  /** @param {'region'|'hovered'} what @param {number} r */
  _set(what, r) {
    const before = this[what];
    if (before === r) return;
    this[what] = r;
    for (const fn of this.listeners) fn(what, before);
  }
}
