/** Against burn-in: every minute the whole picture moves by a few pixels, round and round. */

const EVERY_MS = 60_000;
/** Places in 1/16 rem (pixels on a screen of 1920 × 1080), each a small step from the one before. */
export const PLACES = [[0, 0], [2, 1], [4, 0], [4, 3], [2, 4], [0, 3], [-2, 4], [-4, 2], [-3, 0], [-4, -3], [-2, -4], [0, -3], [3, -4], [4, -2]];

/** Where the picture stands at a time: pixels to the right and down. @param {number} nowMs @param {number} rem px @returns {[number, number]} */
export function shiftAt(nowMs, rem) {
  const [x, y] = PLACES[Math.floor(nowMs / EVERY_MS) % PLACES.length];
  return [Math.round((x * rem) / 16), Math.round((y * rem) / 16)];
}

let minute = -1;

/** Move the element to its place, once a minute. @param {HTMLElement} element @param {number} nowMs */
export function shift(element, nowMs) {
  if (minute === Math.floor(nowMs / EVERY_MS)) return;
  minute = Math.floor(nowMs / EVERY_MS);
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  const [x, y] = shiftAt(nowMs, rem), place = `translate(${x}px, ${y}px)`;
  if (element.style.transform !== place) element.style.transform = place;
}
