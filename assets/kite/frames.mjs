/**
 * Decoder of the wire format (dashboard/streams/frame.py): a magic number and a count, then sections of
 * `u8 table, u8 column, u8 dtype, u8 flags, u32 n`, an index if sparse, the values, zeros up to 4 bytes.
 */

/** @typedef {Uint8Array|Uint16Array|Uint32Array|Int32Array|Float32Array|Float64Array} Column */
/**
 * @typedef {object} Section One column, or some elements of it.
 * @property {number} table
 * @property {number} column
 * @property {Uint32Array|null} index The elements that it sets; null: the whole column.
 * @property {Column|any} values A typed array, or the value of a JSON column.
 */

export const MAGIC = 0x4554494b;
const SPARSE = 1;
const JSON_TYPE = 7;

/** Type code on the wire → typed array. @type {Record<number, any>} */
export const ARRAYS = {
  1: Uint8Array, 2: Uint16Array, 3: Uint32Array, 4: Int32Array, 5: Float32Array, 6: Float64Array,
};

const utf8 = new TextDecoder();

/**
 * The bytes of a base64 text.
 * @param {string} text
 * @returns {Uint8Array}
 */
export function decodeBase64(text) {
  if (typeof Uint8Array.fromBase64 === 'function') return Uint8Array.fromBase64(text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/**
 * The sections of a frame, each with its own copy of its values (wire values are not aligned).
 * @param {Uint8Array} bytes
 * @returns {Section[]}
 * @throws {RangeError} for bytes that are no frame.
 */
export function decodeFrame(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8 || view.getUint32(0, true) !== MAGIC) {
    throw new RangeError('These bytes are no frame: the magic number is missing.');
  }
  const count = view.getUint32(4, true);
  const sections = new Array(count);
  let at = 8;
  for (let i = 0; i < count; i++) {
    if (at + 8 > bytes.length) throw new RangeError(`Section ${i} is cut short at byte ${at}.`);
    const dtype = bytes[at + 2];
    const n = view.getUint32(at + 4, true);
    let start = at + 8;
    let index = null;
    if (bytes[at + 3] & SPARSE) {
      index = copy(Uint32Array, bytes, start, n);
      start += 4 * n;
    }
    const values = dtype === JSON_TYPE
      ? JSON.parse(utf8.decode(slice(bytes, start, n)))
      : copy(arrayOf(dtype, at), bytes, start, n);
    sections[i] = { table: bytes[at], column: bytes[at + 1], index, values };
    const size = dtype === JSON_TYPE ? n : values.byteLength;
    at = start + size + ((4 - (size & 3)) & 3);
  }
  return sections;
}

/** @param {number} dtype @param {number} at */
function arrayOf(dtype, at) {
  const type = ARRAYS[dtype];
  if (!type) throw new RangeError(`The section at byte ${at} has the unknown type ${dtype}.`);
  return type;
}

/** @param {any} type @param {Uint8Array} bytes @param {number} start @param {number} n */
function copy(type, bytes, start, n) {
  return new type(slice(bytes, start, n * type.BYTES_PER_ELEMENT).slice().buffer);
}

/** @param {Uint8Array} bytes @param {number} start @param {number} length */
function slice(bytes, start, length) {
  if (start + length > bytes.length) throw new RangeError(`A section is cut short at byte ${start}.`);
  return bytes.subarray(start, start + length);
}
