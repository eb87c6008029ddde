/** Perimeters: a stretch is a line while its checkpoint is online, else a broken line with a gap sign. */

import { touches } from './geometry.mjs';
import { trace } from './lines.mjs';

export const UNKNOWN = 2;

/**
 * @typedef {object} RingsJob
 * @property {Uint8Array} online Per checkpoint: 1, 0, or `UNKNOWN`, which is not drawn.
 * @property {{ring: number, width: number, colour: string}[]} rings Those that draw at this zoom.
 * @property {{colour: string, sign: number}} gap `sign`: half its size.
 * @property {number} ratio Canvas pixels per pixel of the drawings.
 */

/**
 * @param {OffscreenCanvasRenderingContext2D} context
 * @param {import('./geometry.mjs').View} view
 * @param {any} ground Checkpoints and boxes of their stretches.
 * @param {RingsJob} job
 */
export function drawRings(context, view, { checkpoints }, job) {
  context.lineJoin = 'round';
  for (const { ring, width, colour } of job.rings) {
    const covered = new Path2D(), gaps = new Path2D(), signs = new Path2D();
    for (let i = 0; i < checkpoints.ring.length; i++) {
      if (checkpoints.ring[i] !== ring || job.online[i] === UNKNOWN || !touches(view, checkpoints.boxes, i)) continue;
      const { stretch_start: start, stretch_xy: xy } = checkpoints;
      trace(job.online[i] ? covered : gaps, view, start[i], start[i + 1], null, xy);
      if (!job.online[i]) sign(signs, view, checkpoints, i, job.gap.sign * job.ratio);
    }
    strokeRing(context, covered, colour, width * job.ratio, []);
    strokeRing(context, gaps, job.gap.colour, (width / 2) * job.ratio, [6 * job.ratio, 4 * job.ratio]);
    strokeRing(context, signs, job.gap.colour, 2 * job.ratio, []);
  }
}

/** A cross in the middle of the stretch. */
function sign(path, view, { stretch_start: start, stretch_xy: xy }, i, half) {
  const middle = 2 * ((start[i] + start[i + 1] - 1) >> 1);
  const x = view.scale * xy[middle] + view.dx, y = view.dy - view.scale * xy[middle + 1];
  path.moveTo(x - half, y - half);
  path.lineTo(x + half, y + half);
  path.moveTo(x - half, y + half);
  path.lineTo(x + half, y - half);
}

function strokeRing(context, path, colour, width, dash) {
  context.setLineDash(dash);
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke(path);
}
