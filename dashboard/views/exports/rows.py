"""The rows of each table that can be taken out: a region's children, cases, systems, publication and scores.

A row is a dictionary by column; values are numbers, texts, booleans or None (not known).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import numpy as np

from dashboard.domain.hierarchy import TIERS
from dashboard.domain.systems import SYSTEMS
from dashboard.streams.tables import SCORE_UNKNOWN
from dashboard.views.brief.asked import Sources
from dashboard.views.places import full_name, name_of
from dashboard.views.texts import t

Value = str | int | float | bool | None
Row = Mapping[str, Value]
OPEN_UNKNOWN = 65535
"""On the wire: that many open cases, or more."""
OF_CHILDREN = (
    "score", "level", "hatched", "day", "week", "month", "open", "overdue", "new", "before", "kept_share",
    "per_10000", "population",
)  # fmt: skip
"""What `Leaders.children` counts of each, as it is."""
_OF_NO_FIGURE = frozenset({"system", "region", "at_ms", "simulated", "made_up", "as_of"})


def iso(at_ms: float) -> str:
    """A moment as ISO 8601 in UTC."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="seconds")


def _said() -> Callable[[str], str]:
    """`t`, which asks for the language each time, for names that come again and again."""
    return cache(t)


class Now:
    """How regions stand at one moment."""

    def __init__(self, sources: Sources) -> None:
        self.regions, self.hierarchy = sources.services.pack.regions, sources.services.hierarchy
        self.levels, self.hatched, self.capped = sources.levels, sources.hatched, sources.capped
        self.scores = sources.state.column("regions", "score")
        self.open_cases = sources.state.column("regions", "open_cases")
        self.say = _said()

    def place(self, region: int) -> dict[str, Value]:
        """Who a region is."""
        return {
            "code": self.regions.code[region],
            "name": self.regions.name[region],
            "name_en": self.regions.name_en[region] or None,
            "tier": TIERS[int(self.hierarchy.tier[region])][0],
        }

    def of(self, region: int) -> dict[str, Value]:
        """Who it is, and how it stands."""
        parent, level = int(self.hierarchy.parent[region]), int(self.levels[region])
        score, held = int(self.scores[region]), int(self.open_cases[region])
        return {
            **self.place(region),
            "parent": self.regions.code[parent] if parent >= 0 else None,
            "population": int(self.regions.population[region]),
            "score": None if score == SCORE_UNKNOWN else score / 10,
            **self.level(level),
            "hatched": bool(self.hatched[region]),
            "capped": bool(self.capped[region]),
            "open": None if held == OPEN_UNKNOWN else held,
        }

    def level(self, level: int) -> dict[str, Value]:
        """A level and its name; 0 is none."""
        return {"level": level or None, "level_name": self.say(f"level.{level}")}


def inside(sources: Sources, region: int) -> list[int]:
    """A region and all regions inside it, tier by tier."""
    hierarchy = sources.services.hierarchy
    low, high = hierarchy.slice_of(region)
    within = (hierarchy.grid_lo >= low) & (hierarchy.grid_hi <= high)
    found: list[int] = np.flatnonzero(within & (hierarchy.tier >= hierarchy.tier[region])).tolist()
    return found


def scores(sources: Sources, region: int) -> Iterator[Row]:
    """A region and all inside it, as they stand now."""
    now = Now(sources)
    return (now.of(each) for each in inside(sources, region))


def children(sources: Sources, region: int) -> Iterator[Row]:
    """The regions directly inside, with what is counted of each in a month; without that as they stand."""
    leaders, hierarchy = sources.services.leaders, sources.services.hierarchy
    ready = leaders is not None and leaders.ready
    found = leaders.children(hierarchy.codes[region]) if ready else None
    counted = {row["code"]: row for row in (found or {}).get("rows", ())}
    now = Now(sources)
    for child in hierarchy.children(region):
        row = counted.get(hierarchy.codes[child])
        told = {} if row is None else {name: row.get(name) for name in OF_CHILDREN}
        level = {} if row is None else now.level(row["level"] or 0)
        yield {**now.of(child), **told, **level}


