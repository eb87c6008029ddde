/** The age of each feed in the header, and in large type over the page what has gone silent. */

import { make, mark, put, show } from './put.mjs';

/** Feeds in the header. (Commands come when somebody gives one: their age says nothing.) */
const FEEDS = ['reports', 'cameras', 'units'];
/** Figures that are asked for every few seconds count as stale after so long. */
const FIGURES_S = 60;

export class Feeds {
  /**
   * @param {{feeds: HTMLElement, banner: HTMLElement}} elements
   * @param {import('../kite/ages.mjs').Ages} ages @param {import('./words.mjs').Words} words
   */
  constructor({ feeds, banner }, ages, words) {
    Object.assign(this, { ages, words, banner });
    this.openedAt = performance.now();
    this.rows = FEEDS.map((feed) => {
      const dot = make('i'), text = make('span'), element = make('span', { className: 'wall-feed' }, dot, text);
      feeds.append(element);
      return { feed, element, text };
    });
    this.large = make('b');
    this.small = make('span');
    banner.append(this.large, this.small);
  }

  /** The feeds that are silent now, and "link" while the server is. @returns {Set<string>} */
  get stale() {
    const { stale_after_s: limit } = this.words.page, found = new Set();
    const silence = this.ages.silence();
    const isNew = !Number.isFinite(silence) && performance.now() - this.openedAt < 1000 * limit;
    if (isNew) return found; // a page that has just been opened waits for the first heartbeat
    if (silence > limit) found.add('link');
    for (const feed of FEEDS) if (found.has('link') || (this.ages.of(feed) ?? Infinity) > limit) found.add(feed);
    return found;
  }

  /** @param {Set<string>} stale @param {number|null} figuresAge Seconds. */
  tick(stale, figuresAge) {
    const { words, ages } = this;
    for (const { feed, element, text } of this.rows) {
      const age = ages.of(feed), name = words.say(`wall.feed.${feed}`);
      put(text, age === null ? words.say('wall.feed.none', { feed: name }) : words.say('wall.feed.age', { feed: name, age: words.age(age) }));
      mark(element, 'stale', stale.has(feed) ? 1 : null);
    }
    const sentence = this._sentence(stale, figuresAge);
    put(this.large, sentence.large);
    put(this.small, sentence.small);
    show(this.banner, sentence.large !== '');
    mark(document.documentElement, 'silent', sentence.large ? 1 : null);
  }

  /** @returns {{large: string, small: string}} */
  _sentence(stale, figuresAge) {
    const { words, ages } = this;
    const asOf = (seconds) => words.say('wall.stale.as_of', { time: words.time(ages.serverNow() - 1000 * seconds) });
    if (stale.has('link')) {
      const seconds = Number.isFinite(ages.silence()) ? ages.silence() : (performance.now() - this.openedAt) / 1000;
      const small = Number.isFinite(ages.silence()) ? asOf(seconds) : words.say('wall.stale.nothing');
      return { large: words.say('wall.stale.link', { age: words.age(seconds) }), small };
    }
    const silent = FEEDS.filter((feed) => stale.has(feed)), old = silent.filter((feed) => ages.of(feed) !== null);
    const names = (feeds) => feeds.map((feed) => words.say(`wall.feed.${feed}`)).join(words.say('header.and'));
    if (old.length) {
      const seconds = Math.max(...old.map((feed) => ages.of(feed)));
      return { large: words.say('wall.stale.feed', { feeds: names(old), age: words.age(seconds) }), small: asOf(seconds) };
    }
    if (silent.length) return { large: words.say('wall.stale.never', { feeds: names(silent) }), small: '' };
    if (figuresAge !== null && figuresAge > FIGURES_S) {
      return { large: words.say('wall.stale.figures', { age: words.age(figuresAge) }), small: asOf(figuresAge) };
    }
    return { large: '', small: '' };
  }
}
