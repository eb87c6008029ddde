/** Regions by number: every region owns a slice of grids, and its children are contiguous in the next tier. */

export const CITY = 0, COUNTY = 1, TOWN = 2, VILLAGE = 3, GRID = 4;
export const TIERS = 5;

/** Numbers, codes and slices; numbering is tier-major and depth-first (docs/protocol.md). */
export class Hierarchy {
  /** @param {Record<string, any>} columns Columns of the table regions_static. */
  constructor(columns) {
    this.tierStart = columns.tier_start;
    this.parent = columns.parent;
    this.gridLo = columns.grid_lo;
    this.gridHi = columns.grid_hi;
    this.names = columns.names;
    this.size = this.parent.length;
    this.grids = this.tierStart[TIERS] - this.tierStart[GRID];
    /** @type {Map<string, number>} */
    this._numbers = new Map();
    this.names.code.forEach((code, r) => this._numbers.set(code, r));
  }

  /** Region number of a code, or -1. @param {string|null|undefined} code */
  number(code) {
    return this._numbers.get(String(code)) ?? -1;
  }

  /** @param {number} r */
  code(r) {
    return this.names.code[r];
  }

  /** Name in the language; the Chinese one where there is no English. @param {number} r @param {string} lang */
  name(r, lang) {
    return (lang === 'en' && this.names.name_en[r]) || this.names.name[r];
  }

  /** @param {number} r @returns {number} 0 city … 4 grid */
  tier(r) {
    let tier = 0;
    while (r >= this.tierStart[tier + 1]) tier++;
    return tier;
  }

  /** First and last + 1 of the children's region numbers. @param {number} r @returns {[number, number]} */
  children(r) {
    const tier = this.tier(r);
    if (tier === GRID) return [r, r];
    if (tier === VILLAGE) {
      return [this.tierStart[GRID] + this.gridLo[r], this.tierStart[GRID] + this.gridHi[r]];
    }
    const start = this.tierStart[tier + 1], end = this.tierStart[tier + 2];
    const first = lowerBound(this.gridLo, this.gridLo[r], start, end);
    return [first, lowerBound(this.gridLo, this.gridHi[r], first, end)];
  }

  /** Whether grid g lies in region r. @param {number} r @param {number} g */
  contains(r, g) {
    return g >= this.gridLo[r] && g < this.gridHi[r];
  }

  /** Whether region r is region `outer` or lies in it. @param {number} outer @param {number} r */
  within(outer, r) {
    return r >= outer && this.gridLo[r] >= this.gridLo[outer] && this.gridHi[r] <= this.gridHi[outer];
  }

  /** The region of this tier that grid g lies in. @param {number} g @param {number} tier */
  ofGrid(g, tier) {
    let r = this.tierStart[GRID] + g;
    for (let t = GRID; t > tier; t--) r = this.parent[r];
    return r;
  }

  /** From below the city down to r; the city alone for the city. @param {number} r @returns {number[]} */
  path(r) {
    const path = [];
    for (let at = r; at > 0; at = this.parent[at]) path.unshift(at);
    return path.length ? path : [0];
  }

  /**
   * What a click on grid g selects while region r is looked at: the child of their deepest common ancestor.
   * Inside r that is r's child; beside it, the neighbour as far down as both still share a parent.
   * @param {number} r @param {number} g
   */
  step(r, g) {
    let common = r;
    while (!this.contains(common, g)) common = this.parent[common];
    return this.ofGrid(g, Math.min(this.tier(common) + 1, GRID));
  }
}

/**
 * First place in [start, end) of a sorted array whose value is not below `value`.
 * @param {ArrayLike<number>} array @param {number} value @param {number} start @param {number} end
 */
export function lowerBound(array, value, start = 0, end = array.length) {
  while (start < end) {
    const middle = (start + end) >>> 1;
    if (array[middle] < value) start = middle + 1;
    else end = middle;
  }
  return start;
}
