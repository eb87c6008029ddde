"""The gravest cases of a region and period, as the list and the map of a brief have them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.domain.commands import ENDED
from dashboard.domain.hierarchy import CITY
from dashboard.views.brief.asked import Asked
from dashboard.views.brief.wording import joined, where
from dashboard.views.texts import t
from dashboard.views.wording import type_name

SHOWN = 10


@dataclass(frozen=True)
class GraveCase:
    """A case of the list; `xy` are map units, `place` is said from below the region."""

    id: str
    type: str
    level: int
    state: str
    place: str
    about: str
    xy: tuple[float, float]
    occurred_at_ms: int
    closed_at_ms: int | None
    overdue: bool

    @property
    def is_open(self) -> bool:
        return self.state not in ENDED

    @property
    def words(self) -> str:
        """Level and type, as a pointer over its mark is told."""
        return joined(t("why.level", level=f"{self.level:02d}"), type_name(self.type), self.place)


def gravest_cases(asked: Asked) -> list[GraveCase]:
    """At most `SHOWN`: the gravest and then the newest first.

    Ended ones are there only where the history of cases is known.
    """
    return asked.once("gravest", lambda: [_case(asked, row) for row in _rows(asked)])


def _rows(asked: Asked) -> Sequence[Mapping[str, Any]]:
    found = asked.leaders.case_rows(asked.code, asked.period, SHOWN) if asked.leaders else None
    return asked.services.open_cases(asked.code, SHOWN) if found is None else list(found)


def _case(asked: Asked, row: Mapping[str, Any]) -> GraveCase:
    hierarchy = asked.services.hierarchy
    grid = row["grid"]
    code = grid if isinstance(grid, str) else hierarchy.codes[hierarchy.region_of_grid(grid)]
    return GraveCase(
        id=row["id"],
        type=row["type"],
        level=row["level"],
        state=row["state"],
        place=_place(asked, code, row.get("place") or ""),
        about=joined(row.get("place") or "", row.get("summary") or ""),
        xy=_xy(asked, row["id"], code),
        occurred_at_ms=row["occurred_at_ms"],
        closed_at_ms=row.get("closed_at_ms"),
        overdue=bool(row.get("overdue")),
    )


def _place(asked: Asked, grid: str, said: str) -> str:
    """Where a case is, without the village and the town that what was reported names itself."""
    services, place = asked.services, asked.services.hierarchy.number_of(grid)
    above = [region for region in services.hierarchy.ancestors(place) if region not in (CITY, asked.region)]
    told = [region for region in above if services.pack.regions.name[region] not in said]
    return where(asked, services.hierarchy.codes[told[0]]) if said and told else where(asked, grid)


def _xy(asked: Asked, case_id: str, grid: str) -> tuple[float, float]:
    """Where an open case is; of another one the middle of its grid."""
    live = asked.sources.state.open_cases.get(case_id)
    if live is not None:
        return float(live["x"]), float(live["y"])
    x, y = asked.services.pack.regions.label_xy[asked.services.hierarchy.number_of(grid)]
    return float(x), float(y)
