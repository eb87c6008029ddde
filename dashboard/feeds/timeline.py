"""What a replay writes, and when: the file's cases as they opened and as they ended, in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple
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
    of its row, a `made_up` one is not of the file. Arrays [n] (kind u8, opening and made_up bool) along
    `entries`.
    """

    at_ms: NDArray[np.int64]
    kind: NDArray[np.uint8]
    row: NDArray[np.int64]
    opening: NDArray[np.bool_]
    made_up: NDArray[np.bool_]
    entries: list[dict[str, str]]

    def __len__(self) -> int:
        return len(self.entries)


class _Draft(NamedTuple):
    """One entry to be: its moment, its stream, and the row that it is of."""

    at_ms: int
    kind: int
    row: int
    entry: dict[str, str]
    opening: bool = False
    made_up: bool = False


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
    _drafts: list[_Draft] = field(default_factory=list)
    _worked: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._rng = np.random.default_rng([self.seed, 4])
        self._desks = Desks(self.world) if self.world is not None else None

    def add(self, taken: Taken) -> None:
        """Take in some rows."""
        as_filed = self.ending == AS_FILED and not self.has_closings
        for row, report, event in zip(taken.rows, taken.reports, taken.events, strict=True):
            opening = report if as_filed else {k: v for k, v in report.items() if k != "closed_at"}
            self._drafts.append(_Draft(event.occurred_at_ms, REPORTS, row, opening, opening=True))
        if as_filed or not taken.rows:
            return
        courses = self._courses(taken.events)
        if self.ending == WORKED:
            self._work(taken, courses)
        else:
            self._close(taken, courses[:, CLOSE])

    def done(self) -> Timeline:
        """Everything, in order; what opens a case comes before what else happens at the same moment."""
        drafts = sorted(self._drafts, key=lambda draft: (draft.at_ms, not draft.opening))
        return Timeline(
            np.array([draft.at_ms for draft in drafts], dtype=np.int64),
            np.array([draft.kind for draft in drafts], dtype=np.uint8),
            np.array([draft.row for draft in drafts], dtype=np.int64),
            np.array([draft.opening for draft in drafts], dtype=bool),
            np.array([draft.made_up for draft in drafts], dtype=bool),
            [draft.entry for draft in drafts],
        )

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
                    self._drafts.append(_Draft(event.closed_at_ms, REPORTS, row, report))
            elif plausible_ms[k] <= self.now_ms:
                entry = {**report, "closed_at": texts[k], "simulated": "1"}
                self._drafts.append(_Draft(int(plausible_ms[k]), REPORTS, row, entry, made_up=True))

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
        for case, at_ms, command in zip(
            worked.case.tolist(), worked.at_ms.tolist(), worked.commands, strict=True
        ):
            self._drafts.append(_Draft(at_ms, COMMANDS, taken.rows[case], command, made_up=True))


def _level(event: Report) -> int:
    return event.level or TYPE_BY_CODE[event.type].default_level
