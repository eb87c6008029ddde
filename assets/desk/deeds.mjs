/** What an officer does with the chosen case: commands, one after the other, each about the case it was pressed for. */

import { Api, Problem } from './api.mjs';
import { formOf } from './form.mjs';

const UNDO_MS = 10_000;
const NONE = { id: '', item: null, until: 0 };
/** States in which somebody is still to come; a unit can be sent from the second on. */
export const UNRESOLVED = ['reported', 'accepted', 'assigned', 'handling'];

export class Deeds {
  /** @param {import('./desk.mjs').Desk} desk */
  constructor(desk) {
    this.desk = desk;
    const { commands } = desk.words.page;
    /** The letters of all commands. */
    this.letters = new Set(Object.values(commands).map(({ key }) => key.toLowerCase()));
    /** The last command that may be undone, and until when. */
    this.undoable = NONE;
    /** The case as our own last command left it: what is pressed next is about that, though the stream lags. */
    this.own = { id: '', version: 0, state: '' };
    /** The command that is on its way; the next one waits for its answer. */
    this.sending = Promise.resolve();
  }

  /** A case as it stands, as far as is known here. @param {string} id */
  known(id) {
    const { desk: { item, kite }, own } = this;
    const known = item?.id === id ? item : kite.store.cases.get(id);
    return known && own.id === id && known.version < own.version ? { ...known, version: own.version, state: own.state } : known;
  }

  canAssign(item) {
    return UNRESOLVED.slice(1).includes(item?.state);
  }

  /** A key that is not of the table: a suggestion's number, or a command's letter. @param {string} key */
  press(key) {
    const { item, words } = this.desk;
    if (!item) return false;
    if ('123'.includes(key)) return this.assign(Number(key) - 1), true;
    if (!this.letters.has(key)) return false;
    this._after(() => {
      const known = this.known(item.id);
      const slug = known && words.allowed(known).find((name) => words.page.commands[name].key.toLowerCase() === key);
      if (slug) return this._begin(known, slug);
      return undefined;
    });
    return true;
  }

  /** Send a command at once, or ask first for what it must be told. @param {string} slug */
  command(slug) {
    const { id } = this.desk.item;
    this._after(() => this._begin(this.known(id), slug));
  }

  /** @param {any} item @param {string} slug */
  _begin(item, slug) {
    const { desk } = this, asked = desk.words.page.commands[slug];
    if (asked.required.length === 0) return this._send(item, slug, {});
    if (desk.item?.id !== item.id) return undefined; // another one is looked at by now
    const { form, focus } = formOf(desk.words, asked, (given) => this.send(item.id, slug, given), () => this.cancel());
    desk.panel.ask(item.id, slug, form);
    focus();
    return undefined;
  }

  /** Give up the form of a command. */
  cancel() {
    this.desk.panel.asked();
    this.desk.show(this.desk.item);
  }

  /** @param {number} i Number of a suggestion. */
  assign(i) {
    const { desk } = this, { id } = desk.item, unit = desk.units[i];
    if (!unit) return;
    this._after(() => {
      const item = this.known(id);
      if (!this.canAssign(item)) return desk.say(desk.words.say('desk.accept.first'), true);
      return this._send(item, item.state === 'accepted' ? 'assign' : 'reassign', { unit: unit.unit });
    });
  }

  /** @param {string} id Of the case. @param {string} command @param {Record<string, string>} fields */
  send(id, command, fields) {
    this._after(() => this._send(this.known(id), command, fields));
  }

  /** One after the other. @param {() => unknown} deed */
  _after(deed) {
    this.sending = this.sending.then(deed).catch((problem) => {
      if (!(problem instanceof Problem)) throw problem;
      this.desk.refused(problem);
    });
  }

  async _send(item, command, fields) {
    const { desk } = this, { words } = desk, { id, version } = item;
    desk.panel.asked();
    try {
      const path = `${Api.path(id)}/commands`;
      const { version: reached, state } = await desk.api.post(path, { command, version: String(version), ...fields });
      this.own = { id, version: reached, state };
    } catch (problem) {
      desk.shown(id);
      throw problem;
    }
    const { label } = words.page.commands[command];
    const isUndoable = words.page.undoable.includes(command);
    this.undoable = isUndoable ? { id, item: { ...item, ...this.own }, until: performance.now() + UNDO_MS } : NONE;
    desk.say(words.say(isUndoable ? 'desk.done.undo' : 'desk.done', { command: label }));
  }

  /** Take back the last command, on whatever case it was. */
  undo() {
    this._after(() => {
      const { desk } = this, { id, until, item } = this.undoable;
      if (!id || performance.now() > until) return desk.say(desk.words.say('desk.undo.none'), true);
      this.undoable = NONE;
      return this._send(this.known(id) ?? item, 'undo', {}); // one that was merged has left the open cases
    });
  }
}
