"""Open cases found in the state, taken up where they stand: their coming steps, and who works them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from dashboard.domain.case_record import Case
from dashboard.domain.units import BUSY, EN_ROUTE, ON_SCENE
from dashboard.feeds.simulation import detours, lifecycle, texts
from dashboard.feeds.simulation.cases import LiveCase, remaining
from dashboard.feeds.simulation.lifecycle import Step
from dashboard.feeds.simulation.units import UnitFleet
from dashboard.feeds.simulation.world import World
from dashboard.streams.reader import CaseVersion

STAYS_MS = 45 * 60_000


def take_up(
    world: World, fleet: UnitFleet, cases: Iterable[Case], now_ms: int, rng: np.random.Generator
) -> list[LiveCase]:
    """The simulated ones among open cases, with steps from now on; real cases are left to those they are of.

    Units at work with none of them are released: their case ended while nobody looked.
    """
    out = take_more(world, fleet, cases, now_ms, rng)
    taken = {case.unit for case in out}
    working = np.flatnonzero(np.isin(fleet.state, (BUSY, EN_ROUTE, ON_SCENE)))
    for unit in set(working.tolist()) - taken:
        fleet.release(unit, now_ms)
    return out


def take_more(
    world: World, fleet: UnitFleet, cases: Iterable[Case], now_ms: int, rng: np.random.Generator
) -> list[LiveCase]:
    """The same for cases that came while others were worked: no unit is released."""
    ours = [case for case in cases if case.simulated and case.is_open]
    out = []
    taken: set[int] = set()
    if ours:
        rows = np.array([lifecycle.row_of(case.type) for case in ours], dtype=np.int64)
        levels = np.array([case.level for case in ours], dtype=np.int64)
        told = np.full(len(ours), now_ms, dtype=np.int64)
        moments = lifecycle.moments(rng, rows, levels, told, world.utc_offset_ms(now_ms))
        numbers = {call_sign: number for number, call_sign in enumerate(fleet.call_sign)}
        for case, times in zip(ours, moments, strict=True):
            steps = remaining(case.state, [step.command for step in case.history], times, now_ms, rng)
            live = _live(world, case, detours.taken_up(rng, case, steps, now_ms))
            unit = numbers.get(case.unit)
            if _has_left(case, now_ms):
                live.steps = [step for step in steps if step.command != "leave"]
            elif unit is not None and unit not in taken and case.state in ("assigned", "handling"):
                taken.add(unit)
                live.unit = unit
                _put_to_work(fleet, live, now_ms)
            out.append(live)
    return out


def _has_left(case: Case, now_ms: int) -> bool:
    """Whether the unit has been on scene so long that only the paper can be left."""
    arrivals = [step.at_ms for step in case.history if step.command == "on_scene"]
    return bool(arrivals) and now_ms - arrivals[-1] > STAYS_MS


def _live(world: World, case: Case, steps: list[Step]) -> LiveCase:
    xy = world.xy[case.grid]
    if case.lon is not None and case.lat is not None:
        xy = world.pack.from_lonlat(case.lon, case.lat).astype(np.float64)
    desk = texts.desk(world, case.grid)
    version, escalated = CaseVersion.of(case)
    return LiveCase(
        case.id, case.type, case.level, xy, desk, version, steps, None, case.unit, escalated=escalated
    )  # fmt: skip


def _put_to_work(fleet: UnitFleet, live: LiveCase, now_ms: int) -> None:
    """The unit does what the case's next step expects of it."""
    if live.unit is None:
        return
    coming = live.steps[0].command if live.steps else "close"
    if coming == "on_scene":
        arrival_ms = fleet.leave_for(live.unit, live.xy, now_ms)
        late_ms = max(arrival_ms - live.steps[0].at_ms, 0)
        live.steps = [replace(step, at_ms=step.at_ms + late_ms) for step in live.steps]
    elif coming == "leave":
        fleet.arrive(live.unit)
    else:
        fleet.reserve(live.unit)
