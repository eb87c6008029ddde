"""The simulator when it is paused, cut off, started again, or when somebody else works its cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from dashboard.domain.cases import Case
from dashboard.domain.units import OFF, ON_SCENE
from dashboard.feeds.appending import LOST
from dashboard.feeds.backfill import backfill
from dashboard.feeds.simulation.known import KnownCity, nothing_known
from dashboard.feeds.simulator import Simulator
from dashboard.streams.keys import RAW_KINDS
from dashboard.streams.reader import CaseVersion
from tests.feeds.living import BUSY_DAY, MORNING_S, WORLD, events_per_s, lived, state_of
from tests.feeds.parts import START_MS, Clock, Memory, lived_through


def test_a_paused_machine_does_not_flood_the_streams() -> None:
    pause_s = 3 * 3600.0
    memory = lived(pause_s + 120, jumps=[(MORNING_S + 60, pause_s)], rate=50.0)
    end_s = MORNING_S + 60 + pause_s
    first = [call for call in memory.written if end_s <= call.at_s <= end_s + 2]
    assert sum(len(call.events) for call in first) < 50 * 2 * 3
    # Nothing happened in between, and everything goes on.
    told = [call.at_s for call in memory.written if call.kind == "reports"]
    assert not [at_s for at_s in told if MORNING_S + 61 < at_s < end_s - 1]
    assert [at_s for at_s in told if at_s > end_s + 2]
    cases = state_of(memory, START_MS + int((end_s + 120) * 1000))
    for case in cases.values():
        assert not MORNING_S + 61 < (case.history[-1].at_ms - START_MS) / 1000 < end_s - 1


def test_a_clock_that_is_set_back_stops_nothing() -> None:
    clock = Clock(elapsed_s=MORNING_S, most_waits=3000, jumps=[(MORNING_S + 120, -3600.0)])
    memory = Memory(clock)
    Simulator(WORLD, memory, nothing_known(WORLD), cases_per_day=BUSY_DAY, now_ms=clock.now_ms).run(clock)
    after = [call for call in memory.written if call.at_s < MORNING_S]
    assert {call.kind for call in after} == set(RAW_KINDS)
    assert sum(len(call.events) for call in after) == pytest.approx(180 * 50, rel=0.1)


def test_a_lost_server_is_waited_for_and_said_once() -> None:
    told: list[str] = []
    memory = Memory(error=LOST[0], fail=0)

    class Away(Memory):
        def _keep(self, kind: str, events: Any, simulated: bool, packed: bool) -> list[str]:
            if MORNING_S + 20 < self.clock.now_s() < MORNING_S + 50:
                raise LOST[0]("gone")
            return super()._keep(kind, events, simulated, packed)

    memory = lived(120, memory=Away(), say=told.append)
    assert [sentence.split()[2] for sentence in told] == ["takes", "takes"]
    assert "gone" in told[0]
    after = [call for call in memory.written if call.at_s >= MORNING_S + 50]
    assert events_per_s(memory, MORNING_S + 55, 65) == pytest.approx(50, rel=0.1)
    assert sum(len(call.events) for call in after if call.at_s < MORNING_S + 53) < 3 * 50 * 3
    state_of(memory, START_MS + int((MORNING_S + 120) * 1000))


def test_being_asked_to_stop_while_the_server_is_away_ends_the_run() -> None:
    memory = lived(20, memory=Memory(fail=10**9, error=LOST[0]))
    assert not memory.written


def test_a_restart_goes_on_where_it_stopped() -> None:
    memory = Memory()
    known = backfill(memory, WORLD, history_days=3, cases_per_day=300.0, seed=3,
                     now_ms=START_MS + int(MORNING_S * 1000))  # fmt: skip
    opened = {case.id for case in known.open_cases}
    first = lived(1800, known=known, memory=memory, cases_per_day=3000.0, stretch=10)
    # What a reader of the state would find now, and an hour of nothing.
    stopped_s = MORNING_S + 1800
    cases = state_of(first, START_MS + int(stopped_s * 1000))
    found = found_in(first, cases)
    second = lived(1800, known=found, start_s=stopped_s + 3600, memory=first, cases_per_day=3000.0,
                   stretch=10)  # fmt: skip
    after = state_of(second, START_MS + int((stopped_s + 5400) * 1000))
    moved = [name for name in opened if after[name].version > cases[name].version]
    assert moved
    assert sum(case.state == "closed" for case in after.values()) > sum(
        case.state == "closed" for case in cases.values()
    )
    # No first word is said twice.
    again = [call for call in second.written if call.at_s > stopped_s and call.kind == "cameras"]
    assert max(len(call.events) for call in again) < len(found.camera_status) / 2


def found_in(memory: Memory, cases: Mapping[str, Case]) -> KnownCity:
    """What the state holds after all that was written."""
    known = nothing_known(WORLD)
    cameras, units = memory.records("cameras"), memory.records("units")
    known.camera_status[cameras["camera"]] = cameras["status"]
    known.unit_state[units["unit"]] = units["state"]
    known.unit_xy[units["unit"]] = WORLD.pack.from_lonlat(units["lon"], units["lat"])
    still_open = tuple(case for case in cases.values() if case.is_open)
    return KnownCity(known.camera_status, known.unit_state, known.unit_xy, still_open)


def test_units_at_work_without_a_case_are_released() -> None:
    known = nothing_known(WORLD)
    known.unit_state[:] = OFF
    known.unit_state[:40] = ON_SCENE
    memory = lived(60, known=known, cases_per_day=0.0, rate=200.0)
    last = {record["unit"]: record["state"] for record in memory.records("units")}
    assert not [unit for unit, state in last.items() if state == ON_SCENE]


def test_a_case_that_somebody_else_works_is_left_to_them() -> None:
    states: dict[str, Case] = {}
    touched: set[str] = set()

    class Projected(Memory):
        """Applies what is written, and lets an officer accept the first case."""

        def _keep(self, kind: str, events: Any, simulated: bool, packed: bool) -> list[str]:
            ids = super()._keep(kind, events, simulated, packed)
            lived_through(self.written[-1:], WORLD, START_MS + 10**9, states)
            touched.update(list(states)[: 1 - len(touched)])
            return ids

    def versions(ids: Sequence[str]) -> Mapping[str, CaseVersion]:
        return {
            name: CaseVersion(states[name].version + 1 * (name in touched)) for name in ids if name in states
        }

    memory = lived(900, memory=Projected(), versions=versions, cases_per_day=4000.0, rate=1.0, stretch=10)
    (name,) = touched
    assert not [command for command in memory.flat("commands") if command["case"] == name]
    assert [command for command in memory.flat("commands") if command["case"] != name]


def test_a_projector_that_is_behind_is_waited_for() -> None:
    memory = lived(900, versions=lambda ids: {}, cases_per_day=4000.0, rate=1.0, stretch=10)
    assert memory.flat("reports")
    assert not memory.flat("commands")
