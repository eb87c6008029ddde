/*
 * The functions of the pages that run in the browser: they put the live summary into words and figures.
 * Callbacks name them by (kite_views, function); texts come from dashboard/views/texts.py by name.
 *
 * summary: what assets/kite/summary.mjs gives, with the ages of assets/kite/ages.mjs as `ages`:
 *          {code, score, level, hatched, capped, open, open_by_level: {'01': n}, families: [4],
 *           cameras: {online, total, networked}, units: {on_duty, total}, simulated,
 *           children: [{code, score, level, hatched, open}], ages: {feeds: {name: s}, link_s, server_ms}}
 * page:    what dashboard/views/page.py gives; place: what dashboard/views/places.py gives.
 */
(function () {
  'use strict';

  const NONE = '—';
  const FEEDS = ['reports', 'cameras', 'units'];
  const GRAVE = ['01', '02'];
  const FELL = 3;
  const RESORT_MS = 10_000;
  const SILENT_MS = 2_500;

  // Words and figures -------------------------------------------------------------------------------------

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

  /** The region's people, where both stores speak of the same region. */
  const peopleOf = (summary, place) => (place?.code === summary.code ? place.population : 0);

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

  // Ages --------------------------------------------------------------------------------------------------

  /** When the newest summary came, by the page's clock; the timer below ages it if no other comes. */
  const newest = { summary: null, at: 0, offsetMs: 0 };

  /** Seconds since a feed's newest entry; the link's silence counts, as nothing can come through it. */
  function ageOf(summary, feed) {
    const ages = summary?.ages;
    const own = ages?.feeds?.[feed];
    return known(own) ? own : null;
  }

  /** Whether what this feed brings is too old to be believed. */
  function isDead(summary, feed, page) {
    const seconds = ageOf(summary, feed);
    return seconds === null || seconds > page.stale_after_s || linkIsDead(summary, page);
  }

  function linkIsDead(summary, page) {
    const link = summary?.ages?.link_s;
    return known(link) && link > page.stale_after_s;
  }

  const usable = (summary) => Boolean(summary && summary.code !== undefined && summary.code !== null);

  // Outputs -----------------------------------------------------------------------------------------------

  /** The values, with `no_update` in place of those that are on the screen already. */
  function changed(next, shown) {
    const same = window.dash_clientside.no_update;
    return next.map((value, i) => (alike(value, shown[i]) ? same : value));
  }

  function alike(a, b) {
    if (a === b) return true;
    return Boolean(a && b) && typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b);
  }

  function cardClass(dead, ...more) {
    return ['panel', 'card', dead ? 'dead' : '', ...more].filter(Boolean).join(' ');
  }

  /** The note of a card: how old it is when its feed is dead, else what there is to say. */
  function note(page, summary, feed, words) {
    const seconds = ageOf(summary, feed);
    if (!isDead(summary, feed, page)) return words;
    return seconds === null ? say(page, 'header.age.unknown') : say(page, 'card.dead', { age: age(page, seconds) });
  }

  // Cards -------------------------------------------------------------------------------------------------

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

  // Header ------------------------------------------------------------------------------------------------

  function show_ages(summary, _profile, _place, page, ...shown) {
    if (!summary?.ages) {
      return changed([say(page, 'header.age.unknown'), 'age', shown[2], '', true, !page.simulated], shown);
    }
    const sentence = deadSentence(summary, page);
    const ages = FEEDS.map((feed) => ageOf(summary, feed));
    const oldest = ages.some((seconds) => seconds === null) ? null : Math.max(...ages);
    return changed(
      [
        oldest === null ? say(page, 'header.age.unknown') : say(page, 'header.age', { age: age(page, oldest) }),
        sentence ? 'age dead' : 'age',
        agesInWords(summary, page),
        sentence,
        !sentence,
        !(summary.simulated ?? page.simulated),
      ],
      shown,
    );
  }

  function agesInWords(summary, page) {
    const lines = FEEDS.map((feed) => {
      const seconds = ageOf(summary, feed);
      const words = seconds === null
        ? say(page, 'header.age.unknown')
        : say(page, 'header.age.one', { age: age(page, seconds) });
      return `${say(page, `feed.${feed}`)} ${words}`;
    });
    return [say(page, 'header.age.help'), ...lines].join('\n');
  }

  /** What has gone silent, since when; "" while all feeds speak. */
  function deadSentence(summary, page) {
    if (linkIsDead(summary, page)) {
      const seconds = summary.ages.link_s;
      return say(page, 'header.dead.connection', { age: age(page, seconds), time: timeAgo(summary, page, seconds) });
    }
    const dead = FEEDS.filter((feed) => isDead(summary, feed, page));
    const names = (feeds) => feeds.map((feed) => say(page, `feed.${feed}`)).join(say(page, 'header.and'));
    const never = dead.filter((feed) => ageOf(summary, feed) === null);
    const silent = dead.filter((feed) => ageOf(summary, feed) !== null);
    const seconds = Math.max(...silent.map((feed) => ageOf(summary, feed)));
    return [
      silent.length && say(page, 'header.dead', {
        feeds: names(silent), age: age(page, seconds), time: timeAgo(summary, page, seconds),
      }),
      never.length && say(page, 'header.dead.never', { feeds: names(never) }),
    ].filter(Boolean).join(' ');
  }

  function timeAgo(summary, page, seconds) {
    return clockText(page, (summary.ages.server_ms ?? Date.now()) - 1000 * seconds);
  }

  // The city's clock, and the ageing of a summary that no other replaces ---------------------------------

  const formats = {};

  function clockText(page, ms, withDay) {
    const key = `${page.timezone} ${withDay}`;
    // Sweden writes dates as ISO 8601 does: 2026-11-24 12:24:03.
    formats[key] ??= new Intl.DateTimeFormat('sv-SE', {
      timeZone: page.timezone,
      ...(withDay ? { year: 'numeric', month: '2-digit', day: '2-digit' } : {}),
      hour: '2-digit', minute: '2-digit', second: '2-digit',
    });
    return formats[key].format(ms);
  }

  function start_clock(page) {
    if (start_clock.timer || !page) return;
    const tick = () => {
      const clock = document.getElementById('clock');
      if (clock) clock.textContent = clockText(page, Date.now() + newest.offsetMs, true);
      growOld();
    };
    tick();
    start_clock.timer = setInterval(tick, 1000);
  }

  function note_summary(summary) {
    if (!summary || summary === newest.aged) return;
    newest.summary = summary;
    newest.at = Date.now();
    if (known(summary.ages?.server_ms)) newest.offsetMs = summary.ages.server_ms - newest.at;
  }

  /** With no new summary for a while, show the last one as old as it has become. */
  function growOld() {
    const { summary, at } = newest;
    if (!summary?.ages || Date.now() - at < SILENT_MS) return;
    const more = (Date.now() - at) / 1000;
    const older = (seconds) => (known(seconds) ? seconds + more : seconds);
    const { feeds, link_s: link, server_ms: server } = summary.ages;
    newest.aged = {
      ...summary,
      ages: {
        ...summary.ages,
        feeds: Object.fromEntries(Object.entries(feeds ?? {}).map(([feed, s]) => [feed, older(s)])),
        link_s: older(link),
        server_ms: known(server) ? server + 1000 * more : server,
      },
    };
    window.dash_clientside.set_props('summary', { data: newest.aged });
  }

  // Addresses ---------------------------------------------------------------------------------------------

  function show_region(pathname) {
    const [, page, code] = String(pathname ?? '').split('/');
    if (page === 'region' && code) window.kite?.showRegion?.(code);
  }

  function show_title(place) {
    if (place?.title) document.title = place.title;
  }

  function go_to_case(clicked, rows) {
    const row = rows?.find(({ id }) => id === clicked?.rowId);
    return row ? `/region/${row.grid}` : window.dash_clientside.no_update;
  }

  function go(pathname) {
    window.dash_clientside.set_props('location', { pathname });
  }

  function switch_language(language, page) {
    if (!language || language === page.language) return;
    document.cookie = `kite_language=${language};path=/;max-age=31536000;samesite=lax`;
    const url = new URL(window.location.href);
    url.searchParams.delete('lang');
    window.location.replace(url.href);
  }

  /** First whether each switch is on, then their ids. */
  function switch_layers(...given) {
    const ids = given.slice(given.length / 2);
    const on = {};
    ids.forEach((id, i) => { on[id.replace('layer-switch-', '')] = given[i] !== false; });
    for (const [key, visible] of Object.entries(on)) window.kite?.setVisible?.(key, visible);
    return on;
  }

  // The children, ranked ----------------------------------------------------------------------------------

  /** Per list element: its rows by code, and when it was last sorted. */
  const rankings = new WeakMap();

  function rank_children(summary, place, trends, order, _tab, page) {
    note_summary(summary);
    start_clock(page);
    const list = document.getElementById('children');
    if (!list || !place?.children) return;
    const state = rankings.get(list) ?? startRanking(list);
    if (state.code !== place.code) fillRanking(state, place, page);
    const fresh = usable(summary) && summary.code === place.code ? summary : null;
    if (fresh) showRows(state, fresh, page);
    if (trends && trends.code === place.code) showPast(state, trends);
    sortRows(state, order);
  }

  function startRanking(list) {
    const state = { list, code: '', rows: new Map(), order: '', sortedAt: 0, until: 0, pointed: false };
    list.addEventListener('click', (event) => followRow(event));
    list.addEventListener('pointerenter', () => { state.pointed = true; });
    list.addEventListener('pointerleave', () => { state.pointed = false; });
    rankings.set(list, state);
    return state;
  }

  /** A plain click stays in the page; with a modifier the browser does what it always does with a link. */
  function followRow(event) {
    const row = event.target.closest('a');
    if (!row || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(row.getAttribute('href'));
  }

  function fillRanking(state, place, page) {
    Object.assign(state, { code: place.code, order: '', until: 0 });
    state.rows = new Map(place.children.map((child) => [child.code, makeRow(child, page)]));
    state.list.replaceChildren(...[...state.rows.values()].map((row) => row.element));
    state.list.scrollTop = 0;
  }

  function makeRow({ code, name }) {
    const element = document.createElement('a');
    element.className = 'row child level-0';
    element.href = `/region/${code}`;
    const parts = { numeral: '', name, bar: '', score: NONE, change: '', open: '' };
    const row = { code, name, element, score: null, open: null, then: null };
    for (const [part, text] of Object.entries(parts)) {
      row[`${part}Part`] = document.createElement('span');
      row[`${part}Part`].className = part;
      row[`${part}Part`].textContent = text;
      element.append(row[`${part}Part`]);
    }
    row.namePart.title = name;
    row.fill = document.createElement('span');
    row.fill.className = 'fill';
    row.barPart.append(row.fill);
    row.spark = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    row.spark.setAttribute('class', 'spark');
    row.spark.setAttribute('viewBox', '0 0 100 20');
    row.spark.setAttribute('preserveAspectRatio', 'none');
    element.append(row.spark);
    return row;
  }

  function put(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  function showRows(state, summary, page) {
    const dead = isDead(summary, 'reports', page);
    for (const { code, score, level, open, hatched } of summary.children ?? []) {
      const row = state.rows.get(code);
      if (!row) continue;
      row.score = score;
      row.open = open;
      const className = `row child level-${level}${hatched ? ' hatched' : ''}${dead ? ' dead' : ''}`;
      if (row.element.className !== className) row.element.className = className;
      const width = barWidth(page, score);
      if (row.fill.style.width !== width) row.fill.style.width = width;
      put(row.numeralPart, level ? String(level) : '');
      put(row.scorePart, score1(score));
      put(row.openPart, count(open));
      showChange(row);
    }
  }

  function showChange(row) {
    put(row.changePart, changeOf(row.score, row.then));
    row.changePart.classList.toggle('fell', known(row.score) && known(row.then) && row.score - row.then <= -FELL);
  }

  function showPast(state, trends) {
    if (state.until === trends.until_ms) return;
    state.until = trends.until_ms;
    const all = Object.values(trends.lines).flat().filter(known);
    const [low, high] = [Math.min(...all), Math.max(...all)];
    for (const row of state.rows.values()) {
      row.then = trends.then[row.code] ?? null;
      showChange(row);
      row.spark.innerHTML = sparkLine(trends.lines[row.code] ?? [], low, Math.max(high, low + 5));
    }
  }

  /** The same scale in every row, so that lines can be compared. */
  function sparkLine(scores, low, high) {
    const step = 100 / Math.max(1, scores.length - 1);
    const points = scores
      .map((score, i) => (known(score) ? `${(i * step).toFixed(1)},${(19 - (18 * (score - low)) / (high - low)).toFixed(1)}` : ''))
      .filter(Boolean);
    return points.length < 2 ? '' : `<polyline points="${points.join(' ')}" vector-effect="non-scaling-stroke"/>`;
  }

  const collator = new Intl.Collator('zh-CN', { numeric: true });
  const byName = (a, b) => collator.compare(a.name, b.name);
  const orders = {
    score: (a, b) => (a.score ?? 999) - (b.score ?? 999) || byName(a, b),
    open: (a, b) => (b.open ?? -1) - (a.open ?? -1) || byName(a, b),
    name: byName,
  };

  /** Rows don't jump about: they are sorted again every ten seconds, and never under the pointer. */
  function sortRows(state, order) {
    const now = Date.now();
    const asked = state.order !== order;
    if (!asked && (state.pointed || now - state.sortedAt < RESORT_MS)) return;
    const rows = [...state.rows.values()];
    const filled = rows.some((row) => row.score !== null);
    Object.assign(state, { order: filled || order === 'name' ? order : '', sortedAt: now });
    rows.sort(orders[order] ?? byName).forEach(({ element }, i) => {
      if (state.list.children[i] !== element) state.list.insertBefore(element, state.list.children[i]);
    });
  }

  // The trend ---------------------------------------------------------------------------------------------

  /** Figures are made for a rem of 16 px; fit type, margins and lines to this screen's. */
  function scale_figure(trend) {
    if (!trend) return { data: [], layout: { xaxis: { visible: false }, yaxis: { visible: false } } };
    const by = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
    const { data, layout } = trend.figure;
    const margin = Object.fromEntries(Object.entries(layout.margin).map(([side, px]) => [side, px * by]));
    return {
      data: data.map((line) => ({ ...line, line: { ...line.line, width: line.line.width * by } })),
      layout: {
        ...layout,
        margin,
        font: { ...layout.font, size: layout.font.size * by },
        shapes: layout.shapes.map((shape) => ({ ...shape, line: { ...shape.line, width: shape.line.width * by } })),
      },
    };
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    kite_views: {
      show_score, show_cases, show_cameras, show_units, show_families, show_ages,
      show_region, show_title, go_to_case, switch_language, switch_layers, rank_children, scale_figure,
    },
  });
})();
