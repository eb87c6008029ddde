/** One sentence about the connection, how old what is shown is, and what waits. */

/** What is sent within so much is not said to wait. */
const AT_ONCE_MS = 1_500;

/**
 * @param {import('./words.mjs').Words} words @param {import('./sync.mjs').Sync} sync
 * @param {import('./words.mjs').PageData} page @param {number} nowMs
 * @returns {{sentence: string, alarm: boolean, stale: boolean, signIn: boolean}}
 */
export function statusOf(words, sync, page, nowMs) {
  const { kept, status, queue } = sync;
  const age = kept ? nowMs - kept.heard_ms : Infinity;
  const stale = age > page.stale_after_s * 1000;
  const said = [];
  if (status === 401) said.push(words.say('unit.signed_out'));
  else if (status === 403) said.push(words.say('unit.forbidden', { unit: page.unit }));
  else if (status === 404) said.push(words.say('unit.unknown', { unit: page.unit }));
  else if (!navigator.onLine || (stale && status === 0)) said.push(words.say('unit.offline'));
  else if (stale && status > 0) said.push(words.say('unit.unanswered'));
  if (said.length && kept && status !== 403 && status !== 404) said.push(words.say('unit.as_of', { at: words.at(kept.heard_ms, nowMs) }));
  if (!stale && kept?.behind) said.push(words.say('unit.behind'));
  const alarm = said.length > 0, stuck = new Set(queue.filter(({ held }) => held).map((entry) => entry.case));
  const waiting = queue.filter((entry) => !stuck.has(entry.case) && (alarm || nowMs - entry.at_ms > AT_ONCE_MS)).length;
  if (waiting) said.push(words.say('unit.waiting', { n: waiting }));
  return { sentence: said.join(' '), alarm, stale: stale || Boolean(kept?.behind), signIn: status === 401 };
}
