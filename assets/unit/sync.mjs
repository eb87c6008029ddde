/**
 * Between phone and server: asks what there is to do every few seconds, and sends what waits, in its order.
 *
 * Whatever does not come through is tried again, ever more seldom, and at once when the connection returns.
 */

import { after } from './replay.mjs';

/** Between two questions while all goes well; afterwards so long, and up to the longest. */
const EVERY_MS = 4_000, LONGEST_MS = 30_000;
/** Retries of many phones that lost their server together are spread by so much. */
const SPREAD = 0.3;

export class Sync {
  /**
   * @param {import('./store.mjs').Store} store @param {import('./api.mjs').Api} api
   * @param {import('./words.mjs').PageData} page @param {() => void} changed Called when there is something else to show.
   */
  constructor(store, api, page, changed) {
    Object.assign(this, { store, api, page, changed });
    /** @type {import('./store.mjs').Kept|null} */
    this.kept = null;
    /** @type {import('./store.mjs').Entry[]} */
    this.queue = [];
    /** What the last question was answered with; 0 for no answer. */
    this.status = -1;
    this.failures = 0;
    this.timer = 0;
    this.sending = false;
    this.again = false;
    this.asking = null;
  }

  /** The server's time as far as the phone can tell; never ahead of it. */
  now() {
    return Date.now() + (this.kept?.offset_ms ?? 0);
  }

  async start() {
    this.kept = await this.store.kept() ?? null;
    await this._reread();
    addEventListener('online', () => this.wake());
    addEventListener('offline', () => { this.status = 0; this.changed(); });
    document.addEventListener('visibilitychange', () => { if (!document.hidden) this.wake(); });
    this.wake();
  }

  /** Ask and send now, whatever failed before. */
  wake() {
    this.failures = 0;
    this._tick();
  }

  async _tick() {
    clearTimeout(this.timer);
    await this._reread();
    const sent = await this.flush();
    const heard = await this.ask();
    this.failures = sent && heard ? 0 : this.failures + 1;
    const wait = Math.min(LONGEST_MS, EVERY_MS * 2 ** Math.max(0, this.failures - 1));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this._tick(), wait * (1 + SPREAD * Math.random()));
  }

  /** Ask what there is to do; whether the server answered. @returns {Promise<boolean>} */
  ask() {
    this.asking ??= this._ask().finally(() => { this.asking = null; });
    return this.asking;
  }

  async _ask() {
    const { status, etag, now_ms: nowMs, body } = await this.api.tasks(this.kept?.etag ?? '');
    this.status = status;
    const known = this.kept;
    if (status === 200 && body) {
      const tasks = body.tasks.map((task) => newer(task, known?.tasks.find(({ id }) => id === task.id)));
      this.kept = { etag, heard_ms: nowMs, offset_ms: nowMs - Date.now(), simulated: body.simulated, behind: body.behind, tasks };
      await this.store.keep(this.kept);
    } else if (status === 304 && known) {
      this.kept = { ...known, heard_ms: nowMs, offset_ms: nowMs - Date.now() };
      await this.store.keep(this.kept);
    }
    this.changed();
    return status === 200 || status === 304;
  }

  /** A command of the unit's: kept first, then shown, then sent. @param {import('./replay.mjs').Task} task @param {string} command @param {Record<string, string>} fields */
  async press(task, command, fields) {
    const { type, level, place, summary } = task;
    await this.store.add({
      id: freshId(), case: task.id, command, version: task.version, at_ms: this.now(), fields,
      about: { type, level, place, summary }, held: null,
    });
    navigator.storage?.persist?.();
    await this._reread();
    await this.flush();
  }

  /** Send what can be done still on the case as it is now; what can't was shown so, and goes. @param {{entry: import('./store.mjs').Entry, possible: boolean}[]} steps @param {number} version */
  async sendAgain(steps, version) {
    const going = steps.filter(({ possible }) => possible).map(({ entry }, i) => ({ ...entry, version: version + i, held: null }));
    await this.store.change(going, steps.filter(({ possible }) => !possible).map(({ entry }) => entry));
    await this._reread();
    await this.flush();
  }

  /** The unit lets them go. @param {import('./store.mjs').Entry[]} entries */
  async drop(entries) {
    await this.store.change([], entries);
    await this._reread();
  }

  /** Another wording of one that was refused; it keeps its id and its time. @param {import('./store.mjs').Entry} entry @param {Record<string, string>} fields */
  async reword(entry, fields) {
    await this.store.change([{ ...entry, fields, held: null }]);
    await this._reread();
    await this.flush();
  }

  /** Send what waits, one after the other; whether nothing is left that waits for a connection. @returns {Promise<boolean>} */
  async flush() {
    if (this.sending) {
      this.again = true;
      return true;
    }
    this.sending = true;
    try {
      // Of several pages of this unit one sends; where a page has no locks the ids alone keep it to once.
      return await (navigator.locks?.request(`kite-unit-${this.page.unit}`, () => this._sendAll()) ?? this._sendAll());
    } finally {
      this.sending = false;
    }
  }

  async _sendAll() {
    do {
      this.again = false;
      for (let entry = await this._first(); entry; entry = await this._first()) {
        const outcome = await this.api.send(entry, Math.min(entry.at_ms, this.now()));
        if (outcome.kind === 'later') {
          this.status = outcome.status;
          this.changed();
          return false;
        }
        if (outcome.kind === 'done') await this._done(entry, outcome);
        else await this._hold(entry, outcome.refusal);
        await this._reread();
      }
    } while (this.again);
    return true;
  }

  /** The first that may go: nothing of a case goes past one that is held. */
  async _first() {
    const queue = await this.store.queue();
    const stuck = new Set(queue.filter(({ held }) => held).map((entry) => entry.case));
    return queue.find((entry) => !stuck.has(entry.case));
  }

  /** @param {import('./store.mjs').Entry} entry @param {{version: number, state: string}} outcome */
  async _done(entry, { version, state }) {
    const tasks = (this.kept?.tasks ?? []).map((task) => (task.id === entry.case && task.version < version
      ? { ...after(this.page.rules, task, entry.command), version, state } : task));
    this.kept = { ...this.kept, tasks: tasks.filter((task) => this.page.shown.includes(task.state)) };
    await this.store.done(entry, this.kept);
    this.ask();
  }

  /** It can't go on as it is: what the case is now is asked for, so that the unit can decide. */
  async _hold(entry, refusal) {
    await this.store.change([{ ...entry, held: refusal }]);
    await this.asking;
    await this.ask();
  }

  async _reread() {
    this.queue = await this.store.queue();
    this.changed();
  }
}

/** Of two web processes one may be some milliseconds behind the other: what was heard already stays. */
function newer(task, known) {
  return known && known.version > task.version ? known : task;
}

/**
 * An id that no other command has: 128 random bits, in letters alone. Among random digits the server finds a telephone
 * number sooner or later, and refuses it. (A page that came without encryption may not ask for a UUID.)
 */
export function freshId() {
  const letter = (nibble) => String.fromCharCode(97 + nibble);
  return `unit-${Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => letter(byte >> 4) + letter(byte & 15)).join('')}`;
}
