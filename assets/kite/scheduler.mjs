/** One repaint per animation frame: what changed goes to the painters, those that are dirty and due paint. */

/**
 * @typedef {object} Painter
 * @property {string} key
 * @property {number} z Lower ones paint first.
 * @property {boolean} dirty Wants to paint.
 * @property {boolean} urgent Paints first, in every frame that it is dirty in; others wait for a frame with time left.
 * @property {number} interval Least ms between two paints of the same view.
 * @property {number} paintedAt ms
 * @property {(changes: import('./changes.mjs').Changes) => void} changed
 * @property {() => void} paint
 */

/** Script time per frame after which painters that are not urgent wait for the next frame, ms. */
const BUDGET_MS = 10;
const KEPT = 256;

export class Scheduler {
  /** @param {import('./store.mjs').Store} store */
  constructor(store) {
    this.store = store;
    /** @type {Painter[]} */
    this.painters = [];
    /** @type {Set<(position: string, now: number) => void>} */
    this.painted = new Set();
    /** Lays out what was painted. @type {() => void} */
    this.compose = () => {};
    this.stats = { frames: 0, lastPaintMs: 0, paintMs: new Float32Array(KEPT), byPainter: {} };
    this._requested = false;
    this._timer = 0;
    this._frame = this._frame.bind(this);
    this.request = this.request.bind(this);
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

  _frame() {
    this._requested = false;
    const begun = performance.now();
    const { changes, position } = this.store;
    const any = changes.any;
    if (any) {
      for (const painter of this.painters) painter.changed(changes);
      changes.clear();
    }
    const count = this._paintDue(begun);
    this.compose();
    if (count > 0) this._note(performance.now() - begun);
    if (this.painted.size > 0 && (count > 0 || any)) this._tell(position);
  }

  /** @param {number} begun @returns {number} how many painted */
  _paintDue(begun) {
    let count = 0, wait = Infinity;
    for (const painter of this.painters) {
      if (!painter.dirty) continue;
      const now = performance.now(), due = painter.paintedAt + painter.interval - now;
      if (due > 0) wait = Math.min(wait, due);
      else if (count > 0 && !painter.urgent && now - begun > BUDGET_MS) wait = 0;
      else {
        painter.dirty = false;
        painter.paint();
        painter.paintedAt = now;
        this.stats.byPainter[painter.key] = performance.now() - now;
        count++;
      }
    }
    this._again(wait);
    return count;
  }

  /** @param {number} wait ms until the next painter is due */
  _again(wait) {
    clearTimeout(this._timer);
    if (wait === 0) this.request();
    else if (wait < Infinity) this._timer = setTimeout(this.request, wait);
  }

  _note(ms) {
    const { stats } = this;
    stats.lastPaintMs = ms;
    stats.paintMs[stats.frames % KEPT] = ms;
    stats.frames++;
  }

  /** In the next animation frame this paint is on its way to the screen. @param {string} position */
  _tell(position) {
    requestAnimationFrame((now) => {
      for (const fn of this.painted) fn(position, now);
    });
  }
}
