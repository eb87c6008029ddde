"""A case as it stands: immutable, with its whole history, and JSON-able."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

from dashboard.domain.case_types import TYPE_BY_CODE, family_of
from dashboard.domain.commands import ENDED, UNRESOLVED
from dashboard.domain.hierarchy import GRID


class Step(NamedTuple):
    """One step of a case's history: when, by which command, to which state; by whom, under which id, why."""

    at_ms: int
    command: str
    state: str
    by: str = ""
    id: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A case as it stands.

    `grid` is a grid number; `lon` and `lat` are None when only the grid is known. `level`, `scale`
    and `nature` are keys of their tables, `type` is four digits. `centre` is the tier of the centre
    that has it. `called` are departments that were whistled for and have not reported in.
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
    called: tuple[str, ...] = ()
    hearing: bool = False
    card: str = "normal"
    until_ms: int | None = None
    outcome: str = ""
    into: str = ""

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
                values[name] = list(value) if isinstance(value, tuple) else value
        return values

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Case:
        """The case that `to_dict` wrote."""
        known = dict(values)
        known["history"] = tuple(Step(*step) for step in known["history"])
        for name in ("departments", "called"):
            if name in known:
                known[name] = tuple(known[name])
        return cls(**known)


_DEFAULTS = {row.name: row.default for row in fields(Case) if row.name in (
    "centre", "unit", "departments", "called", "hearing", "card", "until_ms", "outcome", "into")}  # fmt: skip
_ALWAYS = tuple(row.name for row in fields(Case) if row.name not in _DEFAULTS and row.name != "history")


def _trimmed(step: Step) -> list[Any]:
    values = list(step)
    while values[-1] == "":
        values.pop()
    return values
