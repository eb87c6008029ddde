"""What a replay writes, and when: the file's cases as they opened and as they ended, in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.case_types import TYPE_BY_CODE
from dashboard.domain.events import Report
from dashboard.feeds.checking import Taken
from dashboard.feeds.simulation import lifecycle
from dashboard.feeds.simulation.lifecycle import CLOSE, Step
from dashboard.feeds.simulation.past import Desks, PastCases, work
from dashboard.feeds.simulation.world import World, utc_offset_ms
from dashboard.feeds.values import iso_times

AS_FILED, PLAUSIBLE, WORKED = "as-filed", "plausible", "worked"
ENDINGS: Mapping[str, str] = MappingProxyType(
    {
        AS_FILED: "only by the file's closing times; a case of a file without them is history from the start",
        PLAUSIBLE: "by the file's closing times, else after a plausible time for the type and level",
        WORKED: "by commands, accept to close, fitted to the file's closing times where it has them",
    }
)
"""How replayed cases end. What is made up is marked as simulated, and marks its case from then on."""

REPORTS, COMMANDS = 0, 1
KINDS = ("reports", "commands")


@dataclass
class Timeline:
    """Entries in the order of their times.

    `kind` numbers `KINDS`, `row` is the file's row that opened the case; an `opening` entry is the first
    of its row. Arrays i64[n] (kind u8, opening bool) along `entries`; `made_up` of them are not of the file.
    """

    at_ms: NDArray[np.int64]
    kind: NDArray[np.uint8]
    row: NDArray[np.int64]
    opening: NDArray[np.bool_]
    entries: list[dict[str, str]]
    made_up: int = 0

    def __len__(self) -> int:
        return len(self.entries)


@dataclass
class TimelineMaker:
    """Gathers the cases of a file and how each ends, by one of `ENDINGS`.

    `has_closings`: the file has a column of closing times. `now_ms`: nothing that is made up lies later.
    `world` is needed for `WORKED` only. The same file and `seed` give the same timeline.
    """

    ending: str
    has_closings: bool
    timezone: ZoneInfo
    now_ms: int
    seed: int
    world: World | None = None
    _at: list[int] = field(default_factory=list)
    _kind: list[int] = field(default_factory=list)
    _row: list[int] = field(default_factory=list)
    _opening: list[bool] = field(default_factory=list)
    _entries: list[dict[str, str]] = field(default_factory=list)
    _made_up: int = 0
    _worked: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._rng = np.random.default_rng([self.seed, 4])
        self._desks = Desks(self.world) if self.world is not None else None

    def add(self, taken: Taken) -> None:
        """Take in some rows."""
        as_filed = self.ending == AS_FILED and not self.has_closings
        for row, report, event in zip(taken.rows, taken.reports, taken.events, strict=True):
            opening = report if as_filed else {k: v for k, v in report.items() if k != "closed_at"}
            self._put(event.occurred_at_ms, REPORTS, row, opening, opening=True)
        if as_filed or not taken.rows:
            return
        courses = self._courses(taken.events)
        if self.ending == WORKED:
            self._work(taken, courses)
        else:
            self._close(taken, courses[:, CLOSE])

    def done(self) -> Timeline:
        """Everything, in order; what opens a case comes before what else happens at the same moment."""
        at, kind = np.array(self._at, dtype=np.int64), np.array(self._kind, dtype=np.uint8)
        opening = np.array(self._opening, dtype=bool)
        order = np.lexsort((~opening, at))
        return Timeline(
            at[order],
            kind[order],
            np.array(self._row, dtype=np.int64)[order],
            opening[order],
            [self._entries[k] for k in order.tolist()],
            self._made_up,
        )

    def _put(self, at_ms: int, kind: int, row: int, entry: dict[str, str], opening: bool = False) -> None:
        self._at.append(at_ms)
        self._kind.append(kind)
        self._row.append(row)
        self._opening.append(opening)
        self._entries.append(entry)

    def _courses(self, events: Sequence[Report]) -> NDArray[np.int64]:
        """When the steps of each case are taken, i64[n, steps], were it handled here."""
        rows = np.array([lifecycle.row_of(event.type) for event in events], dtype=np.int64)
        levels = np.array([_level(event) for event in events], dtype=np.int64)
        told = np.array([event.occurred_at_ms for event in events], dtype=np.int64)
        offset_ms = utc_offset_ms(int(told[0]), self.timezone)
        return lifecycle.moments(self._rng, rows, levels, told, offset_ms)

    def _close(self, taken: Taken, plausible_ms: NDArray[np.int64]) -> None:
        """Further reports that close the cases."""
        texts = iso_times(plausible_ms)
        for k, (row, report, event) in enumerate(zip(taken.rows, taken.reports, taken.events, strict=True)):
            if self.has_closings:
                if event.closed_at_ms is not None:
                    self._put(event.closed_at_ms, REPORTS, row, report)
            elif plausible_ms[k] <= self.now_ms:
                self._made_up += 1
                entry = {**report, "closed_at": texts[k], "simulated": "1"}
                self._put(int(plausible_ms[k]), REPORTS, row, entry)

    def _work(self, taken: Taken, moments: NDArray[np.int64]) -> None:
        """Commands that work the cases."""
        if self.world is None or self._desks is None:
            raise ValueError("Cases can only be worked in a world.")
        courses: list[list[Step]] = []
        for k, event in enumerate(taken.events):
            times = moments[k]
            if self.has_closings and event.closed_at_ms is not None:
                begin, end = event.occurred_at_ms, event.closed_at_ms
                times = begin + (times - begin) * (end - begin) // max(int(times[CLOSE]) - begin, 1)
            if event.id in self._worked:
                courses.append([])
                continue
            self._worked.add(event.id)
            is_open = self.has_closings and event.closed_at_ms is None
            steps = [Step(int(at), name) for at, name in zip(times, lifecycle.STEPS, strict=True)]
            courses.append(steps[: lifecycle.RESOLVE] if is_open else steps)
        cases = PastCases(
            [event.id for event in taken.events],
            [event.type for event in taken.events],
            np.array([_level(event) for event in taken.events], dtype=np.int64),
            taken.grids,
            self.world.xy[taken.grids],
        )
        worked = work(self._rng, self._desks, cases, courses, self.now_ms)
        self._made_up += len(worked.commands)
        for case, at_ms, command in zip(
            worked.case.tolist(), worked.at_ms.tolist(), worked.commands, strict=True
        ):
            self._put(at_ms, COMMANDS, taken.rows[case], command)


def _level(event: Report) -> int:
    return event.level or TYPE_BY_CODE[event.type].default_level
