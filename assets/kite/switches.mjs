/** Which layers are shown: as each layer says, unless this browser was told otherwise. */

const KEY = 'kite.layers';

export class Switches {
  /** @param {any[]} specs config.layers @param {Storage} storage */
  constructor(specs, storage) {
    this.storage = storage;
    this.told = read(storage);
    this.specs = new Map(specs.map((spec) => [spec.key, spec]));
  }

  /** @param {string} key */
  isOn(key) {
    return this.told[key] ?? this.specs.get(key)?.visible ?? false;
  }

  /** @param {string} key @param {boolean} on */
  set(key, on) {
    this.told[key] = on;
    try {
      this.storage.setItem(KEY, JSON.stringify(this.told));
    } catch (error) {
      // A browser that stores nothing (private mode, full): the switch works, it just isn't remembered.
      if (!(error instanceof DOMException)) throw error;
    }
  }

  /** Key → on, for all layers. */
  all() {
    return Object.fromEntries([...this.specs.keys()].map((key) => [key, this.isOn(key)]));
  }
}

/** @param {Storage} storage @returns {Record<string, boolean>} */
function read(storage) {
  try {
    return JSON.parse(storage.getItem(KEY) ?? '{}') ?? {};
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof DOMException) return {};
    throw error;
  }
}
