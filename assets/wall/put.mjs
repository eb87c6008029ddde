/** Writing into elements that are there already, only where something changed: nothing jumps. */

import { make } from '../desk/elements.mjs';

export { make };

/** @param {Element} element @param {string} text */
export function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @param {HTMLElement} element @param {string} name @param {string|number|null} value null: without it */
export function mark(element, name, value) {
  if (value === null) {
    if (name in element.dataset) delete element.dataset[name];
  } else if (element.dataset[name] !== String(value)) element.dataset[name] = String(value);
}

/** @param {HTMLElement} element @param {boolean} shown */
export function show(element, shown) {
  if (element.hidden === shown) element.hidden = !shown;
}

/** Fill a bar. @param {HTMLElement} bar Made by `bar`. @param {number} share 0 … 1 */
export function fill(bar, share) {
  const width = `${(100 * Math.min(1, Math.max(0, share))).toFixed(1)}%`, inner = /** @type {HTMLElement} */ (bar.firstChild);
  if (inner.style.width !== width) inner.style.width = width;
}

/** @param {string} [className] */
export const bar = (className = '') => make('span', { className: `wall-bar ${className}`.trim() }, make('i'));

/** The line above a panel: its name, and what stands at its right. @param {string} name @param {...Node} right */
export function headOf(name, ...right) {
  return make('header', { className: 'wall-head' }, make('h2', {}, name), ...right);
}

/** Rooms of lists, until the layout changes: looking at one makes the browser lay out the page. @type {Map<HTMLElement, number>} */
const rooms = new Map();

/** Lists may have another room now: another scene, another size of the screen. */
export const forgetRooms = () => rooms.clear();

/** How many rows of this height a list has room for. @param {HTMLElement} list @param {number} rowEm In its font size. */
export function roomIn(list, rowEm) {
  let room = rooms.get(list);
  if (room === undefined) {
    const em = Number.parseFloat(getComputedStyle(list).fontSize) || 16;
    room = Math.floor(list.clientHeight / (rowEm * em) + 0.05);
    rooms.set(list, room);
  }
  return room;
}

/** Rows of a list that are made once and used again. @template T */
export class Rows {
  /**
   * @param {HTMLElement} list
   * @param {() => {element: HTMLElement, fill: (item: T) => void}} makeRow
   */
  constructor(list, makeRow) {
    this.list = list;
    this.makeRow = makeRow;
    /** @type {{element: HTMLElement, fill: (item: T) => void}[]} */
    this.rows = [];
  }

  /** Show exactly these. @param {T[]} items */
  set(items) {
    while (this.rows.length < items.length) {
      const row = this.makeRow();
      this.rows.push(row);
      this.list.append(row.element);
    }
    this.rows.forEach((row, i) => {
      show(row.element, i < items.length);
      if (i < items.length) row.fill(items[i]);
    });
  }
}
