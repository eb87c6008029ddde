"""The interval against SciPy's gamma distribution."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from dashboard.domain.cases import Case
from dashboard.domain.safety_index import Evaluation, IndexParameters, SafetyIndex, score_interval
from dashboard.domain.safety_index.interval import gamma_quantiles
from tests.domain.made import DAY_MS, NOW_MS, case, many_cases, small_city

CITY = small_city()
PEOPLE = np.array([350, 120, 900, 0, 410, 333, 280])
PARAMETERS = IndexParameters.default(int(PEOPLE.sum()))
LOOKED_AT = (0, 3, 12, 13, 14)
"""The city, a town, and grids with many people and with none."""


def evaluated(cases: list[Case], parameters: IndexParameters = PARAMETERS) -> Evaluation:
    index = SafetyIndex(CITY, PEOPLE, parameters)
    index.add_all(cases)
    return index.evaluate(NOW_MS)


def posteriors(evaluation: Evaluation, region: int) -> list[stats.rv_continuous]:
    """Gamma(shape E + κρ_parent, rate X + κ) of each family's rate ρ, over ρ_ref."""
    reference = np.array(PARAMETERS.reference[0])
    kappa = PARAMETERS.shrinkage / reference
    exposure = evaluation.expected[region] / reference
    shape = evaluation.severity[region] + kappa * evaluation.parent_theta[region] * reference
    return [
        stats.gamma(shape[f], scale=1 / (exposure[f] + kappa[f]) / reference[f]) for f in range(len(shape))
    ]


@given(many_cases())
@settings(max_examples=15, deadline=None)
def test_of_one_family_it_is_the_quantiles_of_the_gamma(cases: list[Case]) -> None:
    evaluation = evaluated(cases, replace(PARAMETERS, weights=(0.0, 1.0, 0.0, 0.0), version="one"))
    for region in LOOKED_AT:
        theta = posteriors(evaluation, region)[1].ppf([0.9, 0.1])
        low, high = np.clip(85 - 10 * np.log2(theta), 0, 69 if evaluation.capped[region] else 100)
        assert score_interval(evaluation, region) == pytest.approx((low, high), abs=0.15)


@given(many_cases())
@settings(max_examples=10, deadline=None)
def test_of_all_families_it_is_that_of_a_large_sample(cases: list[Case]) -> None:
    evaluation = evaluated(cases)
    weights = np.array(PARAMETERS.weights)
    for region in LOOKED_AT[:3]:
        drawn = np.array([
            g.rvs(40_000, random_state=number) for number, g in enumerate(posteriors(evaluation, region))
        ])  # fmt: skip
        score = np.clip(85 - 5 * np.log2(weights @ drawn**2), 0, 69 if evaluation.capped[region] else 100)
        assert score_interval(evaluation, region) == pytest.approx(np.quantile(score, [0.1, 0.9]), abs=0.6)


@given(many_cases())
@settings(max_examples=10, deadline=None)
def test_lies_in_order_within_the_scale_and_is_always_the_same(cases: list[Case]) -> None:
    evaluation = evaluated(cases)
    for region in LOOKED_AT:
        low, high = score_interval(evaluation, region)
        assert 0 <= low <= high <= 100
        assert (low, high) == score_interval(evaluated(cases), region)


@given(st.floats(0.05, 1e5))
def test_quantiles_are_those_of_the_gamma(shape: float) -> None:
    probability = np.linspace(0.001, 0.999, 50)
    assert gamma_quantiles(shape, probability) == pytest.approx(stats.gamma.ppf(probability, shape), rel=1e-3)


def test_more_cases_at_the_same_rate_make_it_narrower() -> None:
    widths = []
    for count in (5, 50, 500):
        people = np.full(7, count * 70)
        index = SafetyIndex(CITY, people, PARAMETERS)
        index.add_all(
            case(f"c-{n}", n % 7, occurred_at_ms=NOW_MS - n * 60 * DAY_MS // count) for n in range(count)
        )
        low, high = score_interval(index.evaluate(NOW_MS), 0)
        widths.append(high - low)
    assert widths == sorted(widths, reverse=True)
