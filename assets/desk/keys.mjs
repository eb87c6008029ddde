/** The keyboard: one table of keys, which is also the sheet that `?` shows. */

import { make } from './elements.mjs';

/** @typedef {{keys: string[], name: string, act: () => void}} Binding */

export class Keys {
  /** @param {Binding[]} bindings @param {(key: string) => boolean} other Answers keys that are not in the table. */
  constructor(bindings, other) {
    this.bindings = bindings;
    this.other = other;
    document.addEventListener('keydown', (event) => this._press(event));
  }

  /** @param {KeyboardEvent} event */
  _press(event) {
    const { target, key, ctrlKey, metaKey, altKey } = event;
    if (ctrlKey || metaKey || altKey || isField(target)) return;
    const wanted = key.length === 1 ? key.toLowerCase() : key;
    const found = this.bindings.find(({ keys }) => keys.includes(wanted));
    if (found) found.act();
    else if (!this.other(wanted)) return;
    event.preventDefault();
  }
}

function isField(target) {
  return target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));
}

/** Keys whose names are no letters. */
const SIGNS = { ArrowDown: '↓', ArrowUp: '↑', Escape: 'Esc' };

/** The sheet of all keys. @param {import('./words.mjs').Words} words @param {Binding[]} bindings @returns {HTMLDialogElement} */
export function sheetOf(words, bindings) {
  const rows = [
    ...bindings.map(({ keys, name }) => [keys, words.say(name)]),
    ...Object.values(words.page.commands).filter(({ key }) => key).map(({ key, label }) => [[key], label]),
  ];
  const lines = rows.map(([keys, text]) => make('li', {}, ...keys.map((name) => make('kbd', {}, SIGNS[name] ?? name.toUpperCase())), text));
  return make('dialog', { className: 'desk-sheet', onclick: (event) => event.currentTarget.close() },
    make('h2', {}, words.say('desk.keys')), make('ul', {}, ...lines));
}
