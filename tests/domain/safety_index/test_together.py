"""Cities together are scored as their parent would be, were they one hierarchy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.domain.hierarchy import from_parents
from dashboard.domain.safety_index import IndexParameters
from dashboard.domain.safety_index.evaluation import evaluate
from dashboard.domain.safety_index.together import Share, score_together

PARAMETERS = IndexParameters.default(1_000_000)
DAYS = np.array([30.0, 20.0, 60.0, 45.0])
NOW_MS = 1_790_000_000_000

cities = st.lists(
    st.tuples(
        st.lists(st.floats(0, 5_000), min_size=4, max_size=4), st.integers(1_000, 5_000_000), st.booleans()
    ),
    min_size=1, max_size=16,
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(cities=cities)
def test_the_whole_is_scored_as_a_parent_of_one_hierarchy(
    cities: list[tuple[list[float], int, bool]],
) -> None:
    severity = np.array([city[0] for city in cities]).T
    people = np.array([city[1] for city in cities], dtype=np.float64)
    critical = np.array([city[2] for city in cities], dtype=np.int64)
    count = len(cities)
    # The province as the root; each city is its only county, town, village and grid.
    hierarchy = from_parents([np.zeros(count, int), *[np.arange(count)] * 3], codes_of(count))
    every = [np.concatenate([[row.sum()], *[row] * 4]) for row in (*severity, people, critical)]
    whole = evaluate(
        hierarchy, PARAMETERS, np.array(every[:4]), every[4], DAYS, every[5].astype(np.int64), NOW_MS
    )
    expected = np.multiply.outer(people, DAYS * PARAMETERS.reference_at(NOW_MS))
    shares = [
        Share(severity[:, number], expected[number], bool(critical[number])) for number in range(count)
    ]
    assert score_together(shares, PARAMETERS) == pytest.approx(whole.score[0], abs=1e-9)


def codes_of(count: int) -> list[str]:
    return ["990000", *(f"99{tier}{number:012d}" for tier in range(4) for number in range(count))]


def test_a_bad_city_is_not_averaged_away_by_its_size() -> None:
    """Twice the people at the reference and a hundredth of them at ten times it: the sums decide."""
    large = Share(np.full(4, 200.0), np.full(4, 200.0), False)
    small = Share(np.full(4, 20.0), np.full(4, 2.0), False)
    theta = (220 + PARAMETERS.shrinkage) / (202 + PARAMETERS.shrinkage)
    assert score_together([large, small], PARAMETERS) == pytest.approx(85 - 10 * np.log2(theta))
    assert score_together([large], PARAMETERS) == pytest.approx(85)


def test_an_open_level_01_case_anywhere_caps_the_whole() -> None:
    calm = Share(np.zeros(4), np.full(4, 500.0), False)
    assert score_together([calm], PARAMETERS) == 100.0
    assert score_together([calm, calm._replace(critical=True)], PARAMETERS) == PARAMETERS.cap
