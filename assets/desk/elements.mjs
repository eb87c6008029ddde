/** Making elements, as plainly as it goes. */

/**
 * @param {string} tag @param {Record<string, any>} [properties] @param {(Node|string|false|null|undefined)[]} children
 * @returns {any}
 */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === 'dataset') Object.assign(element.dataset, value);
    else element[name] = value;
  }
  for (const child of children) if (child !== null && child !== undefined && child !== false && child !== '') element.append(child);
  return element;
}
