/** Columns by name: what config.tables says of numbers and types, and the typed arrays themselves. */

/** @typedef {import('./frames.mjs').Section} Section */
/** @typedef {import('./frames.mjs').Column} Column */
/** @typedef {Record<string, {number: number, columns: Record<string, {number: number, dtype: string}>}>} Spec */

const BY_NAME = {
  u8: Uint8Array, u16: Uint16Array, u32: Uint32Array, i32: Int32Array, f32: Float32Array, f64: Float64Array,
};

/** All columns of all tables; a column that has not come yet is an empty array (JSON: null). */
export class Tables {
  /** @param {Spec} spec config.tables */
  constructor(spec) {
    /** @type {Record<string, Record<string, any>>} */
    this.columns = {};
    /** @type {Map<number, {table: string, column: string}>} */
    this._names = new Map();
    for (const [table, { number, columns }] of Object.entries(spec)) {
      this.columns[table] = {};
      for (const [column, { number: place, dtype }] of Object.entries(columns)) {
        this.columns[table][column] = dtype === 'json' ? null : new BY_NAME[dtype](0);
        this._names.set(number * 256 + place, { table, column });
      }
    }
  }

  /**
   * Names of a section's table and column, or undefined for one that this page doesn't know (a newer server).
   * @param {Section} section
   */
  nameOf(section) {
    return this._names.get(section.table * 256 + section.column);
  }

  /**
   * Take whole columns as they are, as static files hold them.
   * @param {Section[]} sections
   */
  take(sections) {
    for (const section of sections) {
      const name = this.nameOf(section);
      if (name) this.columns[name.table][name.column] = section.values;
    }
  }
}
