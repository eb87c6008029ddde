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
 * Those labels, in their order, that don't overlap one placed before.
 * @param {Label[]} labels
 * @param {(text: string, px: number) => number} widthOf CSS pixels
 * @returns {Label[]}
 */
export function place(labels, widthOf) {
  const placed = [], boxes = new Boxes();
  for (const label of labels) {
    if (placed.length === MOST) break;
    const wide = Math.max(widthOf(label.text, label.px), label.note ? widthOf(label.note, label.px * 0.72) : 0);
    const half = wide / 2 + GAP_PX, up = label.px * 0.6 + GAP_PX;
    const down = label.note ? label.px * 1.5 + GAP_PX : up;
    if (boxes.claim(label.x - half, label.y - up, label.x + half, label.y + down)) placed.push(label);
  }
  return placed;
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
    for (const cell of cells) {
      if (!this._cells.has(cell)) this._cells.set(cell, []);
      this._cells.get(cell).push([x0, y0, x1, y1]);
    }
    return true;
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
