/** What the tooltip says of a region or a thing: a title and lines, from the arrays. */

import { CITY } from './hierarchy.mjs';

/** @typedef {{title: string, lines: string[], colour?: string}} Tip */
/** @typedef {import('./canvas-layer.mjs').Kit} Kit */

const SCORE_UNKNOWN = 65535, HATCHED = 0x10, CAPPED = 0x20;

/** @param {Kit} kit @param {number} r Region number. @returns {Tip} */
export function regionTip({ store, config, text }, r) {
  const { regions, regions_static: fixed } = store.columns, level = regions.level[r] ?? 0, grade = level & 0x0f;
  const known = r < regions.score.length && regions.score[r] !== SCORE_UNKNOWN;
  const values = { score: (regions.score[r] / 10).toFixed(1), numeral: config.palette.levels[grade]?.numeral, level: text(`map.level.${grade}`) };
  const lines = [known ? text('map.tooltip.score', values) : text('map.tooltip.no_score')];
  lines.push(text('map.tooltip.open', { count: regions.open_cases[r] ?? 0 }));
  if (store.camerasOnline) {
    lines.push(text('map.tooltip.cameras', { online: store.camerasOnline.counts[r], total: store.camerasTotal.counts[r] }));
  }
  if (store.unitsOnDuty) lines.push(text('map.tooltip.units', { count: store.unitsOnDuty.counts[r] }));
  if (level & HATCHED) lines.push(text('map.tooltip.hatched'));
  if (level & CAPPED) lines.push(text('map.tooltip.capped'));
  if (fixed.derived[r]) lines.push(text('map.tooltip.derived'));
  return { title: pathOf(store.hierarchy, r, config.lang), lines, colour: config.palette.levels[grade]?.colour };
}

/** Names from the county down. @param {import('./hierarchy.mjs').Hierarchy} hierarchy @param {number} r @param {string} lang */
export function pathOf(hierarchy, r, lang) {
  return hierarchy.path(r).map((at) => hierarchy.name(at, lang)).join(' › ');
}

/** Tips of the things a layer draws, by layer key; `number` is what the layer's hit test gave. */
export const THING_TIPS = {
  cases({ config, text }, number, layer) {
    const item = layer.drawn[number];
    const lines = [text('map.tooltip.case', item), text('map.tooltip.case_state', { state: text(`map.case_state.${item.state}`) })];
    if (item.place) lines.push(item.place);
    if (item.occurred_at_ms) lines.push(timeOf(item.occurred_at_ms, config));
    if (item.simulated) lines.push(text('map.tooltip.simulated'));
    return { title: item.summary || item.type, lines, colour: config.palette.case_levels.find((l) => l.code === item.level)?.colour };
  },
  units({ store, text }, i) {
    const { kind, names } = store.columns.units_static;
    return { title: names.call_sign[i], lines: [text(`map.unit_kind.${kind[i]}`), text(`map.unit_state.${store.columns.units.state[i]}`)] };
  },
  cameras({ store, text }, i) {
    const { kind, flags } = store.columns.cameras_static;
    const lines = [text(`map.camera_status.${store.columns.cameras.status[i]}`), text(`map.camera_kind.${kind[i]}`)];
    if (flags[i] >> 1) lines.push(text(`map.ring.${flags[i] >> 1}`));
    return { title: text('map.tooltip.camera', { number: String(i) }), lines };
  },
  centres({ store, config, text }, i) {
    const { region, staff } = store.columns.centres, lines = [];
    if (staff[i] > 0) lines.push(text('map.tooltip.staff', { count: staff[i] }));
    const { hierarchy } = store;
    if (hierarchy.tier(region[i]) > CITY) lines.push(pathOf(hierarchy, region[i], config.lang));
    return { title: text('map.tooltip.centre', { name: hierarchy.name(region[i], config.lang) }), lines };
  },
  stations({ store, text }, i) {
    return { title: text('map.tooltip.station'), lines: [text('map.tooltip.area', { area: Math.round(store.columns.stations.area_m2[i]) })] };
  },
  companies({ store, text }, i) {
    const { helpers, estates, served } = store.columns.companies;
    const values = { helpers: helpers[i], estates: estates[i], served: served[i] };
    return { title: text('map.tooltip.company'), lines: [text('map.tooltip.helpers', values)] };
  },
};

/** @type {Intl.DateTimeFormat|undefined} */
let clock;

/** Date and time in the city's time zone. @param {number} ms @param {any} config */
function timeOf(ms, config) {
  clock ??= new Intl.DateTimeFormat('sv-SE', { timeZone: config.timezone, dateStyle: 'short', timeStyle: 'medium' });
  return clock.format(ms);
}
