/** The one module that Dash loads: makes `window.kite` and hands every Leaflet map on the page to it. */

import { Kite } from './kite/app.mjs';

const kite = new Kite(document.documentElement.dataset.root ?? new URL('..', import.meta.url).pathname);
window.kite = kite;
window.kiteMaps.forEach((map) => kite.attach(window.L, map)); // map_hook.js
