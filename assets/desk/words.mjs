/** Words and figures of the desk, from what the server wrote into the page. */

/**
 * @typedef {object} PageData What dashboard/views/dispatch.py gives.
 * @property {Record<string, string>} texts
 * @property {Record<string, {label: string, key: string, fields: string[], required: string[]}>} commands
 * @property {Record<string, string[]>} allowed Commands by state.
 * @property {Record<string, Record<string, string>>} choices Words of a field by its value.
 * @property {Record<string, string>} types
 * @property {Record<string, string>} states
 * @property {string[]} places What a region is called, by tier.
 * @property {Record<string, string>} phases
 * @property {Record<string, string>} levels
 * @property {Record<string, string>} reasons Why a unit is suggested.
 * @property {string[]} undoable Commands that may be taken back.
 * @property {string[]} disputes Types that may go to a hearing.
 * @property {string} timezone
 */

/** @returns {PageData} */
export const pageData = () => JSON.parse(document.getElementById('desk-data').textContent);

export class Words {
  /** @param {PageData} page */
  constructor(page) {
    this.page = page;
    this.time = new Intl.DateTimeFormat('zh-CN', { timeZone: page.timezone, hour12: false, hour: '2-digit', minute: '2-digit', second: '2-digit' });
    this.day = new Intl.DateTimeFormat('zh-CN', { timeZone: page.timezone, month: '2-digit', day: '2-digit' });
  }

  /** The text of that name with its braces filled. @param {string} name @param {Record<string, unknown>} [words] */
  say(name, words) {
    return (this.page.texts[name] ?? name).replace(/\{(\w+)\}/g, (whole, word) => String(words?.[word] ?? whole));
  }

  /** The commands that make sense for a case as it is: those of its state, less what there is nothing for. @param {any} item */
  allowed(item) {
    const paused = Boolean(item.due?.paused), isAsked = item.asked_until_ms !== null;
    const idle = {
      go_on: !paused, pause: paused, report_in: item.called.length === 0, hearing_result: !item.hearing, extend: isAsked,
      grant: !isAsked, decline: !isAsked, to_hearing: !this.page.disputes.includes(item.type),
    };
    return (this.page.allowed[item.state] ?? []).filter((slug) => !idle[slug]);
  }

  /** Why something was not done, in the language of the page. @param {import('./api.mjs').Problem} problem @param {number} nowMs */
  refusal({ message, status, reason, facts }, nowMs) {
    const name = `desk.refused.${reason || status}`;
    if (!(name in this.page.texts)) return message;
    const command = this.page.commands[facts?.command]?.label ?? this.say('desk.reported');
    const allowed = (facts?.allowed ?? []).map((slug) => this.page.commands[slug].label).join(this.say('desk.and'));
    const at = facts?.at_ms ? this.at(facts.at_ms, nowMs) : '';
    return this.say(name, { by: facts?.by, command, at, state: this.page.states[facts?.state], allowed, sentence: message });
  }

  /** A duration: minutes and seconds below an hour, then hours and minutes, then days. @param {number} ms */
  span(ms) {
    const s = Math.floor(ms / 1000), m = Math.floor(s / 60), h = Math.floor(m / 60);
    if (m < 60) return `${m}:${String(s % 60).padStart(2, '0')}`;
    if (h < 48) return this.say('desk.hours', { h, m: m % 60 });
    return this.say('desk.days', { n: Math.floor(h / 24) });
  }

  /** Time of day, with the date where it is another day. @param {number} ms @param {number} nowMs */
  at(ms, nowMs) {
    const today = this.day.format(ms) === this.day.format(nowMs);
    return today ? this.time.format(ms) : `${this.day.format(ms)} ${this.time.format(ms).slice(0, 5)}`;
  }

  /** How a clock stands: its words and its colour, "", "yellow" or "red". @param {import('./rows.mjs').Due|null} due @param {number} nowMs */
  due(due, nowMs) {
    if (!due) return { text: '', colour: '' };
    const phase = this.page.phases[due.phase];
    if (due.paused) return { text: this.say('desk.paused'), colour: '' };
    const left = due.red_ms - nowMs;
    const colour = left <= 0 ? 'red' : nowMs >= due.yellow_ms ? 'yellow' : '';
    const name = left <= 0 ? 'desk.over' : 'desk.left';
    return { text: this.say(name, { phase, span: this.span(Math.abs(left)) }), colour };
  }
}
