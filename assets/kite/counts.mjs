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

  /** Count anew: `member(i)` says whether thing i is in the class. @param {(i: number) => boolean} member */
  recount(member) {
    const { gridLo, gridHi, size, grids } = this.hierarchy;
    const before = new Int32Array(grids + 1);
    for (let g = 0; g < grids; g++) {
      let n = 0;
      for (let i = this.gridStart[g]; i < this.gridStart[g + 1]; i++) if (member(i)) n++;
      before[g + 1] = before[g] + n;
    }
    for (let r = 0; r < size; r++) this.counts[r] = before[gridHi[r]] - before[gridLo[r]];
  }

  /** A thing in grid g entered (1) or left (-1) the class. @param {number} g @param {number} by */
  move(g, by) {
    const { parent, tierStart } = this.hierarchy;
    for (let r = tierStart[GRID] + g; r >= 0; r = parent[r]) this.counts[r] += by;
  }
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
