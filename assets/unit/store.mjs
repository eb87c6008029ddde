/**
 * What the phone keeps, on its disk: the tasks as they were heard last, and the commands that wait to be sent.
 *
 * A command is shown as waiting only once it is written, so that nothing that was seen is lost when the page or
 * the phone ends.
 */

/**
 * @typedef {object} Entry A command that waits.
 * @property {number} seq Order in which they were pressed; given by the store.
 * @property {string} id Made here once: however often it is sent, it is done once.
 * @property {string} case
 * @property {string} command
 * @property {number} version The version of the case that the unit saw, with what waits before it counted in.
 * @property {number} at_ms When it was pressed, by the server's clock.
 * @property {Record<string, string>} fields
 * @property {{type: string, level: number, place: string, summary: string}} about The case, for when it is a task no more.
 * @property {import('./api.mjs').Refusal|null} held Why it can't go on; null while it only waits.
 *
 * @typedef {object} Kept
 * @property {string} etag
 * @property {number} heard_ms When the server said last that it is so, by its own clock.
 * @property {number} offset_ms The server's clock minus the phone's.
 * @property {boolean} simulated
 * @property {boolean} behind The server has not yet applied what it was told.
 * @property {import('./replay.mjs').Task[]} tasks
 */

const QUEUE = 'queue', KEPT = 'kept', ONLY = 'tasks';

export class Store {
  /** @param {IDBDatabase} database */
  constructor(database) {
    this.database = database;
  }

  /** @param {string} unit Each call sign has a store of its own. @returns {Promise<Store>} */
  static async open(unit) {
    const request = indexedDB.open(`kite-unit-${unit}`, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(QUEUE, { keyPath: 'seq', autoIncrement: true });
      request.result.createObjectStore(KEPT);
    };
    return new Store(await answered(request));
  }

  /** @returns {Promise<Entry[]>} In the order in which they were pressed. */
  queue() {
    return answered(this.database.transaction(QUEUE).objectStore(QUEUE).getAll());
  }

  /** @returns {Promise<Kept|undefined>} */
  kept() {
    return answered(this.database.transaction(KEPT).objectStore(KEPT).get(ONLY));
  }

  /** @param {Kept} kept */
  keep(kept) {
    return this._write([KEPT], (transaction) => transaction.objectStore(KEPT).put(kept, ONLY));
  }

  /** @param {Omit<Entry, 'seq'>} entry Written when this resolves. */
  add(entry) {
    return this._write([QUEUE], (transaction) => transaction.objectStore(QUEUE).add(entry));
  }

  /** @param {Entry[]} changed @param {Entry[]} [gone] All of it or nothing. */
  change(changed, gone = []) {
    return this._write([QUEUE], (transaction) => {
      const queue = transaction.objectStore(QUEUE);
      for (const entry of changed) queue.put(entry);
      for (const entry of gone) queue.delete(entry.seq);
    });
  }

  /** It was done: what waits and what is known of the case change together. @param {Entry} entry @param {Kept} kept */
  done(entry, kept) {
    return this._write([QUEUE, KEPT], (transaction) => {
      transaction.objectStore(QUEUE).delete(entry.seq);
      transaction.objectStore(KEPT).put(kept, ONLY);
    });
  }

  /** @param {string[]} names @param {(transaction: IDBTransaction) => void} write @returns {Promise<void>} */
  _write(names, write) {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction(names, 'readwrite', { durability: 'strict' });
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
      write(transaction);
    });
  }
}

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
function answered(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
