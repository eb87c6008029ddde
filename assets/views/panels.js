/*
 * Cards, bars and ages are written into the page's elements in place, where something has changed.
 *
 * What each function of cards.js and ages.js gives, and where it belongs: dashboard/views/written.py, which comes
 * with the page as `page.written`.
 */
(function () {
  'use strict';

  const { know, watch } = window.kite_parts.current;
  const { answer } = window.kite_parts.outputs;
  const functions = { ...window.kite_parts.cards, show_ages: window.kite_parts.ages.show_ages };

  /** Property of an element → how it is read and written. */
  const PROPERTIES = {
    text: [(element) => element.textContent, (element, text) => { element.textContent = text; }],
    className: [(element) => element.className, (element, name) => { element.className = name; }],
    title: [(element) => element.title, (element, title) => { element.title = title; }],
    hidden: [(element) => element.hidden, (element, hidden) => { element.hidden = hidden; }],
    width: [(element) => element.style.width, (element, width) => { element.style.width = width; }],
  };

  function write(id, property, value) {
    const element = document.getElementById(id);
    if (!element || value === null) return;
    const [read, put] = PROPERTIES[property];
    if (read(element) !== value) put(element, value);
  }

  watch(({ summary, profile, place, page }) => {
    for (const [name, targets] of Object.entries(page.written)) {
      const values = functions[name](summary, profile, place, page);
      targets.forEach(([id, property], i) => write(id, property, values[i]));
    }
  });

  function follow_summary(profile, place, page) {
    know({ profile, place, page });
  }

  answer({ follow_summary });
})();
