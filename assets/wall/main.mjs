/** The wall's page: waits for the map and its figures, for as long as it takes, and begins. */

import { askedOf } from './scenes.mjs';
import { Wall } from './wall.mjs';
import { Words, pageData } from './words.mjs';

const LOOK_MS = 100;

async function city() {
  while (!window.kite?.view?.kit || !window.kite.store?.hierarchy || !window.kite.panels) {
    await new Promise((resolve) => { setTimeout(resolve, LOOK_MS); });
  }
  return window.kite;
}

async function start() {
  const { wall } = askedOf(window.location.search);
  if (wall) document.documentElement.dataset.wall = wall;
  const words = new Words(pageData()), kite = await city();
  window.kite_wall = new Wall(kite, window.L, words);
  window.kite_wall.start();
}

start();
