/*
 * The cards and the families' bars: the live summary of a region in words and figures.
 *
 * summary: what assets/kite/summary.mjs gives, with the ages of assets/kite/ages.mjs as `ages`:
 *          {code, score, level, hatched, capped, open, open_by_level: {'01': n}, families: [4],
 *           cameras: {online, total, networked}, units: {on_duty, total}, simulated, ages,
 *           children: [{code, score, level, hatched, open}]}
 * profile: what callbacks/explain_score.py gives; place: what dashboard/views/places.py gives.
 * shown: what is on the screen already, in the order of the callback's outputs.
 */
(function () {
  'use strict';

  const {
    NONE, age, barWidth, changeOf, count, known, levelName, levelOf, say, score1,
  } = window.kite_parts.words;
  const { ageOf, isDead } = window.kite_parts.ages;
  const { changed, usable } = window.kite_parts.outputs;

  const GRAVE = ['01', '02'];

  /** The region's people, where both stores speak of the same region. */
  const peopleOf = (summary, place) => (place?.code === summary.code ? place.population : 0);

  function cardClass(dead, ...more) {
    return ['panel', 'card', dead ? 'dead' : '', ...more].filter(Boolean).join(' ');
  }

  /** The note of a card: how old it is when its feed is dead, else what there is to say. */
  function note(page, summary, feed, words) {
    const seconds = ageOf(summary, feed);
    if (!isDead(summary, feed, page)) return words;
    return seconds === null ? say(page, 'header.age.unknown') : say(page, 'card.dead', { age: age(page, seconds) });
  }

  function show_score(summary, profile, _place, page, ...shown) {
    if (!usable(summary)) return changed(['panel card waiting', NONE, '', '', '', say(page, 'why.title.none')], shown);
    const { score, level, hatched, capped } = summary;
    const figure = score1(score);
    return changed(
      [
        cardClass(isDead(summary, 'reports', page), `level-${level}`, hatched ? 'hatched' : ''),
        figure,
        level ? levelName(page, level) : '',
        note(page, summary, 'reports', scoreNote(page, summary, profile, { hatched, capped })),
        scoreChange(page, summary, profile),
        known(score) ? say(page, 'why.title', { score: figure }) : say(page, 'why.title.none'),
      ],
      shown,
    );
  }

  function scoreNote(page, summary, profile, { hatched, capped }) {
    if (!known(summary.score)) return say(page, 'card.score.none');
    if (capped) return say(page, 'card.score.capped');
    if (hatched) return say(page, 'card.score.hatched');
    const interval = profile?.code === summary.code ? profile.interval : null;
    if (!interval) return '';
    return say(page, 'card.score.interval', { low: score1(interval[0]), high: score1(interval[1]) });
  }

  function scoreChange(page, { code, score }, profile) {
    const change = changeOf(score, profile?.code === code ? profile.day_ago : null);
    return change === '' ? '' : say(page, 'card.score.change', { change });
  }

  function show_cases(summary, _profile, place, page, ...shown) {
    if (!usable(summary)) return changed(['panel card waiting', NONE, '', ''], shown);
    const { open, open_by_level: byLevel } = summary;
    const grave = GRAVE.reduce((sum, level) => sum + (byLevel?.[level] ?? 0), 0);
    const people = peopleOf(summary, place);
    let words = open === 0 ? say(page, 'card.cases.none') : '';
    if (open > 0 && people > 0) {
      words = say(page, 'card.cases.density', { n: ((10_000 * open) / people).toFixed(1) });
    }
    return changed(
      [
        cardClass(isDead(summary, 'reports', page), grave ? 'grave' : ''),
        count(open),
        note(page, summary, 'reports', words),
        byLevel && open > 0 ? say(page, 'card.cases.grave', { n: count(grave) }) : '',
      ],
      shown,
    );
  }

  function show_cameras(summary, _profile, _place, page, ...shown) {
    if (!usable(summary)) return changed(['panel card waiting', NONE, ''], shown);
    const { online, networked } = summary.cameras;
    const share = networked > 0 ? `${((100 * online) / networked).toFixed(1)}%` : NONE;
    const words = networked > 0
      ? say(page, 'card.cameras.note', { online: count(online), off: count(networked - online) })
      : say(page, 'card.cameras.none');
    return changed(
      [cardClass(isDead(summary, 'cameras', page)), share, note(page, summary, 'cameras', words)],
      shown,
    );
  }

  function show_units(summary, _profile, place, page, ...shown) {
    if (!usable(summary)) return changed(['panel card waiting', NONE, '', '', ''], shown);
    const { on_duty: onDuty, total } = summary.units;
    const people = peopleOf(summary, place);
    const words = total > 0
      ? say(page, 'card.units.note', { n: ((100 * onDuty) / total).toFixed(0) })
      : say(page, 'card.units.none');
    return changed(
      [
        cardClass(isDead(summary, 'units', page)),
        count(onDuty),
        say(page, 'card.units.of', { n: count(total) }),
        note(page, summary, 'units', words),
        onDuty > 0 && people > 0 ? say(page, 'card.units.people', { n: count(people / onDuty) }) : '',
      ],
      shown,
    );
  }

  /** Four bars; a grid's families are too many for the wire and come with its profile. */
  function show_families(summary, profile, _place, page, ...shown) {
    const here = usable(summary) ? summary : {};
    const slow = profile && profile.code === here.code ? profile.families : [];
    const scores = [0, 1, 2, 3].map((f) => here.families?.[f] ?? slow[f] ?? null);
    const levels = scores.map((score) => levelOf(page, score));
    return changed(
      [
        `panel why${usable(summary) && isDead(summary, 'reports', page) ? ' dead' : ''}`,
        ...scores.map((score) => ({ width: barWidth(page, score) })),
        ...levels.map((level) => `fill level-${level}`),
        ...levels.map((level) => (level ? String(level) : '')),
        ...scores.map(score1),
      ],
      shown,
    );
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    kite_views: Object.assign(window.dash_clientside?.kite_views ?? {}, {
      show_score, show_cases, show_cameras, show_units, show_families,
    }),
  });
})();
