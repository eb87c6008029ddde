"""Parts that sum to the whole as they are written."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.views.rounding import fine, rounded, rounded_to_sum, signed

POINTS = st.lists(st.floats(-40, 40, allow_nan=False), min_size=1, max_size=40)


@given(POINTS, st.sampled_from([1, 2]))
def test_what_is_written_sums_to_the_whole_that_is_written(values, digits):
    """In decimal figures, as a person adds them up."""
    total = math.fsum(values)
    written = [Decimal(f"{value:.{digits}f}") for value in rounded_to_sum(values, total, digits)]
    assert sum(written) == Decimal(f"{rounded(total, digits):.{digits}f}")


@given(POINTS, st.sampled_from([1, 2]))
def test_no_part_is_off_by_a_unit(values, digits):
    shown = rounded_to_sum(values, math.fsum(values), digits)
    assert max(abs(a - b) for a, b in zip(values, shown, strict=True)) < 10**-digits + 1e-9


@given(POINTS, st.floats(-40, 40))
def test_a_whole_that_is_another_is_shared_out_evenly(values, total):
    shown = rounded_to_sum(values, total)
    assert math.fsum(shown) == pytest.approx(rounded(total), abs=1e-9)
    shifts = [b - a for a, b in zip(values, shown, strict=True)]
    assert max(shifts) - min(shifts) < 0.2 + 1e-9


def test_nothing_is_nothing():
    assert rounded_to_sum([], 3.0) == []


@pytest.mark.parametrize(
    ("points", "written"),
    [(-2.64, "−2.6"), (0.05, "+0.1"), (0.049, "+0.05"), (-0.0049, "−0.005"), (0, "0.000")],
)
def test_small_points_have_more_decimals(points, written):
    assert signed(points, fine(points)) == written


@pytest.mark.parametrize(
    ("points", "digits", "written"),
    [
        (-2.64, 1, "−2.6"),
        (1.5, 1, "+1.5"),
        (0.04, 1, "0.0"),
        (-0.04, 1, "0.0"),
        (-0.04, 2, "−0.04"),
        (0, 2, "0.00"),
    ],
)
def test_points_have_their_sign(points, digits, written):
    assert signed(points, digits) == written
