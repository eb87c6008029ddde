"""All cases of a city, ended ones too, as columns: what is counted of them, without a text.

A row says of a case what figures need: where and when, its state, what was done when, how long it was in
each state, and how its deadlines went. It is made of the whole case once, when the case changes; a figure
then looks at some columns of a region's rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.case_record import Case, Step
from dashboard.domain.case_types import ORIGINS
from dashboard.domain.commands import ENDED, OPEN, PHASES, STATES, UNRESOLVED
from dashboard.domain.deadlines import clocks, ended_runs
from dashboard.domain.growing import Growing
from dashboard.domain.safety_index.feeding import UNFED_ORIGINS
from dashboard.domain.working_days import WorkingDays

NEVER_MS = int(np.iinfo(np.int64).max)
"""A time that has not come."""
STATE_NUMBER = {slug: number for number, slug in enumerate(STATES)}
ORIGIN_NUMBER = {slug: number for number, slug in enumerate(ORIGINS)}
CARDS = ("normal", "yellow", "red")
MERGED = STATE_NUMBER["merged"]
IS_OPEN = np.array([state not in ENDED for state in STATES])
"""By number of the state."""
UNDECIDED, KEPT, MISSED = range(3)
"""How a deadline went: not decided yet or let go of, kept, missed."""

_FIRST_DONE = {"accept": 0, "assign": 1, "to_hearing": 1, "on_scene": 2, "resolve": 3, "hearing_result": 3}
"""Command → the number of the phase that it is the deed of."""
_ALL_SECONDS = int(np.iinfo(np.uint32).max)

ROW_DTYPE = np.dtype(
    [
        ("grid", "i4"),
        ("type", "u2"),
        ("level", "u1"),
        ("nature", "u1"),
        ("family", "u1"),
        ("origin", "u1"),
        ("state", "u1"),
        ("centre", "u1"),
        ("card", "u1"),
        ("is_dispute", "?"),
        ("is_fed", "?"),
        ("was_worked", "?"),
        ("version", "u4"),
        ("mark", "u4"),
        ("occurred_ms", "i8"),
        ("learned_ms", "i8"),
        ("ended_ms", "i8"),
        ("unresolved_until_ms", "i8"),
        ("since_ms", "i8"),
        ("first_ms", "i8", (len(PHASES),)),
        ("stay_s", "u4", (len(OPEN),)),
        ("verdict", "u1", (len(PHASES),)),
        ("verdict_ms", "i8", (len(PHASES),)),
        ("runs", "?", (len(PHASES),)),
        ("red_ms", "i8", (len(PHASES),)),
    ]
)


class CaseRow(NamedTuple):
    """A case in numbers; the fields are those of `ROW_DTYPE`, in its order.

    `type`: its four digits as a number; `state`, `origin`, `card`: places in their tables; `centre`: a tier.
    `is_fed`: it is of an origin that feeds the index (whether it was merged is told by its state).
    `was_worked`: commands were sent, so that its steps are on record; otherwise it was imported as it ended.
    `mark`: something that differs whenever the case does. Times are ms since 1970, `NEVER_MS` where they
    have not come: `ended_ms` closed or merged, `unresolved_until_ms` its matter stood until then, `since_ms`
    it is in its state. By phase (see `commands.PHASES`): `first_ms` what the phase is for was first done;
    `verdict` of `UNDECIDED`, `KEPT`, `MISSED`, and when (`verdict_ms`): the first that turned red, or when it
    was kept last; `runs` whether its clock runs now, and `red_ms` when that turns red (never, while it is
    paused). `stay_s` by open state: seconds that it was in it, until it left it.
    """

    grid: int
    type: int
    level: int
    nature: int
    family: int
    origin: int
    state: int
    centre: int
    card: int
    is_dispute: bool
    is_fed: bool
    was_worked: bool
    version: int
    mark: int
    occurred_ms: int
    learned_ms: int
    ended_ms: int
    unresolved_until_ms: int
    since_ms: int
    first_ms: Sequence[int]
    stay_s: Sequence[int]
    verdict: Sequence[int]
    verdict_ms: Sequence[int]
    runs: Sequence[bool]
    red_ms: Sequence[int]


def row_of(case: Case, days: WorkingDays, mark: int = 0) -> CaseRow:
    """The row of a case as it stands."""
    steps = case.steps
    was_worked = any(step.command != "report" for step in steps)
    ended_ms = NEVER_MS if case.closed_at_ms is None or case.is_open else case.closed_at_ms
    verdict, verdict_ms = _verdicts(case, days)
    red_ms = _running(case, days)
    return CaseRow(
        grid=case.grid,
        type=int(case.type),
        level=case.level,
        nature=case.nature,
        family=case.family,
        origin=ORIGIN_NUMBER[case.origin],
        state=STATE_NUMBER[case.state],
        centre=case.centre,
        card=CARDS.index(case.card),
        is_dispute=case.is_dispute,
        is_fed=case.origin not in UNFED_ORIGINS,
        was_worked=was_worked,
        version=case.version,
        mark=mark,
        occurred_ms=case.occurred_at_ms,
        learned_ms=case.learned_at_ms,
        ended_ms=ended_ms,
        unresolved_until_ms=min(ended_ms, _resolved_ms(case, steps)),
        since_ms=_since_ms(case, steps) if ended_ms == NEVER_MS else ended_ms,
        first_ms=_first_done(steps),
        stay_s=_stays(steps) if was_worked else [0] * len(OPEN),
        verdict=verdict,
        verdict_ms=verdict_ms,
        runs=[phase in red_ms for phase in PHASES],
        red_ms=[red_ms.get(phase, NEVER_MS) for phase in PHASES],
    )


def _resolved_ms(case: Case, steps: Sequence[Step]) -> int:
    """Since when the matter itself no longer stands, or is said to by a command; never while it does."""
    found = NEVER_MS
    if not case.is_unresolved:
        for step in reversed(steps):
            if step.state in UNRESOLVED:
                break
            found = NEVER_MS if step.command == "report" else step.at_ms
    return found


def _since_ms(case: Case, steps: Sequence[Step]) -> int:
    since_ms = steps[-1].at_ms
    for step in reversed(steps):
        if step.state != case.state:
            break
        since_ms = step.at_ms
    return since_ms


def _first_done(steps: Sequence[Step]) -> list[int]:
    first = [NEVER_MS] * len(PHASES)
    for step in reversed(steps):
        phase = _FIRST_DONE.get(step.command)
        if phase is not None:
            first[phase] = step.at_ms
    return first


def _stays(steps: Sequence[Step]) -> list[int]:
    """Whole seconds between steps; one that is told late may lie before the one that was told before it."""
    seconds = dict.fromkeys(OPEN, 0)
    for here, following in pairwise(steps):
        if here.state in seconds:
            seconds[here.state] += max(0, following.at_ms - here.at_ms) // 1000
    return [min(value, _ALL_SECONDS) for value in seconds.values()]


def _verdicts(case: Case, days: WorkingDays) -> tuple[list[int], list[int]]:
    """By phase how its clocks that were stopped went, and when; one that was missed is not made good."""
    verdict, at_ms = dict.fromkeys(PHASES, UNDECIDED), dict.fromkeys(PHASES, NEVER_MS)
    for run in ended_runs(case, days):
        if run.was_kept is None or verdict[run.phase] == MISSED:
            continue
        verdict[run.phase] = KEPT if run.was_kept else MISSED
        at_ms[run.phase] = run.stopped_ms if run.was_kept else run.red_ms
    return list(verdict.values()), list(at_ms.values())


def _running(case: Case, days: WorkingDays) -> dict[str, int]:
    """Phase → when its running clock turns red; never, while it is paused and wasn't red before."""
    found = {}
    for clock in clocks(case, days):
        stands = clock.paused_at_ms is not None and clock.red_ms > clock.paused_at_ms
        found[clock.phase] = NEVER_MS if stands else clock.red_ms
    return found


