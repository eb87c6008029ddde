/*
 * Going somewhere and choosing what to see: the map follows the address, clicks change it, switches tell the map.
 */
(function () {
  'use strict';

  const { watch } = window.kite_parts.current;
  const { answer } = window.kite_parts.outputs;
  const { say } = window.kite_parts.words;

  const WAIT_MS = 50;

  /** What the map is still to be told, by method: it may come after Dash has drawn the page. */
  let untold = {};
  let waiting = 0;

  /** After Dash's own task: setting out for another region is work enough for a task of its own. */
  function tellMap(method, argument) {
    untold[method] = argument;
    waiting ||= setTimeout(tellAll);
  }

  function tellAll() {
    waiting = window.kite ? 0 : setTimeout(tellAll, WAIT_MS);
    if (waiting) return;
    const told = untold;
    untold = {};
    for (const [method, argument] of Object.entries(told)) window.kite[method](argument);
  }

  function show_region(pathname) {
    const [, page, code] = String(pathname ?? '').split('/');
    if (page === 'region' && code) tellMap('showRegion', code);
  }

  watch(({ place, page }) => {
    if (place?.title && document.title !== place.title) document.title = place.title;
    nameButtons(page);
  });

  /** Leaflet's own buttons in the language of the page; dash-leaflet has no property for it. */
  function nameButtons(page) {
    for (const way of ['in', 'out']) {
      const button = document.querySelector(`.leaflet-control-zoom-${way}`);
      if (!button || button.title === say(page, `map.zoom.${way}`)) continue;
      button.title = say(page, `map.zoom.${way}`);
      button.setAttribute('aria-label', button.title);
    }
  }

  function go(pathname) {
    window.dash_clientside.set_props('location', { pathname });
  }

  function switch_language(language, page) {
    if (!language || language === page.language) return;
    document.cookie = `kite_language=${language};path=/;max-age=31536000;samesite=lax`;
    const url = new URL(window.location.href);
    url.searchParams.delete('lang');
    window.location.replace(url.href);
  }

  /** First whether each switch is on, then their ids. */
  function switch_layers(...given) {
    const ids = given.slice(given.length / 2);
    const on = {};
    ids.forEach((id, i) => { on[id.replace('layer-switch-', '')] = given[i] !== false; });
    tellMap('showLayers', on);
    return on;
  }

  window.kite_parts = Object.assign(window.kite_parts ?? {}, {
    navigation: { go },
  });
  answer({ show_region, switch_language, switch_layers });
})();
