/** Which cases a leader's deed is about, and sending it: a sentence or a card, to one case as it was seen. */

import { Api } from '../desk/api.mjs';

/**
 * @typedef {object} Preset A row of dashboard/domain/instructions.py.
 * @property {string} slug
 * @property {'instruct'|'supervise'} command
 * @property {string} field
 * @property {string|null} value What is sent; null for the label itself.
 * @property {string} label
 */
/**
 * @typedef {object} LeadingData What dashboard/views/leading.py gives.
 * @property {Record<string, string>} texts
 * @property {Preset[]} presets
 * @property {Record<string, {label: string}>} commands
 * @property {Record<string, string>} states
 * @property {string} timezone
 */
/**
 * @typedef {object} Seen A case as it is seen when the menu opens.
 * @property {string} id
 * @property {number} version
 * @property {string} state
 * @property {string} label What it is.
 * @property {string} place Where.
 * @property {number} level
 */

const SHOWN = 6;
/** States in which nothing more can be done. */
const ENDED = ['closed', 'merged'];

export class Deeds {
  /** @param {LeadingData} page @param {import('../desk/words.mjs').Words} words @param {Api} api */
  constructor(page, words, api) {
    Object.assign(this, { page, words, api });
  }

  /** The page's own copy of the city; null before it is there. */
  get store() {
    return window.kite?.store?.hierarchy ? window.kite.store : null;
  }

  nowMs() {
    return window.kite?.ages?.serverNow?.() ?? Date.now();
  }

  /** One case: as the page's own copy has it, else as the server says. @param {string} id @returns {Promise<Seen>} */
  async look(id) {
    const live = this.store?.cases.get(id);
    return live ? this.seen(live, live.grid) : this.ask(id);
  }

  /** @param {string} id @returns {Promise<Seen>} */
  async ask(id) {
    const found = await this.api.get(Api.path(id));
    return this.seen(found, found.grid);
  }

  /** @param {any} item A case as the changes or the API have it. @param {number} grid @returns {Seen} */
  seen(item, grid) {
    const { id, version, state, level, type } = item;
    const label = this.page.texts[`case_type.${type}`] ?? type;
    return { id, version, state, level, label, place: [this.placeOf(grid), item.place].filter(Boolean).join(' · ') };
  }

  /** County, town and village of a grid. @param {number} grid */
  placeOf(grid) {
    const { store } = this, names = [];
    if (!store) return '';
    const { hierarchy } = store;
    for (let r = hierarchy.tierStart[4] + grid; r > 0; r = hierarchy.parent[r]) names.unshift(hierarchy.name(r, window.kite.lang));
    return names.slice(0, 3).join(' ');
  }

  isEnded(state) {
    return ENDED.includes(state);
  }

  /**
   * The gravest overdue cases of a region, and of these those that are due longest first; where nothing is overdue,
   * the gravest open ones. @param {string} code @returns {{cases: Seen[], overdue: boolean}|null}
   */
  gravest(code) {
    const { store } = this;
    if (!store) return null;
    const region = Math.max(0, store.hierarchy.number(code)), nowMs = this.nowMs();
    const inside = [...store.cases.values()].filter(({ grid }) => store.hierarchy.contains(region, grid));
    const isOverdue = ({ due }) => Boolean(due) && !due.paused && due.red_ms <= nowMs;
    const late = inside.filter(isOverdue), chosen = late.length ? late : inside;
    const since = ({ due, occurred_at_ms: at }) => (late.length ? due.red_ms : at);
    chosen.sort((a, b) => a.level - b.level || since(a) - since(b) || (a.id < b.id ? -1 : 1));
    return { cases: chosen.slice(0, SHOWN).map((item) => this.seen(item, item.grid)), overdue: late.length > 0 };
  }

  /** Send it; resolves with the answer, rejects with a `Problem`. @param {Seen} seen @param {Preset} preset */
  send({ id, version }, { command, field, value, label }) {
    return this.api.post(`${Api.path(id)}/commands`, { command, version: String(version), [field]: value ?? label });
  }
}
