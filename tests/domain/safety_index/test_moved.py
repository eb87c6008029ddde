"""The index of the past is what an index of the cases as they stood says; what moved a score sums to it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.domain.case_columns import CaseColumns, RegionCases, SomeCases, row_of
from dashboard.domain.cases import Case
from dashboard.domain.safety_index import (
    Evaluation,
    IndexParameters,
    SafetyIndex,
    attribute,
    evaluate_sums,
    weigh,
)
from dashboard.domain.safety_index.moved import (
    Gain,
    greatest,
    moved,
    moving_cases,
    moving_places,
    severity_at,
    sums_at,
    together,
)
from dashboard.domain.working_days import WorkingDays
from tests.domain.lives import worked
from tests.domain.made import DAY_MS, GRIDS, NOW_MS, case, many_cases, small_city

CITY = small_city()
PEOPLE = np.array([350, 120, 900, 0, 410, 333, 280])
PARAMETERS = IndexParameters.default(int(PEOPLE.sum()))
REGIONS = st.integers(0, len(CITY) - 1)
AGES = st.integers(0, 400 * DAY_MS)
DAYS = WorkingDays("Asia/Shanghai")
EVERY = 10_000


def columns_of(cases: Sequence[Case]) -> CaseColumns:
    columns = CaseColumns(GRIDS)
    for one in cases:
        columns.put(one.id, row_of(one, DAYS))
    return columns


def evaluated(columns: CaseColumns, at_ms: int) -> Evaluation:
    return evaluate_sums(CITY, PEOPLE, PARAMETERS, sums_at(columns, PARAMETERS, GRIDS, at_ms), at_ms)


def stood(cases: Sequence[Case], at_ms: int) -> list[Case]:
    """The cases as they stood: those that had occurred, open if they ended later."""
    return [
        replace(one, state="reported", closed_at_ms=None) if (one.closed_at_ms or 0) > at_ms else one
        for one in cases
        if one.occurred_at_ms <= at_ms
    ]


def index_of(cases: Sequence[Case]) -> SafetyIndex:
    index = SafetyIndex(CITY, PEOPLE, PARAMETERS)
    index.add_all(cases)
    return index


@given(many_cases(), AGES)
@settings(max_examples=150, deadline=None)
def test_the_past_is_what_an_index_of_the_cases_as_they_stood_says(cases: list[Case], age_ms: int) -> None:
    at_ms = NOW_MS - age_ms
    expected = index_of(stood(cases, at_ms))
    sums, known = sums_at(columns_of(cases), PARAMETERS, GRIDS, at_ms), expected.sums(at_ms)
    assert (sums.epoch_ms, sums.record_from_ms) == (known.epoch_ms, known.record_from_ms)
    for name in ("decaying", "steady", "critical"):
        assert np.array_equal(getattr(sums, name), getattr(known, name)), name
    assert np.array_equal(evaluated(columns_of(cases), at_ms).score, expected.evaluate(at_ms).score)


@given(many_cases(), AGES, st.integers(1, 9))
@settings(max_examples=60, deadline=None)
def test_the_sums_of_parts_are_those_of_all(cases: list[Case], age_ms: int, at_once: int) -> None:
    columns, at_ms = columns_of(cases), NOW_MS - age_ms
    whole = sums_at(columns, PARAMETERS, GRIDS, at_ms)
    firsts = range(0, max(len(cases), 1), at_once)
    parts = together([sums_at(SomeCases(columns, n, n + at_once), PARAMETERS, GRIDS, at_ms) for n in firsts])
    assert (parts.epoch_ms, parts.record_from_ms) == (whole.epoch_ms, whole.record_from_ms)
    for name in ("decaying", "steady", "critical"):
        assert np.array_equal(getattr(parts, name), getattr(whole, name)), name


@given(st.integers(0, 10**9))
@settings(max_examples=60, deadline=None)
def test_the_present_is_what_the_index_says_of_cases_that_were_worked(seed: int) -> None:
    cases = [one for one in worked(seed, 40) if one.occurred_at_ms <= NOW_MS]
    assert np.array_equal(evaluated(columns_of(cases), NOW_MS).score, index_of(cases).evaluate(NOW_MS).score)


@given(many_cases())
@settings(max_examples=60, deadline=None)
def test_each_case_weighs_what_it_weighs_in_an_explanation(cases: list[Case]) -> None:
    columns = columns_of(cases)
    severity = severity_at(columns, PARAMETERS, NOW_MS)
    known = {one.id: one.severity for one in weigh(cases, PARAMETERS, NOW_MS)}
    for number, case_id in enumerate(columns.ids):
        assert severity[number] == pytest.approx(known.get(case_id, 0.0), rel=1e-12)


@given(many_cases(), AGES, REGIONS, st.none() | st.floats(0, 100))
@settings(max_examples=150, deadline=None)
def test_what_moved_a_score_sums_to_the_change(
    cases: list[Case], age_ms: int, region: int, said: float | None
) -> None:
    columns = columns_of(cases)
    then, now = evaluated(columns, NOW_MS - age_ms), evaluated(columns, NOW_MS)
    found = moved(then, now, region, said)
    points = [*found.families.tolist(), found.cap_points, found.rest_points]
    assert found.from_score + math.fsum(points) == pytest.approx(found.to_score, abs=1e-9)
    assert found.to_score == now.score[region]
    assert found.from_score == (then.score[region] if said is None else said)
    if said is None:
        assert found.rest_points == 0
    if all(0 < e.uncapped[region] < 100 and not e.capped[region] for e in (then, now)):
        assert found.cap_points == pytest.approx(0, abs=1e-9)
    expected = attribute(
        then.theta[region], now.theta[region], PARAMETERS.weights, PARAMETERS.points_per_doubling
    )
    assert found.families == pytest.approx(expected)


@given(many_cases(), AGES, REGIONS)
@settings(max_examples=100, deadline=None)
def test_cases_or_places_and_what_is_borrowed_sum_to_the_families(
    cases: list[Case], age_ms: int, region: int
) -> None:
    columns = columns_of(cases)
    then, now = evaluated(columns, NOW_MS - age_ms), evaluated(columns, NOW_MS)
    found, gain = moved(then, now, region), Gain.of(then, now, region)
    here = RegionCases(columns, *CITY.slice_of(region))
    moving = moving_cases(here, then, now, region, EVERY)
    by_family = np.zeros(4)
    for one in moving:
        by_family[here["family"][one.place]] += one.points
    m = PARAMETERS.shrinkage
    borrowed = m * (now.parent_theta[region] * gain.after - then.parent_theta[region] * gain.before)
    # The index counts in integers, 5e-8 of a case apart from the severities that are reckoned here.
    assert by_family + borrowed == pytest.approx(found.families, abs=1e-4)
    assert [abs(one.points) for one in moving] == sorted((abs(one.points) for one in moving), reverse=True)
    if CITY.children(region):
        places = sum(points for _, points in moving_places(then, now, CITY, region, EVERY))
        above = (now.parent_theta[region] - 1) * gain.after - (then.parent_theta[region] - 1) * gain.before
        assert places + m * above.sum() == pytest.approx(found.families.sum(), abs=1e-4)


@given(st.lists(st.floats(0, 100), max_size=30), st.integers(1, 40))
def test_the_greatest_stand_first(values: list[float], limit: int) -> None:
    found = greatest(np.array(values), limit)
    assert [values[place] for place in found] == sorted(values, reverse=True)[:limit]
    assert len(set(found)) == len(found)


def ago(days: float) -> int:
    return NOW_MS - int(days * DAY_MS)


def test_it_is_said_how_a_case_moved_a_score() -> None:
    cases = [
        case("new", occurred_at_ms=ago(2)),
        case("old", occurred_at_ms=ago(20)),
        case("dispute", type="0203", occurred_at_ms=ago(40), closed_at_ms=ago(3)),
        case("open", type="0203", occurred_at_ms=ago(40)),
        replace(case("twin", occurred_at_ms=ago(9)), state="merged", closed_at_ms=ago(1), into="old"),
        replace(case("patrolled", occurred_at_ms=ago(2)), origin="patrol"),
        case("ancient", type="0203", occurred_at_ms=ago(90), closed_at_ms=ago(80)),
    ]
    columns = columns_of(cases)
    then, now = evaluated(columns, ago(7)), evaluated(columns, NOW_MS)
    here = RegionCases(columns, 0, GRIDS)
    found = {here.id_of(one.place): one for one in moving_cases(here, then, now, 0, EVERY)}
    assert {case_id: one.what for case_id, one in found.items() if case_id != "open"} == {
        "new": "new", "old": "decayed", "dispute": "ended", "twin": "ended", "ancient": "decayed",
    }  # fmt: skip
    assert found["new"].points < 0 < found["twin"].points


def test_a_critical_case_caps_as_long_as_it_stood() -> None:
    critical = case("critical", level=1, type="3100", occurred_at_ms=ago(10))
    steps = [("accept", 9), ("assign", 8), ("take_on", 7), ("resolve", 6)]
    history = [critical.history[0]._replace(at_ms=ago(10))]
    states = {"accept": "accepted", "assign": "assigned", "take_on": "handling", "resolve": "resolved"}
    for name, days in steps:
        history.append(history[0]._replace(at_ms=ago(days), command=name, state=states[name], id=name))
    resolved = replace(critical, state="resolved", history=tuple(history), version=5)
    old = [case(f"old-{n}", n % GRIDS, occurred_at_ms=ago(200)) for n in range(3)]
    columns = columns_of([*old, resolved])
    assert [bool(sums_at(columns, PARAMETERS, GRIDS, ago(d)).critical.any()) for d in (11, 9, 6.5, 5)] == [
        False, True, True, False,
    ]  # fmt: skip
