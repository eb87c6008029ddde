"""The index against a second, plain implementation of its formula, and what must hold of any index."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.domain import cases as workflow
from dashboard.domain.cases import Case
from dashboard.domain.decay import HORIZON_HALF_LIVES, epoch_of
from dashboard.domain.hierarchy import GRID
from dashboard.domain.safety_index import IndexParameters, SafetyIndex, evaluate_sums
from dashboard.domain.safety_index.index import EPOCH_PERIOD_MS
from tests.domain.made import DAY_MS, GRIDS, NOW_MS, case, command, many_cases, small_city
from tests.domain.safety_index.plain import PlainIndex

CITY = small_city()
PEOPLE = np.array([350, 120, 900, 0, 410, 333, 280])
PARAMETERS = IndexParameters.default(int(PEOPLE.sum()))


def index_of(cases: list[Case]) -> SafetyIndex:
    index = SafetyIndex(CITY, PEOPLE, PARAMETERS)
    index.add_all(cases)
    return index


def sums_of(index: SafetyIndex, now_ms: int = NOW_MS) -> tuple[object, ...]:
    sums = index.sums(now_ms)
    arrays = (sums.decaying, sums.steady, sums.critical)
    return sums.epoch_ms, sums.record_from_ms, *(array.tobytes() for array in arrays)


@given(many_cases())
@settings(max_examples=100, deadline=None)
def test_is_the_formula_of_the_design(cases: list[Case]) -> None:
    evaluation = index_of(cases).evaluate(NOW_MS)
    epoch_ms = epoch_of(NOW_MS, EPOCH_PERIOD_MS)
    oldest = [epoch_ms - int(HORIZON_HALF_LIVES * days * DAY_MS) for days in PARAMETERS.half_life_days]
    plain = PlainIndex(CITY, PEOPLE.tolist(), PARAMETERS, cases, NOW_MS, oldest)
    for region in range(len(CITY)):
        assert evaluation.theta[region] == pytest.approx(plain.theta[region], rel=1e-6)
        assert evaluation.score[region] == pytest.approx(plain.score[region], abs=1e-5)
        assert evaluation.effective_events[region] == pytest.approx(plain.events[region], rel=1e-6)
        assert evaluation.hatched[region] == (evaluation.effective_events[region] < 5)


@given(many_cases(), st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_neither_order_nor_batches_change_a_bit(cases: list[Case], rng: random.Random) -> None:
    shuffled = rng.sample(cases, len(cases))
    other = SafetyIndex(CITY, PEOPLE, PARAMETERS)
    for one in shuffled:
        other.add(one)
        if rng.random() < 0.3:
            other.evaluate(NOW_MS - rng.randrange(3) * DAY_MS // 100)
    assert sums_of(index_of(cases)) == sums_of(other)
    assert index_of(cases).evaluate(NOW_MS).score.tobytes() == other.evaluate(NOW_MS).score.tobytes()


@given(many_cases(), many_cases(most=8), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_what_is_withdrawn_leaves_no_trace(kept: list[Case], passing: list[Case], rng: random.Random) -> None:
    index = index_of(kept)
    before = sums_of(index)
    passing = [replace(one, id=f"passing-{one.id}") for one in passing]
    index.add_all(passing)
    if rng.random() < 0.5:
        index.evaluate(NOW_MS)
    for one in rng.sample(passing, len(passing)):
        if rng.random() < 0.5:
            index.remove(one)
        else:
            index.add(replace(one, state="merged", into="case-0"))
    assert sums_of(index) == before


@given(many_cases(), st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_a_case_that_changed_is_as_if_it_had_always_been_so(cases: list[Case], rng: random.Random) -> None:
    index = index_of(cases)
    index.evaluate(NOW_MS)
    later = [
        replace(one, grid=rng.randrange(GRIDS), level=rng.randint(1, 4), state="closed", closed_at_ms=NOW_MS)
        for one in cases
    ]
    index.add_all(later)
    assert sums_of(index) == sums_of(index_of(later))


@given(many_cases(), st.integers(0, 60))
@settings(max_examples=40, deadline=None)
def test_passing_epochs_is_as_if_begun_after_them(cases: list[Case], days: int) -> None:
    index = index_of(cases)
    for day in range(0, days, 5):
        index.evaluate(NOW_MS + day * DAY_MS)
    now_ms = NOW_MS + days * DAY_MS
    assert sums_of(index, now_ms) == sums_of(index_of(cases), now_ms)


@given(many_cases())
@settings(max_examples=40, deadline=None)
def test_every_region_has_the_sum_of_its_grids(cases: list[Case]) -> None:
    index = index_of(cases)
    evaluation, sums = index.evaluate(NOW_MS), index.sums(NOW_MS)
    everything = (sums.decaying + sums.steady).sum(axis=1)
    grids = CITY.tier_slice(GRID)
    for region in range(len(CITY)):
        inside = slice(grids.start + CITY.grid_lo[region], grids.start + CITY.grid_hi[region])
        assert evaluation.severity[region] == pytest.approx(evaluation.severity[inside].sum(axis=0), abs=1e-9)
        assert evaluation.expected[region] == pytest.approx(evaluation.expected[inside].sum(axis=0))
    assert (everything >= 0).all()


@given(many_cases())
@settings(max_examples=30, deadline=None)
def test_sums_alone_give_the_same_evaluation(cases: list[Case]) -> None:
    index = index_of(cases)
    here = index.evaluate(NOW_MS)
    there = evaluate_sums(CITY, PEOPLE, PARAMETERS, index.sums(NOW_MS), NOW_MS)
    for name in ("score", "uncapped", "theta", "effective_events", "capped", "hatched"):
        assert getattr(here, name).tobytes() == getattr(there, name).tobytes()


@given(many_cases(), st.integers(0, GRIDS - 1), st.integers(1, 4), st.integers(0, 200))
@settings(max_examples=60, deadline=None)
def test_one_more_case_never_makes_a_place_safer(cases: list[Case], grid: int, level: int, age: int) -> None:
    # An old dispute that is still open, so that the record does not begin with the case that is added.
    cases = [case("first", type="0200", occurred_at_ms=NOW_MS - 730 * DAY_MS), *cases]
    before = index_of(cases).evaluate(NOW_MS)
    one_more = case("one-more", grid, level=level, occurred_at_ms=NOW_MS - age * DAY_MS)
    after = index_of([*cases, one_more]).evaluate(NOW_MS)
    touched = [CITY.region_of_grid(grid), *CITY.ancestors(CITY.region_of_grid(grid))]
    assert (after.score <= before.score + 1e-9).all()
    assert all(after.theta[region].sum() > before.theta[region].sum() for region in touched)


def test_a_worse_level_counts_more() -> None:
    scores = [index_of([case(level=level)]).evaluate(NOW_MS).uncapped[0] for level in (1, 2, 3, 4)]
    assert scores == sorted(scores)
    assert len(set(scores)) == 4


def test_a_case_halves_every_half_life() -> None:
    index = index_of([case(type="2100", occurred_at_ms=NOW_MS)])
    public_order, grid = 1, CITY.region_of_grid(0)
    worth = [index.evaluate(NOW_MS + n * 19 * DAY_MS).severity[grid, public_order] for n in range(12)]
    assert worth == pytest.approx([2.0**-n for n in range(12)], rel=1e-6)


def test_an_open_dispute_does_not_decay_and_a_closed_one_decays_from_its_closing() -> None:
    dispute = case(type="0200", occurred_at_ms=NOW_MS - 90 * DAY_MS)
    assert index_of([dispute]).evaluate(NOW_MS + 400 * DAY_MS).severity[0, 0] == pytest.approx(1.0)
    closed = replace(dispute, state="closed", closed_at_ms=NOW_MS)
    assert index_of([closed]).evaluate(NOW_MS + 30 * DAY_MS).severity[0, 0] == pytest.approx(0.5, rel=1e-6)


@pytest.mark.parametrize("unfed", ["patrol", "publication"])
def test_what_a_patrol_found_or_a_publication_asks_for_feeds_nothing(unfed: str) -> None:
    found = case(origin=unfed, level=1)
    index = index_of([found])
    assert len(index) == 0
    assert sums_of(index) == sums_of(index_of([]))
    for origin in ("resident", "grid_worker", "hotline", "sensor", "camera_alert"):
        assert len(index_of([case(origin=origin)])) == 1


def test_an_unresolved_case_of_level_01_caps_all_regions_it_lies_in() -> None:
    quiet = [case(f"old-{grid}", grid, occurred_at_ms=NOW_MS - 200 * DAY_MS) for grid in range(GRIDS)]
    critical = case("critical", grid=4, level=1, occurred_at_ms=NOW_MS - 150 * DAY_MS)
    index = index_of([*quiet, critical])
    evaluation = index.evaluate(NOW_MS)
    touched = {CITY.region_of_grid(4), *CITY.ancestors(CITY.region_of_grid(4))}
    for region in range(len(CITY)):
        inside = region in touched
        assert evaluation.capped[region] == inside
        assert evaluation.score[region] == (69.0 if inside else evaluation.uncapped[region])
        assert evaluation.uncapped[region] > 69
    for name in ("accept", "assign", "take_on", "resolve"):
        critical = workflow.apply(critical, command(name, f"c-{name}", unit="u", outcome="done"))
        index.add(critical)
        assert index.evaluate(NOW_MS).capped.any() == (critical.state != "resolved")


def test_at_the_reference_rate_a_city_has_the_base_score() -> None:
    index = index_of([])
    assert index.evaluate(NOW_MS).score == pytest.approx(np.full(len(CITY), 85.0))


def test_twice_the_reference_costs_ten_points() -> None:
    evaluation = index_of([]).evaluate(NOW_MS)
    doubled = replace(evaluation, theta=evaluation.theta * 2)
    assert doubled.family_score == pytest.approx(np.full((len(CITY), 4), 75.0))


def test_a_moment_before_the_epoch_is_refused() -> None:
    index = index_of([case()])
    index.evaluate(NOW_MS)
    with pytest.raises(ValueError, match="before the epoch"):
        index.evaluate(NOW_MS - 20 * DAY_MS)


def test_exposures_must_be_those_of_the_grids() -> None:
    with pytest.raises(ValueError, match="exposures"):
        SafetyIndex(CITY, PEOPLE[:-1], PARAMETERS)
