/** Asking the server: every answer is what it gave, or a `Problem` with its sentence. */

export class Problem extends Error {
  /** @param {string} sentence @param {number} [status] Of the answer; 0 without one. @param {string} [reason] @param {any} [facts] */
  constructor(sentence, status = 0, reason = '', facts = {}) {
    super(sentence);
    this.status = status;
    this.reason = reason;
    this.facts = facts;
  }
}

export class Api {
  /** @param {string} base URL of the API, with the slash. @param {string} unreachable What is said when nobody answers. */
  constructor(base, unreachable) {
    this.base = base;
    this.unreachable = unreachable;
  }

  /** @param {string} path */
  get(path) {
    return this._ask(path);
  }

  /** @param {string} path @param {any} body */
  post(path, body) {
    return this._ask(path, { method: 'POST', body: JSON.stringify(body) });
  }

  async _ask(path, options = {}) {
    let response;
    try {
      response = await fetch(this.base + path, { cache: 'no-store', ...options });
    } catch {
      throw new Problem(this.unreachable);
    }
    const said = await response.json().catch(() => ({ sentence: this.unreachable }));
    if (!response.ok) throw new Problem(said.sentence, response.status, said.reason, said.facts);
    return said;
  }

  /** @param {string} id */
  static path(id) {
    return `cases/${encodeURIComponent(id)}`;
  }
}
