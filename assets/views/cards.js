/*
 * The cards and the families' bars: the live summary of a region in words and figures.
 *
 * summary: what assets/kite/summary.mjs gives, with the ages of assets/kite/ages.mjs as `ages`:
 *          {code, score, level, hatched, capped, open_cases, open_by_level: {1: n}, families: [4],
 *           cameras: {online, total, networked}, units: {on_duty, total}, simulated, ages,
 *           children: [{code, score, level, hatched, open}]}
 * profile: what callbacks/explain_score.py gives; place: what dashboard/views/places.py gives.
 * Each function gives its texts, classes and widths in the order of dashboard/views/written.py.
 */
(function () {
  'use strict';

  const {
    NONE, age, barWidth, changeOf, count, known, levelName, levelOf, say, score1,
  } = window.kite_parts.words;
  const { dataAgeOf, isDead } = window.kite_parts.ages;
  const { usable } = window.kite_parts.outputs;

  /** The region's people, where both stores speak of the same region. */
  const peopleOf = (summary, place) => (place?.code === summary.code ? place.population : 0);

  function cardClass(dead, ...more) {
    return ['panel', 'card', dead ? 'dead' : '', ...more].filter(Boolean).join(' ');
  }

  /** The note of a card: how old it is when its feed is dead, else what there is to say. */
  function note(page, summary, feed, words) {
    const seconds = dataAgeOf(summary, feed);
    if (!isDead(summary, feed, page)) return words;
    return seconds === null ? say(page, 'header.age.unknown') : say(page, 'card.dead', { age: age(page, seconds) });
  }

  function show_score(summary, profile, _place, page) {
    if (!usable(summary)) {
      return ['panel card waiting', NONE, '', '', '', '', say(page, 'why.title.none')];
    }
    const { score, level, hatched } = summary;
    const figure = score1(score);
    const past = profile?.code === summary.code ? profile : null;
    return [
      cardClass(isDead(summary, 'reports', page), `level-${level}`, hatched ? 'hatched' : ''),
      figure,
      level ? levelName(page, level) : '',
      note(page, summary, 'reports', intervalOf(page, score, past)),
      changeSince(page, score, past),
      flagOf(page, summary),
      known(score) ? say(page, 'why.title', { score: figure }) : say(page, 'why.title.none'),
    ];
  }

  function intervalOf(page, score, past) {
    if (!known(score)) return say(page, 'card.score.none');
    if (!past?.interval) return '';
    const [low, high] = past.interval.map(score1);
    return say(page, 'card.score.interval', { low, high });
  }

  function changeSince(page, score, past) {
    const change = changeOf(score, past?.day_ago);
    return change === '' ? '' : say(page, 'card.score.change', { change });
  }

  /** A level changes only past a dead band, so it may differ from what the cuts alone would say. */
  function flagOf(page, { capped, hatched, level, score }) {
    if (capped) return say(page, 'card.score.capped');
    if (hatched) return say(page, 'card.score.hatched');
    return known(score) && level && levelOf(page, score) !== level ? say(page, 'card.score.held') : '';
  }

  function show_cases(summary, _profile, place, page) {
    if (!usable(summary)) return ['panel card waiting', NONE, '', '', ''];
    const { open_cases: open, open_by_level: byLevel } = summary;
    const of = (level) => byLevel?.[level] ?? 0;
    const grave = of(1) + of(2);
    const some = byLevel && open > 0;
    return [
      cardClass(isDead(summary, 'reports', page), grave ? 'grave' : ''),
      count(open),
      note(page, summary, 'reports', densityOf(page, open, peopleOf(summary, place))),
      some ? say(page, 'card.cases.grave', { n: count(grave) }) : '',
      some ? say(page, 'card.cases.others', { n: count(of(3)), m: count(of(4)) }) : '',
    ];
  }

  function densityOf(page, open, people) {
    if (open === 0) return say(page, 'card.cases.none');
    return people > 0 ? say(page, 'card.cases.density', { n: ((10_000 * open) / people).toFixed(1) }) : '';
  }

  /** Cameras and units come after the first paint; until then nothing is said of them. */
  function show_cameras(summary, _profile, _place, page) {
    const { online, networked } = summary?.cameras ?? {};
    if (!usable(summary) || !known(online)) return ['panel card waiting', NONE, '', ''];
    const some = networked > 0;
    const words = some ? say(page, 'card.cameras.on', { n: count(online) }) : say(page, 'card.cameras.none');
    return [
      cardClass(isDead(summary, 'cameras', page)),
      some ? `${((100 * online) / networked).toFixed(1)}%` : NONE,
      note(page, summary, 'cameras', words),
      some ? say(page, 'card.cameras.off', { n: count(networked - online) }) : '',
    ];
  }

  function show_units(summary, _profile, place, page) {
    const { on_duty: onDuty, total } = summary?.units ?? {};
    if (!usable(summary) || !known(onDuty)) return ['panel card waiting', NONE, '', '', ''];
    const some = total > 0;
    const words = some ? say(page, 'card.units.of', { n: count(total) }) : say(page, 'card.units.none');
    const people = onDuty > 0 ? peopleOf(summary, place) / onDuty : 0;
    return [
      cardClass(isDead(summary, 'units', page)),
      count(onDuty),
      note(page, summary, 'units', words),
      some ? say(page, 'card.units.share', { n: ((100 * onDuty) / total).toFixed(0) }) : '',
      people > 0 ? say(page, 'card.units.people', { n: count(people) }) : '',
    ];
  }

  /** Four bars; a grid's families are too many for the wire and come with its profile. */
  function show_families(summary, profile, _place, page) {
    const here = usable(summary) ? summary : {};
    const slow = profile && profile.code === here.code ? profile.families : [];
    const scores = [0, 1, 2, 3].map((f) => here.families?.[f] ?? slow[f] ?? null);
    const levels = scores.map((score) => levelOf(page, score));
    return [
      `panel why${usable(summary) && isDead(summary, 'reports', page) ? ' dead' : ''}`,
      ...scores.map((score) => barWidth(page, score)),
      ...levels.map((level) => `fill level-${level}`),
      ...levels.map((level) => (level ? String(level) : '')),
      ...scores.map(score1),
    ];
  }

  window.kite_parts = Object.assign(window.kite_parts ?? {}, {
    cards: { show_score, show_cases, show_cameras, show_units, show_families },
  });
})();
