/*
 * Notes every Leaflet map on the page. A classic script, so that it runs before Dash draws the page: the
 * modules behind main.mjs may take longer to load than the first map takes to be made.
 */
(function () {
  'use strict';

  const maps = [];
  window.kiteMaps = {
    born: (map) => maps.push(map),
    /** Call `fn(map)` for every map there is, and for each from now on as it is made. */
    forEach(fn) {
      maps.forEach(fn);
      window.kiteMaps.born = fn;
    },
  };

  /** dash-leaflet brings Leaflet as window.L, at the latest with its first map. */
  function hook() {
    if (!window.L?.Map) return setTimeout(hook, 0);
    return window.L.Map.addInitHook(function born() { window.kiteMaps.born(this); });
  }
  hook();
})();
