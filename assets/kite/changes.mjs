/** What has changed since the last paint: fixed-size sets of numbers, filled by frames, emptied by the paint. */

/** Which of `size` elements changed: each listed once, however often it changed. */
export class ChangeSet {
  /** @param {number} size */
  constructor(size) {
    this.flags = new Uint8Array(size);
    this.list = new Uint32Array(size);
    this.count = 0;
    /** Everything changed (a snapshot); the list is then not filled. */
    this.all = false;
  }

  /** @param {number} i */
  add(i) {
    if (this.flags[i] !== 0) return; // also beyond the end, where it is undefined
    this.flags[i] = 1;
    this.list[this.count++] = i;
  }

  addAll() {
    this.all = true;
  }

  /** Make room for `size` elements. @param {number} size */
  grow(size) {
    if (size <= this.flags.length) return;
    const flags = new Uint8Array(size), list = new Uint32Array(size);
    flags.set(this.flags);
    list.set(this.list.subarray(0, this.count));
    this.flags = flags;
    this.list = list;
  }

  get any() {
    return this.all || this.count > 0;
  }

  clear() {
    for (let i = 0; i < this.count; i++) this.flags[this.list[i]] = 0;
    this.count = 0;
    this.all = false;
  }
}

/** The change sets of the live tables; `cases` and `clock` only know whether. */
export class Changes {
  /** @param {Record<string, number>} sizes Table → number of elements. */
  constructor(sizes) {
    /** @type {Record<string, ChangeSet>} */
    this.tables = {};
    for (const [table, size] of Object.entries(sizes)) this.tables[table] = new ChangeSet(size);
    this.cases = false;
    this.clock = false;
  }

  get any() {
    if (this.cases || this.clock) return true;
    for (const table in this.tables) if (this.tables[table].any) return true;
    return false;
  }

  /**
   * Whether one of these tables changed.
   * @param {string[]} tables
   */
  touch(tables) {
    for (const table of tables) {
      if (table === 'cases' || table === 'clock' ? this[table] : this.tables[table]?.any) return true;
    }
    return false;
  }

  addAll() {
    for (const table in this.tables) this.tables[table].addAll();
    this.cases = true;
    this.clock = true;
  }

  clear() {
    for (const table in this.tables) this.tables[table].clear();
    this.cases = false;
    this.clock = false;
  }
}
