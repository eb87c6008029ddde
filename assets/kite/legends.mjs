/**
 * The legends of the layers' panel, from what the layers are painted with. They are a hundred elements that never
 * change: as components of Dash each of them would be looked at with every step of every callback.
 */

const SIGN_WORDS = ['ring', 'mark', 'diamond'];

/**
 * Fill every list that names a layer.
 * @param {Document} page
 * @param {{key: string, legend: LegendItem[]}[]} layers config.layers
 */
export function fillLegends(page, layers) {
  const legends = new Map(layers.map(({ key, legend }) => [key, legend]));
  for (const list of /** @type {NodeListOf<HTMLElement>} */ (page.querySelectorAll('[data-legend]'))) {
    list.replaceChildren(...(legends.get(list.dataset.legend) ?? []).map((item) => row(page, item)));
  }
}

/**
 * @typedef {object} LegendItem One class of a layer (layers/base.py).
 * @property {string} label
 * @property {string} painted The colour on the map.
 * @property {string} symbol
 * @property {string} numeral
 */

/** One class: its sign as the map draws it, its numeral, its name. @param {Document} page @param {LegendItem} item */
function row(page, { label, painted, symbol, numeral }) {
  const sign = page.createElement('span'), words = page.createElement('span'), line = page.createElement('li');
  sign.className = `sign sign-${symbol.replaceAll('_', '-')}`;
  sign.style.setProperty('--sign', painted);
  sign.textContent = SIGN_WORDS.includes(symbol) ? numeral : '';
  words.textContent = [/^\d+$/.test(numeral) ? numeral : '', label].filter(Boolean).join(' ');
  line.append(sign, words);
  return line;
}
