"""Figures from columns against plain loops over cases; parts that sum to their whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from statistics import median
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.domain.case_columns import CaseColumns, RegionCases, row_of
from dashboard.domain.case_figures import (
    PERIOD_DAYS,
    YEAR_DAYS,
    Window,
    count_by_child,
    count_cases,
    kept_share,
    record_from_ms,
)
from dashboard.domain.case_record import Case
from dashboard.domain.case_types import LEVELS, ORIGINS
from dashboard.domain.commands import OPEN, PHASES
from dashboard.domain.deadlines import clocks, ended_runs
from dashboard.domain.working_days import WorkingDays
from tests.domain.lives import CITY, worked
from tests.domain.made import DAY_MS, GRIDS, NOW_MS, case

DAYS = WorkingDays("Asia/Shanghai")
SEEDS = st.integers(0, 10**9)
PERIODS = st.sampled_from(list(PERIOD_DAYS))
REGIONS = st.integers(0, len(CITY) - 1)
LONG_AGO = NOW_MS - 1000 * DAY_MS


def window_of(period: str) -> Window:
    return Window(NOW_MS - PERIOD_DAYS[period] * DAY_MS, NOW_MS)


def columns_of(cases: Sequence[Case]) -> CaseColumns:
    columns = CaseColumns(GRIDS)
    for one in cases:
        columns.put(one.id, row_of(one, DAYS))
    return columns


def inside(cases: Sequence[Case], region: int) -> list[Case]:
    low, high = CITY.slice_of(region)
    return [one for one in cases if low <= one.grid < high]


def region_cases(cases: Sequence[Case], region: int = 0) -> RegionCases:
    return RegionCases(columns_of(cases), *CITY.slice_of(region))


def is_red(one: Case, now_ms: int = NOW_MS) -> bool:
    return any(clock.colour(now_ms) == "red" for clock in clocks(one, DAYS))


def plain_deadlines(cases: Sequence[Case], window: Window) -> list[dict[str, Any]]:
    """By phase: a case's first miss, or else its last deadline that was kept, if it lies in the window."""
    rows = []
    for phase in PHASES:
        counts: Counter[str] = Counter()
        for one in cases:
            runs = [run for run in ended_runs(one, DAYS) if run.phase == phase]
            clock = next((clock for clock in clocks(one, DAYS) if clock.phase == phase), None)
            missed = [run.red_ms for run in runs if run.was_kept is False]
            is_late = clock is not None and clock.colour(NOW_MS) == "red"
            if missed:
                counts["missed"] += window.from_ms <= missed[0] < window.to_ms
            elif is_late and clock is not None and window.from_ms <= clock.red_ms < window.to_ms:
                counts["missed"] += 1
            elif kept := [run.stopped_ms for run in runs if run.was_kept]:
                counts["kept"] += window.from_ms <= kept[-1] < window.to_ms
            counts["running"] += clock is not None
            counts["running_late"] += is_late
        names = ("kept", "missed", "running", "running_late")
        rows.append({"phase": phase} | {name: counts[name] for name in names})
    return rows


def plain_figures(cases: Sequence[Case], window: Window, record_ms: int) -> dict[str, Any]:
    counted = [one for one in cases if one.state != "merged"]
    told = [one for one in counted if one.origin != "publication"]
    length, year = window.to_ms - window.from_ms, YEAR_DAYS * DAY_MS

    def occurred(earlier: int) -> list[Case]:
        return [
            one for one in told if window.from_ms - earlier <= one.occurred_at_ms < window.to_ms - earlier
        ]

    new, before, opened = occurred(0), occurred(length), [one for one in counted if one.is_open]
    has_before = window.from_ms - length >= record_ms
    ended = [
        one for one in told
        if not one.is_open and window.from_ms <= (one.closed_at_ms or 0) < window.to_ms
    ]  # fmt: skip
    hours = []
    for one in ended:
        results = [s.at_ms for s in one.steps if s.command in ("resolve", "hearing_result")]
        end_ms = results[0] if results else one.closed_at_ms or 0
        begun_ms = one.learned_at_ms if one.learned_at_ms <= end_ms else one.occurred_at_ms
        hours.append((end_ms - begun_ms) / 3_600_000)

    def by_type(digits: int) -> list[dict[str, Any]]:
        counts = [Counter(one.type[:digits] for one in part) for part in (new, before, opened)]
        shown = counts if has_before else [counts[0], counts[2]]
        rows = [
            {"type": kind, "new": counts[0][kind], "before": counts[1][kind] if has_before else None,
             "open": counts[2][kind]}
            for kind in set().union(*shown)
        ]  # fmt: skip
        return sorted(rows, key=lambda row: (-row["new"], row["type"]))

    deadlines = plain_deadlines(counted, window)
    decided = [sum(row[name] for row in deadlines) for name in ("kept", "missed")]
    return {
        "from_ms": window.from_ms,
        "to_ms": window.to_ms,
        "new": len(new),
        "new_before": len(before) if has_before else None,
        "new_year_ago": len(occurred(year)) if window.from_ms - year >= record_ms else None,
        "ended": len(ended),
        "open": len(opened),
        "overdue": sum(map(is_red, opened)),
        "by_type": by_type(2),
        "by_full_type": by_type(4),
        "by_stage": [
            {"state": state, "open": len(here), "overdue": sum(map(is_red, here))}
            for state, here in ((s, [one for one in opened if one.state == s]) for s in OPEN)
        ],
        "by_level": [
            {"level": level, "new": sum(one.level == level for one in new),
             "open": sum(one.level == level for one in opened)}
            for level in LEVELS
        ],
        "by_origin": [
            {"origin": origin, "new": sum(one.origin == origin for one in new)}
            for origin in ORIGINS if origin != "publication"
        ],
        "deadlines": deadlines,
        "kept_share": decided[0] / sum(decided) if sum(decided) else None,
        "median_handle_h": pytest.approx(median(hours)) if hours else None,
    }  # fmt: skip


