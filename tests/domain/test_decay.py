"""Decaying sums against real arithmetic, and that they forget nothing and keep nothing."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dashboard.domain.decay import (
    AHEAD_HALF_LIVES,
    DAY_MS,
    HORIZON_HALF_LIVES,
    UNIT,
    contributions,
    epoch_of,
    remaining,
)

EPOCH_MS = 1_789_171_200_000
HALF_LIVES = [6 * 3_600_000, 19 * DAY_MS, 30 * DAY_MS, 60 * DAY_MS, 500 * DAY_MS]


def contribution(severity: int, at_ms: int, half_life_ms: int) -> int:
    return int(contributions(np.array([severity]), np.array([at_ms]), half_life_ms, EPOCH_MS)[0])


@given(st.integers(1, 16 * 256), st.sampled_from(HALF_LIVES), st.floats(-12, 6))
@settings(max_examples=200)
@example(565, HALF_LIVES[1], -9.983156656786207)
def test_is_the_power_of_two_to_five_parts_in_a_hundred_million(
    severity: int, half_life_ms: int, lives: float
) -> None:
    at_ms = EPOCH_MS + int(lives * half_life_ms)
    exact = UNIT * severity / 256 * 2.0 ** ((at_ms - EPOCH_MS) / half_life_ms)
    assert abs(contribution(severity, at_ms, half_life_ms) - exact) <= 5e-8 * exact + 0.5


@given(st.sampled_from(HALF_LIVES), st.integers(-12, 6))
def test_whole_half_lives_are_exact(half_life_ms: int, lives: int) -> None:
    expected = Fraction(UNIT) * Fraction(2) ** lives
    assert contribution(256, EPOCH_MS + lives * half_life_ms, half_life_ms) == expected


@pytest.mark.parametrize("half_life_ms", HALF_LIVES)
def test_beyond_the_horizon_is_nothing_and_far_ahead_is_bounded(half_life_ms: int) -> None:
    oldest = EPOCH_MS - HORIZON_HALF_LIVES * half_life_ms
    assert contribution(256, oldest, half_life_ms) == UNIT >> HORIZON_HALF_LIVES
    assert contribution(256, oldest - 1, half_life_ms) == 0
    assert contribution(256, 0, half_life_ms) == 0
    latest = EPOCH_MS + AHEAD_HALF_LIVES * half_life_ms
    assert contribution(256, latest + DAY_MS, half_life_ms) == contribution(256, latest, half_life_ms)


@given(st.lists(st.tuples(st.integers(1, 4096), st.integers(-400, 90)), max_size=40), st.randoms())
def test_a_sum_is_the_same_in_any_order_and_empties_to_nothing(
    events: list[tuple[int, int]], rng: random.Random
) -> None:
    values = [contribution(severity, EPOCH_MS + day * DAY_MS, HALF_LIVES[1]) for severity, day in events]
    total = np.array(values, dtype=np.int64).sum()
    assert np.array(rng.sample(values, len(values)), dtype=np.int64).sum() == total
    for value in rng.sample(values, len(values)):
        total -= value
    assert total == 0


@given(st.integers(0, 2**42), st.integers(1, 2**36))
def test_an_epoch_is_the_last_multiple(clock_ms: int, period_ms: int) -> None:
    epoch_ms = epoch_of(clock_ms, period_ms)
    assert epoch_ms % period_ms == 0
    assert epoch_ms <= clock_ms < epoch_ms + period_ms


def test_remaining_turns_sums_into_severity() -> None:
    half_life_ms = HALF_LIVES[2]
    value = contribution(512, EPOCH_MS - half_life_ms, half_life_ms)
    assert value * remaining(EPOCH_MS + half_life_ms, EPOCH_MS, half_life_ms) == pytest.approx(0.5)
