"""Which cases feed the index, with what severity, from when it decays and whether it does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from dashboard.domain.case_record import Case
from dashboard.domain.case_types import KITES_ORIGIN, TYPE_BY_CODE, family_of
from dashboard.domain.commands import ENDED, UNRESOLVED
from dashboard.domain.decay import SEVERITY_UNIT
from dashboard.domain.ledger import Row
from dashboard.domain.safety_index.parameters import IndexParameters

UNFED_ORIGINS = frozenset({"patrol", KITES_ORIGIN})
"""Origins that do not feed the index: what is found because somebody was sent there to look, and what the
published index itself asks for."""


class KnownCase(NamedTuple):
    """What must be known of a case to weigh it, of those that are open: the fields have `Case`'s names."""

    id: str
    type: str
    nature: int
    level: int
    origin: str
    state: str
    grid: int
    occurred_at_ms: int
    closed_at_ms: int | None = None

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> KnownCase:
        """From a case as screens are told of it; the nature is the type's where it isn't said."""
        return cls(
            told["id"],
            told["type"],
            told.get("nature", TYPE_BY_CODE[told["type"]].nature),
            told["level"],
            told["origin"],
            told["state"],
            told["grid"],
            told["occurred_at_ms"],
        )


def row_of(case: Case | KnownCase, parameters: IndexParameters) -> Row | None:
    """The row of a case, or None when it does not feed the index.

    A dispute does not decay while it is open, and decays from its closing afterwards; every other case
    decays from its occurrence. What a patrol found and what was merged into another does not feed.
    """
    if case.origin in UNFED_ORIGINS or case.state == "merged":
        return None
    is_dispute = TYPE_BY_CODE[case.type].is_dispute
    at_ms = case.occurred_at_ms
    if is_dispute and case.closed_at_ms is not None:
        at_ms = max(at_ms, case.closed_at_ms)
    return Row(
        grid=case.grid,
        family=family_of(case.type, case.nature),
        severity=round(parameters.severity[case.level - 1] * SEVERITY_UNIT),
        at_ms=at_ms,
        steady=is_dispute and case.state not in ENDED,
        critical=case.level == 1 and case.state in UNRESOLVED,
    )


class WeighedCase(NamedTuple):
    """A case that feeds the index, with its decayed severity at the moment of an evaluation."""

    id: str
    type: str
    level: int
    grid: int
    family: int
    severity: float
    critical: bool


def weigh(cases: Iterable[Case | KnownCase], parameters: IndexParameters, now_ms: int) -> list[WeighedCase]:
    """Those of the cases that feed the index (see `row_of`), as they weigh at `now_ms`."""
    half_life_ms = parameters.half_lives_ms().tolist()
    found = []
    for case in cases:
        row = row_of(case, parameters)
        if row is not None:
            age = 0.0 if row.steady else (now_ms - row.at_ms) / half_life_ms[row.family]
            if age < -1.0:  # came after the evaluation (the first one of a new city is of the year 1970)
                continue
            severity = row.severity / SEVERITY_UNIT * 2.0**-age
            found.append(
                WeighedCase(case.id, case.type, case.level, row.grid, row.family, severity, row.critical)
            )
    return found
