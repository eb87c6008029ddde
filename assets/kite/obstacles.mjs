/** What names on the map must not cover: boxes that the layers of fixed places claim. */

/** @typedef {{x: number, y: number, half: number}} Obstacle Middle and half the side, CSS pixels of the view. */

export class Obstacles {
  constructor() {
    /** @type {Map<string, (view: import('./geometry.mjs').View) => Iterable<Obstacle>>} */
    this._sources = new Map();
    /** Called when other boxes may be claimed in the same view. @type {Set<() => void>} */
    this.onChange = new Set();
  }

  /** @param {string} key Of the layer. @param {(view: any) => Iterable<Obstacle>} source */
  set(key, source) {
    this._sources.set(key, source);
    this._tell();
  }

  /** @param {string} key */
  delete(key) {
    this._sources.delete(key);
    this._tell();
  }

  /** @param {import('./geometry.mjs').View} view @returns {Obstacle[]} */
  in(view) {
    return [...this._sources.values()].flatMap((source) => [...source(view)]);
  }

  _tell() {
    for (const fn of this.onChange) fn();
  }
}