def cases(sources: Sources, region: int) -> Iterator[Row]:
    """All open cases, the gravest and of these the newest first."""
    services, say = sources.services, _said()
    low, high = services.hierarchy.slice_of(region)
    held = [case for case in sources.state.open_cases.values() if low <= case["grid"] < high]
    held.sort(key=lambda case: (case["level"], -case["occurred_at_ms"], case["id"]))
    lon, lat = services.pack.to_lonlat(np.array([(case["x"], case["y"]) for case in held]).reshape(-1, 2))
    where = cache(lambda grid: _where(sources, grid))
    for case, x, y in zip(held, lon.tolist(), lat.tolist(), strict=True):
        due = case.get("due") or {}
        yield {
            "id": case["id"],
            "type": case["type"],
            "type_name": say(f"case_type.{case['type']}"),
            "level": case["level"],
            "level_name": say(f"case_level.{case['level']}"),
            "state": say(f"case_state.{case['state']}"),
            "origin": say(f"case_origin.{case['origin']}"),
            **where(case["grid"]),
            "place": case["place"],
            "summary": case["summary"],
            "occurred_at": iso(case["occurred_at_ms"]),
            "due_phase": say(f"phase.{due['phase']}") if due else None,
            "due_at": iso(due["red_ms"]) if due else None,
            "card": case.get("card"),
            "lon": round(x, 6),
            "lat": round(y, 6),
        }


def _where(sources: Sources, grid: int) -> dict[str, Value]:
    """The code of a grid, and the names of the places that it lies in."""
    services = sources.services
    region = services.hierarchy.region_of_grid(grid)
    village = int(services.hierarchy.parent[region])
    return {
        "grid": services.hierarchy.codes[region],
        "name": full_name(services, village) or name_of(services, village),
    }


def systems(sources: Sources, region: int) -> Iterator[Row]:
    """Every single figure of every system in a row of its own, named by the way to it: rings.0.share."""
    known, code = sources.services.systems, sources.services.hierarchy.codes[region]
    for key in SYSTEMS if known is not None else ():
        head = {"code": code, "system": key, "system_name": t(f"system.{key}")}
        panel = {name: value for name, value in known.panel(code, key).items() if name not in _OF_NO_FIGURE}
        for figure, value in _flat("", panel):
            yield {**head, "figure": figure, "value": value}


def _flat(name: str, value: Any) -> Iterator[tuple[str, Value]]:
    """Single values with the way to each."""
    if isinstance(value, Mapping):
        inner: Any = value.items()
    elif isinstance(value, list | tuple):
        inner = enumerate(value)
    else:
        yield name, value
        return
    for key, each in inner:
        yield from _flat(f"{name}.{key}" if name else str(key), each)


def publication(sources: Sources, region: int) -> Iterator[Row]:
    """How a region and all inside it stood in the last publication; no rows before the first."""
    known = sources.services.publications
    latest = known.latest() if known is not None else None
    if latest is None:
        return
    found, now = known.of(latest["number"]), Now(sources)
    items = {item["region"]: item for item in found["rectifications"]}
    for each in inside(sources, region):
        tenths, place = int(found["score_tenths"][each]), now.place(each)
        item = items.get(str(place["code"]))
        yield {
            "number": latest["number"],
            **place,
            "score": None if tenths == SCORE_UNKNOWN else tenths / 10,
            **now.level(int(found["levels"][each])),
            "hatched": bool(found["are_hatched"][each]),
            "capped": bool(found["are_capped"][each]),
            "reds_in_a_row": int(found["reds_in_a_row"][each]),
            "rectification": None if item is None else item["case"],
            "state": None if item is None else now.say(f"case_state.{item['state_now']}"),
        }
