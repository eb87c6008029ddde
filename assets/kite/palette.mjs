/** Colours as pixels, and the table that turns a grid's level and a pixel's texture into one. */

import { BORDER_STEPS, STRIPE, TEXTURES } from './raster.mjs';

export const HATCHED = 0x10;
/** How a grid is toned: as it is, outside the region looked at, under the pointer. */
export const PLAIN = 0, DIMMED = 1, HOVERED = 2;
const TONES = 3, CLASSES = 16;

/** @param {string} hex `#RRGGBB` @returns {[number, number, number]} */
export function channels(hex) {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** One pixel as a Uint32Array over canvas data holds it. @param {string} hex @param {number} opacity 0 … 1 */
export function pixel(hex, opacity = 1) {
  const [r, g, b] = channels(hex);
  return ((Math.round(opacity * 255) << 24) | (b << 16) | (g << 8) | r) >>> 0;
}

/** Part `share` of `over` on `under`. @param {string} under @param {string} over @param {number} share */
export function mix(under, over, share) {
  const a = channels(under), b = channels(over);
  return '#' + a.map((v, i) => Math.round(v + (b[i] - v) * share).toString(16).padStart(2, '0')).join('');
}

/** CSS colour of a hex one with an opacity. @param {string} hex @param {number} opacity */
export function css(hex, opacity) {
  return `rgba(${channels(hex).join(',')},${opacity})`;
}

/** Pixels of the choropleth: `table[base(level, tone) + texture]`. */
export class GridPalette {
  /**
   * @param {any} palette config.palette
   * @param {{border_opacity: number, hatch_opacity: number, dim_opacity: number, hover_opacity: number}} style
   */
  constructor(palette, style) {
    this.levels = palette.levels.length;
    this.table = new Uint32Array(TONES * CLASSES * TEXTURES);
    const tones = [
      (colour) => colour,
      (colour) => mix(colour, palette.ground, style.dim_opacity),
      (colour) => mix(colour, palette.selected, style.hover_opacity),
    ];
    for (const { number, painted } of palette.levels) {
      for (const hatched of [0, HATCHED]) {
        for (let tone = 0; tone < TONES; tone++) {
          const base = this.base(number | hatched, tone);
          for (let texture = 0; texture < TEXTURES; texture++) {
            const striped = hatched && texture & STRIPE;
            const fill = striped ? mix(painted, palette.ground, style.hatch_opacity) : painted;
            const border = (texture & (BORDER_STEPS - 1)) / (BORDER_STEPS - 1);
            this.table[base + texture] = pixel(mix(tones[tone](fill), palette.border_dark, border * style.border_opacity));
          }
        }
      }
    }
  }

  /** @param {number} level As on the wire. @param {number} tone */
  base(level, tone) {
    const known = (level & 7) < this.levels ? level & 7 : 0;
    return (tone * CLASSES + known + (level & HATCHED ? 8 : 0)) * TEXTURES;
  }
}
