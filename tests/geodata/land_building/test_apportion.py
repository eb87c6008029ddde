from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.land_building.apportion import apportion

weights = st.lists(st.floats(0, 1e6), min_size=1, max_size=40)


@given(weights, st.integers(0, 5000))
def test_shares_sum_to_the_total_and_none_is_below_the_minimum(weight: list[float], spare: int) -> None:
    shares = apportion(len(weight) + spare, weight)
    assert shares.sum() == len(weight) + spare
    assert shares.min() >= 1


@given(weights, st.integers(0, 5000))
def test_more_weight_never_gets_fewer(weight: list[float], spare: int) -> None:
    shares = apportion(len(weight) + spare, weight)
    order = np.argsort(weight, kind="stable")
    total = len(weight) + spare
    quota = np.asarray(weight)[order] / max(sum(weight), 1e-300) * total
    heavier = np.diff(quota) * spare / total > 1e-3  # less counts as equal
    assert (np.diff(shares[order])[heavier] >= 0).all()


def test_a_hair_does_not_decide() -> None:
    for hair in (-1e-9, 0, 1e-9):
        assert apportion(7, [1 + hair, 1, 1]).tolist() == [3, 2, 2]
        assert apportion(6, [1 + hair, 1, 1]).tolist() == [2, 2, 2]


def test_whole_quotas_are_met_exactly() -> None:
    assert apportion(60, [1, 2, 3], at_least=0).tolist() == [10, 20, 30]


def test_too_small_a_total_is_refused() -> None:
    with pytest.raises(ValueError, match="2 can't give 1 to each of 3"):
        apportion(2, [1, 1, 1])
