"""Which silences are told by the hours at which a feed usually brings something; also on a real year."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from math import log
from pathlib import Path
from statistics import median, quantiles

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.feed_health import DATA, SILENT, WELL, Rules, judge
from dashboard.domain.feed_rhythm import DAYS, HOUR_MS, TRUSTED_HOURS, UNLIKELY, Rhythm
from dashboard.domain.feed_tally import MINUTE_MS, Counts, Tally

REAL = Path(__file__).parents[3] / "shared" / "real-cases" / "vancouver-2020.csv"
MONDAY_MS = 1_794_787_200_000  # 2026-11-16T00:00Z
DAY_MS = 24 * HOUR_MS
FOURTEEN_DAYS = TRUSTED_HOURS // 24
OF_COUNTY = Rules(flood_least=10**12, flood_most=10**12)


def is_silent(tally: Tally, now_ms: int) -> bool:
    told = judge(WELL, tally.figures(now_ms), now_ms, OF_COUNTY)
    assert not told.lacks or (told.lacks, told.since_ms) == (DATA, tally.data_ms)
    return told.state == SILENT


def tally_of(times: Iterable[int]) -> Tally:
    tally = Tally()
    for at_ms in times:
        tally.add(at_ms, Counts(1))
    return tally


def told_after_h(tally: Tally, at_most_h: int = 400, looks_per_h: int = 6) -> float:
    """How long after the last event the silence is told, hours."""
    for look in range(at_most_h * looks_per_h):
        if is_silent(tally, tally.data_ms + look * HOUR_MS // looks_per_h):
            return look / looks_per_h
    return float("inf")


def office(days: int, per_hour: int, begin: float = 8.0, end: float = 18.0, week: int = 5) -> list[int]:
    """Times of a feed that speaks at office hours alone, on so many days of the week."""
    step = HOUR_MS // per_hour
    return [
        MONDAY_MS + day * DAY_MS + at
        for day in range(days)
        if day % 7 < week
        for at in range(int(begin * HOUR_MS), int(end * HOUR_MS), step)
    ]


def at_random(days: int, per_day: float, seed: int = 7) -> list[int]:
    rng, at_ms, times = random.Random(seed), float(MONDAY_MS), []
    while at_ms < MONDAY_MS + days * DAY_MS:
        times.append(int(at_ms))
        at_ms += rng.expovariate(per_day / DAY_MS)
    return times


@pytest.mark.parametrize("per_hour", [2, 30, 1200])
@pytest.mark.parametrize(("begin", "end"), [(8.0, 18.0), (8.5, 17.5)])
@pytest.mark.parametrize("week", [5, 6, 7])
def test_nights_and_sundays_are_no_silence_once_they_are_known(per_hour, begin, end, week) -> None:
    times = office(6 * 7, per_hour, begin, end, week)
    first_ms, tally = MONDAY_MS + 21 * DAY_MS, Tally()
    for at_ms, next_ms in pairwise(times):
        tally.add(at_ms, Counts(1))
        if at_ms >= first_ms and next_ms - at_ms > HOUR_MS:
            asked = range(at_ms, next_ms, 10 * MINUTE_MS)
            assert not [now_ms for now_ms in asked if is_silent(tally, now_ms)]


def test_of_such_a_feed_an_outage_is_told_within_its_hours() -> None:
    """By the rate of late as ever; where it stops in the morning, before it has a rate, by the rhythm."""
    times = office(28, 60)
    cut_ms = MONDAY_MS + 24 * DAY_MS + 11 * HOUR_MS  # a Thursday
    assert told_after_h(tally_of(at for at in times if at < cut_ms)) <= 1.0
    never_begins = tally_of(at for at in times if at < MONDAY_MS + 24 * DAY_MS)
    told_ms = never_begins.data_ms + told_after_h(never_begins) * HOUR_MS
    assert MONDAY_MS + 24 * DAY_MS + 9 * HOUR_MS < told_ms <= MONDAY_MS + 24 * DAY_MS + 12 * HOUR_MS


def test_without_a_rhythm_the_rate_of_late_tells_alone() -> None:
    young = tally_of(at_random(FOURTEEN_DAYS - 1, 30))
    assert not young.rhythm.is_known
    assert told_after_h(young) == float("inf")


@pytest.mark.parametrize(("per_day", "most_h"), [(16, 24), (30, 14), (60, 8), (1000, 4)])
def test_a_county_is_told_within_the_better_part_of_a_day(per_day: float, most_h: int) -> None:
    delays = [told_after_h(tally_of(at_random(40, per_day, seed))) for seed in range(10)]
    assert median(delays) <= most_h
    assert min(delays) > 0.5


def test_one_that_seldom_says_anything_is_hardly_ever_told() -> None:
    assert told_after_h(tally_of(at_random(60, 1.0))) > 4 * 24
    assert told_after_h(tally_of([MONDAY_MS]), 24 * 60) == float("inf")
    once = tally_of([MONDAY_MS, MONDAY_MS + 30 * DAY_MS])  # no hour of any day is one that it usually fills
    assert told_after_h(once, 24 * 60) == float("inf")


def test_an_outage_does_not_make_itself_usual() -> None:
    times = at_random(40, 40)
    before = tally_of(times)
    for days in (1, 3, 7, 30):
        after = tally_of(times)
        after.add(times[-1] + days * DAY_MS, Counts(1))
        assert told_after_h(after) <= 2 * told_after_h(before) + 4


def test_heartbeats_alone_teach_nothing() -> None:
    tally = tally_of(at_random(40, 40))
    before = tally.rhythm.to_list()
    for minute in range(3 * 24 * 60):
        tally.add(tally.data_ms + minute * MINUTE_MS, Counts(heartbeats=1))
    assert tally.rhythm.to_list() == before
    assert is_silent(tally, tally.data_ms + 3 * DAY_MS)


gaps = st.lists(st.one_of(st.integers(1, 30), st.integers(1, 400)), min_size=2, max_size=80)


@given(gaps=gaps, after=st.integers(1, 400))
def test_what_is_known_is_what_a_plain_list_of_hours_says(gaps: list[int], after: int) -> None:
    """Against a list with an entry for every hour that was learned."""
    last, rhythm, learned = 1000, Rhythm(), []
    for gap in gaps:
        rhythm.learn(last, last + gap)
        learned += [(last, True)] + [(last + 1 + n, False) for n in range((gap - 1) % 168)]
        last += gap
    assert Rhythm.from_list(rhythm.to_list()) == rhythm
    assert rhythm.learned == min(len(learned), DAYS * 24)
    if not rhythm.is_known:
        assert rhythm.silence(last, last + after) == 0.0
        return
    expected, days = 0.0, rhythm.learned // 24
    for hour in range(last + 1, last + after):
        alike = [(at, brought) for at, brought in reversed(learned) if (at - hour) % 24 == 0][:days]
        same = [brought for at, brought in alike if (at - hour) % 168 == 0]
        if any(same):
            of_all = (1 + sum(not brought for _, brought in alike)) / (1 + len(alike))
            expected -= log((same.count(False) + 4 * of_all) / (len(same) + 4))
        if expected >= UNLIKELY:
            break
    assert rhythm.silence(last, last + after) == pytest.approx(expected)


@pytest.mark.parametrize("told", [[], [1], [1, *[0] * 23], [-1, *[0] * 24], ["x", *[0] * 24]])
def test_what_is_no_rhythm_is_refused(told) -> None:
    with pytest.raises(ValueError, match=r"not enough values|not a rhythm|invalid literal"):
        Rhythm.from_list(told)


@pytest.mark.skipif(
    not REAL.exists(), reason="The real cases (../shared/real-cases) are not on this machine."
)
def test_a_real_year_cut_into_counties(capsys: pytest.CaptureFixture[str]) -> None:
    """Every gap of the year must not be told; then the feed is cut at every fiftieth event."""
    with REAL.open(encoding="utf-8") as file:
        rows = sorted(
            (float(row["lon"]), int(datetime.fromisoformat(row["occurred_at"]).timestamp() * 1000))
            for row in csv.DictReader(file)
        )
    lines, wrong, years = [], 0, 0.0
    for count in (2, 3, 4, 5, 6):  # strips from west to east, each with as many incidents
        size, told, delays = len(rows) / count, 0, []
        for strip in range(count):
            times = sorted(at for _, at in rows[round(strip * size) : round((strip + 1) * size)])
            tally = Tally()
            for number, (at_ms, next_ms) in enumerate(pairwise(times)):
                tally.add(at_ms, Counts(1))
                told += next_ms - at_ms > HOUR_MS and is_silent(tally, next_ms)
                if number % 50 == 0 and tally.rhythm.learned == DAYS * 24:
                    delays.append(told_after_h(tally, looks_per_h=1))
            years += (times[-1] - times[0]) / (365 * DAY_MS)
        wrong += told
        deciles = quantiles(delays, n=10)
        lines.append(
            f"{size / 366:.0f} a day: {told} false alarms in {count} county-years; told after "
            f"{median(delays):.0f} h (half), {deciles[-1]:.0f} h (nine in ten), {max(delays):.0f} h (all of "
            f"{len(delays)} cuts)"
        )
        assert median(delays) <= 24
    with capsys.disabled():
        print("", *lines, f"in all {wrong} false alarms in {years:.1f} county-years", sep="\n")
    assert wrong / years <= 0.5
