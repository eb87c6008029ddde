/** What tooltips share: a region's own, the path of its names, times in the city's zone. */

/** @typedef {{title: string, lines: string[], colour?: string}} Tip */
/** @typedef {import('./canvas-layer.mjs').Kit} Kit */

const SCORE_UNKNOWN = 65535, HATCHED = 0x10, CAPPED = 0x20;

/**
 * @param {Kit} kit @param {any} spec The description of the layer that shows the index.
 * @param {(name: string, values?: Record<string, any>) => string} say Its words.
 * @param {number} r Region number.
 * @returns {Tip}
 */
export function regionTip({ store, config }, spec, say, r) {
  const { regions, regions_static: fixed } = store.columns, level = regions.level[r] ?? 0;
  const grade = config.palette.levels[level & 0x0f] ?? config.palette.levels[0];
  const known = r < regions.score.length && regions.score[r] !== SCORE_UNKNOWN;
  const name = spec.legend.find((item) => item.key === grade.key)?.label ?? '';
  const values = { score: (regions.score[r] / 10).toFixed(1), numeral: grade.numeral, level: name };
  const lines = [known ? say('score', values) : say(store.sees(r) ? 'no_score' : 'outside')];
  const title = pathOf(store.hierarchy, r, config.lang), colour = grade.colour;
  if (!store.sees(r)) return { title, lines, colour }; // of the regions above one's own the score alone is known
  lines.push(say('open', { count: regions.open_cases[r] ?? 0 }));
  if (store.camerasOnline) {
    lines.push(say('cameras', { online: store.camerasOnline.counts[r], networked: store.camerasNetworked.counts[r] }));
  }
  if (store.unitsOnDuty) lines.push(say('units', { count: store.unitsOnDuty.counts[r] }));
  if (level & HATCHED) lines.push(say('hatched'));
  if (level & CAPPED) lines.push(say('capped'));
  if (fixed.derived[r]) lines.push(say('derived'));
  return { title, lines, colour };
}

/** Names from the county down. @param {import('./hierarchy.mjs').Hierarchy} hierarchy @param {number} r @param {string} lang */
export function pathOf(hierarchy, r, lang) {
  return hierarchy.path(r).map((at) => hierarchy.name(at, lang)).join(' › ');
}

/** @type {Intl.DateTimeFormat|undefined} */
let clock;

/** Date and time in the city's time zone. @param {number} ms @param {any} config */
export function timeOf(ms, config) {
  // Sweden writes dates as ISO 8601 does: 2026-11-24 12:24:03.
  clock ??= new Intl.DateTimeFormat('sv-SE', { timeZone: config.timezone, dateStyle: 'short', timeStyle: 'medium' });
  return clock.format(ms);
}
