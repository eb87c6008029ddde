"""Suggested units against judging every unit by hand, one after the other."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.domain.case_types import CASE_TYPES
from dashboard.domain.dispatch import (
    DETOUR,
    HANDLERS,
    HOME_MIN,
    LOAD_MIN,
    REASONS,
    SPEED_KMH,
    STATE_MIN,
    TURN_OUT_MIN,
    UNFIT_MIN,
    UnitTable,
    handlers,
    suggest,
)  # fmt: skip
from dashboard.domain.units import BUSY, FREE, KINDS, OFF, STATES

M_PER_UNIT = 0.08
SLUGS = [slug for slug, _ in KINDS]


def table(rows: list[tuple[str, int, int, int, int, int]]) -> UnitTable:
    """Units of (kind, state, x, y, home grid, load)."""
    return UnitTable(
        np.array([SLUGS.index(row[0]) for row in rows], dtype=np.uint8),
        np.array([row[1] for row in rows], dtype=np.uint8),
        np.array([row[2:4] for row in rows], dtype=np.int32).reshape(-1, 2),
        np.array([row[4] for row in rows], dtype=np.int32),
        np.array([row[5] for row in rows], dtype=np.int64),
    )


units = st.lists(
    st.tuples(
        st.sampled_from(SLUGS), st.sampled_from([number for number, _ in STATES.values()]),
        st.integers(-50_000, 50_000), st.integers(-50_000, 50_000), st.integers(0, 5), st.integers(0, 4),
    ),
    max_size=40,
)  # fmt: skip


@given(st.sampled_from(CASE_TYPES), st.integers(0, 5), units)
@settings(deadline=None)
def test_they_are_the_best_three_of_all(row, grid: int, rows: list) -> None:  # type: ignore[no-untyped-def, type-arg]
    judged = []
    for number, (kind, state, x, y, home, load) in enumerate(rows):
        if state == OFF or kind not in handlers(row.code):
            continue
        minutes = math.hypot(x - 100, y + 200) * M_PER_UNIT * DETOUR / (SPEED_KMH[kind] / 60 * 1000)
        against = STATE_MIN[state] + LOAD_MIN * load + UNFIT_MIN * handlers(row.code).index(kind)
        judged.append((minutes + TURN_OUT_MIN + against + (HOME_MIN if home == grid else 0), number))
    found = suggest(row.code, grid, (100, -200), table(rows), M_PER_UNIT)
    assert len(found) == min(3, len(judged))
    costs = {number: cost for cost, number in judged}
    assert [costs[one.unit] for one in found] == pytest.approx(sorted(cost for cost, _ in judged)[:3])
    assert all(reason in REASONS for one in found for reason in one.reasons)


def test_reasons_are_those_of_the_unit() -> None:
    rows = [("fire", FREE, 0, 0, 9, 0), ("emergency", BUSY, 10, 0, 3, 2), ("grid_worker", FREE, 0, 0, 3, 0)]
    fire, emergency = suggest("3100", 3, (0, 0), table(rows), M_PER_UNIT)
    assert (fire.unit, fire.reasons) == (0, ("fittest", "free", "nearest"))
    assert (emergency.unit, emergency.reasons) == (1, ("fit", "busy", "home", "loaded"))
    assert emergency.load == 2


def test_nobody_on_duty_is_nobody_suggested() -> None:
    assert suggest("3100", 0, (0, 0), table([("fire", OFF, 0, 0, 0, 0)]), M_PER_UNIT) == []
    assert suggest("3100", 0, (0, 0), table([]), M_PER_UNIT) == []


def test_every_type_has_kinds_that_exist() -> None:
    for row in CASE_TYPES:
        assert set(handlers(row.code)) <= set(SLUGS)
    firsts = {row.code[:2] for row in CASE_TYPES}
    assert all(key[:2] in firsts for key in HANDLERS)
    assert set(SPEED_KMH) == set(SLUGS)
