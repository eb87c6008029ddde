/** Names on the map: which are worth showing in a view, and where none covers another. */

import { CITY, GRID } from './hierarchy.mjs';

/**
 * @typedef {object} Label
 * @property {number} r Region number.
 * @property {number} tier
 * @property {string} text
 * @property {number} px Font size, CSS pixels.
 * @property {number} x Middle, CSS pixels of the view.
 * @property {number} y
 * @property {string} [note] A line under the name.
 */

const MOST = 240;
const GAP_PX = 4;
/** How far from its point a name stands that can't stand on it, in its font size. */
const SHIFT = 1.25;
/** Size of a note and how far under the name it stands, in the name's font size. */
export const NOTE_EM = 0.72, NOTE_DOWN = 1.05;

/**
 * Names of the tiers that are wide enough in this view, coarse tiers first, more people first within one.
 * @param {import('./store.mjs').Store} store
 * @param {import('./geometry.mjs').View} view
 * @param {{name_from_px: number[], name_until_px: number[], name_em: number[]}} style
 * @param {number} em @param {string} lang
 * @param {(tier: number) => number} extentPx Typical width of a region of a tier in this view.
 * @returns {Label[]}
 */
export function candidates(store, view, style, em, lang, extentPx) {
  const { hierarchy } = store, { label_xy: xy, population } = store.columns.regions_static;
  const labels = [];
  for (let tier = CITY; tier <= GRID; tier++) {
    const extent = extentPx(tier);
    if (extent < style.name_from_px[tier] || extent > style.name_until_px[tier]) continue;
    const found = [];
    for (let r = hierarchy.tierStart[tier]; r < hierarchy.tierStart[tier + 1]; r++) {
      const x = view.scale * xy[2 * r] + view.dx, y = view.dy - view.scale * xy[2 * r + 1];
      if (x < 0 || y < 0 || x > view.width || y > view.height) continue;
      found.push({ r, tier, x, y, px: Math.round(em * style.name_em[tier]), text: '' });
    }
    found.sort((a, b) => population[b.r] - population[a.r] || a.r - b.r);
    for (const label of found.slice(0, MOST)) labels.push({ ...label, text: nameOf(hierarchy, label.r, tier, lang) });
  }
  return labels;
}

/** A grid goes by the last three digits of its code. */
function nameOf(hierarchy, r, tier, lang) {
  return tier === GRID ? hierarchy.code(r).slice(-3) : hierarchy.name(r, lang);
}

/**
 * Those labels, in their order, that overlap neither an obstacle nor one placed before; a name that can't stand
 * on its point stands below or above it.
 * @param {Label[]} labels
 * @param {(text: string, px: number) => number} widthOf CSS pixels
 * @param {import('./obstacles.mjs').Obstacle[]} obstacles
 * @returns {Label[]}
 */
export function place(labels, widthOf, obstacles = []) {
  const placed = [], boxes = new Boxes();
  for (const { x, y, half } of obstacles) boxes.add(x - half, y - half, x + half, y + half);
  for (const label of labels) {
    if (placed.length === MOST) break;
    const [left, up, right, down] = boxOf(label, widthOf);
    for (const shift of [0, label.px * SHIFT, -(down - label.px * 0.6) - label.px * (SHIFT - 0.6)]) {
      if (!boxes.claim(label.x + left, label.y + up + shift, label.x + right, label.y + down + shift)) continue;
      placed.push({ ...label, y: label.y + shift });
      break;
    }
  }
  return placed;
}

/** Box of a label around its point: left, up, right, down. @param {Label} label @param {(text: string, px: number) => number} widthOf */
export function boxOf({ text, note, px }, widthOf) {
  const half = Math.max(widthOf(text, px), note ? widthOf(note, px * NOTE_EM) : 0) / 2 + GAP_PX;
  return [-half, -px * 0.6 - GAP_PX, half, note ? px * (NOTE_DOWN + NOTE_EM * 0.6) + GAP_PX : px * 0.6 + GAP_PX];
}

/** Boxes that were claimed, found again by cells of the plane. */
class Boxes {
  constructor() {
    /** @type {Map<number, number[][]>} */
    this._cells = new Map();
  }

  /** Claim a box if it overlaps none. @returns {boolean} */
  claim(x0, y0, x1, y1) {
    const cells = cellsOf(x0, y0, x1, y1);
    for (const cell of cells) {
      for (const box of this._cells.get(cell) ?? []) {
        if (x0 < box[2] && x1 > box[0] && y0 < box[3] && y1 > box[1]) return false;
      }
    }
    this.add(x0, y0, x1, y1, cells);
    return true;
  }

  /** Claim a box whatever it overlaps. */
  add(x0, y0, x1, y1, cells = cellsOf(x0, y0, x1, y1)) {
    for (const cell of cells) {
      if (!this._cells.has(cell)) this._cells.set(cell, []);
      this._cells.get(cell).push([x0, y0, x1, y1]);
    }
  }
}

const CELL_PX = 96;

function cellsOf(x0, y0, x1, y1) {
  const cells = [];
  for (let row = Math.floor(y0 / CELL_PX); row <= Math.floor(y1 / CELL_PX); row++) {
    for (let column = Math.floor(x0 / CELL_PX); column <= Math.floor(x1 / CELL_PX); column++) {
      cells.push(row * 65536 + column);
    }
  }
  return cells;
}
