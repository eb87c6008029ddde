"""Past days: lived through by the domain without a refusal, with the counts they should have."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.domain.cameras import NOT_NETWORKED, ONLINE, REPORTED_STATUSES
from dashboard.domain.units import BUSY, EN_ROUTE, ON_SCENE
from dashboard.feeds.backfill import backfill
from dashboard.feeds.simulation.known import KnownCity
from dashboard.feeds.simulation.rhythm import DAY_MS
from tests.feeds.parts import START_MS, Memory, lived_through, small_world

WORLD = small_world()
DAYS, PER_DAY = 12, 60.0


def written(worked_days: float | None = 3, seed: int = 1) -> tuple[Memory, KnownCity]:
    memory = Memory()
    known = backfill(
        memory,
        WORLD,
        history_days=DAYS,
        cases_per_day=PER_DAY,
        seed=seed,
        worked_days=worked_days,
        now_ms=START_MS,
    )
    return memory, known


@pytest.mark.parametrize("worked_days", [3, None, 0])
def test_the_domain_takes_everything_and_comes_to_the_same_open_cases(worked_days: float | None) -> None:
    memory, known = written(worked_days)
    cases = lived_through(memory.written, WORLD, START_MS)
    assert len(cases) == pytest.approx(DAYS * PER_DAY, abs=5 * (DAYS * PER_DAY) ** 0.5)
    still_open = {case.id: case for case in cases.values() if case.is_open}
    assert {case.id for case in known.open_cases} == set(still_open)
    for case in known.open_cases:
        ours = still_open[case.id]
        assert (case.state, case.version, case.unit, case.grid) == (
            ours.state, ours.version, ours.unit, ours.grid,
        )  # fmt: skip
    assert all(case.simulated for case in cases.values())


def test_times_lie_in_the_days_asked_for_and_in_order() -> None:
    memory, _ = written(None)
    cases = lived_through(memory.written, WORLD, START_MS)
    for case in cases.values():
        assert START_MS - (DAYS + 3) * DAY_MS < case.occurred_at_ms <= START_MS
        moments = [step.at_ms for step in case.history[1:]]
        assert moments == sorted(moments)
        assert all(case.occurred_at_ms <= at_ms <= START_MS for at_ms in moments)
    stamps = [command["at"] for command in memory.flat("commands")]
    assert stamps == sorted(stamps)


def test_older_days_have_the_same_cases_in_fewer_entries() -> None:
    worked, brief = written(None), written(3)
    whole, short = (lived_through(memory.written, WORLD, START_MS) for memory, _ in (worked, brief))
    assert whole.keys() == short.keys()
    for name, case in whole.items():
        assert (case.type, case.level, case.grid, case.occurred_at_ms) == (
            short[name].type, short[name].level, short[name].grid, short[name].occurred_at_ms,
        )  # fmt: skip
    assert len(brief[0].flat("commands")) < 0.6 * len(worked[0].flat("commands"))
    # Three days ago as many were open in both, give or take those sent back.
    at_ms = START_MS - 3 * DAY_MS
    counts = [
        sum(
            case.occurred_at_ms <= at_ms and (case.closed_at_ms is None or case.closed_at_ms > at_ms)
            for case in cases.values()
        )
        for cases in (whole, short)
    ]
    assert abs(counts[0] - counts[1]) <= max(6, 0.3 * counts[0])


def test_every_networked_camera_and_every_unit_has_its_first_word() -> None:
    memory, known = written()
    cameras, units = memory.records("cameras"), memory.records("units")
    networked = np.flatnonzero(WORLD.pack.cameras.networked)
    assert sorted(cameras["camera"].tolist()) == networked.tolist()
    assert set(cameras["status"].tolist()) <= set(REPORTED_STATUSES.values())
    assert (known.camera_status[cameras["camera"]] == cameras["status"]).all()
    assert (np.delete(known.camera_status, networked) == NOT_NETWORKED).all()
    assert (cameras["status"] == ONLINE).mean() > 0.85
    assert sorted(units["unit"].tolist()) == list(range(len(WORLD.pack.units.kind)))
    assert (known.unit_state[units["unit"]] == units["state"]).all()
    assert all(call.simulated for call in memory.written)


def test_units_at_work_have_a_case_and_no_unit_has_two() -> None:
    _, known = written()
    numbers = {name: number for number, name in enumerate(WORLD.pack.units.call_sign)}
    of_cases = [numbers[case.unit] for case in known.open_cases if case.unit]
    at_work = np.flatnonzero(np.isin(known.unit_state, (BUSY, EN_ROUTE, ON_SCENE))).tolist()
    assert set(at_work) <= set(of_cases)


def test_the_same_seed_gives_the_same_past_and_another_one_another() -> None:
    first, again, other = written()[0], written()[0], written(seed=2)[0]
    assert first.flat("reports") == again.flat("reports")
    assert first.flat("commands") == again.flat("commands")
    assert first.flat("reports") != other.flat("reports")


def test_progress_ends_at_the_whole() -> None:
    told: list[tuple[int, int]] = []
    memory = Memory()
    backfill(memory, WORLD, history_days=2, cases_per_day=PER_DAY, now_ms=START_MS,
             progress=lambda done, total: told.append((done, total)))  # fmt: skip
    events = len(memory.flat("reports")) + len(memory.flat("commands"))
    assert told[-1] == (events, events)


def test_a_city_without_a_past() -> None:
    memory = Memory()
    known = backfill(memory, WORLD, history_days=0, cases_per_day=PER_DAY, now_ms=START_MS)
    assert not memory.flat("reports")
    assert not known.open_cases
    assert len(memory.records("units")) == len(WORLD.pack.units.kind)
