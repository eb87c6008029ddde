/** What is wrong with feeds that speak, in sentences: floods, repeats, sources and counties that have gone silent. */

/** More lines than this are counted, not shown. */
const MOST = 2;
/** Counties that are named in one line. */
const MOST_NAMED = 4;

/** @param {number} part @param {number} whole */
const share = (part, whole) => `${Math.floor((100 * part) / Math.max(1, whole))}%`;

/**
 * @typedef {object} Line
 * @property {string} large @property {string} small
 */

export class Ill {
  /**
   * @param {import('../kite/ages.mjs').Ages} ages @param {import('./words.mjs').Words} words
   * @param {(code: string) => string} nameOf Of a region.
   */
  constructor(ages, words, nameOf) {
    Object.assign(this, { ages, words, nameOf });
  }

  /** The lines to be shown, silence first: it is what nobody would notice. @param {string[]} feeds @param {Set<string>} stale Feeds that the banner tells of. @returns {Line[]} */
  lines(feeds, stale) {
    if (stale.has('link')) return [];
    const isSilent = ({ state }) => state === 'silent';
    const lines = [
      this._counties(stale),
      ...this._sources(stale, isSilent),
      ...feeds.filter((feed) => !stale.has(feed)).map((feed) => this._stream(feed, this.ages.health(feed))),
      ...this._sources(stale, (part) => !isSilent(part)),
    ].filter((line) => line !== null);
    if (lines.length <= MOST) return lines;
    const more = this.words.say('wall.ill.more', { n: lines.length - MOST });
    const shown = lines.slice(0, MOST), last = shown[MOST - 1];
    return [...shown.slice(0, -1), { ...last, small: [last.small, more].filter(Boolean).join(' · ') }];
  }

  /** Codes of the counties from which nothing comes that usually does. @param {Set<string>} stale */
  silentCounties(stale) {
    if (stale.has('link') || stale.has('reports')) return [];
    return this.ages.silentCounties();
  }

  /** Names of what stands as an alarm. @param {string[]} feeds */
  alarms(feeds) {
    const streams = feeds.map((feed) => [feed, this.ages.health(feed).state]).filter(([, state]) => state === 'flood' || state === 'repeat');
    const parts = this.ages.parts().map(({ feed, source, county, state }) => [`${feed}/${source}${county}`, state]);
    return [...streams, ...parts].map(([name, state]) => `${state} ${name}`);
  }

  /** @returns {Line|null} */
  _stream(feed, health) {
    const { words } = this, feeds = words.say(`wall.feed.${feed}`), { state, usual, per_min: n, repeats } = health;
    const since = health.since_ms ? words.say('wall.ill.since', { time: words.minute(health.since_ms) }) : '';
    if (state === 'silent') return health.calm ? { large: words.say('wall.ill.recovering', { feeds }), small: '' } : null;
    if (state === 'flood') {
      const small = usual ? words.say('wall.ill.flood.usual', { usual: this._rate(usual), time: words.minute(health.since_ms) }) : since;
      return { large: words.say('wall.ill.flood', { feeds, n: words.count(n) }), small: this._from(feed, state, small) };
    }
    if (state === 'repeat') return { large: words.say('wall.ill.repeat', { feeds, share: share(repeats, n) }), small: this._from(feed, state, this._repeats(health)) };
    return null;
  }

  /** With the source that it comes from, where it is one alone. */
  _from(feed, state, small) {
    const like = this.ages.parts().filter((part) => part.feed === feed && part.source && part.state === state);
    return like.length === 1 ? [this.words.say('wall.ill.from', { source: like[0].source }), small].join(' · ') : small;
  }

  _repeats({ per_min: n, repeats, since_ms: since }) {
    const { words } = this;
    return words.say('wall.ill.repeat.count', { n: words.count(n), repeats: words.count(repeats), time: words.minute(since) });
  }

  /** @returns {Line|null} */
  _counties(stale) {
    const { words, ages } = this, codes = this.silentCounties(stale), small = words.say('wall.ill.unsafe');
    if (!codes.length) return null;
    if (codes.length === 1) {
      const { data_ms: at } = ages.parts().find(({ county }) => county === codes[0]);
      return { large: words.say('wall.ill.county', { county: this.nameOf(codes[0]), age: this._age(at) }), small };
    }
    const names = codes.slice(0, MOST_NAMED).map((code) => this.nameOf(code)).join(words.say('header.and'));
    return { large: words.say('wall.ill.county.many', { n: codes.length, counties: names }), small };
  }

  /** @returns {Line[]} */
  _sources(stale, isAsked) {
    const { words, ages } = this;
    // What is told of the whole stream is not told again of its source.
    const told = (feed, state) => stale.has(feed) || ages.health(feed).state === state;
    return ages.parts().filter((part) => part.source && isAsked(part) && !told(part.feed, part.state)).map((part) => {
      const said = { feeds: words.say(`wall.feed.${part.feed}`), source: part.source };
      const small = words.say('wall.ill.since', { time: words.minute(part.since_ms) });
      if (part.state === 'flood') return { large: words.say('wall.ill.source.flood', { ...said, n: words.count(part.per_min) }), small };
      if (part.state === 'repeat') {
        return { large: words.say('wall.ill.source.repeat', { ...said, share: share(part.repeats, part.per_min) }), small: this._repeats(part) };
      }
      return { large: words.say('wall.ill.source', { ...said, age: this._age(part.since_ms) }), small: words.say('wall.ill.unsafe') };
    });
  }

  _age(ms) {
    return this.words.age(Math.max(0, (this.ages.serverNow() - ms) / 1000));
  }

  /** Events a minute. @param {number} usual */
  _rate(usual) {
    return usual < 10 ? String(Math.round(10 * usual) / 10) : this.words.count(usual);
  }
}
