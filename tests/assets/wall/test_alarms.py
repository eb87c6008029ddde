"""The wall's alarm figures against counts by hand; they outlive a reload and take no more room with time."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page

from dashboard.views.wall.scenes import ALARMS

pytestmark = pytest.mark.browser
settings.load_profile("browser")

RULES = asdict(ALARMS)
BUCKET_S, DAY_S = 600, 86_400
START_S = 1_790_000_400 // BUCKET_S * BUCKET_S
RUN = """async ([rules, steps, kept]) => {
  const { Alarms } = await import('/assets/wall/alarms.mjs');
  const stored = new Map(kept ? [['k', kept]] : []);
  const getItem = (key) => stored.get(key) ?? null, setItem = (key, value) => stored.set(key, value);
  const storage = { getItem, setItem };
  let one = new Alarms(rules, storage, 'k');
  const seen = [];
  for (const [ms, cases, stale] of steps) {
    if (cases === 'reload') {
      one.save(ms);
      one = new Alarms(rules, storage, 'k');
      continue;
    }
    one.follow(cases, stale, ms);
    seen.push(one.figures);
  }
  one.save(steps.at(-1)[0]);
  return [seen, stored.get('k')];
}"""


def grave(name: str, state: str = "reported", **more: Any) -> dict[str, Any]:
    return {"id": name, "level": 1, "state": state, "due": None, "card": "normal", **more}


def run(page: Page, steps: list[Any], kept: str = "") -> tuple[list[dict[str, Any]], str]:
    """Figures after each (seconds, cases or "reload", silent feeds), and what is kept in the end."""
    timed = [[1000 * (START_S + second), cases, list(stale)] for second, cases, stale in steps]
    seen, stored = page.evaluate(RUN, [RULES, timed, kept])
    return seen, stored


def test_an_alarm_is_raised_once_and_stands_until_it_is_over(modules: Page) -> None:
    steps = [(0, [], ()), (1, [grave("a")], ()), (2, [grave("a")], ()), (3, [grave("a", "accepted")], ())]
    seen, _ = run(modules, steps)
    assert [row["now"] for row in seen] == [0, 1, 1, 1]
    assert [row["standing"] for row in seen] == [0, 1, 1, 0]


def test_what_is_overdue_a_red_card_and_a_silent_feed_are_alarms_too(modules: Page) -> None:
    due = {"red_ms": 1000 * (START_S + 5), "paused": ""}
    a = grave("a", "assigned", due=due)
    steps = [
        (0, [a], ()), (4, [a], ()), (5, [a], ()), (6, [{**a, "card": "red"}], ()),
        (7, [{**a, "card": "red"}], ["units"]),
        (8, [{**a, "due": {**due, "paused": "court"}}], []),
    ]  # fmt: skip
    seen, _ = run(modules, steps)
    assert [row["now"] for row in seen] == [0, 0, 1, 2, 3, 3]
    assert [row["standing"] for row in seen] == [0, 0, 1, 2, 3, 0]


def test_lesser_cases_are_no_alarms(modules: Page) -> None:
    lesser = [{**grave("c"), "level": 3}, {**grave("d"), "level": 4}]
    seen, _ = run(modules, [(0, [], ()), (1, lesser, ())])
    assert (seen[-1]["now"], seen[-1]["standing"]) == (0, 0)


def test_what_stood_when_the_page_was_opened_was_not_raised_by_it(modules: Page) -> None:
    seen, _ = run(modules, [(0, [grave("a"), grave("b")], ())])
    assert (seen[0]["now"], seen[0]["standing"]) == (0, 2)


def test_more_than_ten_in_ten_minutes_are_a_flood_until_fewer_than_five(modules: Page) -> None:
    """ISA-18.2: it begins above ten, and ends below five."""
    steps: list[Any] = [(0, [], ())]
    for n in range(12):
        steps.append((10 * (n + 1), [grave(str(k)) for k in range(n + 1)], ()))
    for second in (620, 671, 672, 681, 691):
        steps.append((second, [], ()))
    seen, _ = run(modules, steps)
    raised = [10 * (n + 1) for n in range(12)]
    for (second, *_), row in zip(steps, seen, strict=True):
        assert row["now"] == sum(second - 600 < at <= second for at in raised)
    flood = False
    for row in seen:
        flood = row["now"] > 10 or (flood and row["now"] >= 5)
        assert row["isFlood"] == flood
    assert [seen[11]["isFlood"], seen[10]["isFlood"], seen[-1]["isFlood"]] == [True, False, False]


@given(st.lists(st.integers(0, 2 * DAY_S), max_size=60, unique=True), st.integers(0, 2 * DAY_S))
def test_rates_and_share_are_those_of_the_last_day(modules: Page, raised: list[int], reload_s: int) -> None:
    """One alarm at each of these seconds; the page looks twice a minute and is loaded anew once."""
    look = sorted({*range(0, 2 * DAY_S + 1, 30), *raised, *(at + 1 for at in raised)})
    steps: list[Any] = [(at, [grave(f"{at}")] if at in set(raised) else [], ()) for at in look]
    steps.append((reload_s + 0.5, "reload", ()))
    steps.sort(key=lambda step: step[0])
    seen, _ = run(modules, steps)
    end, last = 2 * DAY_S, seen[-1]
    buckets = range(end // BUCKET_S - 143, end // BUCKET_S + 1)
    counted = [at for at in raised if at > 0]  # what stands at the first look was not raised
    per_bucket = [sum(at // BUCKET_S == bucket for at in counted) for bucket in buckets]
    watched_s = end - buckets[0] * BUCKET_S
    # A look belongs to the ten minutes that it ends in: the oldest ones may have a step more or less.
    assert last["watchedMs"] / 1000 == pytest.approx(watched_s, abs=31)
    assert last["perHour"] == pytest.approx(sum(per_bucket) * 3600 / (last["watchedMs"] / 1000))
    assert last["floodShare"] == pytest.approx(sum(n > 10 for n in per_bucket) / 144)
    assert last["now"] == sum(end - 600 < at <= end for at in counted)


def test_no_rate_is_told_before_an_hour_was_watched(modules: Page) -> None:
    steps = [(second, [], ()) for second in range(0, 3601, 60)]
    seen, _ = run(modules, steps)
    for rate in ("perHour", "floodShare"):
        assert [row[rate] is None for row in seen] == [True] * 60 + [False]


def test_a_page_that_was_away_does_not_count_what_it_did_not_show(modules: Page) -> None:
    steps = [
        (0, [], ()),
        (60, [], ()),
        (61, "reload", ()),
        (7200, [grave("a")], ()),
        (7201, [grave("a")], ()),
    ]
    seen, _ = run(modules, steps)
    assert seen[-1]["now"] == 0
    assert seen[-1]["watchedMs"] == 61_000


def test_after_a_quick_reload_only_what_is_new_is_raised(modules: Page) -> None:
    steps = [(0, [], ()), (1, [grave("a")], ()), (2, "reload", ()), (8, [grave("a"), grave("b")], ())]
    seen, _ = run(modules, steps)
    assert [row["now"] for row in seen] == [0, 1, 2]


def test_what_is_kept_is_bounded(modules: Page) -> None:
    steps: list[Any] = [(0, [], ())]
    for n in range(1, 400):
        steps.append((10 * n, [grave(f"{n}-{k}") for k in range(20)], ()))
    seen, kept = run(modules, steps)
    told = json.loads(kept)
    assert (len(told["recent"]), len(told["standing"])) == (1000, 20)
    assert len(told["buckets"]) <= 144
    assert len(kept) < 40_000
    assert seen[-1]["isFlood"]


@pytest.mark.parametrize("kept", ["{", "null", "[]", '{"buckets": 3}', '"text"'])
def test_what_another_release_left_is_no_obstacle(modules: Page, kept: str) -> None:
    seen, _ = run(modules, [(0, [], ()), (1, [grave("a")], ())], kept)
    assert seen[-1]["now"] == 1
