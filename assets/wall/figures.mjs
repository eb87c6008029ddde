/** What is not live: asked of the server every few seconds, for the regions that are shown. */

/**
 * @typedef {object} WallFigures What dashboard/live/wall_api.py answers; a part that can't be told is null.
 * @property {string} release
 * @property {string} code
 * @property {number} at_ms
 * @property {{times_ms: number[], scores: (number|null)[]}|null} trend
 * @property {Record<string, number|null>|null} day_ago
 * @property {any} moved
 * @property {{ring: number, length_m: number|null, watched_m: number|null, share: number|null, checkpoints: number|null,
 *   online: number|null, gaps: any[]|null}[]|null} rings
 * @property {any} cases
 */

const EVERY_MS = 5000, WAIT_MS = 8000;
const MOST_KEPT = 16;

export class Figures {
  /** @param {string} base URL of /live/, with the slash. @param {(release: string) => void} onRelease */
  constructor(base, onRelease) {
    this.base = base;
    this.onRelease = onRelease;
    /** By region. @type {Map<string, {figures: WallFigures, heardAt: number}>} */
    this.kept = new Map();
    /** Codes that are wanted now. @type {string[]} */
    this.wanted = [];
    this._timer = 0;
  }

  start() {
    this._ask();
  }

  /** Ask for these from now on. @param {string[]} codes */
  want(codes) {
    const wanted = [...new Set(codes)], isNew = wanted.some((code) => !this.wanted.includes(code));
    this.wanted = wanted;
    if (isNew) {
      clearTimeout(this._timer);
      this._timer = setTimeout(() => this._ask(), 0);
    }
  }

  /** @param {string} code @returns {WallFigures|null} */
  of(code) {
    return this.kept.get(code)?.figures ?? null;
  }

  /** Seconds since the figures of a region came; null where there are none. @param {string} code */
  age(code) {
    const kept = this.kept.get(code);
    return kept ? (performance.now() - kept.heardAt) / 1000 : null;
  }

  async _ask() {
    clearTimeout(this._timer);
    const turn = this._turn = (this._turn ?? 0) + 1;
    for (const code of this.wanted) await this._askFor(code);
    if (turn === this._turn) this._timer = setTimeout(() => this._ask(), EVERY_MS);
  }

  async _askFor(code) {
    try {
      const url = `${this.base}wall.json?region=${encodeURIComponent(code)}`;
      const response = await fetch(url, { cache: 'no-store', signal: AbortSignal.timeout(WAIT_MS) });
      if (!response.ok) return;
      const figures = await response.json();
      this.kept.delete(code);
      this.kept.set(code, { figures, heardAt: performance.now() });
      if (this.kept.size > MOST_KEPT) this.kept.delete(this.kept.keys().next().value);
      this.onRelease(figures.release);
    } catch (error) {
      // No network, no answer in time, or half an answer: the next one is asked for in a moment.
      if (!(error instanceof TypeError || error instanceof DOMException || error instanceof SyntaxError)) throw error;
    }
  }
}
