/** The index, large: its level, its day, and the families with what each did to it since yesterday. */

import { axisOf, draw, drawing, lineThrough, path, yOf } from './charts.mjs';
import { bar, fill, headOf, make, mark, put, show } from './put.mjs';

const WIDE = 240, HIGH = 60, DAY_MS = 86_400_000;
/** Points that the axis of the day spans at least. */
const LEAST = 4;

export class IndexPanel {
  /** @param {HTMLElement} section @param {import('./words.mjs').Words} words */
  constructor(section, words) {
    this.section = section;
    this.words = words;
    this.name = make('h2');
    this.figure = make('b', { className: 'wall-figure' });
    this.level = make('span', { className: 'wall-level' });
    this.change = make('span', { className: 'second' });
    this.flag = make('span', { className: 'wall-flag' });
    this.spark = drawing('wall-spark', WIDE, HIGH);
    this.cut = path(this.spark, 'cut');
    this.line = path(this.spark, 'line');
    const families = make('ul', { className: 'wall-rows wall-families' });
    this.families = words.page.families.map(([slug, name]) => {
      const parts = { slug, bar: bar(), numeral: make('i', { className: 'wall-numeral' }), score: make('b'), change: make('span', { className: 'change' }) };
      families.append(make('li', {}, make('span', { className: 'name' }, name), parts.bar, parts.numeral, parts.score, parts.change));
      return parts;
    });
    section.append(
      make('header', { className: 'wall-head' }, this.name, make('span', { className: 'second' }, words.say('wall.day'))),
      make('div', { className: 'wall-score' }, this.figure, make('div', {}, this.level, this.change, this.flag)),
      this.spark,
      headOf(words.say('wall.families'), make('span', { className: 'second' }, words.say('wall.families.columns'))),
      families,
    );
  }

  /** @param {import('./wall.mjs').Context} context */
  tick({ summary, figures, isSilent }) {
    const { words } = this, { score, level, hatched, capped, name } = summary;
    mark(this.section, 'stale', isSilent(summary.code) ? 1 : null);
    put(this.name, words.say('wall.index', { place: name }));
    put(this.figure, words.score(score));
    mark(this.section, 'level', level);
    mark(this.section, 'hatched', hatched ? 1 : null);
    put(this.level, level ? words.level(level) : words.say('card.score.none'));
    const before = figures?.day_ago?.[summary.code];
    put(this.change, words.say('wall.change', { change: words.change(score === null || before === undefined || before === null ? null : score - before) }));
    const flag = capped ? words.say('card.score.capped') : hatched ? words.say('card.score.hatched') : '';
    put(this.flag, flag);
    show(this.flag, flag !== '');
    this._families(summary.families, figures?.moved);
    this._line(figures?.trend, score);
  }

  _families(scores, moved) {
    const { words } = this, points = new Map((moved?.families ?? []).map((row) => [row.slug, row.points]));
    this.families.forEach(({ slug, bar: line, numeral, score, change }, f) => {
      const level = words.levelOf(scores[f]);
      fill(line, words.fill(scores[f]));
      mark(line, 'level', level);
      put(numeral, level ? String(level) : '');
      put(score, words.score(scores[f]));
      const by = points.get(slug);
      put(change, words.change(by));
      mark(change, 'worse', by <= -0.05 ? 1 : null);
    });
  }

  /** The last day up to now, and the cut that lies nearest. */
  _line(trend, score) {
    const end = trend?.times_ms.at(-1);
    const points = (trend?.times_ms ?? []).map((at, i) => [at, trend.scores[i]]).filter(([at]) => at >= end - DAY_MS);
    if (points.length) points[points.length - 1][1] = score ?? points.at(-1)[1];
    const axis = axisOf(points.map(([, value]) => value), LEAST);
    draw(this.line, lineThrough(points.map(([at, value]) => [WIDE * (1 - (end - at) / DAY_MS), yOf(value, axis, HIGH)])));
    const cut = this.words.page.cuts.find((value) => value > axis[0] && value < axis[1]);
    draw(this.cut, cut === undefined || !points.length ? '' : lineThrough([[0, yOf(cut, axis, HIGH)], [WIDE, yOf(cut, axis, HIGH)]]));
  }
}
