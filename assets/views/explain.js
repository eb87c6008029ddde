/*
 * A click on any score, wherever it stands (`data-explain`: a region's code, or nothing for the page's own), opens
 * the drawer that says why it is what it is; the server says it once it is asked.
 *
 * The sums that are explained are some seconds older than the live score: where both differ, the drawer says so and
 * asks again until they meet.
 */
(function () {
  'use strict';

  const { watch } = window.kite_parts.current;
  const { fill } = window.kite_parts.plain;
  const { answer } = window.kite_parts.outputs;
  const { known, say, score1 } = window.kite_parts.words;

  const AGAIN_MS = 3_000;
  const MOST_TIMES = 10;
  /** Points by which both may differ: live scores are in tenths, and a score moves a little all the time. */
  const SAME = 0.15;

  const state = { here: '', asked: '', told: null, number: 0, times: 0, again: 0, page: null, summary: null };

  watch(({ place, page, summary }) => {
    Object.assign(state, { here: place?.code ?? '', page, summary });
    // A drawer that is closed has no place on the page.
    if (state.told && document.getElementById('explain-body')?.offsetParent) show();
  });

  document.addEventListener('click', (event) => {
    const button = event.target.closest?.('[data-explain]');
    if (button) open(button.dataset.explain || state.here);
  });

  function open(code) {
    if (!code) return;
    const body = document.getElementById('explain-body');
    if (state.asked !== code) fill(body, [body.dataset.waiting]);
    Object.assign(state, { asked: code, told: null, times: 0 });
    window.dash_clientside.set_props('explanation', { opened: true });
    ask();
  }

  function ask() {
    clearTimeout(state.again);
    state.again = 0;
    window.dash_clientside.set_props('explain-asked', { data: { code: state.asked, number: ++state.number } });
  }

  function show_explained(told) {
    const body = document.getElementById('explain-body');
    if (!body || !state.asked) return;
    if (!told) {
      fill(body, [body.dataset.refused]);
      return;
    }
    if (told.code !== state.asked) return;
    state.told = told;
    show();
  }

  /** What was told, and beside which live score; that may come later, and changes while one reads. */
  function show() {
    const { told } = state, body = document.getElementById('explain-body');
    const live = liveScore(told.code), differs = known(live) && known(told.score) && Math.abs(live - told.score) > SAME;
    document.getElementById('explain-title').textContent = told.title;
    fill(body, [...(differs ? [noteOf(live, told.at)] : []), ...told.parts], told.svgs);
    if (differs && !state.again && state.times++ < MOST_TIMES) state.again = setTimeout(ask, AGAIN_MS);
  }

  const noteOf = (score, at) => ({
    type: 'P',
    props: { className: 'behind', role: 'status', children: say(state.page, 'explain.behind', { score: score1(score), at }) },
  });

  /** The score of a region as the page shows it now, where it does. */
  function liveScore(code) {
    const { summary } = state;
    if (summary?.code === code) return summary.score;
    return summary?.children?.find((child) => child.code === code)?.score;
  }

  answer({ show_explained });
})();
