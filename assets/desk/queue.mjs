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
 * @property {(fn: (node: any) => void) => void} forEachNodeAfterFilterAndSort
 * @property {(options: any) => void} refreshCells
 */

export class Queue {
  /** @param {Grid} grid @param {(id: string) => void} choose */
  constructor(grid, choose) {
    this.grid = grid;
    this.chosen = '';
    const model = JSON.parse(localStorage.getItem(REMEMBERED) ?? 'null');
    if (model) grid.setFilterModel(model);
    grid.addEventListener('filterChanged', () => localStorage.setItem(REMEMBERED, JSON.stringify(grid.getFilterModel())));
    grid.addEventListener('rowClicked', ({ data }) => choose(data.id));
  }

  /** @param {import('./rows.mjs').Difference} difference */
  take(difference) {
    if (difference.add.length + difference.update.length + difference.remove.length === 0) return;
    this.grid.applyTransaction(difference);
    this.mark(this.chosen);
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
    this.grid.ensureNodeVisible(node);
  }

  /** Ids in the order in which they are shown. */
  order() {
    const ids = [];
    this.grid.forEachNodeAfterFilterAndSort((node) => ids.push(node.data.id));
    return ids;
  }

  /** The case before or after the chosen one; the first when none is. @param {number} by @returns {string|undefined} */
  beside(by) {
    const ids = this.order(), at = ids.indexOf(this.chosen);
    return at < 0 ? ids[0] : ids[Math.min(Math.max(at + by, 0), ids.length - 1)];
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
