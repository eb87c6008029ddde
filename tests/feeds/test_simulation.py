"""The parts of the simulated city: counts, shares, steady states, and courses that the domain allows."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.domain.cameras import NOT_NETWORKED, OFFLINE, ONLINE, UNKNOWN
from dashboard.domain.case_types import CASE_TYPES, FAMILIES, ORIGINS
from dashboard.domain.cases import apply, new_case
from dashboard.domain.commands import OPEN
from dashboard.domain.events import parse_command, parse_report
from dashboard.domain.privacy import personal_text
from dashboard.domain.units import FREE, OFF
from dashboard.feeds.simulation import lifecycle, rhythm, texts
from dashboard.feeds.simulation.births import Births
from dashboard.feeds.simulation.cameras import CameraFleet
from dashboard.feeds.simulation.cases import remaining
from dashboard.feeds.simulation.clusters import HotSpots, Places
from dashboard.feeds.simulation.kinds import GRID_WORKER
from dashboard.feeds.simulation.lifecycle import CLOSE, STEPS
from dashboard.feeds.simulation.past import Desks, PastCases, work
from dashboard.feeds.simulation.rhythm import DAY_MS, HOUR_MS
from dashboard.feeds.simulation.taking_up import take_up
from dashboard.feeds.simulation.units import UnitFleet
from tests.feeds.parts import START_MS, small_world

WORLD = small_world()
OFFSET_MS = 8 * HOUR_MS


def test_cases_follow_the_table_by_type_and_by_hour_of_the_week() -> None:
    weeks, per_day = 8, 2000.0
    rng = np.random.default_rng(1)
    coming = rhythm.arrivals(rng, per_day, START_MS, START_MS + weeks * 7 * DAY_MS, OFFSET_MS)
    assert (np.diff(coming.at_ms) >= 0).all()
    assert START_MS <= coming.at_ms[0] <= coming.at_ms[-1] < START_MS + weeks * 7 * DAY_MS
    total = weeks * 7 * per_day
    by_type = np.bincount(coming.rows, minlength=len(rhythm.TABLE))
    expected = total * rhythm.TYPE_SHARE
    assert (np.abs(by_type - expected) < 5 * np.sqrt(expected) + 1).all()
    # Independent of the module's own hours: by the calendar.
    local = (coming.at_ms + OFFSET_MS).astype("datetime64[ms]")
    hour = local.astype("datetime64[h]").astype(np.int64) % 24
    weekday = (local.astype("datetime64[D]").astype(np.int64) + 3) % 7
    shares = np.einsum("t,th->h", rhythm.TYPE_SHARE, rhythm.HOUR_SHARE).reshape(7, 24)
    found = np.zeros((7, 24))
    np.add.at(found, (weekday, hour), 1)
    assert (np.abs(found - total * shares) < 5 * np.sqrt(total * shares)).all()


def test_fights_have_their_hours_and_their_weekend() -> None:
    row = next(k for k, entry in enumerate(rhythm.TABLE) if entry.slug == "affray")
    share = rhythm.HOUR_SHARE[row].reshape(7, 24)
    assert share.sum() == pytest.approx(1)
    assert share[5].sum() > share[0].sum()
    assert share[:, 23].sum() > 3 * share[:, 6].sum()


def test_higher_levels_are_as_rare_as_the_table_says() -> None:
    row = next(k for k, entry in enumerate(rhythm.TABLE) if entry.slug == "fire")
    levels = rhythm.levels(np.random.default_rng(2), np.full(20_000, row))
    for level, share in rhythm.TABLE[row].raised:
        assert (levels == level).mean() == pytest.approx(share, abs=5 * (share / 20_000) ** 0.5)


def test_origins_are_those_of_the_domain_in_their_shares() -> None:
    rows = np.repeat(np.arange(len(rhythm.TABLE)), 300)
    found = rhythm.origins(np.random.default_rng(3), rows)
    assert set(found) <= set(ORIGINS)
    for row, entry in enumerate(rhythm.TABLE):
        own = found[row * 300 : (row + 1) * 300]
        for origin, share in rhythm.ORIGINS[entry.origins].items():
            assert own.count(origin) / 300 == pytest.approx(share, abs=0.16)


def test_no_text_of_the_simulator_points_at_a_person() -> None:
    rng = np.random.default_rng(4)
    said = [texts.summary(row.slug, rng) for row in CASE_TYPES]
    said += itertools.chain(*texts.SUMMARIES.values(), *texts.OUTCOMES.values(), *texts.DEPARTMENTS.values())
    said += [*texts.SENT_BACK_NOTES, *texts.RETURNED_NOTES]
    said += [texts.place(WORLD, grid) for grid in range(WORLD.grid_count)]
    said += [texts.desk(WORLD, grid) for grid in range(WORLD.grid_count)]
    assert [text for text in said if personal_text(text) is not None] == []
    assert all(said)


def test_hot_spots_follow_from_the_seed_and_the_day_alone() -> None:
    first, later = HotSpots(WORLD, 5), HotSpots(WORLD, 5)
    for day in range(3):
        later.at(START_MS + day * DAY_MS)
    assert first.at(START_MS) == later.at(START_MS)
    assert (first.weights(START_MS) == later.weights(START_MS)).all()
    assert HotSpots(WORLD, 6).at(START_MS) != first.at(START_MS)


def test_hot_spots_raise_what_is_near_and_leave_the_rest_to_the_people() -> None:
    spots = HotSpots(WORLD, 5)
    weights = spots.weights(START_MS)
    assert weights.shape == (len(FAMILIES), WORLD.grid_count)
    assert (weights >= WORLD.population - 1e-9).all()
    assert (weights > 1.5 * WORLD.population).any()
    alive = [len(spots.at(START_MS + day * DAY_MS)) for day in range(0, 400, 10)]
    assert np.mean(alive) == pytest.approx(14, abs=4)


def test_places_are_drawn_in_proportion_to_the_weights() -> None:
    spots = HotSpots(WORLD, 5)
    drawn = Places(spots).draw(np.random.default_rng(6), np.full(40_000, 1), START_MS)
    expected = spots.weights(START_MS // HOUR_MS * HOUR_MS)[1]
    expected = expected / expected.sum() * len(drawn)
    found = np.bincount(drawn, minlength=WORLD.grid_count)
    assert (np.abs(found - expected) < 5 * np.sqrt(expected) + 0.02 * expected).all()


def test_new_cases_lie_in_their_grids_and_have_ids_of_their_own() -> None:
    births = Births(WORLD, Places(HotSpots(WORLD, 7)))
    born = births.between(np.random.default_rng(8), 3000.0, START_MS, START_MS + DAY_MS)
    assert len(set(born.ids)) == len(born.ids) > 2500
    for report, grid, told_ms in zip(born.reports, born.grids.tolist(), born.told_ms.tolist(), strict=True):
        event = parse_report(report, told_ms)
        assert WORLD.locate(np.array([event.lon]), np.array([event.lat]))[0] == grid
        assert event.occurred_at_ms <= told_ms
        assert event.simulated


def test_cameras_stay_in_their_steady_state() -> None:
    rng = np.random.default_rng(9)
    fleet = CameraFleet(WORLD)
    shares = []
    for _ in range(30):
        fleet.settle(rng)
        start = (fleet.status != ONLINE).mean()
        for _ in range(48):
            before = fleet.status.copy()
            changed = fleet.advance(rng, HOUR_MS)
            assert (np.flatnonzero(before != fleet.status) == changed).all()
        shares.append((start, (fleet.status != ONLINE).mean()))
    start, end = np.mean(shares, axis=0)
    assert start == pytest.approx(0.0245, abs=0.012)
    assert end == pytest.approx(start, abs=0.015)


def test_cameras_are_taken_up_as_they_were_with_their_common_causes() -> None:
    fleet = CameraFleet(WORLD)
    status = np.full(len(WORLD.pack.cameras.grid), ONLINE, dtype=np.uint8)
    status[np.asarray(WORLD.pack.cameras.networked) == 0] = NOT_NETWORKED
    of_village = WORLD.village[WORLD.pack.cameras.grid] == WORLD.village[0]
    status[of_village & (status == ONLINE)] = OFFLINE
    status[-1 - 5 : -1] = np.where(status[-6:-1] == ONLINE, UNKNOWN, status[-6:-1])
    fleet.take_up(status)
    known = status[fleet.networked]
    assert (fleet.status == np.where(known == UNKNOWN, ONLINE, known)).all()
    # A village's switch is repaired once, and all its cameras are back together.
    rng = np.random.default_rng(10)
    sizes = [len(fleet.advance(rng, HOUR_MS)) for _ in range(12)]
    assert max(sizes) >= (known == OFFLINE).sum() - 4


def test_shifts_by_day_and_by_night() -> None:
    fleet = UnitFleet(WORLD, 11)
    workers = fleet.kind == GRID_WORKER
    night, day = (fleet.on_duty(START_MS + hour * HOUR_MS) for hour in (2, 14))
    assert day[workers].mean() > 0.9
    assert 0.1 < night[workers].mean() < 0.35
    assert night[~workers].mean() > 0.9
    assert (fleet.on_duty(START_MS + 2 * HOUR_MS) == night).all()
    # Another night, other workers.
    assert (fleet.on_duty(START_MS + 26 * HOUR_MS)[workers] != night[workers]).any()


def test_shifts_change_without_losing_anybody() -> None:
    fleet, rng = UnitFleet(WORLD, 11), np.random.default_rng(12)
    fleet.start(START_MS, rng)
    for minute in range(0, 24 * 60, 10):
        fleet.change_shifts(START_MS + minute * 60_000)
    duty = fleet.on_duty(START_MS + 23 * HOUR_MS + 50 * 60_000)
    assert ((fleet.state == FREE) == duty).all()
    assert ((fleet.state == OFF) == ~duty).all()


def test_every_type_has_a_course_and_worse_cases_are_faster() -> None:
    rng = np.random.default_rng(13)
    rows = np.array([lifecycle.row_of(row.code) for row in CASE_TYPES])
    assert all(
        lifecycle.group_of(row.code) == lifecycle.group_of(rhythm.CODES[k])
        for row, k in zip(CASE_TYPES, rows, strict=True)
    )
    rows = np.repeat(rows, 200)
    told = np.full(len(rows), START_MS + 10 * HOUR_MS)
    slow, fast = (
        lifecycle.moments(rng, rows, np.full(len(rows), level), told, OFFSET_MS) for level in (4, 1)
    )
    for moments in (slow, fast):
        assert (np.diff(moments, axis=1) >= 0).all()
        assert (moments[:, 0] >= told).all()
    assert np.median(fast[:, lifecycle.ON_SCENE] - told) < 0.4 * np.median(slow[:, lifecycle.ON_SCENE] - told)
    assert np.median(slow[:, CLOSE] - told) < 2 * DAY_MS


CASE = {"id": "c", "type": "theft", "origin": "hotline", "lon": "119.03", "lat": "36.66", "simulated": "1"}


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 60))
def test_a_case_found_anywhere_on_its_course_can_be_finished(seed: int, hours: int) -> None:
    rng = np.random.default_rng(seed)
    told_ms = START_MS + hours * HOUR_MS
    report = parse_report(
        CASE | {"occurred_at": np.datetime_as_string(np.datetime64(told_ms, "ms")) + "Z"}, told_ms
    )
    rows, levels = np.array([lifecycle.row_of(report.type)]), np.array([4])
    desks = Desks(WORLD)
    cases = PastCases(["c"], [report.type], levels, np.array([3]), WORLD.xy[[3]])
    course = lifecycle.course(rng, lifecycle.moments(rng, rows, levels, np.array([told_ms]), OFFSET_MS)[0])
    cut_ms = int(rng.integers(told_ms, course[-1].at_ms + 2))
    case = new_case(report, 3)
    for command in work(rng, desks, cases, [course], cut_ms).commands:
        case = apply(case, parse_command(command, cut_ms))
    if case.state == "closed":
        return
    assert case.state in OPEN
    again = lifecycle.moments(rng, rows, levels, np.array([cut_ms]), OFFSET_MS)[0]
    steps = remaining(case.state, [step.command for step in case.history], again, cut_ms, rng)
    assert [step.at_ms for step in steps] == sorted(step.at_ms for step in steps)
    assert steps[0].at_ms >= cut_ms
    assert [step.command for step in steps] == list(STEPS[-len(steps) :])
    rest = PastCases(["d"], [report.type], levels, np.array([3]), WORLD.xy[[3]])
    for command in work(rng, desks, rest, [steps], 2**60).commands:
        renamed = command | {"id": f"{command['id']}x", "case": "c", "version": str(case.version)}
        if renamed["command"] in ("en_route", "on_scene") and case.state == "accepted":
            continue
        case = apply(case, parse_command(renamed, 2**60))
    assert case.state == "closed"


def test_real_cases_are_not_taken_up() -> None:
    fleet = UnitFleet(WORLD, 14)
    at = {"occurred_at": "2025-11-24T16:00:00Z"}
    simulated = new_case(parse_report(CASE | at, START_MS), 3)
    real = new_case(parse_report(CASE | at | {"id": "r", "simulated": "0"}, START_MS), 3)
    taken = take_up(WORLD, fleet, [simulated, real], START_MS, np.random.default_rng(15))
    assert [case.id for case in taken] == ["c"]
