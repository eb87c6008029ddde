/** The queue: an ag-grid of the open cases, due first; it remembers its filters and keeps its selection. */

const REMEMBERED = 'kite.desk.filters';

/**
 * @typedef {object} Grid The part of ag-grid's API that is used.
 * @property {(difference: any) => any} applyTransaction
 * @property {(id: string) => any} getRowNode
 * @property {(node: any, position?: string) => void} ensureNodeVisible
 * @property {() => any} getFilterModel
 * @property {(model: any) => void} setFilterModel
 * @property {(name: string, fn: (event: any) => void) => void} addEventListener
 * @property {(fn: (node: any) => void) => void} forEachNodeAfterFilter
 * @property {() => boolean} isAnyFilterPresent
 * @property {() => void} onFilterChanged
 * @property {() => number} getDisplayedRowCount
 * @property {(i: number) => any} getDisplayedRowAtIndex
 * @property {(options: any) => void} refreshCells
 */

export class Queue {
  /** @param {Grid} grid @param {(id: string) => void} choose @param {() => void} filtered Called when the filters change. */
  constructor(grid, choose, filtered) {
    this.grid = grid;
    this.chosen = '';
    /** Where the chosen case stood when it was last seen: once it has left, its place is where one goes on. */
    this.place = -1;
    const model = JSON.parse(localStorage.getItem(REMEMBERED) ?? 'null');
    if (model) grid.setFilterModel(model);
    grid.addEventListener('filterChanged', () => {
      localStorage.setItem(REMEMBERED, JSON.stringify(grid.getFilterModel()));
      filtered();
    });
    grid.addEventListener('rowClicked', ({ data }) => choose(data.id));
  }

  /** @param {import('./rows.mjs').Difference} difference */
  take(difference) {
    if (difference.add.length + difference.update.length + difference.remove.length === 0) return;
    this.grid.applyTransaction(difference);
    // Looking where a row stands makes the browser lay the page out: only where it may have moved.
    const index = this.grid.getRowNode(this.chosen)?.rowIndex ?? null;
    if (index !== null && index !== this.place) this.mark(this.chosen);
  }

  /** Clocks go on: write them anew where they are seen. */
  tick() {
    this.grid.refreshCells({ columns: ['due_ms'], force: true });
  }

  /** Show which case is chosen. @param {string} id */
  mark(id) {
    this.chosen = id;
    const node = this.grid.getRowNode(id);
    if (!node) return;
    if (!node.isSelected()) node.setSelected(true, true);
    if (node.rowIndex === null) return; // a filter hides it
    this.place = node.rowIndex;
    this.grid.ensureNodeVisible(node);
  }

  /** The case before or after the chosen one; the first when none is. @param {number} by @returns {string|undefined} */
  beside(by) {
    const at = this.grid.getRowNode(this.chosen)?.rowIndex ?? null, last = this.grid.getDisplayedRowCount() - 1;
    const wanted = at === null ? this.place : at + by;
    return this.grid.getDisplayedRowAtIndex(Math.min(Math.max(wanted, 0), last))?.data.id;
  }

  /** The part of the city that is looked at has changed. */
  areaChanged() {
    this.grid.onFilterChanged();
  }

  /** Ids of the rows that the filters leave; null where nothing is filtered. @returns {Set<string>|null} */
  left() {
    if (!this.grid.isAnyFilterPresent()) return null;
    const ids = new Set();
    this.grid.forEachNodeAfterFilter((node) => ids.add(node.data.id));
    return ids;
  }
}

/** The grid of that id, once Dash has made it. @param {string} id @returns {Promise<Grid>} */
export async function gridOf(id) {
  for (;;) {
    const api = await window.dash_ag_grid?.getApiAsync?.(id);
    if (api) return api;
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
}
