/** Reporting a case: a form in the place of the case, and a point of the map that fills in where it is. */

import { formOf } from './form.mjs';
import { make } from './elements.mjs';
import { surroundings } from './surroundings.mjs';

const FORM = { fields: ['type', 'level', 'origin', 'grid', 'place', 'summary'], required: ['type', 'origin', 'grid'] };
const OFFERED = 20;
const LIST = 'desk-grids';

export class Report {
  /**
   * @param {any} kite @param {import('./api.mjs').Api} api @param {import('./words.mjs').Words} words
   * @param {import('./case-panel.mjs').CasePanel} panel In whose place the form is shown.
   * @param {import('./on-map.mjs').OnMap} map
   * @param {{sent: (item: any) => void, refused: (problem: unknown) => void}} doing
   */
  constructor(kite, api, words, panel, map, doing) {
    Object.assign(this, { kite, api, words, panel, map, doing });
    /** @type {any} The form while it is open. */
    this.form = null;
    /** The point of the map, and the grid that the server says it lies in. @type {{lon: number, lat: number, grid: string}|null} */
    this.point = null;
    const { map: leaflet } = kite.view;
    leaflet.on('click', ({ latlng }) => { if (this.isOpen) this.locate(latlng); });
    leaflet.on('contextmenu', ({ latlng }) => this.open(latlng));
  }

  get isOpen() {
    return this.form !== null;
  }

  /** @param {{lat: number, lng: number}} [at] */
  open(at) {
    const { words } = this;
    if (!this.isOpen) {
      const { form, focus } = formOf(words, { label: words.say('desk.report'), ...FORM }, (fields) => this._send(fields), () => this.close());
      this.form = form;
      this.point = null;
      this.around = make('div', { className: 'desk-around' }, make('p', { className: 'second' }, words.say('desk.report.point')));
      this.panel.cover(make('section', { className: 'panel desk-report' }, form, this.around));
      this._offerGrids(form.elements.grid);
      form.elements.type.addEventListener('change', () => this.point && this._ask());
      this.kite.view.map.getContainer().classList.add('desk-pointing');
      this.map.draw(null, []);
      focus();
    }
    if (at) this.locate(at);
  }

  close() {
    this.form = null;
    this.panel.back();
    this.kite.view.map.getContainer().classList.remove('desk-pointing');
    this.map.mark(null);
  }

  /** A point of the map was clicked. @param {{lat: number, lng: number}} at */
  locate({ lat, lng }) {
    this.point = { lon: lng, lat, grid: '' };
    this.map.mark({ lat, lng });
    this._ask();
  }

  async _ask() {
    const { point, form, words } = this, { elements } = form;
    const asked = new URLSearchParams({ lon: point.lon.toFixed(7), lat: point.lat.toFixed(7) });
    if (elements.type.value) asked.set('type', elements.type.value);
    try {
      const found = await this.api.get(`places?${asked}`);
      if (this.point !== point || this.form !== form) return;
      point.grid = elements.grid.value = found.grid_code;
      const names = found.where.map((region) => (this.kite.config.lang === 'en' && region.name_en) || region.name);
      this.around.replaceChildren(make('p', {}, names.join(' ')), ...surroundings(words, found.cameras, found.units));
    } catch (problem) {
      if (this.form === form) this._nowhere(problem);
    }
  }

  _nowhere(problem) {
    this.point = null;
    this.map.mark(null);
    this.doing.refused(problem);
  }

  /** A grid can also be typed, by its code or by the names of where it lies. @param {HTMLInputElement} input */
  _offerGrids(input) {
    const list = make('datalist', { id: LIST });
    input.setAttribute('list', LIST);
    input.autocomplete = 'off';
    input.after(list);
    input.addEventListener('input', () => list.replaceChildren(...this._gridsLike(input.value.trim())));
  }

  /** @param {string} text */
  _gridsLike(text) {
    const { hierarchy } = this.kite.store, { lang } = this.kite.config, found = [];
    const [from, to] = [hierarchy.tierStart[4], hierarchy.tierStart[5]], low = text.toLowerCase();
    for (let r = from; text && r < to && found.length < OFFERED; r++) {
      const village = hierarchy.parent[r], names = [hierarchy.parent[village], village, r].map((at) => hierarchy.name(at, lang));
      if (hierarchy.code(r).startsWith(text) || names.some((name) => name.toLowerCase().includes(low))) {
        found.push(make('option', { value: hierarchy.code(r) }, names.join(' ')));
      }
    }
    return found;
  }

  /** @param {Record<string, string>} fields */
  async _send({ grid, ...fields }) {
    const { point, form } = this;
    // The point is sharper than its grid; a grid that was typed after it counts instead.
    const where = point && point.grid === grid ? { lon: String(point.lon), lat: String(point.lat) } : { grid };
    form.querySelector('[type=submit]').disabled = true; // once is enough
    try {
      const item = await this.api.post('reports', { ...fields, ...where });
      this.close();
      this.doing.sent(item);
    } catch (problem) {
      form.querySelector('[type=submit]').disabled = false;
      this.doing.refused(problem);
    }
  }
}
