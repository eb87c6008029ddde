/** Rows of the queue, made from the open cases as the store has them; only what changed is made anew. */

/**
 * @typedef {object} Due The clock that turns red next.
 * @property {string} phase
 * @property {number} yellow_ms
 * @property {number} red_ms
 * @property {string} paused
 */
/**
 * @typedef {object} Row
 * @property {string} id
 * @property {number} level
 * @property {string} type
 * @property {string} place
 * @property {string} state
 * @property {number} due_ms What the queue is sorted by: when it turns red; far away without a clock.
 * @property {string} mark "new", "changed" or "": since it was last looked at.
 * @property {any} item The case.
 */
/** @typedef {{add: Row[], update: Row[], remove: {id: string}[]}} Difference */

/** Sorts behind every clock. */
const NEVER_MS = 8.64e15;

export class Rows {
  /**
   * @param {(item: any) => string} placeOf
   * @param {import('./words.mjs').PageData} page
   */
  constructor(placeOf, page) {
    this.placeOf = placeOf;
    this.page = page;
    /** @type {Map<string, Row>} */
    this.rows = new Map();
    this.first = true;
  }

  /** What has changed since the last call. @param {Map<string, any>} cases @returns {Difference} */
  follow(cases) {
    /** @type {Difference} */
    const difference = { add: [], update: [], remove: [] };
    for (const id of this.rows.keys()) {
      if (cases.has(id)) continue;
      this.rows.delete(id);
      difference.remove.push({ id });
    }
    for (const [id, item] of cases) {
      const known = this.rows.get(id);
      if (known?.item === item) continue;
      const mark = known ? 'changed' : this.first ? '' : 'new';
      const row = this._row(item, known?.mark === 'new' ? 'new' : mark);
      this.rows.set(id, row);
      (known ? difference.update : difference.add).push(row);
    }
    this.first = false;
    return difference;
  }

  /** The officer has looked at it. @param {string} id @returns {Row|undefined} its row without a mark */
  seen(id) {
    const row = this.rows.get(id);
    if (!row || row.mark === '') return undefined;
    const clean = { ...row, mark: '' };
    this.rows.set(id, clean);
    return clean;
  }

  /** @param {any} item @param {string} mark @returns {Row} */
  _row(item, mark) {
    return {
      id: item.id,
      level: item.level,
      type: this.page.types[item.type] ?? item.type,
      place: this.placeOf(item),
      state: this.page.states[item.state],
      due_ms: item.due && !item.due.paused ? item.due.red_ms : NEVER_MS,
      mark,
      item,
    };
  }
}

/**
 * How many there are in a part of the city, and how many of them are overdue by the clock.
 * @param {Iterable<Row>} rows @param {(item: any) => boolean} holds @param {number} nowMs
 * @returns {[number, number]}
 */
export function countOf(rows, holds, nowMs) {
  let all = 0, over = 0;
  for (const row of rows) {
    if (!holds(row.item)) continue;
    all++;
    if (row.due_ms <= nowMs) over++;
  }
  return [all, over];
}
