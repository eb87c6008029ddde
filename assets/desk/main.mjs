/** The duty desk: the queue on the left, the map that follows it, and the chosen case on the right. */

import { Api, Problem } from './api.mjs';
import { CasePanel } from './case-panel.mjs';
import { Desk } from './desk.mjs';
import { gridOf } from './queue.mjs';
import { Words, pageData } from './words.mjs';

/** Resolves when the map's client has what the desk reads. */
async function liveCity() {
  while (!window.kite?.view?.kit || !window.kite.store?.hierarchy) await new Promise((resolve) => { setTimeout(resolve, 50); });
  return window.kite;
}

async function start() {
  const page = pageData(), words = new Words(page);
  // How a clock reads, for the grid's column (dashboard/views/dispatch.py).
  window.kite_desk = { words, now: () => Date.now() };
  const [kite, grid] = await Promise.all([liveCity(), gridOf('queue')]);
  const api = new Api(`${kite.root}api/v1/`, words.say('desk.unreachable'));
  window.kite_desk.now = () => kite.ages.serverNow();
  const desk = new Desk(kite, grid, api, words, (panel, doing) => new CasePanel(panel, words, doing));
  window.kite_desk.desk = desk;
  desk.start();
}

window.addEventListener('unhandledrejection', ({ reason }) => {
  if (!(reason instanceof Problem)) return;
  const { desk, words, now } = window.kite_desk;
  desk?.say(words.refusal(reason, now()), true);
});
start();
