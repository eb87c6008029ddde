/** Asking the server, and what each answer means for what waits. */

/**
 * @typedef {object} Refusal
 * @property {number} status
 * @property {string} reason Of the reasons of docs/protocol.md; '' where the status says it all.
 * @property {string} sentence
 * @property {Record<string, any>} facts
 *
 * @typedef {{kind: 'done', version: number, state: string} | {kind: 'held', refusal: Refusal} | {kind: 'later', status: number}} Outcome
 */

const PATIENCE_MS = 15_000;
/** Statuses that say something of the moment, or of who asks, and nothing against the command. */
const LATER = new Set([401, 408, 425, 429]);

export class Api {
  /** @param {string} root @param {string} unit */
  constructor(root, unit) {
    this.base = `${root}api/v1/`;
    this.unit = unit;
  }

  /** @param {string} etag @returns {Promise<{status: number, etag: string, now_ms: number|null, body: any}>} Status 0 without an answer. */
  async tasks(etag) {
    const headers = etag ? { 'If-None-Match': etag } : {};
    const answer = await this._fetch(`units/${encodeURIComponent(this.unit)}/tasks`, { headers });
    const now = Number(answer?.headers.get('X-Kite-Now'));
    return {
      status: answer?.status ?? 0,
      etag: answer?.headers.get('ETag') ?? '',
      now_ms: now || null,
      body: answer?.status === 200 ? await answer.json().catch(() => null) : null,
    };
  }

  /** A case with its whole history; null where there is none to see. @param {string} id */
  async case(id) {
    const answer = await this._fetch(`cases/${encodeURIComponent(id)}`);
    return answer?.ok ? answer.json().catch(() => null) : null;
  }

  /** @param {import('./store.mjs').Entry} entry @param {number} atMs @returns {Promise<Outcome>} */
  async send({ id, case: caseId, command, version, fields }, atMs) {
    const body = JSON.stringify({ ...fields, id, command, version, at: new Date(atMs).toISOString() });
    const answer = await this._fetch(`cases/${encodeURIComponent(caseId)}/commands`, { method: 'POST', body });
    const said = await answer?.json().catch(() => null);
    if (!answer || !said || LATER.has(answer.status) || answer.status >= 500) return { kind: 'later', status: answer?.status ?? 0 };
    if (answer.ok) return { kind: 'done', version: said.version, state: said.state };
    const { reason = '', sentence = '', facts = {} } = said;
    // An answer was lost on its way, and the command sent again: it was done the first time.
    if (reason === 'duplicate') return { kind: 'done', version: facts.version, state: facts.state };
    return { kind: 'held', refusal: { status: answer.status, reason, sentence, facts } };
  }

  /** The answer, or null without one. @returns {Promise<Response|null>} */
  async _fetch(path, options = {}) {
    if (!navigator.onLine) return null;
    const giveUp = new AbortController();
    const timer = setTimeout(() => giveUp.abort(), PATIENCE_MS);
    try {
      return await fetch(this.base + path, { cache: 'no-store', signal: giveUp.signal, ...options });
    } catch {
      return null;
    } finally {
      clearTimeout(timer);
    }
  }
}
