/** What a command must be told before it is pressed: an outcome, a note, a time; in a dialogue for thumbs. */

import { make } from '../desk/elements.mjs';

/** Command → its fields, and whether each must be filled in. */
const FIELDS = {
  resolve: { outcome: true, note: false },
  return_back: { note: true },
  extend: { until: true, note: true },
};
/** What a return mostly says. */
const REASONS = ['unit.reason.elsewhere', 'unit.reason.duty', 'unit.reason.busy'];

export class Dialog {
  /** @param {import('./words.mjs').Words} words */
  constructor(words) {
    this.words = words;
    this.element = make('dialog', {});
    document.body.append(this.element);
  }

  /** @param {string} command */
  isNeeded(command) {
    return command in FIELDS;
  }

  /** @param {string} command @param {(fields: Record<string, string>) => void} send @param {Record<string, string>} [given] */
  ask(command, send, given = {}) {
    const { words, element } = this;
    const inputs = Object.entries(FIELDS[command]).map(([name, required]) => INPUTS[name](words, required, given[name] ?? ''));
    const form = make('form', { method: 'dialog' },
      make('h2', {}, words.page.commands[command]),
      command === 'return_back' && reasons(words),
      ...inputs,
      make('div', { className: 'buttons' },
        make('button', { type: 'button', onclick: () => element.close() }, words.say('unit.cancel')),
        make('button', { type: 'submit', className: 'first' }, words.page.commands[command])));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      element.close();
      send(fieldsOf(form));
    });
    element.replaceChildren(form);
    element.showModal();
  }
}

const INPUTS = {
  /** One large button each: a list that opens is two taps and small print. */
  outcome: (words, required, given) => make('fieldset', {}, make('legend', {}, words.say('unit.field.outcome')),
    ...Object.entries(words.page.outcomes).map(([value, label]) => make('label', { className: 'choice' },
      make('input', { type: 'radio', name: 'outcome', value, required, checked: value === given }), make('span', {}, label)))),
  note: (words, required, given) => make('label', {}, make('span', { className: 'name' }, words.say('unit.field.note')),
    make('textarea', { name: 'note', rows: 3, maxLength: 2000, required, value: given, placeholder: words.say('unit.note.hint') })),
  until: (words, required, given) => make('label', {}, make('span', { className: 'name' }, words.say('unit.field.until')),
    make('input', { type: 'datetime-local', name: 'until', required, value: given && local(given) })),
};

function reasons(words) {
  const fill = ({ currentTarget }) => { currentTarget.form.elements.note.value = currentTarget.textContent; };
  return make('div', { className: 'reasons' }, ...REASONS.map((name) => make('button', { type: 'button', onclick: fill }, words.say(name))));
}

/** What was filled in; times with their offset. @param {HTMLFormElement} form */
function fieldsOf(form) {
  const given = [...new FormData(form)].map(([name, value]) => [name, String(value).trim()]).filter(([, value]) => value);
  return Object.fromEntries(given.map(([name, value]) => [name, name === 'until' ? new Date(value).toISOString() : value]));
}

/** As an input of its kind takes it: the phone's own time, without an offset. */
function local(iso) {
  const moment = new Date(iso);
  return new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
