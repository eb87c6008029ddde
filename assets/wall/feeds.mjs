/**
 * The age of each feed in the header; in large type over the page what has gone silent; below the header what else is
 * wrong with a feed.
 */

import { Ill } from './ill.mjs';
import { make, mark, put, show } from './put.mjs';

/** Feeds in the header. (Commands come when somebody gives one: their age says nothing.) */
const FEEDS = ['reports', 'cameras', 'units'];
/** Figures that are asked for every few seconds count as stale after so long. */
const FIGURES_S = 60;

export class Feeds {
  /**
   * @param {{feeds: HTMLElement, banner: HTMLElement}} elements
   * @param {import('../kite/ages.mjs').Ages} ages @param {import('./words.mjs').Words} words
   * @param {(code: string) => string} nameOf Of a region.
   */
  constructor({ feeds, banner }, ages, words, nameOf) {
    Object.assign(this, { ages, words, banner });
    this.ill = new Ill(ages, words, nameOf);
    this.openedAt = performance.now();
    this.rows = FEEDS.map((feed) => {
      const dot = make('i'), text = make('span'), element = make('span', { className: 'wall-feed' }, dot, text);
      feeds.append(element);
      return { feed, element, text };
    });
    this.large = make('b');
    this.small = make('span');
    banner.append(this.large, this.small);
    this.notice = make('div', { className: 'wall-notice', hidden: true });
    this.notice.setAttribute('role', 'alert');
    this.lines = [0, 1].map(() => {
      const large = make('b'), small = make('span'), element = make('p', {}, large, small);
      this.notice.append(element);
      return { element, large, small };
    });
    banner.after(this.notice);
  }

  /** The feeds that are silent now, and "link" while the server is. @returns {Set<string>} */
  get stale() {
    const { stale_after_s: limit } = this.words.page, found = new Set();
    const silence = this.ages.silence();
    const isNew = !Number.isFinite(silence) && performance.now() - this.openedAt < 1000 * limit;
    if (isNew) return found; // a page that has just been opened waits for the first heartbeat
    if (silence > limit) found.add('link');
    for (const feed of FEEDS) {
      if (found.has('link') || (this.ages.of(feed) ?? Infinity) > limit || this.ages.lacksData(feed)) found.add(feed);
    }
    return found;
  }

  /** Everything about feeds that stands as an alarm. @param {Set<string>} stale */
  alarms(stale) {
    return [...stale, ...(stale.has('link') ? [] : this.ill.alarms(FEEDS))];
  }

  /** Codes of counties from which nothing comes that usually does. @param {Set<string>} stale */
  silentCounties(stale) {
    return this.ill.silentCounties(stale);
  }

  /** @param {Set<string>} stale @param {number|null} figuresAge Seconds. */
  tick(stale, figuresAge) {
    const { words, ages } = this;
    for (const { feed, element, text } of this.rows) {
      const age = ages.lacksData(feed) ? this._dataAge(feed) : ages.of(feed), name = words.say(`wall.feed.${feed}`);
      put(text, age === null ? words.say('wall.feed.none', { feed: name }) : words.say('wall.feed.age', { feed: name, age: words.age(age) }));
      mark(element, 'stale', stale.has(feed) ? 1 : null);
      mark(element, 'ill', !stale.has(feed) && ages.health(feed).state !== 'ok' ? 1 : null);
    }
    this._tell(this.ill.lines(FEEDS, stale));
    const sentence = this._sentence(stale, figuresAge);
    put(this.large, sentence.large);
    put(this.small, sentence.small);
    show(this.banner, sentence.large !== '');
    mark(document.documentElement, 'silent', sentence.large ? 1 : null);
  }

  /** @param {import('./ill.mjs').Line[]} lines */
  _tell(lines) {
    show(this.notice, lines.length > 0);
    this.lines.forEach(({ element, large, small }, i) => {
      show(element, i < lines.length);
      put(large, lines[i]?.large ?? '');
      put(small, lines[i]?.small ?? '');
    });
  }

  /** Seconds since the last data of a feed that gives heartbeats alone. @param {string} feed */
  _dataAge(feed) {
    return Math.max(0, (this.ages.serverNow() - this.ages.health(feed).data_ms) / 1000);
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
    const silent = FEEDS.filter((feed) => stale.has(feed) && !ages.lacksData(feed)), old = silent.filter((feed) => ages.of(feed) !== null);
    const names = (feeds) => feeds.map((feed) => words.say(`wall.feed.${feed}`)).join(words.say('header.and'));
    if (old.length) {
      const seconds = Math.max(...old.map((feed) => ages.of(feed)));
      return { large: words.say('wall.stale.feed', { feeds: names(old), age: words.age(seconds) }), small: asOf(seconds) };
    }
    if (silent.length) return { large: words.say('wall.stale.never', { feeds: names(silent) }), small: '' };
    const quiet = FEEDS.filter((feed) => ages.lacksData(feed));
    if (quiet.length) {
      const seconds = Math.max(...quiet.map((feed) => this._dataAge(feed))), [{ usual }] = quiet.map((feed) => ages.health(feed));
      const time = words.time(ages.serverNow() - 1000 * seconds), isOne = quiet.length === 1 && usual;
      const small = isOne ? words.say('wall.ill.usual', { usual: words.count(usual), time }) : asOf(seconds);
      return { large: words.say('wall.ill.data', { feeds: names(quiet), age: words.age(seconds) }), small };
    }
    if (figuresAge !== null && figuresAge > FIGURES_S) {
      return { large: words.say('wall.stale.figures', { age: words.age(figuresAge) }), small: asOf(figuresAge) };
    }
    return { large: '', small: '' };
  }
}
