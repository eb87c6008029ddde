/*
 * Which tab is open, and how its content is looked at: the server is asked only for that. What grows old is asked
 * for again with every tick of the slow clock.
 */
(function () {
  'use strict';

  const { answer } = window.kite_parts.outputs;

  /** In the order of the callback's outputs (callbacks/open_tab.py) → whether it grows old. */
  const GROWS_OLD = {
    trend: true, cases: true, facts: false, table: true, compare: true, daily: true, counts: true, hours: true,
    systems: true, published: true,
  };

  let asked = '';

  function ask_for_open_tab(place, tab, ticks, childrenView, trendWhat, casesView) {
    const { no_update: same } = window.dash_clientside;
    const names = Object.keys(GROWS_OLD);
    const wanted = seen(tab, { childrenView, trendWhat, casesView });
    const next = place?.code && !place.missing && { code: place.code, tick: GROWS_OLD[wanted] ? ticks : null };
    const text = JSON.stringify([wanted, next]);
    if (!next || text === asked) return names.map(() => same);
    asked = text;
    return names.map((name) => (name === wanted ? next : same));
  }

  /** What of an open tab is seen; "" where the page knows it already. */
  function seen(tab, { childrenView, trendWhat, casesView }) {
    if (tab === 'children') return childrenView === 'table' ? 'table' : '';
    if (tab === 'trend') return trendWhat === 'daily' ? 'daily' : 'trend';
    if (tab === 'cases') return casesView === 'counts' ? 'counts' : 'cases';
    return tab;
  }

  answer({ ask_for_open_tab });
})();
