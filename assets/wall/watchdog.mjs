/**
 * A watchdog outside of the page's own loop. A worker gets a beat from each round of the wall that was painted; where
 * the beats stop it paints a warning itself, on a canvas that it alone owns and that lies over the page. So it is seen
 * even while the page's thread hangs.
 */

const BEAT_MS = 500;
/** Beats are sent while the wall's loop has gone round within so long. */
const ROUND_MS = 3000;

export class Watchdog {
  /**
   * @param {import('./words.mjs').Words} words
   * @param {{ground: string, alarm: string, text: string}} palette
   * @param {() => number} serverNow
   */
  constructor(words, palette, serverNow) {
    Object.assign(this, { words, palette, serverNow });
    /** When the wall's loop last went round, by performance.now(). */
    this.roundAt = performance.now();
    /** @type {Worker|null} */
    this.worker = null;
  }

  /** Begin; false where this browser can't. */
  start() {
    const canvas = document.createElement('canvas');
    if (!canvas.transferControlToOffscreen) return false;
    canvas.className = 'wall-frozen';
    document.body.append(canvas);
    this.canvas = canvas;
    this.worker = new Worker(new URL('./watchdog-worker.mjs', import.meta.url), { type: 'module' });
    const offscreen = canvas.transferControlToOffscreen();
    this.worker.postMessage({ canvas: offscreen, ...this._looks(), ...this._size() }, [offscreen]);
    addEventListener('resize', () => this.worker.postMessage(this._size()));
    document.addEventListener('visibilitychange', () => this.worker.postMessage({ hidden: document.hidden }));
    this._beat();
    return true;
  }

  /** The wall's loop went round. */
  round() {
    this.roundAt = performance.now();
  }

  _beat() {
    requestAnimationFrame(() => {
      if (performance.now() - this.roundAt < ROUND_MS) this.worker.postMessage({ beat: this.words.time(this.serverNow()) });
      setTimeout(() => this._beat(), BEAT_MS);
    });
  }

  _looks() {
    const { words, palette } = this, names = ['wall.frozen', 'wall.frozen.as_of', 'age.seconds', 'age.minutes', 'age.hours'];
    const texts = Object.fromEntries(names.map((name) => [name, words.say(name)]));
    return { texts, palette, family: getComputedStyle(document.body).fontFamily };
  }

  _size() {
    const { width, height } = this.canvas.getBoundingClientRect();
    return { width: Math.max(1, Math.round(width * devicePixelRatio)), height: Math.max(1, Math.round(height * devicePixelRatio)) };
  }
}
