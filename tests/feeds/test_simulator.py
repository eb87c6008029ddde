"""The simulator on a virtual clock: rates, rhythm, marks, and what the domain says to it."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from dashboard.domain.cameras import NOT_NETWORKED, ONLINE, REPORTED_STATUSES
from dashboard.domain.events import parse_heartbeat
from dashboard.domain.units import BUSY, EN_ROUTE, ON_SCENE
from dashboard.feeds.simulation import rhythm
from dashboard.feeds.simulation.known import nothing_known
from dashboard.feeds.simulator import HEARTBEAT_MS, TICK_S, Simulator
from dashboard.streams.keys import RAW_KINDS
from tests.feeds.living import BUSY_DAY, MORNING_S, WORLD, events_per_s, lived, state_of
from tests.feeds.parts import START_MS, Clock, Memory, Written, lived_through, small_world


@pytest.mark.parametrize("rate", [20.0, 500.0])
def test_the_rate_is_kept_on_average(rate: float) -> None:
    # Few cases and few cameras: what happens anyway stays below the rate.
    memory = lived(60, rate=rate, cases_per_day=1000.0)
    assert events_per_s(memory, MORNING_S + 1, 59) == pytest.approx(rate, rel=0.05)


def test_cases_follow_their_number_per_day_and_the_rhythm() -> None:
    memory = lived(1800, stretch=10)
    # Half an hour, by the tables alone.
    hour = int(rhythm.hour_of_week(np.array([START_MS + int(MORNING_S * 1000) + 8 * rhythm.HOUR_MS]))[0])
    expected = rhythm.expected_per_hour(BUSY_DAY, hour).sum() / 2
    assert len(memory.flat("reports")) == pytest.approx(expected, abs=5 * expected**0.5)


def test_the_domain_takes_every_report_and_every_command() -> None:
    memory = lived(3600, rate=5.0, stretch=10)
    cases = state_of(memory, START_MS + int((MORNING_S + 3600) * 1000))
    assert len(cases) > 500
    states = Counter(case.state for case in cases.values())
    assert states["closed"] > 0
    assert {"reported", "handling", "resolved"} <= set(states)
    assert all(case.simulated for case in cases.values())
    assert len({command["id"] for command in memory.flat("commands")}) == len(memory.flat("commands"))


def test_everything_is_marked_as_simulated() -> None:
    memory = lived(120)
    for call in memory.written:
        if isinstance(call.events, np.ndarray):
            assert call.simulated
        else:
            assert all(e.get("simulated") == "1" or e.get("kind") == "heartbeat" for e in call.events)


def test_records_name_what_is_in_the_city_at_times_that_have_come() -> None:
    memory = lived(120)
    cameras, units = memory.records("cameras"), memory.records("units")
    assert WORLD.pack.cameras.networked[cameras["camera"]].all()
    assert set(cameras["status"].tolist()) <= set(REPORTED_STATUSES.values())
    assert units["unit"].max() < len(WORLD.pack.units.kind)
    for records in (cameras, units):
        assert records["at_ms"].min() >= START_MS + MORNING_S * 1000
        assert (np.diff(records["at_ms"]) >= 0).all()
    # Somewhere about the city, none flung across the land.
    assert np.ptp(units["lon"]) < 0.2
    assert np.ptp(units["lat"]) < 0.2


def test_units_move_no_faster_than_a_vehicle() -> None:
    memory = lived(600, rate=200.0)
    units = memory.records("units")
    xy = WORLD.pack.from_lonlat(units["lon"], units["lat"]) / WORLD.scale
    fastest = 0.0
    for unit in range(len(WORLD.pack.units.kind)):
        own = units["unit"] == unit
        passed_s = np.diff(units["at_ms"][own]) / 1000
        metres = np.hypot(*np.diff(xy[own], axis=0).T)
        seen = passed_s > 0.5
        if seen.any():
            fastest = max(fastest, float((metres[seen] / passed_s[seen]).max()))
    assert 0.5 < fastest < 16.0


def test_units_that_are_sent_go_there_and_come_free_again() -> None:
    memory = lived(3600, rate=100.0, cases_per_day=3000.0, stretch=5)
    states = memory.records("units")["state"]
    assert {BUSY, EN_ROUTE, ON_SCENE} <= set(states.tolist())
    arrivals = [c for c in memory.flat("commands") if c["command"] == "on_scene"]
    assert arrivals
    cases = {report["id"]: report for report in memory.flat("reports")}
    numbers = {name: k for k, name in enumerate(WORLD.pack.units.call_sign)}
    units, checked = memory.records("units"), 0
    for command in arrivals:
        at_ms = int(np.datetime64(command["at"][:-1], "ms").astype(np.int64))
        own = units[(units["unit"] == numbers[command["by"]]) & (units["at_ms"] >= at_ms)]
        if len(own) and own[0]["state"] == ON_SCENE:
            report = cases[command["case"]]
            assert own[0]["lon"] == pytest.approx(float(report["lon"]), abs=2e-6)
            assert own[0]["lat"] == pytest.approx(float(report["lat"]), abs=2e-6)
            checked += 1
    assert checked > 5


@pytest.mark.parametrize("rate", [0.0, 500.0])
def test_every_stream_has_a_heartbeat_every_two_seconds_also_beside_data(rate: float) -> None:
    memory = lived(120, rate=rate, cases_per_day=50.0)
    for kind in RAW_KINDS:
        times = [at_s for at_s, _ in memory.heartbeats(kind)]
        assert max(b - a for a, b in pairwise(times)) <= HEARTBEAT_MS / 1000 + 2 * TICK_S
        for at_s, beat in memory.heartbeats(kind):
            now_ms = START_MS + int(at_s * 1000)
            assert parse_heartbeat(beat, now_ms).at_ms == now_ms


def test_the_same_seed_and_clock_give_the_same_entries() -> None:
    def said(seed: int) -> list[Any]:
        memory = lived(300, seed=seed)
        return [(c.kind, c.events.tolist() if isinstance(c.events, np.ndarray) else c.events)
                for c in memory.written]  # fmt: skip

    first = said(3)
    assert first == said(3)
    assert first != said(4)


def test_cameras_fail_and_come_back() -> None:
    memory = lived(4 * 3600, rate=0.0, cases_per_day=0.0, stretch=20)
    cameras = memory.records("cameras")
    seen: dict[int, list[int]] = {}
    for camera, status in zip(cameras["camera"].tolist(), cameras["status"].tolist(), strict=True):
        seen.setdefault(camera, []).append(status)
    changes = [b for said in seen.values() for a, b in pairwise(said) if a != b]
    assert ONLINE in changes
    assert set(changes) - {ONLINE}
    down = np.mean([said[-1] != ONLINE for said in seen.values()])
    assert down < 0.15


def test_a_city_without_cameras_and_units_has_its_cases() -> None:
    bare = small_world()
    bare.pack.cameras.grid = bare.pack.cameras.grid[:0]
    bare.pack.cameras.networked = bare.pack.cameras.networked[:0]
    for name in ("kind", "home_grid", "xy", "call_sign"):
        setattr(bare.pack.units, name, getattr(bare.pack.units, name)[:0])
    clock, memory = Clock(end_s=600), Memory()
    memory.clock = clock
    known = nothing_known(bare)
    Simulator(bare, memory, known, cases_per_day=BUSY_DAY, now_ms=clock.now_ms).run(clock)
    cases = lived_through(memory.written, bare, START_MS + 600_000)
    assert cases
    assert all(call.kind in ("reports", "commands") or beats_only(call) for call in memory.written)


def beats_only(call: Written) -> bool:
    return all(event.get("kind") == "heartbeat" for event in call.events)


def test_not_networked_cameras_never_speak() -> None:
    known = nothing_known(WORLD)
    silent = set(np.flatnonzero(known.camera_status == NOT_NETWORKED).tolist())
    assert silent
    assert not silent & set(lived(60).records("cameras")["camera"].tolist())