@given(SEEDS, PERIODS, REGIONS, st.integers(0, 800))
@settings(max_examples=60, deadline=None)
def test_figures_are_what_a_plain_loop_counts(
    seed: int, period: str, region: int, recorded_days: int
) -> None:
    cases, window = worked(seed, 60, days=300), window_of(period)
    record_ms = NOW_MS - recorded_days * DAY_MS
    found = count_cases(region_cases(cases, region), window, NOW_MS, record_ms)
    assert found == plain_figures(inside(cases, region), window, record_ms)


@given(SEEDS, PERIODS, st.integers(0, CITY.tier_start[4] - 1))
@settings(max_examples=40, deadline=None)
def test_children_sum_to_their_parent(seed: int, period: str, region: int) -> None:
    cases, window = worked(seed, 60), window_of(period)
    columns, children = columns_of(cases), CITY.children(region)
    whole = RegionCases(columns, *CITY.slice_of(region))
    parent = count_cases(whole, window, NOW_MS, LONG_AGO)
    parts = [
        count_cases(RegionCases(columns, *CITY.slice_of(child)), window, NOW_MS, LONG_AGO)
        for child in children
    ]
    names = ("new", "new_before", "new_year_ago", "ended", "open", "overdue")
    assert [sum(part[name] for part in parts) for name in names] == [parent[name] for name in names]
    for name, field in (
        ("by_stage", "open"),
        ("by_level", "new"),
        ("by_origin", "new"),
        ("deadlines", "kept"),
    ):
        for number, row in enumerate(parent[name]):
            assert sum(part[name][number][field] for part in parts) == row[field]
    table = count_by_child(whole, CITY.grid_lo[children.start : children.stop], window, NOW_MS)
    for number, part in enumerate(parts):
        kept, missed = (sum(row[name] for row in part["deadlines"]) for name in ("kept", "missed"))
        assert {name: int(column[number]) for name, column in table.items()} == {
            "new": part["new"], "before": part["new_before"], "open": part["open"],
            "overdue": part["overdue"], "kept": kept, "missed": missed,
        }  # fmt: skip
    for field in ("new", "open"):  # and each breakdown is of all of them
        for name in ("by_type", "by_full_type", "by_level"):
            assert sum(row[field] for row in parent[name]) == parent[field]
    assert sum(row["new"] for row in parent["by_origin"]) == parent["new"]


def test_no_case_at_all() -> None:
    found = count_cases(region_cases([]), window_of("week"), NOW_MS, None)
    assert (found["new"], found["open"], found["by_type"]) == (0, 0, [])
    assert (found["new_before"], found["kept_share"], found["median_handle_h"]) == (None, None, None)
    assert kept_share(found["deadlines"]) is None


def test_a_window_begins_with_its_first_moment_and_ends_before_its_last() -> None:
    window = Window(NOW_MS - DAY_MS, NOW_MS)
    at = np.array([window.from_ms - 1, window.from_ms, window.to_ms - 1, window.to_ms])
    assert window.holds(at).tolist() == [False, True, True, False]
    assert window.before == Window(NOW_MS - 2 * DAY_MS, NOW_MS - DAY_MS)


# When the record begins


def told(days_ago: Sequence[float]) -> CaseColumns:
    return columns_of(
        [
            case(f"c{number}", occurred_at_ms=NOW_MS - int(days * DAY_MS), learned_at_ms=NOW_MS)
            for number, days in enumerate(days_ago)
        ]
    )


def day_of(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).date().isoformat()


def test_the_record_begins_with_its_first_ordinary_week() -> None:
    steady = [day + part / 10 for day in range(60) for part in range(10)]
    begins = record_from_ms(told([900.0, 400.0, *steady]), NOW_MS)
    assert begins is not None
    assert day_of(begins) == day_of(NOW_MS - int(59.9 * DAY_MS))
    assert begins <= NOW_MS - int(59.9 * DAY_MS)


@pytest.mark.parametrize("days", [0.0, 0.5, 3.0])
def test_a_record_of_a_single_case_begins_with_it(days: float) -> None:
    begins = record_from_ms(told([days]), NOW_MS)
    assert begins is not None
    assert 0 <= NOW_MS - days * DAY_MS - begins < DAY_MS


def test_without_a_case_there_is_no_record() -> None:
    assert record_from_ms(told([]), NOW_MS) is None
