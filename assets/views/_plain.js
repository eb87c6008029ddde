/*
 * Elements made in place from what the server sends as components of plain HTML: as children of Dash the same rows
 * were tasks of up to 104 ms.
 *
 * component: {type, props} of dash.html, or a text; of dcc.Link only the address and the words are taken.
 */
(function () {
  'use strict';

  const TAGS = { Link: 'a' };
  /** Property of dash.html → attribute of an element, where it is not the same in small letters. */
  const ATTRIBUTES = { className: 'class', htmlFor: 'for' };
  const NOT_WRITTEN = new Set(['children', 'style', 'refresh', 'n_clicks']);

  /** What each element shows, so that the same again changes nothing: not the scrolling, nor what has the focus. */
  const shown = new WeakMap();

  function make({ type, props: { children, style, ...props } }) {
    const element = document.createElement(TAGS[type] ?? type);
    for (const [name, value] of Object.entries(props)) {
      if (NOT_WRITTEN.has(name) || value === null || value === undefined || value === false) continue;
      element.setAttribute(ATTRIBUTES[name] ?? name.toLowerCase(), value === true ? '' : value);
    }
    for (const [name, value] of Object.entries(style ?? {})) {
      if (name.startsWith('--')) element.style.setProperty(name, value);
      else element.style[name] = value;
    }
    append(element, children);
    return element;
  }

  function append(element, children) {
    for (const child of [children].flat(Infinity)) {
      if (child !== null && child !== undefined) element.append(child.props ? make(child) : String(child));
    }
  }

  /** Fill an element with the parts, and drawings by name with the texts of their SVGs; whether anything changed. */
  function fill(element, parts, svgs = {}) {
    const text = JSON.stringify([parts, svgs]);
    if (shown.get(element) === text) return false;
    shown.set(element, text);
    const room = document.createDocumentFragment();
    append(room, parts ?? []);
    for (const drawing of room.querySelectorAll('[data-svg]')) drawing.innerHTML = svgs[drawing.dataset.svg] ?? '';
    element.replaceChildren(room);
    return true;
  }

  /** Fill the element of that id, if it is there, with what the server sent: {parts, svgs}. */
  function fillById(id, told) {
    const element = document.getElementById(id);
    if (element && told) fill(element, told.parts, told.svgs);
  }

  window.kite_parts = Object.assign(window.kite_parts ?? {}, { plain: { append, fill, fillById, make } });
})();
