/** A unit's page on its phone: its tasks, one of them opened, and what waits to be sent. */

import { Api } from './api.mjs';
import { Store } from './store.mjs';
import { Sync } from './sync.mjs';
import { View } from './view.mjs';
import { Words, pageData } from './words.mjs';

const TICK_MS = 1_000;

async function start() {
  const page = pageData(), words = new Words(page);
  /** @type {Store} */
  let store;
  try {
    store = await Store.open(page.unit);
  } catch {
    document.getElementById('unit-list').textContent = words.say('unit.nostore');
    return;
  }
  const sync = new Sync(store, new Api(page.root, page.unit), page, () => view.render());
  const view = new View(page, words, sync);
  window.kite_unit = { sync, view };
  addEventListener('hashchange', () => view.turn());
  setInterval(() => view.tick(), TICK_MS);
  await sync.start();
  // Only where the page came encrypted, or from the same machine: elsewhere a page works while it stays open.
  await navigator.serviceWorker?.register(page.worker);
}

start();
