/** What a leader does from the region's page: one menu for all buttons with `data-deed`. */

import { Api } from '../desk/api.mjs';
import { Words } from '../desk/words.mjs';
import { Deeds } from './deeds.mjs';
import { Menu } from './menu.mjs';

/** @returns {import('./deeds.mjs').LeadingData} */
const leadingData = () => JSON.parse(document.getElementById('leaders-data').textContent);

const page = leadingData(), words = new Words(page);
const api = new Api(`${document.documentElement.dataset.root ?? '/'}api/v1/`, words.say('desk.unreachable'));
const deeds = new Deeds(page, words, api);
const menu = new Menu(page, words, deeds);
document.addEventListener('click', (event) => {
  const button = event.target.closest?.('[data-deed]');
  if (!button) return;
  event.preventDefault();
  menu.open(button);
});
