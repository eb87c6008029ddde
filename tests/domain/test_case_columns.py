"""Columns say of each case what the case says, whatever came before; their marks tell every change."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.domain.case_columns import (
    CARDS,
    MISSED,
    NEVER_MS,
    ROW_DTYPE,
    CaseColumns,
    CaseRow,
    RegionCases,
    row_of,
)
from dashboard.domain.case_record import Case
from dashboard.domain.case_types import ORIGINS
from dashboard.domain.commands import OPEN, PHASES, STATES
from dashboard.domain.deadlines import clocks, ended_runs
from dashboard.domain.working_days import WorkingDays
from tests.domain.lives import life, worked
from tests.domain.made import GRIDS, NOW_MS

DAYS = WorkingDays("Asia/Shanghai")
SEEDS = st.integers(0, 10**9)


def columns_of(cases: list[Case], grids: int = GRIDS) -> CaseColumns:
    columns = CaseColumns(grids)
    for number, case in enumerate(cases):
        columns.put(case.id, row_of(case, DAYS, mark=number + 7))
    return columns


def test_a_row_has_the_columns_fields() -> None:
    assert CaseRow._fields == ROW_DTYPE.names


@given(SEEDS)
@settings(max_examples=200, deadline=None)
def test_a_row_says_what_the_case_says(seed: int) -> None:
    case = life(Random(seed), "a", types=True)[-1]
    row = row_of(case, DAYS)
    assert (row.grid, f"{row.type:04d}") == (case.grid, case.type)
    assert (row.level, row.nature) == (case.level, case.nature)
    assert (list(STATES)[row.state], list(ORIGINS)[row.origin]) == (case.state, case.origin)
    assert (CARDS[row.card], row.centre, row.version) == (case.card, case.centre, case.version)
    assert (row.is_dispute, row.family) == (case.is_dispute, case.family)
    assert row.ended_ms == (NEVER_MS if case.is_open else case.closed_at_ms)
    assert (row.unresolved_until_ms == NEVER_MS) == case.is_unresolved
    running = {clock.phase: clock for clock in clocks(case, DAYS)}
    for number, phase in enumerate(PHASES):
        clock = running.get(phase)
        assert row.runs[number] == (clock is not None)
        for now_ms in (NOW_MS, NOW_MS + 10**9):
            assert (row.red_ms[number] <= now_ms) == (clock is not None and clock.colour(now_ms) == "red")
        kept = {run.was_kept for run in ended_runs(case, DAYS) if run.phase == phase}
        assert (row.verdict[number] == MISSED) == (False in kept)
        assert (row.verdict[number] == 0) == (not kept - {None})


@given(SEEDS)
@settings(max_examples=200, deadline=None)
def test_a_case_was_all_the_time_in_some_state(seed: int) -> None:
    """Whole seconds are counted per stay, so each may be short by less than one."""
    case = life(Random(seed), "a", types=True)[-1]
    row, steps = row_of(case, DAYS), case.steps
    if not row.was_worked or any(later.at_ms < earlier.at_ms for earlier, later in pairwise(steps)):
        assert row.was_worked or sum(row.stay_s) == 0
        return
    last_ms = next((step.at_ms for step in steps if step.state not in OPEN), steps[-1].at_ms)
    assert 0 <= last_ms - steps[0].at_ms - sum(row.stay_s) * 1000 < 1000 * len(steps)


@given(SEEDS, st.permutations(range(12)))
@settings(max_examples=60, deadline=None)
def test_only_what_is_held_counts_whatever_came_before(seed: int, order: list[int]) -> None:
    before, now = worked(seed, 12), worked(seed + 1, 12)
    once, again = columns_of(now), columns_of(before)
    for number in order:
        again.put(now[number].id, row_of(now[number], DAYS, mark=number + 7))
    assert len(again) == len(once) == 12
    for low, high in ((0, GRIDS), (0, 2), (2, GRIDS)):
        assert again.mark_of(low, high) == once.mark_of(low, high)
        rows = {id_: again.number_of(id_) for id_ in once.ids}
        assert set(again.ids) == set(rows)
    for name in ROW_DTYPE.names or ():
        for id_ in once.ids:
            ours, theirs = once[name][once.number_of(id_)], again[name][again.number_of(id_)]
            assert np.array_equal(ours, theirs)


def test_a_change_shows_in_the_mark_of_its_region_alone() -> None:
    cases = worked(3, 40)
    columns = columns_of(cases)
    halves = ((0, 3), (3, GRIDS))
    before = [columns.mark_of(*half) for half in halves]
    changed = next(case for case in cases if case.grid < 3)
    columns.put(changed.id, row_of(changed, DAYS, mark=123_456))
    after = [columns.mark_of(*half) for half in halves]
    assert (after[0] != before[0], after[1] == before[1]) == (True, True)


def test_many_more_rows_than_there_was_room_for() -> None:
    case = worked(5, 1)[0]
    columns, row = CaseColumns(GRIDS), row_of(case, DAYS)
    for number in range(5_000):
        columns.put(f"c{number}", row._replace(grid=number % GRIDS, version=number))
    assert columns["version"].tolist() == list(range(5_000))
    inside = RegionCases(columns, 2, 4)
    assert [inside.id_of(place) for place in range(len(inside))] == [
        f"c{number}" for number in range(5_000) if number % GRIDS in (2, 3)
    ]
    assert inside["red_ms"].shape == (len(inside), len(PHASES))
