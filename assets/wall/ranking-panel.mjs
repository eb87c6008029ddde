/** The parts of the region that is shown, the lowest score first, or those first that lost most since yesterday. */

import { bar, fill, make, mark, put, roomIn, Rows } from './put.mjs';
import { NONE } from './words.mjs';

/** A row takes so much at least, in the panel's font size. */
const ROW_EM = 1.5;

export class RankingPanel {
  /** @param {HTMLElement} section @param {import('./words.mjs').Words} words */
  constructor(section, words) {
    this.section = section;
    this.words = words;
    this.name = make('h2');
    this.columns = make('span', { className: 'second' });
    this.list = make('ul', { className: 'wall-rows wall-ranking-rows' });
    this.more = make('span', { className: 'second wall-more' });
    this.rows = new Rows(this.list, () => this._row());
    section.append(make('header', { className: 'wall-head' }, this.name, this.columns), this.list, this.more);
  }

  _row() {
    const { words } = this, line = bar();
    const element = make('li');
    const [name, before, numeral, score, change] = ['name', 'before', 'wall-numeral', 'score', 'change'].map((className) => make('span', { className }));
    element.append(name, line, before, numeral, score, change);
    return {
      element,
      fill: (row) => {
        mark(element, 'stale', row.silent ? 1 : null);
        put(name, row.name);
        fill(line, words.fill(row.score));
        mark(line, 'level', row.level);
        mark(line, 'hatched', row.hatched ? 1 : null);
        put(numeral, row.level ? String(row.level) : NONE);
        put(before, words.score(row.before));
        put(score, words.score(row.score));
        put(change, words.change(row.change));
        mark(change, 'worse', row.change <= -0.05 ? 1 : null);
      },
    };
  }

  /** @param {import('./wall.mjs').Context} context */
  tick({ summary, figures, turn, stale, isSilent }) {
    const { words } = this, isCompared = turn.scene.slug === 'yesterday';
    mark(this.section, 'stale', stale.has('reports') ? 1 : null);
    mark(this.section, 'compared', isCompared ? 1 : null);
    put(this.name, words.say(`tier.${Math.min(summary.tier + 1, 4)}`));
    put(this.columns, words.say(isCompared ? 'wall.ranking.compared' : 'wall.ranking.columns'));
    const rows = summary.children.map((child) => {
      const before = figures?.day_ago?.[child.code] ?? null;
      return { ...child, silent: !stale.has('reports') && isSilent(child.code), before, change: before === null || child.score === null ? null : child.score - before };
    });
    if (isCompared) rows.sort((a, b) => (a.change ?? Infinity) - (b.change ?? Infinity));
    const shown = rows.slice(0, Math.max(3, roomIn(this.list, ROW_EM)));
    this.rows.set(shown);
    put(this.more, rows.length > shown.length ? words.say('wall.more', { n: rows.length - shown.length }) : '');
  }
}
