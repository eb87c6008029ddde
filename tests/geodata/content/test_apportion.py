from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.content.apportion import apportion, numbered_within, spread_out
from geodata.errors import PackError

WEIGHTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=60)
TOTAL = st.integers(0, 10**7)


@given(TOTAL, WEIGHTS)
def test_sum_is_exact_and_each_within_one_of_its_quota(total: int, weights: list[int]) -> None:
    counts = apportion(total, weights).tolist()
    assert sum(counts) == total
    whole = sum(weights)
    for count, weight in zip(counts, weights, strict=True):
        quota = Fraction(total * weight, whole) if whole else Fraction(total, len(weights))
        assert abs(count - quota) < 1 + Fraction(1, 10**6)


@given(TOTAL, WEIGHTS)
def test_more_weight_never_gets_less(total: int, weights: list[int]) -> None:
    counts = apportion(total, weights)
    order = np.argsort(weights, kind="stable")
    rising = np.diff(np.array(weights)[order]) > 0
    assert np.all(np.diff(counts[order])[rising] >= 0)


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 9)), min_size=1, max_size=40), TOTAL)
def test_everyone_has_the_least(places: list[tuple[int, int]], more: int) -> None:
    weights, least = zip(*places, strict=True)
    counts = apportion(sum(least) + more, weights, least)
    assert counts.sum() == sum(least) + more
    assert np.all(counts >= least)


@given(TOTAL, WEIGHTS)
def test_places_above_the_least_share_in_proportion(total: int, weights: list[int]) -> None:
    weights = [weight + 1 for weight in weights]
    counts = apportion(total + 6 * len(weights), weights, least=6)
    above = counts > 6
    ratio = counts[above] / np.array(weights)[above]
    within = 1 / np.array(weights)[above]
    if above.any():
        assert np.all(
            np.abs(ratio - counts[above].sum() / np.array(weights)[above].sum()) <= 2 * within + 1e-9
        )


def test_too_little_for_the_least_is_refused() -> None:
    with pytest.raises(PackError, match="need 12"):
        apportion(11, [1, 1], least=6)
    with pytest.raises(PackError):
        apportion(1, [])


@given(st.integers(1, 200), st.lists(st.integers(0, 50), min_size=1, max_size=50))
def test_spread_out_takes_each_place_within_one_of_its_quota(count: int, weights: list[int]) -> None:
    drawn = np.bincount(spread_out(count, weights), minlength=len(weights))
    assert drawn.sum() == count
    whole = sum(weights)
    quota = np.array(weights) * count / whole if whole else np.full(len(weights), count / len(weights))
    assert np.all(np.abs(drawn - quota) <= 1 + 1e-9)


@given(st.lists(st.integers(0, 6), max_size=50))
def test_numbered_within_counts_what_came_before(groups: list[int]) -> None:
    numbers = numbered_within(np.array(groups, dtype=np.int64))
    assert numbers.tolist() == [groups[:n].count(group) for n, group in enumerate(groups)]
