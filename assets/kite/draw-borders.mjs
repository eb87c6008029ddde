/** Borders of the tiers above the grids, and the outline of the region that is looked at. */

import { touches } from './geometry.mjs';
import { outlines, trace } from './lines.mjs';

/**
 * @typedef {object} BordersJob
 * @property {{tier: number, width: number, opacity: number, colour: string}[]} tiers Finest first.
 * @property {[number, number]|null} selected Grids of the region looked at.
 * @property {{colour: string, halo: string, width: number}} outline
 * @property {number} ratio Canvas pixels per pixel of the drawings.
 */

/**
 * @param {OffscreenCanvasRenderingContext2D} context
 * @param {import('./geometry.mjs').View} view
 * @param {any} ground Geometry and boxes of its arcs.
 * @param {BordersJob} job
 */
export function drawBorders(context, view, ground, job) {
  context.lineJoin = 'round';
  context.lineCap = 'round';
  for (const { tier, width, opacity, colour } of job.tiers) {
    const path = pathOf(view, ground, (arc) => ground.geometry.arc_tier[arc] === tier);
    context.globalAlpha = opacity;
    stroke(context, path, colour, width * job.ratio);
  }
  context.globalAlpha = 1;
  if (job.selected) drawOutline(context, view, ground, job);
}

function drawOutline(context, view, ground, { selected: [lo, hi], outline, ratio }) {
  const { arc_left: left, arc_right: right } = ground.geometry;
  const path = pathOf(view, ground, (arc) => outlines(left[arc], right[arc], lo, hi));
  stroke(context, path, outline.halo, (outline.width + 3) * ratio);
  stroke(context, path, outline.colour, outline.width * ratio);
}

/** @param {import('./geometry.mjs').View} view @param {any} ground @param {(arc: number) => boolean} chosen */
function pathOf(view, { geometry, arcBoxes }, chosen) {
  const path = new Path2D();
  const { arc_start: start, arc_vertex: vertex, vertex_xy: xy } = geometry;
  for (let arc = 0; arc + 1 < start.length; arc++) {
    if (chosen(arc) && touches(view, arcBoxes, arc)) trace(path, view, start[arc], start[arc + 1], vertex, xy);
  }
  return path;
}

function stroke(context, path, colour, width) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke(path);
}
