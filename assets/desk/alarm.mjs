/** The sound of a grave case: silent until somebody allows it here, which is also what browsers insist on. */

const REMEMBERED = 'kite.desk.sound';
/** Two tones, twice: heard beside a telephone, and not mistaken for one. */
const TONES_HZ = [880, 660, 880, 660];
const TONE_S = 0.22;
const LOUDNESS = 0.25;

export class Alarm {
  /** @param {HTMLElement} button Shows and changes how it stands. @param {import('./words.mjs').Words} words */
  constructor(button, words) {
    this.button = button;
    this.words = words;
    /** How often it rang since the page was opened. */
    this.rung = 0;
    /** @type {AudioContext|null} */
    this.context = null;
    this.allowed = localStorage.getItem(REMEMBERED) === 'on';
    button.addEventListener('click', () => this.toggle());
    // Allowed in an earlier hour: the browser still waits for a hand on this page.
    for (const event of ['pointerdown', 'keydown']) document.addEventListener(event, () => this._wake(), { capture: true });
    this._show();
  }

  /** Allow it, with a sample, or silence it. */
  toggle() {
    this.allowed = !this.allowed;
    localStorage.setItem(REMEMBERED, this.allowed ? 'on' : 'off');
    if (this.allowed) this._wake().then(() => this._play());
    this._show();
  }

  /** Sound, where it is allowed. */
  ring() {
    if (!this.allowed || this.context?.state !== 'running') return;
    this.rung++;
    this._play();
  }

  async _wake() {
    if (!this.allowed || this.context?.state === 'running') return;
    this.context ??= new AudioContext();
    await this.context.resume();
    this._show();
  }

  _play() {
    const { context } = this, volume = context.createGain();
    volume.gain.value = LOUDNESS;
    volume.connect(context.destination);
    TONES_HZ.forEach((hertz, i) => {
      const tone = context.createOscillator(), from = context.currentTime + i * TONE_S;
      tone.frequency.value = hertz;
      tone.connect(volume);
      tone.start(from);
      tone.stop(from + TONE_S * 0.9);
    });
  }

  _show() {
    const state = !this.allowed ? 'off' : this.context?.state === 'running' ? 'on' : 'waiting';
    this.button.textContent = this.words.say(`desk.sound.${state}`);
    this.button.setAttribute('aria-pressed', String(this.allowed));
    this.button.classList.toggle('on', state === 'on');
  }
}
