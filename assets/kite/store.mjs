/** All that the page knows: static columns, live columns, open cases, counts, and what changed since the paint. */

import { Changes } from './changes.mjs';
import { RegionCounts, classOf, gridOfEach, startsOf } from './counts.mjs';
import { GRID, Hierarchy } from './hierarchy.mjs';
import { Tables } from './tables.mjs';

/** @typedef {import('./frames.mjs').Section} Section */
/**
 * @typedef {object} Case An open case as the changes stream carries it; never anything of a person.
 * @property {string} id
 * @property {string} type
 * @property {number} level 1 most grave … 4
 * @property {number} scale
 * @property {string} state A slug of dashboard/domain/commands.py.
 * @property {number} grid
 * @property {number} x Map units.
 * @property {number} y
 * @property {number} occurred_at_ms
 * @property {string} origin
 * @property {boolean} simulated
 * @property {string} [place]
 * @property {string} [summary]
 * @property {boolean} [closed]
 */

export const ONLINE = 1, NOT_NETWORKED = 4;
const LIVE = ['regions', 'grids', 'cameras', 'units'];

export class Store {
  /** @param {any} config config.json */
  constructor(config) {
    this.config = config;
    this.tables = new Tables(config.tables);
    /** Columns by table and name. */
    this.columns = this.tables.columns;
    const [regions, grids] = [config.tier_start[GRID + 1], config.tier_start[GRID + 1] - config.tier_start[GRID]];
    /** Number of elements per live table, as far as known. @type {Record<string, number>} */
    this.sizes = { regions, grids, cameras: 0, units: 0 };
    this.changes = new Changes(this.sizes);
    /** @type {Map<string, Case>} */
    this.cases = new Map();
    /** Which open cases the page wants on its map (see `want`). @type {(item: Case) => boolean} */
    this.wanted = () => true;
    /** @type {any} The clock of the newest frame. */
    this.clock = null;
    /** Changes id applied last. */
    this.position = '';
    /** Called after open cases came, changed or went. @type {() => void} */
    this.onCases = () => {};
    /** Called after anything was applied. @type {() => void} */
    this.onChange = () => {};
    /** @type {Record<string, (i: number, before: number, now: number) => void>} */
    this._watchers = {};
    this._json = { cases: (value) => this._upsert(value), clock: (value) => { this.clock = value; } };
  }

  /** Static regions: from here on regions have numbers, names and places. @param {Section[]} sections */
  addRegions(sections) {
    this.tables.take(sections);
    this.hierarchy = new Hierarchy(this.columns.regions_static);
    /** The region that this screen is told of: the city unless who looks is bound to one. */
    this.scope = Math.max(0, this.hierarchy.number(this.config.scope));
  }

  /** Whether the screen is told of region r; of what lies outside nothing is known. @param {number} r */
  sees(r) {
    return this.hierarchy.within(this.scope, r);
  }

  /** Static cameras: positions and the counts per region. @param {Section[]} sections */
  addCameras(sections) {
    this.tables.take(sections);
    const { grid_camera_start: start, dx, dy, flags } = this.columns.cameras_static;
    const { bbox } = this.columns.regions_static;
    const first = this.hierarchy.tierStart[GRID];
    this.cameraGrid = gridOfEach(start);
    /** x, y of each camera in map units. */
    this.cameraXY = new Int32Array(2 * dx.length);
    for (let i = 0; i < dx.length; i++) {
      const box = 4 * (first + this.cameraGrid[i]);
      this.cameraXY[2 * i] = bbox[box] + 10 * dx[i];
      this.cameraXY[2 * i + 1] = bbox[box + 1] + 10 * dy[i];
    }
    this.camerasTotal = new RegionCounts(this.hierarchy, start);
    this.camerasTotal.countAll();
    this.camerasNetworked = new RegionCounts(this.hierarchy, start);
    this.camerasNetworked.recount(flags, classOf((flag) => (flag & 1) === 1));
    this.camerasOnline = new RegionCounts(this.hierarchy, start);
    this._resize('cameras', dx.length);
    this._count('cameras', 'status', this.camerasOnline, this.cameraGrid, (status) => status === ONLINE);
  }

