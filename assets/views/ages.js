/*
 * How old what is on the screen is: the header's age, the line that says what has gone silent, the city's clock.
 *
 * ages: {feeds: {name: seconds or null}, health: {name: Health}, parts, link_s, server_ms}, as assets/kite/ages.mjs
 * gives them; health and parts tell of feeds, sources and counties that are not well.
 */
(function () {
  'use strict';

  const { age, count, known, say } = window.kite_parts.words;
  const { hear, watch } = window.kite_parts.current;

  const FEEDS = ['reports', 'cameras', 'units'];
  const SILENT_MS = 2_500;

  /** When the newest summary came, by the page's clock; the timer below ages it if no other comes. */
  const newest = { summary: null, at: 0, offsetMs: 0 };

  /** Seconds since a feed's newest entry; null where there has been none. */
  function ageOf(summary, feed) {
    const ages = summary?.ages;
    const own = ages?.feeds?.[feed];
    return known(own) ? own : null;
  }

  /** Whether nothing at all has come of this feed for too long. */
  function isOld(summary, feed, page) {
    const seconds = ageOf(summary, feed);
    return !isNew(summary, page) && (seconds === null || seconds > page.stale_after_s);
  }

  /** Whether what this feed brings is too old to be believed. */
  function isDead(summary, feed, page) {
    if (isNew(summary, page)) return false;
    if (isOld(summary, feed, page)) return true;
    if (feed === 'reports' && isUnderSilence(summary)) return true;
    return linkIsDead(summary, page) || lacksData(summary, feed);
  }

  /** How the server found a feed that is not well; undefined for one that is. */
  function healthOf(summary, feed) {
    return summary?.ages?.health?.[feed];
  }

  /** Whether only heartbeats come of a feed where data usually does. */
  function lacksData(summary, feed) {
    const health = healthOf(summary, feed);
    return health?.state === 'silent' && health.lacks === 'data' && !health.calm;
  }

  /** Whether the place lies in a county from which nothing comes that usually does: silence is not safety. */
  const isUnderSilence = (summary) => Boolean(silenceOver(summary));

  /** The silent county that the place lies in, as the server tells of it; undefined where there is none. */
  function silenceOver(summary) {
    const silent = (summary?.ages?.parts ?? []).filter(({ county, state, calm }) => county && state === 'silent' && !calm);
    return silent.find(({ county }) => (summary.path ?? []).some(({ code }) => code === county));
  }

  /** Seconds since what is shown of this feed came: of one that gives heartbeats alone, since its last data. */
  function dataAgeOf(summary, feed) {
    const over = feed === 'reports' ? silenceOver(summary) : undefined;
    const since = lacksData(summary, feed) ? healthOf(summary, feed).data_ms : over?.data_ms;
    return known(since) ? Math.max(0, (serverMs(summary) - since) / 1000) : ageOf(summary, feed);
  }

  const serverMs = (summary) => summary.ages.server_ms ?? Date.now();

  /** A page that has just been opened waits for the first heartbeat before it complains. */
  function isNew(summary, page) {
    return !known(summary?.ages?.link_s) && performance.now() < 1000 * page.stale_after_s;
  }

  function linkIsDead(summary, page) {
    const link = summary?.ages?.link_s;
    return known(link) && link > page.stale_after_s;
  }

  function show_ages(summary, _profile, _place, page) {
    if (!summary?.ages) {
      return [say(page, 'header.age.unknown'), 'age', null, '', true, !page.simulated];
    }
    const sentence = deadSentence(summary, page);
    const ages = FEEDS.map((feed) => ageOf(summary, feed));
    const oldest = ages.some((seconds) => seconds === null) ? null : Math.max(...ages);
    return [
      oldest === null ? say(page, 'header.age.unknown') : say(page, 'header.age', { age: age(page, oldest) }),
      sentence ? 'age dead' : 'age',
      agesInWords(summary, page),
      sentence,
      !sentence,
      !(summary.simulated ?? page.simulated),
    ];
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
    const quiet = FEEDS.filter((feed) => lacksData(summary, feed));
    const dead = FEEDS.filter((feed) => isOld(summary, feed, page));
    const names = (feeds) => feeds.map((feed) => say(page, `feed.${feed}`)).join(say(page, 'header.and'));
    const never = dead.filter((feed) => ageOf(summary, feed) === null);
    const silent = dead.filter((feed) => ageOf(summary, feed) !== null);
    const seconds = Math.max(...silent.map((feed) => ageOf(summary, feed)));
    return [
      silent.length && say(page, 'header.dead', {
        feeds: names(silent), age: age(page, seconds), time: timeAgo(summary, page, seconds),
      }),
      never.length && say(page, 'header.dead.never', { feeds: names(never) }),
      ...quiet.map((feed) => {
        return say(page, 'header.ill.data', { feeds: names([feed]), age: age(page, dataAgeOf(summary, feed)) });
      }),
      quiet.includes('reports') ? '' : countySentence(summary, page),
      ...illSentences(summary, page, names),
    ].filter(Boolean).join(' ');
  }

  function countySentence(summary, page) {
    const over = silenceOver(summary), named = summary.path?.find(({ code }) => code === over?.county);
    return named && say(page, 'header.ill.county', { county: named.name, age: age(page, dataAgeOf(summary, 'reports')) });
  }

  /** Feeds that flood or repeat themselves: what is shown is not too old, and not to be relied on. */
  function illSentences(summary, page, names) {
    return FEEDS.map((feed) => {
      const { state, per_min: n, repeats } = healthOf(summary, feed) ?? {};
      if (state === 'flood') return say(page, 'header.ill.flood', { feeds: names([feed]), n: count(n) });
      return state === 'repeat' && say(page, 'header.ill.repeat', { feeds: names([feed]), n: count(n), repeats: count(repeats) });
    });
  }

  function timeAgo(summary, page, seconds) {
    return clockText(page, serverMs(summary) - 1000 * seconds);
  }

  // The city's clock, and the ageing of a summary that no other replaces

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

  let timer = 0;

  function startClock(page) {
    if (timer) return;
    const tick = () => {
      const clock = document.getElementById('clock');
      if (clock) clock.textContent = clockText(page, Date.now() + newest.offsetMs, true);
      growOld();
    };
    tick();
    timer = setInterval(tick, 1000);
  }

  function noteSummary(summary) {
    if (!summary || summary === newest.aged || summary === newest.summary) return;
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
    hear(newest.aged);
  }

  watch(({ summary, page }) => {
    noteSummary(summary);
    startClock(page);
  });

  window.kite_parts = Object.assign(window.kite_parts ?? {}, {
    ages: { ageOf, dataAgeOf, isDead, show_ages },
  });
})();
