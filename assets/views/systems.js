/*
 * The buttons in the blocks of the city's systems that show a system's layer on the map.
 */
(function () {
  'use strict';

  document.addEventListener('click', ({ target }) => {
    const button = target.closest?.('.system [data-layer]');
    // The map's own switch turns the layer on, so that both say the same.
    if (button) window.dash_clientside.set_props(`layer-switch-${button.dataset.layer}`, { checked: true });
  });
})();
