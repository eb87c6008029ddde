"""Open cases that may be the same matter: of one kind, near, and of about the same time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

import numpy as np

from dashboard.domain.commands import ALLOWED

NEAR_M = 300.0
WITHIN_MS = 2 * 3600 * 1000


class Located(Protocol):
    """What is asked of a case; x and y in map units."""

    @property
    def id(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def x(self) -> float: ...
    @property
    def y(self) -> float: ...
    @property
    def occurred_at_ms(self) -> int: ...


CaseT = TypeVar("CaseT", bound=Located)


def similar(case: Located, others: Iterable[CaseT], m_per_unit: float) -> list[tuple[CaseT, float]]:
    """(case, metres) of those that `case` may be merged with, the nearest first, then the oldest.

    `m_per_unit`: metres on the ground per map unit there. A case that can't be merged any more (see
    `commands`) has none.
    """
    if "merge" not in ALLOWED[case.state]:
        return []
    found = []
    for other in others:
        if other.id == case.id or other.type[:2] != case.type[:2] or not ALLOWED[other.state]:
            continue
        if abs(other.occurred_at_ms - case.occurred_at_ms) > WITHIN_MS:
            continue
        distance_m = float(np.hypot(other.x - case.x, other.y - case.y)) * m_per_unit
        if distance_m <= NEAR_M:
            found.append((other, distance_m))
    return sorted(found, key=lambda row: (row[1], row[0].occurred_at_ms, row[0].id))
