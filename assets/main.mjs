/** The one module that Dash loads: makes `window.kite` and hands every Leaflet map on the page to it. */

import { Kite } from './kite/app.mjs';

const kite = new Kite(new URL('..', import.meta.url).pathname);
window.kite = kite;

/** dash-leaflet brings Leaflet as window.L, at the latest with its first map. */
function hook() {
  const { L } = window;
  if (!L?.Map) return setTimeout(hook, 10);
  return L.Map.addInitHook(function born() { kite.attach(L, this); });
}
hook();
