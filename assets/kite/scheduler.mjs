/**
 * At most one repaint per animation frame, and none where nothing would look different: a page that paints
 * little shows what is urgent sooner. What changed goes to the painters at once, in the task that brought it;
 * those that are dirty and due then paint together.
 */

import { NOTHING, UNSEEN } from './scene.mjs';

/**
 * @typedef {object} Painter
 * @property {string} key
 * @property {number} z Lower ones paint first.
 * @property {boolean} dirty Wants to paint.
 * @property {boolean} urgent Paints first, in every frame that it is dirty in; others wait for a frame with time left.
 * @property {number} interval Least ms between two paints of the same view; one that paints draws along those
 *   that are more than half way there.
 * @property {number} paintedAt ms
 * @property {(changes: import('./changes.mjs').Changes) => void} changed
 * @property {() => void} paint
 */

/** Script time per frame after which painters that are not urgent wait for the next frame, ms. */
const BUDGET_MS = 5;
const KEPT = 256;

export class Scheduler {
  /** @param {import('./store.mjs').Store} store */
  constructor(store) {
    this.store = store;
    /** @type {Painter[]} */
    this.painters = [];
    /** @type {Set<(position: string, now: number) => void>} */
    this.painted = new Set();
    /** Lays out what was painted, in the frame that began then; what is left for the next. @type {(begun: number) => number} */
    this.compose = () => NOTHING;
    this.stats = { frames: 0, lastPaintMs: 0, paintMs: new Float32Array(KEPT), byPainter: {} };
    this._requested = false;
    this._timer = 0;
    /** Position of the last paint, until it is laid out where it is seen. @type {string|null} */
    this._laid = null;
    /** Position of what was laid out last, until it is told. @type {string|null} */
    this._shown = null;
    this._frame = this._frame.bind(this);
    this.request = this.request.bind(this);
    this.notice = this.notice.bind(this);
  }

  /** @param {Painter} painter */
  add(painter) {
    this.painters.push(painter);
    this.painters.sort((a, b) => Number(b.urgent) - Number(a.urgent) || a.z - b.z);
    this.request();
  }

  /** @param {Painter} painter */
  remove(painter) {
    this.painters = this.painters.filter((other) => other !== painter);
  }

  /** Ask for a frame. */
  request() {
    if (this._requested) return;
    this._requested = true;
    requestAnimationFrame(this._frame);
  }

  /** The store changed: who has something to paint gets a frame when it is due. */
  notice() {
    const { changes, position } = this.store;
    if (!changes.any) return;
    for (const painter of this.painters) painter.changed(changes);
    changes.clear();
    const wait = this._wait(performance.now());
    if (wait < Infinity) this._again(wait);
    else if (this._shown === null && this._laid === null) this._tell(position, performance.now());
  }

  /** @param {number} now The frame's time, ms. */
  _frame(now) {
    this._requested = false;
    // What an earlier frame painted is on its way to the screen by now; what this one paints is not.
    if (this._shown !== null) this._tell(this._shown, now);
    this._shown = null;
    const begun = performance.now();
    const count = this._paintDue(begun);
    const left = this.compose(begun);
    if (count > 0) {
      this._note(performance.now() - begun);
      this._laid = this.store.position;
    }
    if (left !== UNSEEN) {
      this._shown = this._laid;
      this._laid = null;
    }
    const again = left !== NOTHING || (this._shown !== null && this.painted.size > 0);
    this._again(again ? 0 : this._wait(performance.now()));
  }

  /** @param {number} begun @returns {number} how many painted */
  _paintDue(begun) {
    const calm = this.painters.some((painter) => painter.dirty && !painter.urgent && dueIn(painter, begun) <= 0);
    let count = 0;
    for (const painter of this.painters) {
      const { dirty, urgent, interval } = painter, now = performance.now();
      if (!dirty || !(urgent || (calm && dueIn(painter, begun) <= interval / 2))) continue;
      if (count > 0 && !urgent && now - begun > BUDGET_MS) continue;
      painter.dirty = false;
      painter.paintedAt = now;
      painter.paint();
      this.stats.byPainter[painter.key] = performance.now() - now;
      count++;
    }
    return count;
  }

  /** ms until a dirty painter is due; Infinity when none is dirty. @param {number} now */
  _wait(now) {
    let wait = Infinity;
    for (const painter of this.painters) if (painter.dirty) wait = Math.min(wait, painter.urgent ? 0 : dueIn(painter, now));
    return wait;
  }

  /** @param {number} wait ms until a frame is wanted */
  _again(wait) {
    clearTimeout(this._timer);
    if (wait <= 0) this.request();
    else if (wait < Infinity) this._timer = setTimeout(this.request, wait);
  }

  _note(ms) {
    const { stats } = this;
    stats.lastPaintMs = ms;
    stats.paintMs[stats.frames % KEPT] = ms;
    stats.frames++;
  }

  /** What is to be seen up to `position` is seen. @param {string} position @param {number} now */
  _tell(position, now) {
    for (const fn of this.painted) fn(position, now);
  }
}

/** @param {Painter} painter @param {number} now @returns {number} ms */
function dueIn({ paintedAt, interval }, now) {
  return paintedAt + interval - now;
}
