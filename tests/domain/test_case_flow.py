"""Where cases wait, and how departments come, against plain loops over cases."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.domain import cases as loop
from dashboard.domain.case_figures import PERIOD_DAYS
from dashboard.domain.case_flow import count_flow, count_whistles
from dashboard.domain.case_record import Case
from dashboard.domain.commands import OPEN
from dashboard.domain.hierarchy import TIERS
from dashboard.domain.whistle_columns import WhistleColumns
from tests.domain.lives import CITY, lives, worked
from tests.domain.made import GRIDS, NOW_MS, case
from tests.domain.test_case_figures import inside, is_red, region_cases, window_of
from tests.domain.test_cases import filled

SEEDS = st.integers(0, 10**9)
PERIODS = st.sampled_from(list(PERIOD_DAYS))
REGIONS = st.integers(0, len(CITY) - 1)
_HOUR_S = 3600


def approx(value: float | None) -> Any:
    return None if value is None else pytest.approx(value)


def seconds_in(one: Case) -> dict[str, int]:
    seconds: dict[str, int] = defaultdict(int)
    for here, following in pairwise(one.steps):
        seconds[here.state] += max(0, following.at_ms - here.at_ms) // 1000
    return seconds


def since_ms(one: Case) -> int:
    steps = list(one.steps)
    while len(steps) > 1 and steps[-2].state == one.state:
        steps.pop()
    return steps[-1].at_ms


@given(SEEDS, PERIODS, REGIONS)
@settings(max_examples=50, deadline=None)
def test_flow_is_what_a_plain_loop_counts(seed: int, period: str, region: int) -> None:
    cases, window = worked(seed, 60, days=120), window_of(period)
    found = count_flow(region_cases(cases, region), window, NOW_MS)
    here = [one for one in inside(cases, region) if one.state != "merged"]
    ended = [
        one for one in here if not one.is_open and window.from_ms <= (one.closed_at_ms or 0) < window.to_ms
    ]
    on_record = [one for one in ended if any(step.command != "report" for step in one.steps)]
    assert found["ended"] == len(ended)
    for row in found["stages"]:
        stays = [hours for one in on_record if (hours := seconds_in(one)[row["state"]] / _HOUR_S)]
        assert row["count"] == sum(one.state == row["state"] for one in here)
        assert row["passed"] == len(stays)
        assert row["median_h"] == approx(float(np.median(stays)) if stays else None)
        assert row["p90_h"] == approx(float(np.percentile(stays, 90)) if stays else None)
    opened = [one for one in here if one.is_open]
    assert found["levels"] == [
        {"tier": slug, "open": len(at), "overdue": sum(map(is_red, at))}
        for slug, at in (
            (slug, [one for one in opened if one.centre == tier]) for tier, (slug, _) in enumerate(TIERS)
        )
    ]
    for row in found["waits"]:
        waiting = [one for one in opened if one.state == row["state"]]
        hours = [max(0, NOW_MS - since_ms(one)) / 3_600_000 for one in waiting]
        assert (row["open"], row["overdue"]) == (len(waiting), sum(map(is_red, waiting)))
        assert row["median_h"] == approx(float(np.median(hours)) if hours else None)
        assert row["oldest_h"] == approx(max(hours, default=None))
    assert [row["state"] for row in found["stages"]] == list(OPEN)


# Whistles


def whistles_of(cases: Sequence[Case]) -> WhistleColumns:
    columns = WhistleColumns()
    for one in cases:
        columns.put(one)
    return columns


def counted(columns: WhistleColumns, region: int, period: str) -> dict[str, Any]:
    children = list(CITY.children(region))
    return count_whistles(
        columns, CITY.slice_of(region), CITY.grid_lo[children], [CITY.codes[child] for child in children],
        window_of(period), NOW_MS,
    )  # fmt: skip


def plain_whistles(cases: Sequence[Case], period: str) -> tuple[Counter[str], dict[str, Counter[str]]]:
    """(open and overdue ones, department → its counts)"""
    window = window_of(period)
    now: Counter[str] = Counter()
    departments: dict[str, Counter[str]] = defaultdict(Counter)
    for one in cases:
        for whistle in one.whistles:
            over_ms = NOW_MS if one.is_open else min(NOW_MS, one.closed_at_ms or 0)
            is_late = whistle.is_late(over_ms)
            waits = whistle.reported_ms is None and one.is_open
            now["open"] += waits
            now["overdue"] += waits and is_late
            if not window.from_ms <= whistle.called_ms < window.to_ms:
                continue
            how = (
                "late"
                if is_late
                else "on_time"
                if whistle.reported_ms is not None
                else "waiting"
                if waits
                else ""
            )
            if how:
                departments[whistle.department].update((how, "called"))
    return now, departments


@given(SEEDS, PERIODS, REGIONS)
@settings(max_examples=50, deadline=None)
def test_whistles_are_what_a_plain_loop_counts(seed: int, period: str, region: int) -> None:
    cases = worked(seed, 60, days=60)
    found = counted(whistles_of(cases), region, period)
    now, departments = plain_whistles(inside(cases, region), period)
    assert (found["open"], found["overdue"]) == (now["open"], now["overdue"])
    names = ("called", "on_time", "late", "waiting")
    assert {row["department"]: [row[name] for name in names] for row in found["by_department"]} == {
        department: [counts[name] for name in names] for department, counts in departments.items()
    }
    for row in found["by_region"]:
        child = CITY.number_of(row["code"])
        _, parts = plain_whistles(inside(cases, child), period)
        assert [row[name] for name in names] == [sum(c[name] for c in parts.values()) for name in names]
    for row in (*found["by_department"], *found["by_region"]):
        assert row["on_time"] + row["late"] + row["waiting"] == row["called"]


@given(SEEDS)
@settings(max_examples=30, deadline=None)
def test_the_last_version_of_a_case_is_what_counts(seed: int) -> None:
    grown = WhistleColumns()
    versions = lives(seed, 20, days=60)
    for one in (one for life in versions for one in life):
        grown.put(one)
    once = whistles_of([life[-1] for life in versions])
    assert len(grown) == len(once)
    assert counted(grown, 0, "year") == counted(once, 0, "year")


def test_a_department_that_came_too_late_is_late_and_one_that_need_not_come_is_not_called() -> None:
    start_ms = NOW_MS - 3_600_000
    one = case("a", level=1, occurred_at_ms=start_ms, learned_at_ms=start_ms)  # report in within 15 minutes

    def do(name: str, minute: int, **changes: Any) -> None:
        nonlocal one
        at_ms = start_ms + minute * 60_000
        one = loop.apply(one, filled(name, one.version, at_ms=at_ms, learned_at_ms=at_ms, **changes))

    for number, name in enumerate(("accept", "assign", "take_on"), 1):
        do(name, number)
    do("whistle", 4, departments=("a", "b", "c"))
    do("report_in", 10, departments=("a",))
    do("report_in", 30, departments=("b",))
    do("whistle", 35, departments=("d",))
    do("resolve", 40)
    found = counted(whistles_of([one]), 0, "day")
    assert (found["open"], found["overdue"]) == (2, 2)
    for name in ("verify", "close"):
        do(name, 45)
    found = counted(whistles_of([one]), 0, "day")
    assert (found["open"], found["overdue"]) == (0, 0)
    assert {row["department"]: (row["on_time"], row["late"]) for row in found["by_department"]} == {
        "a": (1, 0), "b": (0, 1), "c": (0, 1),
    }  # fmt: skip
    assert one.grid < GRIDS
