/**
 * The live link: snapshot, then the event stream from its position. The browser reconnects by itself with
 * Last-Event-ID; when it gives up, or no heartbeat comes for six seconds, this opens a new stream.
 */

import { decodeBase64, decodeFrame } from './frames.mjs';

export const SILENCE_MS = 6000;
const BACKOFF_MS = [250, 500, 1000, 2000, 4000];
const CLOSED = 2;
const SIGNED_OUT = 401;

/**
 * @typedef {object} Surroundings What the link needs of a browser; tests give their own.
 * @property {typeof fetch} fetch
 * @property {any} EventSource
 * @property {() => number} now ms
 * @property {(fn: () => void, ms: number) => any} setTimeout
 * @property {(id: any) => void} clearTimeout
 */

export class Live {
  /**
   * @param {string} base URL of /live/, with the slash.
   * @param {{snapshot: (sections: any[], position: string) => void, frame: (sections: any[], position: string) => void,
   *   heartbeat: (value: any) => void, state: (connected: boolean) => void, signedOut?: () => void}} listener
   * @param {Surroundings} [around]
   * @param {Promise<Response>|null} [early] A snapshot that is on its way already.
   */
  constructor(base, listener, around, early = null) {
    this.base = base;
    this.listener = listener;
    this._around = around ?? browser();
    this._early = early;
    this.position = '';
    this.connected = false;
    /** Times the link was opened anew. */
    this.reopened = 0;
    this._failures = 0;
    this._heardAt = 0;
    this._generation = 0;
    /** @type {any} */
    this._source = null;
    this._timer = null;
    this._again = null;
  }

  /** Load the snapshot and follow; keeps trying. @returns {Promise<void>} when the snapshot is applied. */
  async start() {
    const generation = ++this._generation;
    while (generation === this._generation) {
      try {
        const sections = await this._loadSnapshot();
        await this._breath();
        if (generation !== this._generation) return;
        this._failures = 0;
        this.listener.snapshot(sections, this.position);
        this._open();
        return;
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        this._setConnected(false);
        await this._pause();
      }
    }
  }

  stop() {
    this._generation++;
    this._close();
  }

  async _loadSnapshot() {
    const early = this._early;
    this._early = null;
    const response = await (early ?? this._around.fetch(`${this.base}snapshot`, { cache: 'no-store' }));
    if (response.status === SIGNED_OUT) this._leave();
    if (!response.ok) throw new Error(`The snapshot answered ${response.status}.`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    this.position = response.headers.get('X-Kite-Position') ?? '';
    await this._breath();
    return decodeFrame(bytes);
  }

  /**
   * Let the page paint and answer before more is done: a snapshot is received, decoded and applied in three tasks.
   * Frames cannot come between them, as the stream is opened only when the snapshot is applied.
   */
  _breath() {
    return new Promise((resolve) => { this._around.setTimeout(() => resolve(undefined), 0); });
  }

  _open() {
    this._close();
    const source = new this._around.EventSource(`${this.base}events?from=${encodeURIComponent(this.position)}`);
    this._source = source;
    this._heardAt = this._around.now();
    source.addEventListener('frame', (event) => this._onFrame(event));
    source.addEventListener('heartbeat', (event) => this._onHeartbeat(event));
    source.addEventListener('reset', () => this._restart());
    source.onerror = () => {
      this._setConnected(false);
      if (source.readyState === CLOSED) this._refused();
    };
    this._watch();
  }

  _onFrame(event) {
    this._heard();
    this.position = event.lastEventId || this.position;
    this.listener.frame(decodeFrame(decodeBase64(event.data)), this.position);
  }

  _onHeartbeat(event) {
    this._heard();
    this.listener.heartbeat(JSON.parse(event.data));
  }

  _heard() {
    this._heardAt = this._around.now();
    this._failures = 0;
    this._setConnected(true);
  }

  /** The server no longer holds what follows our position: begin again with its snapshot. */
  _restart() {
    this._close();
    this.start();
  }

  /** Look every second whether the stream still speaks: a half-open connection raises no error. */
  _watch() {
    this._timer = this._around.setTimeout(() => {
      if (this._around.now() - this._heardAt > SILENCE_MS) this._reopen();
      else this._watch();
    }, 1000);
  }

  async _reopen() {
    const generation = this._generation;
    this._close();
    this._setConnected(false);
    this.reopened++;
    await this._pause();
    if (generation === this._generation) this._open();
  }

  /** The server has answered, but not with events: it may be starting, or want to know anew who asks. */
  async _refused() {
    const generation = this._generation;
    this._close();
    const asked = this._around.fetch(`${this.base}config.json`, {
      method: 'HEAD', cache: 'no-store', signal: AbortSignal.timeout(SILENCE_MS),
    });
    const { status } = await asked.catch(() => ({ status: 0 }));
    if (generation !== this._generation) return;
    if (status === SIGNED_OUT) this._leave();
    else this._reopen();
  }

  /** Nobody is signed in here any more. */
  _leave() {
    this.stop();
    this.listener.signedOut?.();
  }

  _pause() {
    const wait = BACKOFF_MS[Math.min(this._failures++, BACKOFF_MS.length - 1)];
    // Spread out: all screens of a city come back at once after a restart of the server.
    const ms = wait * (0.75 + 0.5 * Math.random());
    return new Promise((resolve) => {
      this._again = this._around.setTimeout(() => resolve(undefined), ms);
    });
  }

  _close() {
    this._around.clearTimeout(this._timer);
    if (this._source) {
      this._source.onerror = null;
      this._source.close();
    }
    this._source = null;
  }

  /** @param {boolean} connected */
  _setConnected(connected) {
    if (connected === this.connected) return;
    this.connected = connected;
    this.listener.state(connected);
  }
}

/** @returns {Surroundings} */
function browser() {
  return {
    fetch: (...args) => fetch(...args),
    EventSource,
    now: () => performance.now(),
    setTimeout: (fn, ms) => setTimeout(fn, ms),
    clearTimeout: (id) => clearTimeout(id),
  };
}
