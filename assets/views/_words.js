/*
 * Words and figures, as all parts of the pages write them. Dash loads this first, as `_` sorts before letters.
 *
 * page: what dashboard/views/page.py gives; its texts come from dashboard/views/texts.py by name.
 */
(function () {
  'use strict';

  const NONE = '—';

  /** The text of that name with its braces filled. */
  function say(page, name, words) {
    return (page.texts[name] ?? name).replace(/\{(\w+)\}/g, (whole, word) => words?.[word] ?? whole);
  }

  const score1 = (score) => (known(score) ? score.toFixed(1) : NONE);
  const count = (n) => (known(n) ? Math.round(n).toLocaleString('en-US') : NONE);
  const known = (value) => typeof value === 'number' && Number.isFinite(value);

  /** What was gained ▲ or lost ▼ since then, to a tenth; "" where one of both is unknown. */
  function changeOf(score, then) {
    if (!known(score) || !known(then)) return '';
    const by = Math.round(10 * (score - then)) / 10;
    return by === 0 ? '＝' : `${by < 0 ? '▼' : '▲'}${Math.abs(by).toFixed(1)}`;
  }

  /** A duration in its largest unit; tenths only below ten seconds. */
  function age(page, seconds) {
    if (seconds < 10) return say(page, 'age.seconds', { n: seconds.toFixed(1) });
    if (seconds < 60) return say(page, 'age.seconds', { n: Math.floor(seconds) });
    if (seconds < 3600) return say(page, 'age.minutes', { n: Math.floor(seconds / 60) });
    if (seconds < 172_800) return say(page, 'age.hours', { n: Math.floor(seconds / 3600) });
    return say(page, 'age.days', { n: Math.floor(seconds / 86_400) });
  }

  /** The level of a score by the cuts: 1 blue … 4 red, 0 unknown. */
  function levelOf(page, score) {
    if (!known(score)) return 0;
    const above = page.cuts.findIndex((cut) => score >= cut);
    return above < 0 ? page.cuts.length + 1 : above + 1;
  }

  const levelName = (page, level) => `${level} ${say(page, `level.${level}`)}`;

  /** How much of a bar a score fills, as a CSS length. */
  function barWidth(page, score) {
    if (!known(score)) return '0%';
    const share = (score - page.bar_from) / (100 - page.bar_from);
    return `${(100 * Math.min(1, Math.max(0.015, share))).toFixed(1)}%`;
  }

  window.kite_parts = Object.assign(window.kite_parts ?? {}, {
    words: {
      NONE, say, score1, count, known, changeOf, age, levelOf, levelName, barWidth,
    },
  });
})();
