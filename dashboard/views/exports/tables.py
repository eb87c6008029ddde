"""The tables that can be taken out of Kite: name → columns, and the function that gives the rows.

Every row ends with the moment of its data, and whether it is simulated or rests on counts made from totals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from dashboard.views.aside import pause
from dashboard.views.brief.asked import Sources
from dashboard.views.exports import rows
from dashboard.views.exports.rows import Row, Value

_LAST = ("as_of", "simulated", "synthetic")
_AT_ONCE = 200


@dataclass(frozen=True)
class Table:
    """One table: the columns of its own, and the rows of a region.

    `place`: where a row lies: the region of its "code", the point of its "lon" and "lat", or nowhere.
    """

    own: tuple[str, ...]
    rows: Callable[[Sources, int], Iterable[Row]]
    place: Literal["region", "point", "nowhere"] = "region"

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns in their order."""
        return (*self.own, *_LAST)


_PLACE = ("code", "name", "name_en", "tier")
_NOW = ("score", "level", "level_name", "hatched", "capped")
TABLES: dict[str, Table] = {
    "children": Table(
        (
            *_PLACE, "population", *_NOW, "day", "week", "month", "open", "overdue", "new", "before",
            "kept_share", "per_10000",
        ),
        rows.children,
    ),
    "cases": Table(
        (
            "id", "type", "type_name", "level", "level_name", "state", "origin", "grid", "name", "place",
            "summary", "occurred_at", "due_phase", "due_at", "card", "lon", "lat",
        ),
        rows.cases,
        "point",
    ),
    "systems": Table(("code", "system", "system_name", "figure", "value"), rows.systems, "nowhere"),
    "publication": Table(
        ("number", *_PLACE, *_NOW, "reds_in_a_row", "rectification", "state"), rows.publication
    ),
    "scores": Table((*_PLACE, "parent", "population", *_NOW, "open"), rows.scores),
}  # fmt: skip
"""Adding a table is adding a row, its function in `rows.py`, and the names of new columns to the texts."""


def rows_of(table: Table, sources: Sources, region: int) -> list[Row]:
    """The rows of a region, whole; what a row doesn't have is not known. Screens get their turn meanwhile."""
    last, found = _basis(sources), list[Row]()
    for row in table.rows(sources, region):
        found.append({**{name: row.get(name) for name in table.own}, **last})
        if len(found) % _AT_ONCE == 0:
            pause()
    return found


def _basis(sources: Sources) -> dict[str, Value]:
    """What all rows have: until when the data reach (ISO 8601, UTC), and what of it is not real."""
    clock_ms = sources.state.clock.get("clock_ms")
    return {
        "as_of": rows.iso(clock_ms) if clock_ms else None,
        "simulated": bool(sources.services.simulated()),
        "synthetic": any(sources.services.pack.manifest.get("synthetic", {}).values()),
    }
