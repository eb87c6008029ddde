/** The search over the desk: what is found is listed as one types, ↑ ↓ and Enter choose, Esc leaves. */

import { Problem } from './api.mjs';
import { make } from './elements.mjs';

const PAUSE_MS = 80;
const LIMIT = 24;
/** What the server takes; see docs/api.md. */
const MOST_LETTERS = 64;

/**
 * @typedef {object} Found An entry of the server's answer.
 * @property {'case'|'place'|'unit'} kind
 * @property {string} label
 * @property {string} where
 * @property {string} [type]
 * @property {string} [id]
 * @property {string} [code]
 * @property {string} [call_sign]
 * @property {number} [level]
 * @property {string} [state]
 * @property {number} [tier]
 * @property {number} lon
 * @property {number} lat
 * @property {Record<string, [number, number][]>} matched Where the words are, by text, in characters.
 */

export class Search {
  /**
   * @param {import('./words.mjs').Words} words @param {import('./api.mjs').Api} api @param {string} lang
   * @param {Record<string, (found: Found) => void>} choices What choosing does, by kind.
   */
  constructor(words, api, lang, choices) {
    Object.assign(this, { words, api, lang, choices });
    /** @type {Found[]} */
    this.found = [];
    this.chosen = 0;
    /** Of the last question; answers to earlier ones are too late. */
    this.number = 0;
    this.answered = Promise.resolve();
    this._make();
  }

  _make() {
    const say = (name) => this.words.say(name);
    this.field = make('input', {
      type: 'text', role: 'combobox', maxLength: MOST_LETTERS, placeholder: say('desk.search'), ariaLabel: say('desk.search'),
      autocomplete: 'off', spellcheck: false, ariaExpanded: 'false', ariaAutoComplete: 'list',
    });
    this.field.setAttribute('aria-controls', 'desk-found');
    this.list = make('div', { id: 'desk-found', role: 'listbox', ariaLabel: say('desk.search') });
    this.note = make('p', { className: 'second', role: 'status' });
    const box = make('div', {}, this.field, this.list, this.note);
    this.dialog = document.body.appendChild(make('dialog', { className: 'desk-search' }, box));
    this.field.addEventListener('input', ({ isComposing }) => { if (!isComposing) this._soon(); });
    this.field.addEventListener('compositionend', () => this._soon());
    this.field.addEventListener('keydown', (event) => this._press(event));
    box.addEventListener('mousedown', (event) => { if (event.target !== this.field) event.preventDefault(); }); // the field keeps the focus
    this.dialog.addEventListener('click', ({ target }) => { if (target === this.dialog) this.dialog.close(); });
    this.dialog.addEventListener('close', () => this._forget());
  }

  open() {
    if (this.dialog.open) return;
    this._show([], 'desk.search.hint');
    this.field.value = '';
    this.dialog.showModal(); // and when it is closed, the focus goes back by itself
    this.field.focus();
  }

