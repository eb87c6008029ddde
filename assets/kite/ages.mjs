/** How old what is on the screen is: feed ages by the server's clock, and whether the link is alive. */

/**
 * @typedef {object} Health How the server finds a feed (docs/feeds.md).
 * @property {string} state ok, silent, flood or repeat
 * @property {number} [since_ms]
 * @property {boolean} [calm] It looks well again, and is watched for a while.
 * @property {string} [lacks] Of a silent one: never, entries or data (heartbeats alone come).
 * @property {number|null} [data_ms] @property {number|null} [usual] Events a minute.
 * @property {number} [per_min] @property {number} [repeats]
 */
/** @typedef {Health & {feed: string, source: string, county: string}} Part A source or a county that is not well. */
/** @typedef {{last_ms: number, applied_ms: number} & Partial<Health>} Feed */
/** @typedef {{now_ms: number, clock_ms: number, simulated: boolean, feeds: Record<string, Feed>, parts?: Part[]}} Heartbeat */

/** @type {Health} */
const WELL = { state: 'ok' };

/** The server's clock and each feed's newest entry, from the heartbeats. */
export class Ages {
  /** @param {() => number} now The page's clock in ms. */
  constructor(now = Date.now) {
    this._now = now;
    /** Server's clock minus the page's, ms. Unknown until the first heartbeat. */
    this.offsetMs = 0;
    /** @type {Heartbeat|null} */
    this.last = null;
    this._heardAt = -Infinity;
  }

  /** @param {Heartbeat} heartbeat */
  hear(heartbeat) {
    this._heardAt = this._now();
    this.offsetMs = heartbeat.now_ms - this._heardAt;
    this.last = heartbeat;
  }

  /** The server's time now, ms. */
  serverNow() {
    return this._now() + this.offsetMs;
  }

  /** Seconds since the last heartbeat; infinite before the first. */
  silence() {
    return (this._now() - this._heardAt) / 1000;
  }

  /**
   * Seconds since the newest entry of a feed that was applied, or null where there is none: an entry that waits
   * for a projector that hangs does not make what is shown any younger. @param {string} feed
   */
  of(feed) {
    const known = this.last?.feeds?.[feed];
    if (!known || !known.applied_ms) return null;
    return Math.max(0, (this.serverNow() - known.applied_ms) / 1000);
  }

  /** How the server found a feed at the last heartbeat. @param {string} feed @returns {Health} */
  health(feed) {
    const known = this.last?.feeds?.[feed];
    return known?.state ? /** @type {Health} */ (known) : WELL;
  }

  /** Sources and counties that are not well. @returns {Part[]} */
  parts() {
    return this.last?.parts ?? [];
  }

  /** Codes of the counties from which nothing comes that usually does. @returns {string[]} */
  silentCounties() {
    return this.parts().filter(({ county, state, calm }) => county && state === 'silent' && !calm).map(({ county }) => county);
  }

  /** Whether only heartbeats come of a feed, where data usually does. @param {string} feed */
  lacksData(feed) {
    const { state, lacks, calm } = this.health(feed);
    return state === 'silent' && lacks === 'data' && !calm;
  }

  /** Whether the oldest of these feeds is older than so many seconds, not known, or without data. @param {string[]} feeds @param {number} limit */
  stale(feeds, limit) {
    return feeds.some((feed) => (this.of(feed) ?? Infinity) > limit || this.lacksData(feed));
  }

  /** All ages for the page, in tenths of seconds. */
  summary() {
    /** @type {Record<string, number|null>} */
    const feeds = {};
    for (const feed in this.last?.feeds ?? {}) feeds[feed] = tenths(this.of(feed));
    /** @type {Record<string, Health>} */
    const health = {};
    for (const feed in feeds) if (this.health(feed).state !== 'ok') health[feed] = this.health(feed);
    const silence = this.silence();
    return {
      feeds,
      health,
      parts: this.parts(),
      link_s: Number.isFinite(silence) ? tenths(silence) : null,
      server_ms: Math.round(this.serverNow()),
      clock_ms: this.last?.clock_ms ?? null,
      simulated: this.last?.simulated ?? null,
    };
  }
}

/** @param {number|null} seconds */
function tenths(seconds) {
  return seconds === null ? null : Math.round(seconds * 10) / 10;
}