  /** Static units and the counts per region of their home grids. @param {Section[]} sections */
  addUnits(sections) {
    this.tables.take(sections);
    const { home_grid: home } = this.columns.units_static;
    const start = startsOf(home, this.sizes.grids);
    this.unitsTotal = new RegionCounts(this.hierarchy, start);
    this.unitsTotal.countAll();
    this.unitsOnDuty = new RegionCounts(this.hierarchy, start);
    this._resize('units', home.length);
    this._count('units', 'state', this.unitsOnDuty, home, (state) => state !== 0);
  }

  /** Checkpoints, centres, stations, companies. @param {Section[]} sections */
  addPlaces(sections) {
    this.tables.take(sections);
    this.changes.addAll();
    this.onChange();
  }

  /** Everything at once; what is not in it is gone. @param {Section[]} sections @param {string} position */
  applySnapshot(sections, position) {
    this.cases.clear();
    this.changes.addAll();
    this.applyFrame(sections, position);
  }

  /** A frame of changes: last value wins. @param {Section[]} sections @param {string} position */
  applyFrame(sections, position) {
    for (const section of sections) {
      const name = this.tables.nameOf(section);
      if (!name) continue;
      const json = this._json[name.table];
      if (json) {
        json(section.values);
        this.changes[name.table] = true;
      } else if (name.table === 'answers') continue; // who sent a command hears of it by HTTP
      else if (section.index === null) this._setWhole(name, section.values);
      else this._setSome(name, section.index, section.values);
    }
    this.position = position;
    if (this.changes.cases) this.onCases();
    this.onChange();
  }

  /** @param {{table: string, column: string}} name @param {any} values */
  _setWhole({ table, column }, values) {
    this.columns[table][column] = values;
    this._resize(table, values.length);
    this.changes.tables[table]?.addAll();
    this._recounts?.[`${table}.${column}`]?.();
  }

  /** @param {{table: string, column: string}} name @param {Uint32Array} index @param {any} values */
  _setSome({ table, column }, index, values) {
    const now = this._roomFor(table, column, index);
    const watch = this._watchers[`${table}.${column}`];
    const changed = this.changes.tables[table];
    for (let k = 0; k < index.length; k++) {
      const i = index[k], before = now[i];
      if (before === values[k]) continue;
      now[i] = values[k];
      if (watch) watch(i, before, values[k]);
      changed.add(i);
    }
  }

  /** The column, grown if the index reaches beyond it (a feed that began after the snapshot). */
  _roomFor(table, column, index) {
    const known = this.columns[table][column];
    let last = -1;
    for (let k = 0; k < index.length; k++) if (index[k] > last) last = index[k];
    if (last < known.length) return known;
    const grown = new known.constructor(Math.max(last + 1, this.sizes[table]));
    grown.set(known);
    this.columns[table][column] = grown;
    this._resize(table, grown.length);
    return grown;
  }

  /** @param {string} table @param {number} size */
  _resize(table, size) {
    if (!LIVE.includes(table) || size <= this.sizes[table]) return;
    this.sizes[table] = size;
    this.changes.tables[table].grow(size);
  }

  /** Keep `counts` of the things whose `column` is in a class, from now on. */
  _count(table, column, counts, gridOf, isMember) {
    const key = `${table}.${column}`;
    this._recounts ??= {};
    const member = classOf(isMember);
    this._recounts[key] = () => counts.recount(this.columns[table][column], member);
    this._recounts[key]();
    this._watchers[key] = (i, before, now) => {
      const by = member[now] - member[before];
      if (by !== 0) counts.move(gridOf[i], by);
    };
    this.changes.tables[table].addAll();
    this.onChange();
  }

  /** Show only these of the open cases on the map. @param {(item: Case) => boolean} wanted */
  want(wanted) {
    this.wanted = wanted;
    this.changes.cases = true;
    this.onChange();
  }

  /** @param {Case[]} upserts */
  _upsert(upserts) {
    for (const item of upserts) {
      if (item.closed) this.cases.delete(item.id);
      else this.cases.set(item.id, item);
    }
  }
}
