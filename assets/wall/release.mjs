/** Whether the server runs another release than the one that this page came from. */

/** Another release counts once it alone has been heard for so long: servers are changed one after the other. */
export const CONFIRM_MS = 60_000;

export class Release {
  /** @param {string} own @param {import('./reloads.mjs').Reloads} reloads */
  constructor(own, reloads) {
    this.own = own;
    this.reloads = reloads;
    /** @type {{release: string, sinceMs: number}|null} */
    this.other = null;
  }

  /** The server said which release it runs. @param {string} release @param {number} nowMs The page's clock. */
  async hear(release, nowMs) {
    if (release === this.own) this.other = null;
    else if (this.other?.release !== release) this.other = { release, sinceMs: nowMs };
    else if (nowMs - this.other.sinceMs >= CONFIRM_MS) await this.reloads.ask(`release ${release}`, nowMs);
  }
}
