/** Small drawings as SVG, stretched to their frame: lines over time and strips of bars; texts stand beside them. */

const SVG = 'http://www.w3.org/2000/svg';

/** @param {string} className @param {number} width @param {number} height Of its own units. */
export function drawing(className, width, height) {
  const element = document.createElementNS(SVG, 'svg');
  element.setAttribute('class', className);
  element.setAttribute('viewBox', `0 0 ${width} ${height}`);
  element.setAttribute('preserveAspectRatio', 'none');
  element.setAttribute('aria-hidden', 'true');
  return element;
}

/** A path of the drawing, made empty. @param {SVGElement} parent @param {string} className */
export function path(parent, className) {
  const element = document.createElementNS(SVG, 'path');
  element.setAttribute('class', className);
  element.setAttribute('vector-effect', 'non-scaling-stroke');
  parent.append(element);
  return element;
}

/** @param {SVGElement} element @param {string} d */
export function draw(element, d) {
  if (element.getAttribute('d') !== d) element.setAttribute('d', d);
}

/**
 * A line through points, broken where the value is unknown.
 * @param {[number, number|null][]} points In the drawing's units, y downwards.
 */
export function lineThrough(points) {
  let d = '', isDown = false;
  for (const [x, y] of points) {
    if (y !== null) d += `${isDown ? 'L' : 'M'}${x.toFixed(2)} ${y.toFixed(2)}`;
    isDown = y !== null;
  }
  return d;
}

/**
 * Bars side by side from the foot of the drawing.
 * @param {number[]} values @param {number} most The value as high as the drawing. @param {number} width @param {number} height
 * @param {(i: number) => boolean} wanted Which of them this path draws.
 */
export function barsOf(values, most, width, height, wanted = () => true) {
  const step = width / values.length, wide = step * 0.74;
  let d = '';
  values.forEach((value, i) => {
    if (!wanted(i) || value <= 0) return;
    const high = Math.max(height * 0.02, (height * Math.min(value, most)) / most);
    d += `M${(i * step).toFixed(2)} ${height}v${(-high).toFixed(2)}h${wide.toFixed(2)}V${height}z`;
  });
  return d;
}

/**
 * Foot and top of an axis that holds all of these and is never so short that noise looks like a fall.
 * @param {(number|null)[]} values @param {number} least Its length at least. @returns {[number, number]}
 */
export function axisOf(values, least) {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return [0, least];
  const low = Math.min(...known), high = Math.max(...known), spare = Math.max(0, least - (high - low)) / 2;
  return [low - spare - 0.05 * least, high + spare + 0.05 * least];
}

/** @param {number|null} value @param {[number, number]} axis @param {number} height @returns {number|null} y in the drawing */
export function yOf(value, [low, high], height) {
  return value === null ? null : height * (1 - (value - low) / (high - low));
}
