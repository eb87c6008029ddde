/** Which scene a screen shows now: the playlist's next one, or the one that its address asks for. */

/** @typedef {import('./words.mjs').Scene} Scene */
/** @typedef {{scene: Scene, region: number}} Turn A scene about a region (its number). */

/** Dwell of a scene that the playlist does not have, where it turns between regions. */
const UNLISTED_S = 20;

export class Playlist {
  /**
   * @param {Scene[]} scenes
   * @param {(scene: Scene) => number[]} regionsOf The regions that the scene is about now; none: it is left out.
   * @param {{scene?: string|null, paused?: boolean}} [asked] By the address; a scene that there is not is no wish.
   */
  constructor(scenes, regionsOf, asked = {}) {
    const pinned = scenes.filter(({ slug }) => slug === asked.scene);
    /** Whether the screen shows one scene only. */
    this.isPinned = pinned.length > 0;
    this.scenes = this.isPinned ? pinned : scenes.filter(({ dwell_s: dwell }) => dwell > 0);
    this.fallback = scenes[0];
    this.regionsOf = regionsOf;
    this.paused = asked.paused ?? false;
    /** What is left of this round. @type {Turn[]} */
    this.left = [];
    /** @type {Turn|null} */
    this.turn = null;
    this.sinceMs = 0;
  }

  /** The turn at this time. @param {number} nowMs @returns {Turn} */
  tick(nowMs) {
    const dwell = 1000 * (this.turn?.scene.dwell_s || UNLISTED_S);
    const isOver = !this.paused && nowMs - this.sinceMs >= dwell;
    return this.turn && !isOver ? this.turn : this.next(nowMs);
  }

  /** Go on at once. @param {number} nowMs @returns {Turn} */
  next(nowMs) {
    if (this.left.length === 0) this.left = this._round();
    this.turn = this.left.shift() ?? { scene: this.fallback, region: 0 };
    this.sinceMs = nowMs;
    return this.turn;
  }

  /** Stand still, or go on; the scene that is shown then has its whole time again. @param {number} nowMs */
  toggle(nowMs) {
    this.paused = !this.paused;
    this.sinceMs = nowMs;
  }

  /** An interruption is over: the scene that it interrupted has its whole time again. @param {number} nowMs */
  resume(nowMs) {
    this.sinceMs = nowMs;
  }

  /** @returns {Turn[]} */
  _round() {
    return this.scenes.flatMap((scene) => this.regionsOf(scene).map((region) => ({ scene, region })));
  }
}

/**
 * The regions that a scene is about: the screen's own, or its red parts, the worst first, or else its worst one.
 * @param {Scene} scene
 * @param {number} own
 * @param {{region: number, score: number|null, level: number}[]} children Of `own`.
 * @returns {number[]}
 */
export function regionsOf(scene, own, children) {
  if (scene.regions !== 'worst') return [own];
  const worst = children.filter(({ score }) => score !== null).sort((a, b) => a.score - b.score || a.region - b.region);
  const red = worst.filter(({ level }) => level === 4);
  return (red.length ? red : worst.slice(0, 1)).slice(0, scene.most).map(({ region }) => region);
}

/**
 * What an address asks of a screen: `?scene=rings&pause&wall=2x2`.
 * @param {string} search
 */
export function askedOf(search) {
  const asked = new URLSearchParams(search);
  return { scene: asked.get('scene'), paused: asked.has('pause'), wall: asked.get('wall'), screen: asked.get('screen') };
}
