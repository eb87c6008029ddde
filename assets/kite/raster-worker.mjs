/**
 * Worker: everything that walks over the geometry. Three kinds of jobs, of each only the newest is kept:
 * `grids` (ids, spans, texture), `lines` (borders as a bitmap), `rings` (perimeters as a bitmap).
 */

import { decodeFrame } from './frames.mjs';
import { touches } from './geometry.mjs';
import { drawBorders } from './draw-borders.mjs';
import { drawRings } from './draw-rings.mjs';
import { lineBoxes, narrower, trace } from './lines.mjs';
import { GridRaster, stripes } from './raster.mjs';
import { Tables } from './tables.mjs';

/** @type {any} What the jobs read: geometry columns, boxes, checkpoints, style. */
const ground = {};
/** @type {Record<string, any>} */
const waiting = {};
/** Buffers that the page is done with. @type {Record<string, ArrayBuffer|undefined>} */
const spare = {};
let busy = false;

const ORDER = ['grids', 'lines', 'rings'];
const MESSAGES = {
  open,
  places: ({ checkpoints }) => {
    ground.checkpoints = { ...checkpoints, boxes: lineBoxes(checkpoints.stretch_start, null, checkpoints.stretch_xy) };
    work();
  },
  job: ({ kind, job }) => {
    waiting[kind] = job;
    work();
  },
  spare: ({ ids, texture }) => Object.assign(spare, { ids, texture }),
};

onmessage = ({ data }) => MESSAGES[data.message](data);

/** Load the geometry and say so. */
async function open({ url, tables, grids, style }) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`The geometry answered ${response.status}.`);
  const all = new Tables(tables);
  all.take(decodeFrame(new Uint8Array(await response.arrayBuffer())));
  const geometry = all.columns.geometry;
  const raster = new GridRaster(geometry, grids);
  Object.assign(ground, {
    geometry,
    raster,
    style,
    boxes: raster.boxes,
    arcBoxes: lineBoxes(geometry.arc_start, geometry.arc_vertex, geometry.vertex_xy),
  });
  postMessage({ kind: 'ready' });
  work();
}

/** One job after the other, newest wins; between two jobs new messages come in. */
async function work() {
  if (busy || !ground.raster) return;
  busy = true;
  for (let kind = next(); kind; kind = next()) {
    const job = waiting[kind];
    delete waiting[kind];
    const begun = performance.now();
    const { transfer, ...result } = JOBS[kind](job);
    postMessage({ kind, view: job.view, ms: performance.now() - begun, ...result }, transfer);
    await new Promise((resolve) => { setTimeout(resolve); });
  }
  busy = false;
}

function next() {
  return ORDER.find((kind) => waiting[kind] && (kind !== 'rings' || ground.checkpoints));
}

const JOBS = {
  grids({ view }) {
    const { ids, spanStart, spans } = ground.raster.fill(view, spare.ids);
    const texture = stripes(view, spare.texture);
    spare.ids = spare.texture = undefined;
    addBorders(texture, view);
    return { ids, spanStart, spans, texture, transfer: [ids, spanStart, spans, texture].map((a) => a.buffer) };
  },
  lines({ view, ...job }) {
    const bitmap = bitmapOf(view, (context) => drawBorders(context, view, ground, job));
    return { bitmap, transfer: [bitmap] };
  },
  rings({ view, ...job }) {
    const bitmap = bitmapOf(view, (context) => drawRings(context, view, ground, job));
    return { bitmap, transfer: [bitmap] };
  },
};

/** @param {any} view @param {(context: OffscreenCanvasRenderingContext2D) => void} draw */
function bitmapOf(view, draw) {
  const canvas = new OffscreenCanvas(view.width, view.height);
  draw(canvas.getContext('2d'));
  return canvas.transferToImageBitmap();
}

/** Borders of grids that are wide enough, anti-aliased, as sixteenths of each pixel. */
function addBorders(texture, view) {
  const { geometry, arcBoxes, boxes, style } = ground;
  const path = new Path2D();
  const least = (style.border_px * view.unit) / view.scale;
  let arcs = 0;
  for (let arc = 0; arc < geometry.arc_left.length; arc++) {
    if (narrower(boxes, geometry.arc_left[arc], geometry.arc_right[arc]) < least) continue;
    if (!touches(view, arcBoxes, arc)) continue;
    trace(path, view, geometry.arc_start[arc], geometry.arc_start[arc + 1], geometry.arc_vertex, geometry.vertex_xy);
    arcs++;
  }
  if (arcs === 0) return;
  const canvas = new OffscreenCanvas(view.width, view.height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.lineWidth = 1;
  context.stroke(path);
  const { data } = context.getImageData(0, 0, view.width, view.height);
  const pixels = new Uint32Array(data.buffer);
  for (let i = 0; i < pixels.length; i++) {
    if (pixels[i] !== 0) texture[i] |= pixels[i] >>> 28;
  }
}
