/** Counts per region of things that sit in grids, kept right one change at a time. */

import { GRID } from './hierarchy.mjs';

/** How many of `n` things, sorted by grid, are in a class, per region. */
export class RegionCounts {
  /**
   * @param {import('./hierarchy.mjs').Hierarchy} hierarchy
   * @param {Uint32Array} gridStart Grid → its first thing; one more at the end.
   */
  constructor(hierarchy, gridStart) {
    this.hierarchy = hierarchy;
    this.gridStart = gridStart;
    this.counts = new Int32Array(hierarchy.size);
  }

  /** Every thing is in the class. */
  countAll() {
    this._sum(this.gridStart);
  }

  /**
   * Count anew; things beyond the column's end are not in the class.
   * @param {Uint8Array} column A value per thing.
   * @param {Uint8Array} member Value → 1 if a thing of that value is in the class, else 0; see `classOf`.
   */
  recount(column, member) {
    const { grids } = this.hierarchy;
    const before = new Uint32Array(grids + 1);
    let i = 0, n = 0;
    for (let g = 0; g < grids; g++) {
      for (const end = Math.min(this.gridStart[g + 1], column.length); i < end; i++) n += member[column[i]];
      before[g + 1] = n;
    }
    this._sum(before);
  }

  /** @param {Uint32Array} before Grid → things of the class in all grids before it; one more at the end. */
  _sum(before) {
    const { gridLo, gridHi, size } = this.hierarchy;
    for (let r = 0; r < size; r++) this.counts[r] = before[gridHi[r]] - before[gridLo[r]];
  }

  /** A thing in grid g entered (1) or left (-1) the class. @param {number} g @param {number} by */
  move(g, by) {
    const { parent, tierStart } = this.hierarchy;
    for (let r = tierStart[GRID] + g; r >= 0; r = parent[r]) this.counts[r] += by;
  }
}

/** The values of a byte that are in a class, as a table. @param {(value: number) => boolean} isMember */
export function classOf(isMember) {
  return Uint8Array.from({ length: 256 }, (_, value) => Number(isMember(value)));
}

/**
 * Thing → grid, from grid → first thing.
 * @param {Uint32Array} gridStart
 */
export function gridOfEach(gridStart) {
  const grids = gridStart.length - 1;
  const of = new Uint32Array(gridStart[grids]);
  for (let g = 0; g < grids; g++) of.fill(g, gridStart[g], gridStart[g + 1]);
  return of;
}

/**
 * Grid → first thing, from the sorted grids of the things.
 * @param {ArrayLike<number>} gridOf @param {number} grids
 */
export function startsOf(gridOf, grids) {
  const start = new Uint32Array(grids + 1);
  for (let i = 0; i < gridOf.length; i++) start[gridOf[i] + 1]++;
  for (let g = 0; g < grids; g++) start[g + 1] += start[g];
  return start;
}
