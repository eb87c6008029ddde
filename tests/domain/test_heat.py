"""Case heat against its formula."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.domain.cases import Case
from dashboard.domain.heat import HALF_LIFE_MS, HeatMap
from tests.domain.made import GRIDS, NOW_MS, case

HOUR_MS = 3_600_000


@st.composite
def recent_cases(draw: st.DrawFn) -> list[Case]:
    hours = draw(st.lists(st.floats(0, 90), max_size=15))
    return [
        case(
            f"case-{number}",
            draw(st.integers(0, GRIDS - 1)),
            level=draw(st.integers(1, 4)),
            origin=draw(st.sampled_from(["resident", "patrol", "sensor"])),
            occurred_at_ms=NOW_MS - int(age * HOUR_MS),
        )
        for number, age in enumerate(hours)
    ]


def heat_of(cases: list[Case]) -> HeatMap:
    heat = HeatMap(GRIDS)
    for one in cases:
        heat.add(one)
    return heat


@given(recent_cases())
@settings(max_examples=60, deadline=None)
def test_is_the_sum_of_severities_halving_every_six_hours(cases: list[Case]) -> None:
    epoch_ms, heat = heat_of(cases).at(NOW_MS)
    assert epoch_ms % HALF_LIFE_MS == 0
    assert epoch_ms <= NOW_MS < epoch_ms + HALF_LIFE_MS
    assert heat.dtype == np.float32
    plain = [0.0] * GRIDS
    for one in cases:
        if one.occurred_at_ms >= epoch_ms - 12 * HALF_LIFE_MS:
            worth = {1: 8, 2: 4, 3: 2, 4: 1}[one.level]
            plain[one.grid] += worth * 2 ** ((one.occurred_at_ms - epoch_ms) / HALF_LIFE_MS)
    assert heat == pytest.approx(plain, rel=1e-6)


@given(recent_cases(), recent_cases(), st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_what_is_withdrawn_or_merged_leaves_no_trace(
    kept: list[Case], passing: list[Case], rng: random.Random
) -> None:
    heat = heat_of(kept)
    before = heat.at(NOW_MS)[1].tobytes()
    passing = [replace(one, id=f"passing-{one.id}") for one in passing]
    for one in passing:
        heat.add(one)
    heat.at(NOW_MS + rng.randrange(2))
    for one in rng.sample(passing, len(passing)):
        if rng.random() < 0.5:
            heat.remove(one)
        else:
            heat.add(replace(one, state="merged"))
    assert heat.at(NOW_MS + 1)[1].tobytes() == before


@given(recent_cases(), st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_neither_order_nor_looks_between_change_a_bit(cases: list[Case], rng: random.Random) -> None:
    other = HeatMap(GRIDS)
    for one in rng.sample(cases, len(cases)):
        other.add(one)
        if rng.random() < 0.4:
            other.at(NOW_MS - 24 * HOUR_MS)
    later_ms = NOW_MS + 30 * HOUR_MS
    assert other.at(later_ms)[1].tobytes() == heat_of(cases).at(later_ms)[1].tobytes()


def test_closing_a_case_does_not_cool_its_place() -> None:
    one = case(occurred_at_ms=NOW_MS)
    heat = heat_of([one])
    before = heat.at(NOW_MS)[1].tobytes()
    heat.add(replace(one, state="closed", closed_at_ms=NOW_MS))
    assert heat.at(NOW_MS)[1].tobytes() == before


def test_a_clock_that_runs_back_past_an_epoch_is_refused() -> None:
    heat = heat_of([case()])
    heat.at(NOW_MS)
    with pytest.raises(ValueError, match="run back"):
        heat.at(NOW_MS - 7 * HOUR_MS)


def test_a_case_that_a_publication_opened_is_no_heat() -> None:
    plain = heat_of([case("a", 1, occurred_at_ms=NOW_MS)]).at(NOW_MS)[1]
    rectified = case("b", 1, origin="publication", type="4100", occurred_at_ms=NOW_MS)
    assert heat_of([case("a", 1, occurred_at_ms=NOW_MS), rectified]).at(NOW_MS)[1].tolist() == plain.tolist()
