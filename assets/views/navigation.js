/*
 * Going somewhere and choosing what to see: the map follows the address, clicks change it, switches tell the map.
 */
(function () {
  'use strict';

  const { answer } = window.kite_parts.outputs;

  function show_region(pathname) {
    const [, page, code] = String(pathname ?? '').split('/');
    if (page === 'region' && code) window.kite?.showRegion?.(code);
  }

  function show_title(place) {
    if (place?.title) document.title = place.title;
  }

  function go_to_case(clicked, rows) {
    const row = rows?.find(({ id }) => id === clicked?.rowId);
    return row ? `/region/${row.grid}` : window.dash_clientside.no_update;
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
    window.kite?.showLayers?.(on);
    return on;
  }

  window.kite_parts = Object.assign(window.kite_parts ?? {}, {
    navigation: { go },
  });
  answer({ show_region, show_title, go_to_case, switch_language, switch_layers });
})();
