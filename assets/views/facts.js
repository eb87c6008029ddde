/*
 * The facts of a place, made at once from what the server sends as components of plain HTML: given to Dash as
 * children, the same rows were a task of up to 104 ms.
 */
(function () {
  'use strict';

  const { answer } = window.kite_parts.outputs;

  function show_facts(rows) {
    document.getElementById('facts')?.replaceChildren(...(rows ?? []).map(make));
  }

  /** The element of a component of dash.html with these few properties. */
  function make({ type, props: { children, className, title } }) {
    const element = Object.assign(document.createElement(type), { className: className ?? '', title: title ?? '' });
    for (const child of [children].flat()) {
      if (child !== null && child !== undefined) element.append(child.props ? make(child) : String(child));
    }
    return element;
  }

  answer({ show_facts });
})();
