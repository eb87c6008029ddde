/** What the panels say of a region, from the arrays: a plain object, the same for the same store. */

import { GRID } from './hierarchy.mjs';
import { pathOf } from './tooltip.mjs';

const SCORE_UNKNOWN = 65535;
const FAMILIES = ['stability', 'public_order', 'criminal', 'safety'];
const MOST_GRAVE = 8;

/** @typedef {import('./store.mjs').Store} Store */

/**
 * @param {Store} store With its regions loaded.
 * @param {string|null} code Region code; the city's for one that doesn't exist.
 * @param {string} lang zh or en
 */
export function summary(store, code, lang) {
  const { hierarchy, columns: { regions_static: fixed } } = store;
  const r = Math.max(0, hierarchy.number(code));
  return {
    ...openCases(rowOf(store, r, lang)),
    tier: hierarchy.tier(r),
    path: pathRows(hierarchy, r, lang),
    families: FAMILIES.map((name) => scoreAt(store.columns.regions[name], r)),
    population: fixed.population[r] ?? null,
    derived: fixed.derived[r] === 1,
    cameras: {
      online: store.camerasOnline?.counts[r] ?? null,
      total: store.camerasTotal?.counts[r] ?? null,
      networked: store.camerasNetworked?.counts[r] ?? null,
    },
    units: { on_duty: store.unitsOnDuty?.counts[r] ?? null, total: store.unitsTotal?.counts[r] ?? null },
    children: childrenOf(store, r, lang),
    ...casesIn(store, r, lang),
    simulated: store.clock?.simulated ?? null,
    formula: store.clock?.formula ?? null,
  };
}

/** The same figure under the name that the cards use. */
function openCases({ open, ...row }) {
  return { ...row, open_cases: open };
}

/** A region as a row: code, name, score, level and open cases. @param {Store} store @param {number} r @param {string} lang */
function rowOf({ hierarchy, columns: { regions } }, r, lang) {
  const level = regions.level[r] ?? 0;
  return {
    code: hierarchy.code(r),
    name: hierarchy.name(r, lang),
    score: scoreAt(regions.score, r),
    level: level & 0x0f,
    hatched: (level & 0x10) !== 0,
    capped: (level & 0x20) !== 0,
    open: regions.open_cases[r] ?? 0,
  };
}

/** @param {Uint16Array} column Tenths. @param {number} r */
function scoreAt(column, r) {
  return r < column.length && column[r] !== SCORE_UNKNOWN ? column[r] / 10 : null;
}

/** From the city down, for the breadcrumb. */
function pathRows(hierarchy, r, lang) {
  const all = r === 0 ? [0] : [0, ...hierarchy.path(r)];
  return all.map((at) => ({ code: hierarchy.code(at), name: hierarchy.name(at, lang) }));
}

/** Children, the lowest score first; unknown ones last. */
function childrenOf(store, r, lang) {
  const [first, end] = store.hierarchy.children(r), rows = [];
  for (let child = first; child < end; child++) rows.push(rowOf(store, child, lang));
  return rows.sort((a, b) => (a.score ?? Infinity) - (b.score ?? Infinity) || (a.code < b.code ? -1 : 1));
}

/** Open cases by level, and the newest grave ones. */
function casesIn({ hierarchy, cases, config }, r, lang) {
  /** @type {Record<string, number>} */
  const open_by_level = {};
  const grave = [];
  const isGrave = new Set((config.palette?.case_levels ?? []).filter((level) => level.grave).map((level) => Number(level.code)));
  for (const item of cases.values()) {
    if (!hierarchy.contains(r, item.grid)) continue;
    open_by_level[item.level] = (open_by_level[item.level] ?? 0) + 1;
    if (isGrave.has(item.level)) grave.push(item);
  }
  grave.sort((a, b) => b.occurred_at_ms - a.occurred_at_ms || (a.id < b.id ? -1 : 1));
  return { open_by_level, grave: grave.slice(0, MOST_GRAVE).map((item) => graveRow(hierarchy, item, lang)) };
}

function graveRow(hierarchy, { id, type, level, state, grid, place, summary: what, occurred_at_ms, origin }, lang) {
  const r = hierarchy.tierStart[GRID] + grid;
  return { id, type, level, state, place, summary: what, occurred_at_ms, origin, code: hierarchy.code(r), where: pathOf(hierarchy, hierarchy.parent[r], lang) };
}
