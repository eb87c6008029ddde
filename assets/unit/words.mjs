/** Words and figures of a unit's page, from what the server wrote into it. */

/**
 * @typedef {object} PageData What dashboard/views/unit.py gives.
 * @property {string} unit The call sign.
 * @property {string} root @property {string} worker URL of the service worker.
 * @property {string} language @property {string} timezone
 * @property {number} stale_after_s @property {boolean} simulated
 * @property {Record<string, string>} texts
 * @property {import('./replay.mjs').Rules} rules
 * @property {Record<string, string>} commands
 * @property {string[]} shown States in which a case is a task. @property {string[]} to_do Those in which it is to be done still.
 * @property {string} reported What the first step of a case is called.
 * @property {Record<string, string>} cards @property {Record<string, string>} states @property {Record<string, string>} levels
 * @property {Record<string, string>} phases @property {Record<string, string>} outcomes
 * @property {Record<string, string>} origins @property {Record<string, string>} types
 */

/** @returns {PageData} */
export const pageData = () => JSON.parse(document.getElementById('unit-data').textContent);

export class Words {
  /** @param {PageData} page */
  constructor(page) {
    this.page = page;
    const zone = { timeZone: page.timezone };
    // Sweden writes times as ISO 8601 does: 2026-11-24 12:24.
    this.moment = new Intl.DateTimeFormat('sv-SE', { ...zone, dateStyle: 'short', timeStyle: 'short' });
  }

  /** The text of that name with its braces filled. @param {string} name @param {Record<string, unknown>} [words] */
  say(name, words) {
    return (this.page.texts[name] ?? name).replace(/\{(\w+)\}/g, (whole, word) => String(words?.[word] ?? whole));
  }

  /** A length of time in its largest unit. @param {number} ms */
  age(ms) {
    const s = Math.max(0, Math.floor(ms / 1000));
    if (s < 60) return this.say('age.seconds', { n: s });
    if (s < 3600) return this.say('age.minutes', { n: Math.floor(s / 60) });
    if (s < 48 * 3600) return this.say('age.hours', { n: Math.floor(s / 3600) });
    return this.say('age.days', { n: Math.floor(s / 86_400) });
  }

  /** What is left of a term: minutes and seconds below an hour, then coarser. @param {number} ms */
  span(ms) {
    const s = Math.floor(ms / 1000), m = Math.floor(s / 60);
    return m < 60 ? `${m}:${String(s % 60).padStart(2, '0')}` : this.age(ms);
  }

  /** Time of day, with the date where it is another day. @param {number} ms @param {number} nowMs */
  at(ms, nowMs) {
    const [day, time] = this.moment.format(ms).split(' '), [today] = this.moment.format(nowMs).split(' ');
    return day === today ? time : `${day.slice(5)} ${time}`;
  }

  /** How a clock stands: its words and its colour, "", "yellow" or "red". @param {import('./replay.mjs').Task['clocks'][0]|undefined} clock @param {number} nowMs */
  due(clock, nowMs) {
    if (!clock) return { text: '', colour: '' };
    if (clock.paused) return { text: this.say('unit.paused'), colour: '' };
    const left = clock.red_ms - nowMs, phase = this.page.phases[clock.phase];
    const text = this.say(left <= 0 ? 'unit.over' : 'unit.left', { phase, span: this.span(Math.abs(left)) });
    return { text, colour: left <= 0 ? 'red' : nowMs >= clock.yellow_ms ? 'yellow' : '' };
  }

  /** @param {{level: number, type: string}} about */
  kind({ level, type }) {
    return `${String(level).padStart(2, '0')} ${this.page.types[type] ?? type}`;
  }

  /** Where it is, as one says it: a name with which the next begins says nothing more. @param {import('./replay.mjs').Task} task */
  regions({ regions }) {
    const names = regions.map((region) => (this.page.language === 'en' && region.name_en) || region.name)
      .filter((name, i, all) => !all[i + 1]?.startsWith(name));
    return this.page.language === 'en' ? names.reverse().join(', ') : names.join(' ');
  }

  /** A step of a case's history in one line. @param {import('./replay.mjs').Step} step @param {number} nowMs */
  step(step, nowMs) {
    const what = this.page.commands[step.command] ?? this.page.reported;
    return [this.at(step.at_ms, nowMs), step.by, what].filter(Boolean).join(' · ');
  }

  /** Why a command was not done. @param {import('./api.mjs').Refusal} refusal */
  refusal({ status, reason, sentence, facts }) {
    const name = [`unit.refused.${reason}.${facts.field}`, `unit.refused.${reason}`, `unit.refused.${status}`].find((known) => known in this.page.texts);
    return name ? this.say(name) : sentence;
  }
}
