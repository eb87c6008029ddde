/** Yesterday against today: the index hour by hour over both days, what moved it, and the cases of both. */

import { axisOf, draw, drawing, lineThrough, path, yOf } from './charts.mjs';
import { make, mark, put, Rows } from './put.mjs';

const WIDE = 480, HIGH = 200, HOUR_MS = 3_600_000, DAY_MS = 86_400_000;
/** Points that the axis spans at least. */
const LEAST = 6;
const TICKS = 4;
const CASES = 4;
/** What is less can't be seen in a score of one decimal. */
const LEAST_POINTS = 0.05;

export class YesterdayPanel {
  /**
   * @param {HTMLElement} section @param {import('./words.mjs').Words} words
   * @param {{whereIs: (code: string) => string}} places County and town of a region.
   */
  constructor(section, words, places) {
    Object.assign(this, { section, words, places });
    const part = (tag, className) => make(tag, { className });
    this.name = make('h2');
    this.figure = part('b', 'wall-figure');
    this.before = part('span', 'second');
    this.change = part('b', 'change');
    this.plot = drawing('wall-plot', WIDE, HIGH);
    this.cuts = path(this.plot, 'cut');
    this.yesterday = path(this.plot, 'yesterday');
    this.today = path(this.plot, 'today');
    this.high = part('span', 'second high');
    this.low = part('span', 'second low');
    this.times = Array.from({ length: TICKS + 1 }, () => part('span', 'second'));
    const legend = ['today', 'yesterday'].map((day) => make('span', { className: `wall-key ${day}` }, make('i'), words.say(`wall.yesterday.${day}`)));
    const families = make('ul', { className: 'wall-rows wall-moved-rows' }), cases = make('ul', { className: 'wall-rows wall-moved-rows' });
    this.families = new Rows(families, () => this._row());
    this.cases = new Rows(cases, () => this._row());
    this.none = part('p', 'second');
    this.counts = part('p', 'wall-counts');
    section.append(
      make('header', { className: 'wall-head' }, this.name, make('span', { className: 'wall-keys' }, ...legend)),
      make('div', { className: 'wall-score' }, this.figure, make('div', {}, this.before, this.change)),
      make('div', { className: 'wall-chart' }, this.high, this.low, this.plot),
      make('div', { className: 'wall-times' }, ...this.times),
      make('div', { className: 'wall-moved' },
        make('section', {}, make('h2', {}, words.say('wall.moved')), families),
        make('section', {}, make('h2', {}, words.say('wall.moved.cases')), this.none, cases)),
      this.counts,
    );
  }

  _row() {
    const [name, points] = ['name', 'change'].map((className) => make('span', { className }));
    return {
      element: make('li', {}, name, points),
      fill: (row) => {
        put(name, row.name);
        put(points, this.words.change(row.points));
        mark(points, 'worse', row.points <= -0.05 ? 1 : null);
      },
    };
  }

  /** @param {import('./wall.mjs').Context} context */
  tick({ summary, figures, stale }) {
    const { words } = this, { score, code, name } = summary, before = figures?.day_ago?.[code] ?? null;
    mark(this.section, 'stale', stale.has('reports') ? 1 : null);
    put(this.name, words.say('wall.yesterday', { place: name }));
    put(this.figure, words.score(score));
    put(this.before, words.say('wall.yesterday.before', { score: words.score(before) }));
    const by = score === null || before === null ? null : score - before;
    put(this.change, words.change(by));
    mark(this.change, 'worse', by !== null && by <= -0.05 ? 1 : null);
    this._plot(figures?.trend, score);
    this._moved(figures?.moved);
    this._counts(figures?.cases);
  }

  _plot(trend, score) {
    const end = trend?.times_ms.at(-1), all = (trend?.times_ms ?? []).map((at, i) => [at, trend.scores[i]]);
    if (all.length && score !== null) all[all.length - 1][1] = score;
    const today = all.filter(([at]) => at >= end - DAY_MS), yesterday = all.filter(([at]) => at < end - DAY_MS + HOUR_MS);
    const axis = axisOf(all.map(([, value]) => value), LEAST);
    const drawn = (points, shift) => lineThrough(points.map(([at, value]) => [WIDE * (1 - (end - at - shift) / DAY_MS), yOf(value, axis, HIGH)]));
    draw(this.today, drawn(today, 0));
    draw(this.yesterday, drawn(yesterday.filter(([at]) => at >= end - 2 * DAY_MS), DAY_MS));
    const cuts = this.words.page.cuts.filter((value) => all.length && value > axis[0] && value < axis[1]);
    draw(this.cuts, cuts.map((value) => lineThrough([[0, yOf(value, axis, HIGH)], [WIDE, yOf(value, axis, HIGH)]])).join(''));
    put(this.high, all.length ? axis[1].toFixed(0) : '');
    put(this.low, all.length ? axis[0].toFixed(0) : this.words.say('wall.yesterday.none'));
    this.times.forEach((element, i) => put(element, end ? this.words.minute(end - DAY_MS * (1 - i / TICKS)) : ''));
  }

  _moved(moved) {
    const { words } = this, families = words.page.families.map(([slug, name]) => {
      return { name, points: moved?.families.find((row) => row.slug === slug)?.points ?? null };
    });
    if (moved && Math.abs(moved.cap_points) >= LEAST_POINTS) families.push({ name: words.say('wall.moved.cap'), points: moved.cap_points });
    this.families.set(families);
    const seen = (moved?.cases ?? []).filter(({ points }) => Math.abs(points) >= LEAST_POINTS).slice(0, CASES);
    this.cases.set(seen.map((row) => {
      const type = words.page.types[row.case_type] ?? row.case_type, place = row.place ? this.places.whereIs(row.place) : '';
      return { name: words.say(`wall.moved.${row.what}`, { type, place }), points: row.points };
    }));
    put(this.none, moved && !seen.length ? words.say('wall.moved.none') : '');
  }

  _counts(cases) {
    const { words } = this;
    put(this.counts, cases
      ? words.say('wall.yesterday.counts', { new: words.count(cases.new), before: words.count(cases.new_before), ended: words.count(cases.ended) })
      : words.say('wall.new.unread'));
  }
}
