/** What lies around a place, as lines: cameras and how they are, units that could come. */

import { make } from './elements.mjs';

/**
 * @param {import('./words.mjs').Words} words
 * @param {{radius_m: number, by_status: Record<string, number>, nearest: any[]}} cameras As the API has them.
 * @param {any[]} [units]
 * @returns {HTMLElement[]}
 */
export function surroundings(words, cameras, units = []) {
  return [camerasLine(words, cameras), ...units.map((unit) => make('p', { className: 'second' }, unitLine(words, unit)))];
}

/** @param {import('./words.mjs').Words} words @param {any} cameras */
export function camerasLine(words, { radius_m: metres, by_status: byStatus }) {
  const counts = Object.entries(byStatus).map(([status, n]) => words.say('desk.cameras.count', { status: words.page.cameras[status], n }));
  const said = counts.length ? counts.join(words.say('desk.and')) : words.say('desk.cameras.none');
  return make('p', {}, words.say('desk.cameras', { metres, said }));
}

/** The nearest cameras, each with how it is. @param {import('./words.mjs').Words} words @param {any[]} nearest */
export function camerasList(words, nearest) {
  const rows = nearest.map(({ camera, status, distance_m: metres }) => make('li', { className: `camera-${status}` },
    words.say('desk.camera', { camera, metres }), make('span', {}, words.page.cameras[status])));
  return make('ul', {}, ...rows);
}

/** @param {import('./words.mjs').Words} words @param {any} unit A suggestion. */
export function unitLine(words, unit) {
  return words.say('desk.unit', { unit: unit.unit, km: (unit.distance_m / 1000).toFixed(1), min: Math.ceil(unit.eta_min) });
}
