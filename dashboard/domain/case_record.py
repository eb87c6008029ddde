"""A case as it stands: immutable, with its whole history, and JSON-able."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any, NamedTuple

from dashboard.domain.case_types import TYPE_BY_CODE, family_of
from dashboard.domain.commands import ENDED, UNRESOLVED
from dashboard.domain.events import Command
from dashboard.domain.hierarchy import GRID


class Step(NamedTuple):
    """One step of a case's history: when, by which command, to which state; by whom, under which id, why.

    `late_ms`: how much later than that we learned of it; 0 for what was told at once (see `LATE_MS`).
    `level_before`: the level that the case had before, where the step gave it another one; else 0.
    """

    at_ms: int
    command: str
    state: str
    by: str = ""
    id: str = ""
    note: str = ""
    late_ms: int = 0
    level_before: int = 0

    @property
    def learned_ms(self) -> int:
        """When we learned of it, which is what terms run from: nobody can keep one that is over before."""
        return self.at_ms + self.late_ms


LATE_MS = 5_000
"""What is told within so much of its own time was told at once."""


def late_ms_of(command: Command) -> int:
    """How much later than its own time a command was told; 0 for one that was told at once."""
    late_ms = 0 if command.learned_at_ms is None else command.learned_at_ms - command.at_ms
    return late_ms if late_ms > LATE_MS else 0


class Whistle(NamedTuple):
    """A department that was whistled for: when, by when it must report in, and when it did. Times in ms."""

    department: str
    called_ms: int
    due_ms: int
    reported_ms: int | None = None

    def is_late(self, now_ms: int) -> bool:
        """Whether it reported in too late, or hasn't and should have."""
        return (now_ms if self.reported_ms is None else self.reported_ms) > self.due_ms


class Hearing(NamedTuple):
    """A hearing of a dispute: the team, when it is set for, and its result (of `OUTCOMES`; "" before)."""

    team: str
    scheduled_ms: int
    result: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A case as it stands.

    `grid` is a grid number; `lon` and `lat` are None when only the grid is known. `level`, `scale`
    and `nature` are keys of their tables, `type` is four digits. `centre` is the tier of the centre
    that has it. `asked_until_ms`: the extension that is asked for; `until_ms`: the one that was granted.
    `paused`: why the clocks stand, of `PAUSES`. `undo`: what the last command changed, as it was before, in
    JSON's values; empty where it can't be undone.
    """

    id: str
    type: str
    level: int
    scale: int
    nature: int
    origin: str
    occurred_at_ms: int
    learned_at_ms: int
    grid: int
    lon: float | None
    lat: float | None
    place: str
    summary: str
    source: str
    simulated: bool
    state: str
    version: int
    closed_at_ms: int | None
    history: tuple[Step, ...]
    centre: int = GRID
    unit: str = ""
    departments: tuple[str, ...] = ()
    whistles: tuple[Whistle, ...] = ()
    hearings: tuple[Hearing, ...] = ()
    card: str = "normal"
    paused: str = ""
    asked_until_ms: int | None = None
    until_ms: int | None = None
    outcome: str = ""
    into: str = ""
    undo: tuple[tuple[str, Any], ...] = ()

    @property
    def is_open(self) -> bool:
        """Not closed and not merged."""
        return self.state not in ENDED

    @property
    def is_unresolved(self) -> bool:
        """The matter itself still stands; `resolved` and `verified` cases are open but not unresolved."""
        return self.state in UNRESOLVED

    @property
    def is_dispute(self) -> bool:
        """Whether the type is one of the dispute types."""
        return TYPE_BY_CODE[self.type].is_dispute

    @property
    def called(self) -> tuple[str, ...]:
        """Departments that were whistled for and have not reported in."""
        return tuple(whistle.department for whistle in self.whistles if whistle.reported_ms is None)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The history without what was undone."""
        kept: list[Step] = []
        for step in self.history:
            if step.command == "undo":
                kept.pop()
            else:
                kept.append(step)
        return tuple(kept)

    @property
    def levels(self) -> tuple[int, ...]:
        """The level that the case had after each step, so at each version."""
        level, found = self.level, []
        for step in reversed(self.history):
            found.append(level)
            level = step.level_before or level
        return tuple(reversed(found))

    @property
    def hearing(self) -> Hearing | None:
        """The hearing that is still to have its result; None where none is set."""
        return self.hearings[-1] if self.hearings and not self.hearings[-1].result else None

    @property
    def family(self) -> int:
        """Position of the case's family in `case_types.FAMILIES`."""
        return family_of(self.type, self.nature)

    def to_dict(self) -> dict[str, Any]:
        """The case as JSON-able values, in the fields' order; what has its default is left out."""
        values: dict[str, Any] = {}
        for name in _ALWAYS:
            values[name] = getattr(self, name)
        values["history"] = [_trimmed(step) for step in self.history]
        for name, default in _DEFAULTS.items():
            value = getattr(self, name)
            if value != default:
                values[name] = plain_value(value)
        return values

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Case:
        """The case that `to_dict` wrote."""
        known = dict(values)
        known["history"] = tuple(Step(*step) for step in known["history"])
        return cls(**{name: read_value(name, value) for name, value in known.items()})


def plain_value(value: Any) -> Any:
    """A field's value as JSON has it."""
    return (
        [list(item) if isinstance(item, tuple) else item for item in value]
        if isinstance(value, tuple)
        else value
    )


def read_value(name: str, value: Any) -> Any:
    """The value of a field that `plain_value` wrote."""
    read = _LISTS.get(name)
    return value if read is None else tuple(read(item) for item in value)


_LISTS: dict[str, Callable[[Any], Any]] = {
    "departments": str,
    "whistles": lambda values: Whistle(*values),
    "hearings": lambda values: Hearing(*values),
    "undo": tuple,
}
"""How the items of what is a list in JSON are read."""
_DEFAULTS = {row.name: row.default for row in fields(Case) if row.default is not MISSING}
_ALWAYS = tuple(row.name for row in fields(Case) if row.name not in _DEFAULTS and row.name != "history")


def _trimmed(step: Step) -> list[Any]:
    values = list(step)
    while values[-1] in ("", 0):
        values.pop()
    return values
