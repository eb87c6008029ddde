/*
 * Links that follow the region that the page is about (briefs, exports), links in what was put in place, and the
 * menu beside a button.
 */
(function () {
  'use strict';

  const { watch } = window.kite_parts.current;
  const go = (path) => window.kite_parts.navigation.go(path); // which is loaded later

  watch(({ place }) => {
    if (!place?.code || place.missing) return;
    for (const link of document.querySelectorAll('[data-place-href]')) {
      const href = link.dataset.placeHref.replace('{code}', place.code);
      if (link.getAttribute('href') !== href) link.setAttribute('href', href);
    }
  });

  /** A plain click on a place stays in the page; with a modifier the browser does what it always does. */
  document.addEventListener('click', (event) => {
    const link = event.target.closest?.('.plain a[href^="/region/"]');
    if (!link || event.defaultPrevented || event.button) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (link.closest('#explain-body')) window.dash_clientside.set_props('explanation', { opened: false });
    go(link.getAttribute('href'));
  });

  // A menu is left by a click elsewhere, by a choice, or by Escape; its button then has the focus again.

  document.addEventListener('click', ({ target }) => {
    for (const menu of document.querySelectorAll('details.menu[open]')) {
      if (!menu.contains(target) || target.closest('a')) menu.open = false;
    }
  });

  document.addEventListener('keydown', ({ key }) => {
    const menu = key === 'Escape' && document.querySelector('details.menu[open]');
    if (!menu) return;
    menu.open = false;
    menu.querySelector('summary').focus();
  });
})();
