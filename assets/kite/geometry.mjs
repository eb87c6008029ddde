/**
 * Map units to pixels. Map units are web-mercator decimetres from config.origin, so a Leaflet zoom is a scale
 * and a shift: no trigonometry.
 */

const EARTH_RADIUS_M = 6378137; // of EPSG:3857
const TILE_PX = 256; // Leaflet's world is 256 px wide at zoom 0

/**
 * @typedef {object} Affine World pixels at a zoom: x = scale·ux + dx, y = dy − scale·uy.
 * @property {number} scale Pixels per map unit.
 * @property {number} dx
 * @property {number} dy
 */
/**
 * @typedef {object} View What a canvas shows: x = scale·ux + dx, y = dy − scale·uy in its pixels.
 * @property {number} id Grows by one with every new view.
 * @property {number} zoom
 * @property {number} scale Canvas pixels per map unit.
 * @property {number} dx
 * @property {number} dy
 * @property {number} left World pixels (at `zoom`) of the canvas's corner.
 * @property {number} top
 * @property {number} width CSS pixels
 * @property {number} height
 * @property {number} unit CSS pixels per pixel of the drawings: 1 on a screen of 1920 × 1080, 2 on one of 3840 × 2160.
 * @property {number} level The zoom at which a screen of 1920 × 1080 shows as much: what zoom limits mean.
 */

/**
 * @param {number} zoom
 * @param {[number, number]} origin config.origin, decimetres
 * @returns {Affine}
 */
export function affine(zoom, origin) {
  const world = TILE_PX * 2 ** zoom;
  const perMetre = world / (2 * Math.PI * EARTH_RADIUS_M);
  return {
    scale: perMetre / 10,
    dx: world / 2 + (perMetre * origin[0]) / 10,
    dy: world / 2 - (perMetre * origin[1]) / 10,
  };
}

/**
 * The view of a canvas whose corner is at world pixel (left, top).
 * @param {number} id @param {number} zoom @param {[number, number]} origin
 * @param {number} left @param {number} top @param {number} width @param {number} height @param {number} [unit]
 * @returns {View}
 */
export function viewAt(id, zoom, origin, left, top, width, height, unit = 1) {
  const { scale, dx, dy } = affine(zoom, origin);
  const level = zoom - Math.log2(unit);
  return { id, zoom, scale, dx: dx - left, dy: dy - top, left, top, width, height, unit, level };
}

/**
 * The same view on a canvas of other resolution: `by` canvas pixels per CSS pixel.
 * @param {View} view @param {number} by
 * @returns {View}
 */
export function resample(view, by) {
  if (by === 1) return view;
  return {
    ...view,
    scale: view.scale * by,
    dx: view.dx * by,
    dy: view.dy * by,
    width: Math.ceil(view.width * by),
    height: Math.ceil(view.height * by),
  };
}

/**
 * World pixels at zoom 0 of a point in map units: what L.CRS.EPSG3857.pointToLatLng(point, 0) takes.
 * @param {number} ux @param {number} uy @param {[number, number]} origin
 */
export function worldPoint(ux, uy, origin) {
  const { scale, dx, dy } = affine(0, origin);
  return { x: scale * ux + dx, y: dy - scale * uy };
}

/**
 * Whether a box of map units (minx, miny, maxx, maxy at place 4·i) touches the view.
 * @param {View} view @param {ArrayLike<number>} bbox @param {number} i
 */
export function touches(view, bbox, i) {
  return view.scale * bbox[4 * i + 2] + view.dx >= 0
    && view.scale * bbox[4 * i] + view.dx <= view.width
    && view.dy - view.scale * bbox[4 * i + 1] >= 0
    && view.dy - view.scale * bbox[4 * i + 3] <= view.height;
}
