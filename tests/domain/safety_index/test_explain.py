"""An explanation's parts sum to the score, and say what is true."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dashboard.domain.cases import Case
from dashboard.domain.safety_index import (
    Evaluation,
    IndexParameters,
    KnownCase,
    SafetyIndex,
    attribute,
    explain,
    profile,
    weigh,
)
from tests.domain.made import CODES, DAY_MS, GRIDS, NOW_MS, case, many_cases, small_city

CITY = small_city()
PEOPLE = np.array([350, 120, 900, 0, 410, 333, 280])
PARAMETERS = IndexParameters.default(int(PEOPLE.sum()))
REGIONS = st.integers(0, len(CITY) - 1)
RISKS = st.lists(st.floats(1e-3, 1e3), min_size=4, max_size=4)


def evaluated(cases: list[Case]) -> Evaluation:
    index = SafetyIndex(CITY, PEOPLE, PARAMETERS)
    index.add_all(cases)
    return index.evaluate(NOW_MS)


@given(many_cases(), REGIONS, st.integers(0, 25))
@settings(max_examples=150, deadline=None)
def test_parts_sum_to_the_score_whatever_is_known_of_the_cases(
    cases: list[Case], region: int, known: int
) -> None:
    evaluation = evaluated(cases)
    found = explain(evaluation, CITY, region, weigh(cases[:known], PARAMETERS, NOW_MS))
    total = found.base_score + math.fsum(part.points for part in found.parts) + found.limit_points
    assert total == pytest.approx(found.score, abs=1e-9)
    by_family: dict[int, float] = defaultdict(float)
    for part in found.parts:
        by_family[part.family] += part.points
    for family in found.families:
        assert by_family[family.family] == pytest.approx(family.points, abs=1e-9)
    before_limits = 85 - 5 * math.log2(
        sum(w * f.theta**2 for w, f in zip(PARAMETERS.weights, found.families, strict=True))
    )
    assert found.base_score + sum(f.points for f in found.families) == pytest.approx(before_limits, abs=1e-9)


@given(many_cases(), REGIONS)
@settings(max_examples=80, deadline=None)
def test_a_case_only_takes_and_the_weightiest_stands_first(cases: list[Case], region: int) -> None:
    found = explain(evaluated(cases), CITY, region, weigh(cases, PARAMETERS, NOW_MS))
    points = [abs(part.points) for part in found.parts]
    assert points == sorted(points, reverse=True)
    low, high = CITY.grid_lo[region], CITY.grid_hi[region]
    for part in found.parts:
        if part.case is not None:
            assert part.points < 0
            assert low <= part.case.grid < high
        if part.region is not None:
            assert part.region in CITY.children(region)


@given(RISKS, RISKS)
def test_a_change_is_shared_out_whole(before: list[float], after: list[float]) -> None:
    def score(theta: list[float]) -> float:
        return 85 - 5 * math.log2(sum(w * t * t for w, t in zip(PARAMETERS.weights, theta, strict=True)))

    points = attribute(np.array(before), np.array(after), PARAMETERS.weights, PARAMETERS.points_per_doubling)
    assert points.sum() == pytest.approx(score(after) - score(before), abs=1e-8)
    for family in range(4):
        assert points[family] * (after[family] - before[family]) <= 0


def test_the_only_bad_case_is_what_takes_most() -> None:
    quiet = [case(f"old-{n}", n % GRIDS, occurred_at_ms=NOW_MS - 200 * DAY_MS) for n in range(3)]
    fire = case("fire", grid=2, type="3100", level=2, occurred_at_ms=NOW_MS - DAY_MS)
    cases = [*quiet, fire]
    for region in [CITY.region_of_grid(2), *CITY.ancestors(CITY.region_of_grid(2))]:
        found = profile(evaluated(cases), CITY, region, weigh(cases, PARAMETERS, NOW_MS))
        first = next(reason for reason in found.reasons if reason.points < 0)
        assert (first.case_id, first.family, first.case_type, first.level) == ("fire", "safety", "3100", 2)
        assert first.place == CODES[12]


def test_without_knowing_the_cases_the_place_is_the_reason() -> None:
    cases = [case(f"theft-{n}", grid=5, occurred_at_ms=NOW_MS - n * DAY_MS) for n in range(30)]
    found = profile(evaluated(cases), CITY, CITY.number_of("370703001001"))
    assert (found.reasons[0].family, found.reasons[0].place) == ("public_order", "370703001001002")
    assert found.reasons[0].case_id is None


@given(many_cases(), REGIONS)
@settings(max_examples=60, deadline=None)
def test_a_profile_says_what_the_evaluation_says(cases: list[Case], region: int) -> None:
    evaluation = evaluated(cases)
    found = profile(evaluation, CITY, region, weigh(cases, PARAMETERS, NOW_MS))
    assert found.code == CODES[region]
    assert found.score == evaluation.score[region]
    assert [score for _, score in found.families] == evaluation.family_score[region].tolist()
    assert found.formula == PARAMETERS.version
    assert found.hatched == evaluation.hatched[region]
    assume(0 < found.score < 100)
    small = 4 * 0.05  # what is left of each family may be too small to be a reason
    assert 85 + sum(reason.points for reason in found.reasons) == pytest.approx(found.score, abs=small)


def test_the_cap_is_laid_to_the_case_that_caps() -> None:
    old = [case(f"old-{n}", n % GRIDS, occurred_at_ms=NOW_MS - 200 * DAY_MS) for n in range(3)]
    critical = case("critical", grid=6, level=1, occurred_at_ms=NOW_MS - 180 * DAY_MS)
    cases = [*old, critical]
    found = profile(evaluated(cases), CITY, 0, weigh(cases, PARAMETERS, NOW_MS))
    assert found.score == 69
    assert found.interval[1] <= 69
    assert found.reasons[0].case_id == "critical"
    assert 85 + sum(reason.points for reason in found.reasons) == pytest.approx(69, abs=0.2)


def test_a_case_told_to_screens_weighs_what_the_case_weighs() -> None:
    for one in (
        case("dispute", type="0203", level=3, occurred_at_ms=NOW_MS - 100 * DAY_MS),
        case("theft", type="2102", grid=3, occurred_at_ms=NOW_MS - 10 * DAY_MS),
        case("fire", type="3100", level=1, grid=3, occurred_at_ms=NOW_MS - 10 * DAY_MS),
    ):
        told = one.to_dict()
        del told["nature"]
        assert weigh([KnownCase.of(told)], PARAMETERS, NOW_MS) == weigh([one], PARAMETERS, NOW_MS)
    assert weigh([replace(one, origin="patrol")], PARAMETERS, NOW_MS) == []


@given(many_cases())
@settings(max_examples=50, deadline=None)
def test_cases_that_came_after_the_evaluation_are_not_weighed(cases: list[Case]) -> None:
    """A city that was just started was evaluated at the beginning of time; halving since then overflowed."""
    always = [found.id for found in weigh(cases, PARAMETERS, NOW_MS) if found.severity == int(found.severity)]
    assert {found.id for found in weigh(cases, PARAMETERS, 0)} <= set(always)
