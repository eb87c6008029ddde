/** Loading the page anew by itself: only when the server is ready, and never in a loop. */

const KEY = 'kite.wall.reloads';
/** For the same reason not again within so long. */
export const AGAIN_MS = 1_800_000;

/** @typedef {{getItem: (key: string) => string|null, setItem: (key: string, value: string) => void}} Kept */

export class Reloads {
  /**
   * @param {Kept} storage Outlives a reload; without it nothing is reloaded, as it might be again and again.
   * @param {() => Promise<boolean>} isReady
   * @param {() => void} reload
   */
  constructor(storage, isReady, reload) {
    Object.assign(this, { storage, isReady, reload });
    this._isAsking = false;
  }

  /** @param {string} reason @param {number} nowMs The page's clock. @returns {Promise<boolean>} whether it is done */
  async ask(reason, nowMs) {
    if (this._isAsking) return false;
    this._isAsking = true;
    try {
      if (!this._mayFor(reason, nowMs) || !(await this.isReady()) || !this._note(reason, nowMs)) return false;
      this.reload();
      return true;
    } finally {
      this._isAsking = false;
    }
  }

  _mayFor(reason, nowMs) {
    const at = this._read()[reason];
    return !(Math.abs(nowMs - at) < AGAIN_MS);
  }

  /** @returns {Record<string, number>} */
  _read() {
    try {
      return JSON.parse(this.storage.getItem(KEY) ?? '{}') ?? {};
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof DOMException) return {};
      throw error;
    }
  }

  _note(reason, nowMs) {
    const young = Object.entries(this._read()).filter(([, at]) => Math.abs(nowMs - at) < AGAIN_MS);
    try {
      this.storage.setItem(KEY, JSON.stringify({ ...Object.fromEntries(young), [reason]: nowMs }));
      return true;
    } catch (error) {
      if (error instanceof DOMException) return false;
      throw error;
    }
  }
}

/** Whether the server has the city's state and gives this page. @param {string} root */
export async function serverIsReady(root) {
  const wait = { cache: 'no-store', signal: AbortSignal.timeout(8000) };
  try {
    const [ready, page] = await Promise.all([fetch(`${root}readyz`, wait), fetch(window.location.href, wait)]);
    return ready.ok && page.ok && !page.redirected;
  } catch (error) {
    if (error instanceof TypeError || error instanceof DOMException) return false; // no network, or no answer in time
    throw error;
  }
}
