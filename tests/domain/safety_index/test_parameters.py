"""The parameters are checked, keep their version, and the reference never jumps."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.safety_index import IndexParameters
from dashboard.domain.safety_index.parameters import season
from dashboard.domain.safety_index.reference_rates import CASES_PER_10000_DAY, default_reference

POPULATION = 4_210_000
DEFAULT = IndexParameters.default(POPULATION)
SEASONAL = replace(
    DEFAULT, version="seasonal", reference=tuple((1e-5 * month, 2e-5, 3e-5, 4e-5) for month in range(1, 13))
)


def ms(*date: int) -> int:
    return int(datetime(*date, tzinfo=UTC).timestamp() * 1000)  # type: ignore[misc]


def test_the_defaults_are_the_designs() -> None:
    assert DEFAULT.half_life_days == (30, 19, 60, 45)
    assert DEFAULT.severity == (8, 4, 2, 1)
    assert DEFAULT.weights == (0.20, 0.25, 0.35, 0.20)
    assert (DEFAULT.base_score, DEFAULT.points_per_doubling) == (85, 10)
    assert DEFAULT.cuts == (90, 80, 70)
    assert (DEFAULT.dead_band, DEFAULT.cap, DEFAULT.least_effective_events, DEFAULT.interval) == (
        3,
        69,
        5,
        0.8,
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"weights": (0.5, 0.5, 0.5, 0.5)}, "sum to 1"),
        ({"weights": (1.2, -0.2, 0.0, 0.0)}, "below 0"),
        ({"weights": (0.5, 0.5)}, "4 weights"),
        ({"half_life_days": (30, 19, 60, 1)}, "between 3 and 500"),
        ({"half_life_days": (30, 19, 60, 600)}, "between 3 and 500"),
        ({"half_life_days": (30, 19, 60)}, "4 values"),
        ({"reference": ((1e-5,) * 4,) * 11}, "12 rows"),
        ({"reference": ((0.0,) * 4,) * 12}, "above 0"),
        ({"severity": (8, 4, 2)}, "4 severities"),
        ({"severity": (32, 4, 2, 1)}, r"\(0, 16\]"),
        ({"cuts": (80, 90, 70)}, "fall"),
        ({"cuts": (98, 80, 70)}, "fall"),
        ({"cap": 75}, "lie in red"),
        ({"dead_band": -1}, "dead band"),
        ({"shrinkage": 0}, "shrinkage"),
        ({"interval": 1}, "between 0 and 1"),
    ],
)
def test_what_cannot_be_an_index_is_refused(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        replace(DEFAULT, **changes)


def test_other_parameters_have_another_version() -> None:
    versions = {IndexParameters.default(POPULATION, volume).version for volume in (None, 500, 1000)}
    assert len(versions) == 3
    assert IndexParameters.default(POPULATION // 2).version == DEFAULT.version
    assert IndexParameters.default(POPULATION // 2).reference == DEFAULT.reference


def test_what_was_written_is_read_again() -> None:
    assert IndexParameters.from_dict(SEASONAL.to_dict()) == SEASONAL
    with pytest.raises(ValueError, match="no parameter"):
        IndexParameters.from_dict(SEASONAL.to_dict() | {"colour": "red"})
    with pytest.raises(ValueError, match="version"):
        IndexParameters.from_dict({})


def test_a_months_middle_has_the_months_reference() -> None:
    for month, middle in ((1, ms(2026, 1, 16, 12)), (2, ms(2026, 2, 15)), (12, ms(2026, 12, 16, 12))):
        assert SEASONAL.reference_at(middle)[0] == pytest.approx(1e-5 * month)
    turn_of_the_year = SEASONAL.reference_at(ms(2027, 1, 1))[0]
    assert turn_of_the_year == pytest.approx(6.5e-5)


@given(st.integers(0, ms(2100, 1, 1)))
def test_the_reference_never_jumps(now_ms: int) -> None:
    before, after, share = season(now_ms)
    assert (after - before) % 12 == 1
    assert 0 <= share < 1
    hour_later = SEASONAL.reference_at(now_ms + 3_600_000)
    steepest_per_hour = 11e-5 / (28 * 24)
    assert np.abs(hour_later - SEASONAL.reference_at(now_ms)).max() <= steepest_per_hour * 1.01


def test_the_default_reference_is_some_thousand_cases_a_day() -> None:
    assert sum(CASES_PER_10000_DAY.values()) * POPULATION / 10_000 == pytest.approx(1000, rel=0.01)
    usual, doubled = default_reference(POPULATION), default_reference(POPULATION, 2 * 997.77)
    assert np.array(doubled) == pytest.approx(np.array(usual) * 2, rel=1e-3)
    with pytest.raises(ValueError, match="above 0"):
        default_reference(0)
