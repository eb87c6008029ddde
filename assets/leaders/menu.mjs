/** The menu at a case: sentences and cards, each sent with one click; and what became of it, said in place. */

import { Problem } from '../desk/api.mjs';
import { make } from '../desk/elements.mjs';

/** The answer is read meanwhile; then the menu closes by itself. */
const READ_MS = 2500;
const EDGE_PX = 8;
const COMMANDS = ['instruct', 'supervise'];

export class Menu {
  /** @param {import('./deeds.mjs').LeadingData} page @param {import('../desk/words.mjs').Words} words @param {import('./deeds.mjs').Deeds} deeds */
  constructor(page, words, deeds) {
    Object.assign(this, { page, words, deeds });
    this.title = make('h2', {});
    this.cases = make('div', { className: 'deeds-cases', role: 'radiogroup', ariaLabel: words.say('deeds.title') });
    this.said = make('p', { className: 'deeds-said', role: 'status' });
    this.presets = make('div', { className: 'deeds-presets' });
    const close = make('button', { type: 'button', className: 'deeds-close', onclick: () => this.dialog.close() }, words.say('deeds.close'));
    this.dialog = make('dialog', { className: 'deeds-menu' }, this.title, this.cases, this.said, this.presets, close);
    this.dialog.addEventListener('click', (event) => {
      event.stopPropagation(); // not for those who listen to the page's own buttons
      if (event.target === this.dialog) this.dialog.close();
    });
    this.dialog.addEventListener('close', () => { this.number++; });
    document.body.append(this.dialog);
    /** The case that is chosen. @type {import('./deeds.mjs').Seen|null} */
    this.seen = null;
    /** Of the last opening: what is still on its way for an earlier one is too late. */
    this.number = 0;
  }

  /** Open at a button that names a deed and a case; without a case, with the gravest overdue ones. @param {HTMLElement} button */
  open(button) {
    const { deed, case: id } = button.dataset;
    this.number++;
    this.button = button;
    this.seen = null;
    this.title.textContent = this.words.say('deeds.title');
    this.cases.replaceChildren();
    this._presets(id ? [deed] : COMMANDS);
    this._say('');
    if (!this.dialog.open) this.dialog.showModal(); // and when it is closed, the focus goes back by itself
    if (id) this._look(id, this.number);
    else this._list();
    this._place(button);
  }

  /** One case. @param {string} id @param {number} number */
  async _look(id, number) {
    this._allow(false);
    this._say(this.words.say('deeds.looking'));
    try {
      const seen = await this.deeds.look(id);
      if (number !== this.number) return;
      this._choose(seen);
      this.cases.replaceChildren(this._line(seen));
      this._place(this.button);
    } catch (problem) {
      if (number === this.number) this._refused(problem);
    }
  }

  /** The region's gravest, of which the first is chosen. */
  _list() {
    const here = window.location.pathname.split('/')[2] ?? '', found = this.deeds.gravest(here);
    if (!found || !found.cases.length) {
      this._allow(false);
      this._say(this.words.say(found ? 'deeds.none' : 'deeds.wait'));
      return;
    }
    this.title.textContent = this.words.say(found.overdue ? 'deeds.overdue' : 'deeds.gravest');
    this.cases.replaceChildren(...found.cases.map((seen, i) => {
      const radio = make('input', { type: 'radio', name: 'deeds-case', checked: i === 0, onchange: () => this._choose(seen) });
      return make('label', {}, radio, this._line(seen));
    }));
    this._choose(found.cases[0]);
  }

  /** @param {import('./deeds.mjs').Seen} seen */
  _line({ level, label, place, state, version }) {
    const named = this.words.say(`case_state.${state}`);
    return make('span', { className: 'deeds-case' },
      make('span', { className: `case-level-${level}` }, `${String(level).padStart(2, '0')} ${label}`),
      make('span', { className: 'about' }, place),
      make('span', { className: 'about', title: this.words.say('deeds.state', { state: named, version }) }, named));
  }

  /** @param {import('./deeds.mjs').Seen} seen */
  _choose(seen) {
    this.seen = seen;
    const ended = this.deeds.isEnded(seen.state);
    this._allow(!ended);
    this._say(ended ? this.words.say('deeds.ended', { state: this.page.states[seen.state] }) : '', ended);
  }

  /** @param {string[]} commands */
  _presets(commands) {
    const groups = commands.map((command) => make('div', { role: 'group', ariaLabel: this.page.commands[command].label },
      ...this.page.presets.filter((preset) => preset.command === command).map((preset) => {
        const button = make('button', { type: 'button', className: `preset ${preset.slug}`, onclick: () => this._send(preset) }, preset.label);
        button.dataset.preset = preset.slug;
        return button;
      })));
    this.presets.replaceChildren(...groups);
  }

  /** @param {import('./deeds.mjs').Preset} preset */
  async _send(preset) {
    const { seen, number } = this;
    if (!seen) return;
    this._allow(false);
    this._say(this.words.say('deeds.sending'));
    try {
      const { version, state } = await this.deeds.send(seen, preset);
      Object.assign(seen, { version, state });
      if (number !== this.number) return;
      const deed = this.words.say(`command.${preset.command}`);
      this._say(this.words.say('deeds.done', { what: `${deed} · ${preset.label}` }));
      this.said.classList.add('done');
      setTimeout(() => { if (number === this.number) this.dialog.close(); }, READ_MS);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (number !== this.number) return;
      this._refused(problem);
      this._again(seen, number);
    }
  }

  /** After a refusal the case is looked at anew, so that the next click is about what it is now. @param {import('./deeds.mjs').Seen} seen @param {number} number */
  async _again({ id }, number) {
    const fresh = await this.deeds.ask(id).catch(() => null);
    if (!fresh || number !== this.number || this.seen?.id !== id) return;
    this.seen = fresh;
    this._allow(!this.deeds.isEnded(fresh.state));
  }

  /** Why it was not done: who was first, or what is not allowed. @param {unknown} problem */
  _refused(problem) {
    if (!(problem instanceof Problem)) throw problem;
    this._say(this.words.refusal(problem, this.deeds.nowMs()), true);
  }

  /** @param {string} sentence @param {boolean} [isAlarm] */
  _say(sentence, isAlarm = false) {
    this.said.textContent = sentence;
    this.said.className = isAlarm ? 'deeds-said alarm' : 'deeds-said';
  }

  /** @param {boolean} may */
  _allow(may) {
    for (const button of this.presets.querySelectorAll('button')) button.disabled = !may;
  }

  /** Below the button, or above it where there is more room; never beyond the edge of the screen. @param {HTMLElement} button */
  _place(button) {
    const at = button.getBoundingClientRect(), { offsetWidth: width, offsetHeight: height } = this.dialog;
    const below = at.bottom + height + EDGE_PX <= window.innerHeight;
    const left = Math.min(Math.max(EDGE_PX, at.right - width), window.innerWidth - width - EDGE_PX);
    const top = below ? at.bottom + 4 : Math.max(EDGE_PX, at.top - height - 4);
    Object.assign(this.dialog.style, { left: `${left}px`, top: `${top}px` });
  }
}
