/** What must be told before something is sent: a small form, made from the names of its fields. */

import { make } from './elements.mjs';

/** Field → the kind of input; what is not here is a line of text. */
const KINDS = { note: 'textarea', summary: 'textarea', until: 'datetime-local', scheduled: 'datetime-local', within_min: 'number' };
/** Alternatives, of which one is asked for. */
const ONE_OF = '|';

/**
 * @param {import('./words.mjs').Words} words
 * @param {{label: string, fields: string[], required: string[]}} asked
 * @param {(fields: Record<string, string>) => void} send
 * @param {() => void} cancel
 * @param {Record<string, string>} [given] What the fields begin with.
 */
export function formOf(words, { label, fields, required }, send, cancel, given = {}) {
  const must = new Set(required.flatMap((name) => name.split(ONE_OF).slice(0, required.length > 1 ? 1 : undefined)));
  const inputs = fields.map((name) => inputOf(words, name, must.has(name) && !alternatives(required, name), given[name]));
  const form = make('form', { className: 'desk-form' },
    make('h3', {}, label),
    ...inputs.map(([name, input]) => make('label', {}, words.say(`desk.field.${name}`), input)),
    make('div', { className: 'desk-buttons' },
      make('button', { type: 'submit' }, words.say('desk.send'), key('Enter')),
      make('button', { type: 'button', onclick: cancel }, words.say('desk.cancel'), key('Esc'))));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    send(Object.fromEntries(inputs.map(([name, input]) => [name, valueOf(input)]).filter(([, value]) => value !== '')));
  });
  form.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') cancel();
    if (event.key === 'Enter' && event.target.tagName === 'TEXTAREA' && !event.shiftKey) {
      event.preventDefault();
      form.requestSubmit();
    }
    event.stopPropagation();
  });
  return { form, focus: () => inputs[0]?.[1].focus() };
}

/** Whether a field is one of several of which one will do. */
function alternatives(required, name) {
  return required.some((row) => row.includes(ONE_OF) && row.split(ONE_OF).includes(name));
}

/** @returns {[string, any]} */
function inputOf(words, name, required, value = '') {
  const choices = words.page.choices[name];
  if (choices) {
    // Nothing is chosen before somebody chooses it.
    const options = Object.entries({ '': '', ...choices }).map(([key, label]) => make('option', { value: key, selected: key === value }, label));
    return [name, make('select', { name, required }, ...options)];
  }
  const kind = KINDS[name] ?? 'text';
  if (kind === 'textarea') return [name, make('textarea', { name, required, rows: 2, value })];
  return [name, make('input', { name, required, type: kind, value })];
}

/** Times are said with their offset. */
function valueOf(input) {
  if (input.type !== 'datetime-local' || !input.value) return input.value.trim();
  return new Date(input.value).toISOString();
}

export const key = (name) => make('kbd', {}, name);
