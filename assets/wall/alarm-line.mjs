/** The alarm figures in one line at the foot of the map. */

import { mark, put } from './put.mjs';
import { NONE } from './words.mjs';

export class AlarmLine {
  /** @param {HTMLElement} element @param {import('./words.mjs').Words} words */
  constructor(element, words) {
    this.element = element;
    this.words = words;
  }

  /** @param {import('./wall.mjs').Context} context */
  tick({ alarms }) {
    const { words, element } = this, { now, perHour, watchedMs, floodShare, standing, isFlood } = alarms;
    const hour = perHour === null
      ? words.say('wall.alarms.young', { age: words.age(Math.max(10, watchedMs / 1000)) })
      : words.say('wall.alarms.hour', { n: perHour.toFixed(1) });
    put(element, [
      words.say(isFlood ? 'wall.alarms.flooding' : 'wall.alarms.now', { n: now }),
      hour,
      words.say('wall.alarms.flood', { share: floodShare === null ? NONE : `${(100 * floodShare).toFixed(1)}%` }),
      words.say('wall.alarms.standing', { n: standing }),
    ].join(' · '));
    mark(element, 'flood', isFlood ? 1 : null);
  }
}
