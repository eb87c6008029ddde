/** Words on the map: what a layer's description brings in the language of the page, with figures filled in. */

const figures = new Intl.NumberFormat('en-US');

/**
 * A function that gives the text of a name with {words} filled in; a text that is missing shows as its name.
 * @param {Record<string, string>|undefined} words `words` of one of config.layers.
 * @returns {(name: string, values?: Record<string, any>) => string}
 */
export function texter(words) {
  return (name, values) => {
    const text = words?.[name] ?? name;
    return values ? text.replace(/\{(\w+)\}/g, (whole, word) => (word in values ? show(values[word]) : whole)) : text;
  };
}

/** @param {any} value */
function show(value) {
  return typeof value === 'number' ? figures.format(value) : String(value ?? '');
}
