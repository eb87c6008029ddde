"""Levels: the cuts, and the dead band that keeps a level from trembling."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.safety_index import IndexParameters, levels, tenths

PARAMETERS = IndexParameters.default(4_210_000)
BLUE, YELLOW, ORANGE, RED = 1, 2, 3, 4
LOWEST = {BLUE: 90.0, YELLOW: 80.0, ORANGE: 70.0, RED: 0.0}


def level_of(score: float, previous: int = 0) -> int:
    return int(levels(np.array([score]), np.array([previous], dtype=np.uint8), PARAMETERS)[0])


@pytest.mark.parametrize(
    ("score", "level"),
    [(100, BLUE), (90, BLUE), (89.95, BLUE), (89.9, YELLOW), (80, YELLOW), (79.9, ORANGE), (70, ORANGE),
     (69.9, RED), (69, RED), (0, RED)],
)  # fmt: skip
def test_a_first_level_goes_by_the_cuts_alone(score: float, level: int) -> None:
    assert level_of(score) == level


@pytest.mark.parametrize(
    ("previous", "score", "level"),
    [(BLUE, 89.9, YELLOW), (YELLOW, 92.9, YELLOW), (YELLOW, 93, BLUE), (ORANGE, 82.9, ORANGE),
     (ORANGE, 83, YELLOW), (RED, 72.9, RED), (RED, 73, ORANGE),
     (RED, 92.9, YELLOW), (RED, 93, BLUE), (BLUE, 69, RED)],
)  # fmt: skip
def test_worse_at_once_better_only_past_the_dead_band(previous: int, score: float, level: int) -> None:
    assert level_of(score, previous) == level


@given(st.lists(st.floats(0, 100), min_size=2, max_size=60))
def test_a_level_is_never_better_than_its_score_and_improves_past_the_band_only(scores: list[float]) -> None:
    seen = [level_of(scores[0])]
    for score in scores[1:]:
        seen.append(level_of(score, seen[-1]))
    for score, level in zip(scores, seen, strict=True):
        assert level >= level_of(score)
    for (before, after), score in zip(pairwise(seen), scores[1:], strict=True):
        if after < before:
            assert round(score + 1e-9, 1) >= LOWEST[after] + 3 - 0.1
            assert score >= LOWEST[after] + 3 - 0.05


@given(st.floats(0, 100), st.lists(st.floats(-1.4, 1.4), min_size=3, max_size=40))
def test_a_score_that_trembles_within_the_band_changes_the_level_once(
    middle: float, shakes: list[float]
) -> None:
    level, changes = level_of(middle), 0
    for shake in shakes:
        after = level_of(min(max(middle + shake, 0.0), 100.0), level)
        changes += after != level
        level = after
    assert changes <= 1


@given(st.lists(st.floats(0, 100), min_size=1, max_size=50))
def test_tenths_round_halves_up(scores: list[float]) -> None:
    assert tenths(np.array(scores)).tolist() == [int(score * 10 + 0.5) for score in scores]


def test_levels_keep_their_type() -> None:
    found = levels(np.array([10.0, 99.0]), np.zeros(2, dtype=np.uint8), PARAMETERS)
    assert found.dtype == np.uint8