  /** Whatever is still on its way is not wanted any more. */
  _forget() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.number++;
  }

  /** @param {KeyboardEvent} event */
  _press(event) {
    if (event.isComposing || event.keyCode === 229) return; // the input method's own keys
    const acts = { ArrowDown: () => this._mark(this.chosen + 1), ArrowUp: () => this._mark(this.chosen - 1), Enter: () => this._choose() };
    if (!acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  }

  _soon() {
    this._forget();
    this.timer = setTimeout(() => this._now(), PAUSE_MS);
  }

  _now() {
    this._forget();
    this.answered = this._ask(this.field.value.trim(), this.number);
  }

  /** @param {string} typed @param {number} number Of the question. */
  async _ask(typed, number) {
    if (!typed) return this._show([], 'desk.search.hint');
    const query = new URLSearchParams({ q: typed, limit: String(LIMIT), lang: this.lang });
    let found = [], note = '';
    try {
      found = await this.api.get(`search?${query}`);
      if (!found.length) note = 'desk.search.none';
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      note = problem.status === 400 ? 'desk.search.long' : 'desk.search.failed';
    }
    if (number === this.number) this._show(found, note);
    return undefined;
  }

  /** @param {Found[]} found The best first. @param {string} note Name of the sentence below. */
  _show(found, note) {
    const kinds = [...new Set(found.map(({ kind }) => kind))];
    this.found = kinds.flatMap((kind) => found.filter((one) => one.kind === kind));
    this.options = this.found.map((one, i) => this._option(one, i));
    this.list.replaceChildren(...kinds.map((kind) => this._group(kind)));
    this.list.scrollTop = 0;
    this.field.ariaExpanded = String(found.length > 0);
    this.note.textContent = note ? this.words.say(note) : '';
    this._mark(0);
  }

  _group(kind) {
    const title = this.words.say(`desk.found.${kind}`);
    return make('div', { role: 'group', ariaLabel: title },
      make('h3', { ariaHidden: 'true' }, title), ...this.options.filter((_, i) => this.found[i].kind === kind));
  }

  /** @param {Found} one @param {number} i */
  _option(one, i) {
    const { page } = this.words, text = (name) => marked(one[name] ?? '', one.matched[name] ?? []);
    const badge = {
      case: () => make('span', { className: `desk-level case-level-${one.level}` }, String(one.level).padStart(2, '0')),
      place: () => make('span', {}, page.places[one.tier]),
      unit: () => make('span', {}, ...text('type')),
    }[one.kind]();
    const type = one.kind === 'case' && one.type !== one.label ? [...text('type'), ' · '] : [];
    return make('div', { role: 'option', id: `desk-found-${i}`, onclick: () => { this.chosen = i; this._choose(); } },
      badge, make('b', {}, ...text('label')), make('small', {}, ...type, ...text('where')),
      make('i', {}, ...text('id'), ...text('code')), make('em', {}, page.states[one.state] ?? ''));
  }

  /** @param {number} i Which of the list Enter would choose; from the last on to the first. */
  _mark(i) {
    const count = this.found.length;
    this.chosen = count ? (i + count) % count : 0;
    this.options.forEach((option, at) => { option.ariaSelected = String(at === this.chosen); });
    const option = this.options[this.chosen];
    if (option) this.field.setAttribute('aria-activedescendant', option.id);
    else this.field.removeAttribute('aria-activedescendant');
    option?.scrollIntoView({ block: 'nearest' });
  }

  /** Of what is typed now, though its answer may still be on its way. */
  async _choose() {
    if (this.timer) this._now();
    await this.answered;
    const found = this.found[this.chosen];
    if (!found || !this.dialog.open) return;
    this.dialog.close();
    this.choices[found.kind](found);
  }
}

/** A text with some of its letters emphasised. @param {string} text @param {[number, number][]} spans In characters, in order. */
function marked(text, spans) {
  const chars = [...text], parts = [];
  let at = 0;
  for (const [start, end] of spans) {
    parts.push(chars.slice(at, start).join(''), make('mark', {}, chars.slice(start, end).join('')));
    at = end;
  }
  return [...parts, chars.slice(at).join('')];
}

/** What choosing does at the desk. @param {import('./desk.mjs').Desk} desk */
export function choicesOf(desk) {
  const { kite, words } = desk;
  const unitNow = ({ call_sign: unit, lat, lon }) => {
    const place = kite.store.columns.units_static ? desk.placeOfUnit({ unit, eta_min: 0 }) : null;
    return { ...(place ?? { lat, lon }), label: unit };
  };
  return {
    case: ({ id }) => (kite.store.cases.has(id) ? desk.choose(id) : desk.say(words.say('desk.refused.404'), true)),
    place: ({ code }) => desk.area.show(code),
    unit: (found) => desk.map.find(() => unitNow(found)),
  };
}
