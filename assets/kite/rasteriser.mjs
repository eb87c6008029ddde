/** The page's side of the raster worker: asks for pictures of views, hands out what comes back. */

/** One worker for the life of the page; it holds the geometry, the page doesn't. */
export class Rasteriser {
  /** @param {Worker} [worker] */
  constructor(worker) {
    this.worker = worker ?? new Worker(new URL('./raster-worker.mjs', import.meta.url), { type: 'module' });
    /** @type {Record<string, ((result: any) => void)|null>} */
    this._receivers = {};
    /** Milliseconds of the newest job of each kind. @type {Record<string, number>} */
    this.ms = {};
    this.ready = new Promise((resolve) => { this._receivers.ready = resolve; });
    this.worker.onmessage = ({ data }) => {
      this.ms[data.kind] = data.ms;
      if (this._receivers[data.kind]) this._receivers[data.kind](data);
      else data.bitmap?.close();
    };
  }

  /** @param {{url: string, tables: any, grids: number, style: any}} ground */
  open(ground) {
    this.worker.postMessage({ message: 'open', ...ground });
  }

  /** @param {any} checkpoints Columns of the table checkpoints. */
  places(checkpoints) {
    this.worker.postMessage({ message: 'places', checkpoints });
  }

  /** Who takes results of a kind; null: nobody. @param {string} kind @param {((result: any) => void)|null} fn */
  receive(kind, fn) {
    this._receivers[kind] = fn;
  }

  /** Ask for a picture; of each kind only the newest wish counts. @param {string} kind @param {any} job */
  ask(kind, job) {
    this.worker.postMessage({ message: 'job', kind, job });
  }

  /** Give buffers of a picture that is no longer shown back, to be used again. */
  giveBack({ ids, texture }) {
    this.worker.postMessage({ message: 'spare', ids: ids.buffer, texture: texture.buffer }, [ids.buffer, texture.buffer]);
  }
}