class Columns(Protocol):
    """Something that has the fields of `ROW_DTYPE` of some cases."""

    def __getitem__(self, name: str) -> NDArray[Any]: ...


class CaseColumns:
    """The rows of all cases, and a mark of each grid's; a case that is put again replaces its row."""

    def __init__(self, grid_count: int) -> None:
        self.ids: list[str] = []
        """By number of the row; a row never moves."""
        self._numbers: dict[str, int] = {}
        self._rows = Growing(ROW_DTYPE)
        self._marks = np.zeros(grid_count, dtype=np.uint64)
        self._counts = np.zeros(grid_count, dtype=np.int64)

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self._rows[name]

    def number_of(self, case_id: str) -> int | None:
        """The row of a case, or None."""
        return self._numbers.get(case_id)

    def put(self, case_id: str, row: CaseRow) -> None:
        """Hold the row of a case in place of what was known of it."""
        number = self._numbers.get(case_id)
        if number is None:
            self._numbers[case_id] = self._rows.append(row)
            self.ids.append(case_id)
        else:
            before = int(self._rows["grid"][number])
            self._count(before, -1, int(self._rows["mark"][number]))
            self._rows.put(number, row)
        self._count(row.grid, 1, row.mark)

    def _count(self, grid: int, sign: int, mark: int) -> None:
        """Marks are summed modulo 2⁶⁴: in whatever order, and what is taken out leaves nothing behind."""
        self._counts[grid] += sign
        self._marks[grid] = (int(self._marks[grid]) + sign * mark) % 2**64

    def mark_of(self, low: int, high: int) -> str:
        """Says which cases, in which form, there are in grids `low` to `high` (not with it)."""
        marks = self._marks[low:high].sum(dtype=np.uint64)
        return f"{int(self._counts[low:high].sum()):x}-{int(marks):x}"


class SomeCases:
    """The cases in the rows `first` to `last` (not with it)."""

    def __init__(self, columns: CaseColumns, first: int, last: int) -> None:
        self._columns, self._chosen = columns, slice(first, last)

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self._columns[name][self._chosen]


class RegionCases:
    """The cases in grids `low` to `high` (not with it): columns of theirs, for one figure at once."""

    def __init__(self, columns: CaseColumns, low: int, high: int) -> None:
        grid = columns["grid"]
        self.rows = np.flatnonzero((grid >= low) & (grid < high))
        self._chosen = slice(None) if len(self.rows) == len(grid) else self.rows  # a view costs nothing
        self._columns = columns
        self._taken: dict[str, NDArray[Any]] = {}

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, name: str) -> NDArray[Any]:
        if name not in self._taken:
            self._taken[name] = self._columns[name][self._chosen]
        return self._taken[name]

    def id_of(self, place: int) -> str:
        """The id of the case at a place of these columns."""
        return self._columns.ids[int(self.rows[place])]
