"""Past days written at once, so that a new city has a history, and the first word of cameras and units."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.case_record import Case
from dashboard.domain.cases import apply, new_case
from dashboard.domain.events import parse_command, parse_report
from dashboard.feeds.appending import Appender, Progress
from dashboard.feeds.simulation import detours, lifecycle
from dashboard.feeds.simulation.births import Births, NewCases
from dashboard.feeds.simulation.cameras import CameraFleet
from dashboard.feeds.simulation.clusters import HotSpots, Places
from dashboard.feeds.simulation.known import KnownCity, nothing_known
from dashboard.feeds.simulation.lifecycle import CLOSE
from dashboard.feeds.simulation.past import Desks, PastCases, PastCommands, work
from dashboard.feeds.simulation.rhythm import CODES, DAY_MS, HOUR_MS
from dashboard.feeds.simulation.taking_up import take_up
from dashboard.feeds.simulation.telemetry import write_all
from dashboard.feeds.simulation.units import UnitFleet
from dashboard.feeds.simulation.world import World
from dashboard.feeds.values import iso_times

_CLOSING_FIELDS = ("id", "type", "origin", "occurred_at", "lon", "lat", "simulated")


@dataclass(frozen=True)
class _Dated:
    """Events of one stream in the order of their times, i64[n]."""

    at_ms: NDArray[np.int64]
    events: Sequence[dict[str, str]]

    def between(self, from_ms: int, to_ms: int) -> Sequence[dict[str, str]]:
        """Those within [from_ms, to_ms)."""
        first, last = np.searchsorted(self.at_ms, (from_ms, to_ms)).tolist()
        return self.events[first:last]


def backfill(
    writer: Appender,
    world: World,
    *,
    history_days: float = 60,
    cases_per_day: float = 1000.0,
    seed: int = 0,
    worked_days: float | None = 7,
    progress: Progress | None = None,
    now_ms: int | None = None,
) -> KnownCity:
    """Write simulated cases of the past `history_days`, and the statuses of all cameras and units as of now.

    Cases of the last `worked_days` (None: all) have every command, accept to close; an older one has its
    report and a second one that closes it, which is a sixth of the entries and the same cases, levels and
    open counts. Everything is written packed, hour by hour, so that the projector's clock passes through
    those days. What it returns is known of the city afterwards, for a `Simulator` to go on from. The same
    arguments give the same entries.
    """
    now_ms = int(time.time() * 1000) if now_ms is None else now_ms
    rng = np.random.default_rng([seed, 5])
    from_ms = now_ms - int(history_days * DAY_MS)
    worked_ms = from_ms if worked_days is None else max(now_ms - int(worked_days * DAY_MS), from_ms)
    births = Births(world, Places(HotSpots(world, seed)))
    born = births.between(rng, cases_per_day, from_ms, now_ms)
    moments = lifecycle.moments(rng, born.rows, born.levels, born.told_ms, world.utc_offset_ms(from_ms))
    is_worked = moments[:, CLOSE] > worked_ms
    chosen = np.flatnonzero(is_worked)
    past = _worked(rng, world, born, moments, chosen, now_ms)
    known = _as_of_now(writer, world, rng, seed, _still_open(born, chosen, past), now_ms)
    reports = _reports(born, moments[:, CLOSE], ~is_worked)
    _write(writer, reports, _Dated(past.at_ms, past.commands), from_ms, worked_ms, now_ms, progress)
    return known


def _worked(
    rng: np.random.Generator,
    world: World,
    born: NewCases,
    moments: NDArray[np.int64],
    chosen: NDArray[np.int64],
    now_ms: int,
) -> PastCommands:
    places = chosen.tolist()
    cases = PastCases(
        [born.ids[k] for k in places],
        [CODES[row] for row in born.rows[chosen].tolist()],
        born.levels[chosen],
        born.grids[chosen],
        world.pack.from_lonlat(born.lonlat[chosen, 0], born.lonlat[chosen, 1]).astype(np.float64),
    )
    offset_ms = world.utc_offset_ms(now_ms)
    courses = [
        detours.detoured(rng, lifecycle.course(rng, moments[k]), code, level, offset_ms)
        for k, code, level in zip(places, cases.types, cases.levels.tolist(), strict=True)
    ]
    past = work(rng, Desks(world), cases, courses, now_ms)
    return PastCommands(chosen[past.case], past.at_ms, past.commands)


def _still_open(born: NewCases, chosen: NDArray[np.int64], past: PastCommands) -> Iterator[Case]:
    """The `chosen` cases that no command has closed, as the projector will have them."""
    steps: dict[int, list[int]] = {case: [] for case in chosen.tolist()}
    for place, case in enumerate(past.case.tolist()):
        steps[case].append(place)
    for k, places in steps.items():
        if places and past.commands[places[-1]]["command"] == "close":
            continue
        case = new_case(parse_report(born.reports[k], int(born.told_ms[k])), int(born.grids[k]))
        for place in places:
            case = apply(case, parse_command(past.commands[place], int(past.at_ms[place])))
        yield case


def _as_of_now(
    writer: Appender, world: World, rng: np.random.Generator, seed: int, cases: Iterable[Case], now_ms: int
) -> KnownCity:
    """Settle cameras and units, write what they are, and say it."""
    open_cases = tuple(cases)
    cameras, units = CameraFleet(world), UnitFleet(world, seed)
    cameras.settle(rng)
    units.start(now_ms, rng)
    take_up(world, units, open_cases, now_ms, rng)
    write_all(writer, world, cameras, units, now_ms)
    known = nothing_known(world)
    known.camera_status[cameras.networked] = cameras.status
    positions = units.position(np.arange(len(units)), now_ms)
    return KnownCity(known.camera_status, units.state.copy(), positions, open_cases)


def _reports(born: NewCases, closed_ms: NDArray[np.int64], is_closed: NDArray[np.bool_]) -> _Dated:
    """The reports that open all cases and those that close the ones `is_closed`, in order."""
    chosen = np.flatnonzero(is_closed)
    texts = iso_times(closed_ms[chosen])
    closings = [
        {name: born.reports[k][name] for name in _CLOSING_FIELDS} | {"closed_at": text}
        for k, text in zip(chosen.tolist(), texts, strict=True)
    ]
    at_ms = np.concatenate([born.told_ms, closed_ms[chosen]])
    order = np.argsort(at_ms, kind="stable")
    events = [*born.reports, *closings]
    return _Dated(at_ms[order], [events[k] for k in order.tolist()])


def _write(
    writer: Appender,
    reports: _Dated,
    commands: _Dated,
    from_ms: int,
    worked_ms: int,
    now_ms: int,
    progress: Progress | None,
) -> None:
    total = len(reports.events) + len(commands.events)
    done = 0
    for low, high in itertools.pairwise(_edges(from_ms, worked_ms, now_ms)):
        parts: tuple[tuple[str, Sequence[Any]], ...] = (
            ("reports", reports.between(low, high)),
            ("commands", commands.between(low, high)),
        )
        for kind, events in parts:
            if events:
                writer.append_packed(kind, events, simulated=True)
                done += len(events)
        if progress is not None:
            progress(done, total)


def _edges(from_ms: int, worked_ms: int, now_ms: int) -> Iterator[int]:
    """Days while there are only reports, then hours: a case must not look open until the day is over."""
    yield from range(from_ms, worked_ms, DAY_MS)
    yield from range(worked_ms, now_ms, HOUR_MS)
    yield now_ms + 1
