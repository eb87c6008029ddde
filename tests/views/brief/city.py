"""A small city with a pack of its own, and leaders' figures that are made up but add up."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from flask import Flask

from dashboard.domain.access import LOCAL_ADMIN, Identity
from dashboard.domain.case_types import FAMILIES
from dashboard.domain.commands import OPEN, PHASES
from dashboard.domain.hierarchy import GRID
from dashboard.live.state import LiveState
from dashboard.streams.from_pack import hierarchy_of
from dashboard.views import brief, exports, languages
from dashboard.views.brief import Sources
from tests.geodata.made_pack import small_pack
from tests.views.fakes import HOUR_MS, services_of

PACK = small_pack()
HIERARCHY = hierarchy_of(PACK)
CODES = HIERARCHY.codes
NOW_MS = 1_795_500_000_000
CITY, COUNTY, OTHER_COUNTY, TOWN, VILLAGE, GRID_CODE = (
    CODES[0],
    CODES[1],
    CODES[2],
    CODES[3],
    CODES[6],
    CODES[HIERARCHY.tier_start[GRID]],
)
OF_EACH_TIER = (CITY, COUNTY, TOWN, VILLAGE, GRID_CODE)
DANGEROUS = '=HYPERLINK(1) <b>& "quoted" #strong[x] \\ $x$ @ref'
"""A text that would be a formula, HTML or markup of Typst, if anybody read it as such."""
OFFICER = Identity("west", "officer", COUNTY)
LEADER = Identity("west-leader", "leader", COUNTY)

BASE, SCORE = 85.0, 78.4
FAMILY_POINTS = (-1.26, -0.44, -3.31, -1.59)
"""They sum to SCORE − BASE."""


class FakeLeaders:
    """What `Leaders` answers, the same for every region but for what is inside it."""

    ready = True

    def __init__(self, ready: bool = True) -> None:
        self.ready = ready

    def version(self, code: str) -> str:
        return "v1"

    def explanation(self, code: str) -> dict[str, Any]:
        parts = [
            {
                "family": "criminal",
                "points": -2.11,
                "kind": "case",
                "case": "c1",
                "case_type": "2204",
                "level": 3,
                "place": _grid_in(code),
                "severity": 2.0,
            },
            {
                "family": "criminal",
                "points": -1.2,
                "kind": "rest",
                "case": None,
                "case_type": None,
                "level": None,
                "place": None,
                "severity": 1.0,
            },
            *(
                {
                    "family": family.slug,
                    "points": points,
                    "kind": "place",
                    "case": None,
                    "case_type": None,
                    "level": None,
                    "place": _grid_in(code),
                    "severity": 1.0,
                }
                for family, points in zip(FAMILIES, FAMILY_POINTS, strict=True)
                if family.slug != "criminal"
            ),
        ]
        families = [
            {
                "slug": family.slug,
                "weight": 0.25,
                "half_life_days": 30.0,
                "score": 80.0,
                "points": points,
                "theta": 1.3,
                "parent_theta": 1.1,
                "severity": 5.0,
                "expected": 4.0,
                "reference_per_10000_day": 0.5,
            }
            for family, points in zip(FAMILIES, FAMILY_POINTS, strict=True)
        ]
        return {
            "code": code,
            "at_ms": NOW_MS,
            "score": SCORE,
            "uncapped": SCORE,
            "base_score": BASE,
            "limit_points": 0.0,
            "hatched": False,
            "effective_events": 40.0,
            "least_effective_events": 5,
            "interval": [76.9, 80.1],
            "interval_share": 0.8,
            "formula": "1.0-test",
            "parent": None,
            "shrinkage": 1.0,
            "points_per_doubling": 10.0,
            "cuts": [90.0, 80.0, 70.0],
            "families": families,
            "parts": parts,
        }

    def moved(self, code: str, since: str) -> dict[str, Any]:
        points = (-0.6, -0.4, 1.3, -2.6)
        return {
            "since": since,
            "from_ms": NOW_MS - 7 * 24 * HOUR_MS,
            "to_ms": NOW_MS,
            "from_score": 80.7,
            "to_score": SCORE,
            "cap_points": 0.0,
            "rest_points": 0.0,
            "families": [
                {"slug": family.slug, "points": each} for family, each in zip(FAMILIES, points, strict=True)
            ],
            "cases": [
                {
                    "case": "c2",
                    "case_type": "3201",
                    "level": 2,
                    "place": _grid_in(code),
                    "family": "safety",
                    "points": -1.94,
                    "what": "new",
                },
                {
                    "case": "c3",
                    "case_type": "2204",
                    "level": 3,
                    "place": _grid_in(code),
                    "family": "criminal",
                    "points": 0.83,
                    "what": "decayed",
                },
            ],
            "places": [{"code": _grid_in(code), "points": -0.72}, {"code": _grid_in(code), "points": 0.001}],
        }

    def cases(self, code: str, period: str) -> dict[str, Any]:
        types = [("21", 9, 7, 2), ("35", 14, 20, 1), ("07", 5, 6, 4)]
        return {
            "period": period,
            "from_ms": NOW_MS - 1,
            "to_ms": NOW_MS,
            "new": 28,
            "new_before": 33,
            "new_year_ago": None,
            "ended": 25,
            "open": 7,
            "overdue": 1,
            "by_type": [{"type": t, "new": n, "before": b, "open": o} for t, n, b, o in types],
            "by_full_type": [],
            "by_stage": [{"state": state, "open": 2, "overdue": 1} for state in OPEN],
            "by_level": [{"level": level, "new": 7, "open": 1} for level in (1, 2, 3, 4)],
            "by_origin": [{"origin": "hotline", "new": 20}, {"origin": "resident", "new": 8}],
            "deadlines": [
                {"phase": phase, "kept": 18, "missed": 2, "running": 3, "running_late": 1} for phase in PHASES
            ],
            "kept_share": 0.9,
            "median_handle_h": 6.5,
        }

    def calendar(self, code: str, period: str) -> dict[str, Any]:
        counts = [[(day + hour) % 4 for hour in range(24)] for day in range(7)]
        return {"counts": counts, "from_ms": NOW_MS - 1, "to_ms": NOW_MS}

    def daily(self, code: str, period: str) -> dict[str, Any]:
        days = {"day": 1, "week": 7, "month": 30}[period]
        return {
            "days": [f"2026-11-{day + 1:02d}" for day in range(days)],
            "new": list(itertools.islice(itertools.cycle((4, 3, 5, 2)), days)),
            "before": [3] * days,
            "year_ago": [None] * days,
            "ended": [4] * days,
        }

    def children(self, code: str) -> dict[str, Any]:
        children = HIERARCHY.children(HIERARCHY.number_of(code))
        return {
            "at_ms": NOW_MS,
            "from_ms": NOW_MS - 1,
            "rows": [_child(at, child) for at, child in enumerate(children)],
        }

    def whistles(self, code: str, period: str) -> dict[str, Any]:
        rows = [{"department": "公安", "called": 6, "on_time": 4, "late": 1, "waiting": 1}]
        return {"from_ms": 0, "to_ms": 0, "open": 1, "overdue": 0, "by_department": rows, "by_region": []}

    def case_rows(self, code: str, period: str, limit: int) -> list[dict[str, Any]]:
        grid = _grid_in(code)
        return [
            {
                "id": "c2",
                "type": "3201",
                "level": 2,
                "state": "handling",
                "grid": grid,
                "place": "化工园",
                "summary": DANGEROUS,
                "occurred_at_ms": NOW_MS - 3 * HOUR_MS,
                "closed_at_ms": None,
                "overdue": True,
            },
            {
                "id": "c9",
                "type": "2101",
                "level": 4,
                "state": "closed",
                "grid": grid,
                "place": "",
                "summary": "",
                "occurred_at_ms": NOW_MS - 9 * HOUR_MS,
                "closed_at_ms": NOW_MS - HOUR_MS,
                "overdue": False,
            },
        ][:limit]


def _grid_in(code: str) -> str:
    low, _ = HIERARCHY.slice_of(HIERARCHY.number_of(code))
    return CODES[HIERARCHY.region_of_grid(low)]


def _child(at: int, child: int) -> dict[str, Any]:
    return {
        "code": CODES[child],
        "name": PACK.regions.name[child],
        "name_en": PACK.regions.name_en[child],
        "tier": int(HIERARCHY.tier[child]),
        "score": 91.3 - 8.7 * at,
        "level": min(4, 1 + at),
        "hatched": False,
        "day": 0.2,
        "week": -1.4 + at,
        "month": None,
        "open": 3 + at,
        "overdue": at,
        "new": 11,
        "before": 9,
        "kept_share": 0.913,
        "per_10000": 2.75,
        "population": int(PACK.regions.population[child]),
    }


class FakePublications:
    """One publication, with a rectification in the first grid."""

    def latest(self, code: str | None = None) -> dict[str, Any]:
        return {"number": 3, "at_ms": NOW_MS - 30 * HOUR_MS}

    def standing(self, code: str) -> dict[str, Any]:
        return {"number": 3, "score": 77.0, "level": 3, "reds_in_a_row": 0}

    def _rectifications(self) -> list[dict[str, Any]]:
        grid = CODES[HIERARCHY.tier_start[GRID]]
        return [
            {
                "region": grid,
                "case": "r1",
                "grid": grid,
                "raised": 2,
                "score": 66.5,
                "region_level": 4,
                "state": "handling",
                "state_now": "closed",
            }
        ]

    def report(self, number: int, code: str) -> dict[str, Any]:
        mine = [row for row in self._rectifications() if HIERARCHY.contains_code(code, row["region"])]
        return {"number": number, "rectifications": mine}

    def of(self, number: int) -> dict[str, Any]:
        count = len(HIERARCHY)
        return {
            "score_tenths": np.arange(count, dtype=np.uint16) + 700,
            "levels": np.full(count, 3, np.uint8),
            "are_hatched": np.zeros(count, bool),
            "are_capped": np.zeros(count, bool),
            "reds_in_a_row": np.zeros(count, np.uint8),
            "rectifications": self._rectifications(),
        }


class FakeSystems:
    """Rings with a gap, and one figure of every system."""

    def rings(self, code: str) -> dict[str, Any]:
        gap = {
            "name": "东区东南段（河镇）",
            "name_en": "East District, south-east (He Town)",
            "length_m": 1250.0,
            "since_ms": NOW_MS - HOUR_MS,
        }
        return {
            "rings": [
                {
                    "ring": 1,
                    "slug": "city",
                    "length_m": 24_000.0,
                    "watched_m": 22_750.0,
                    "share": 22_750 / 24_000,
                    "checkpoints": 8,
                    "online": 7,
                    "unknown": 0,
                    "gaps": [gap],
                }
            ]
        }

    def panel(self, code: str, key: str) -> dict[str, Any]:
        return {
            "system": key,
            "region": code,
            "at_ms": NOW_MS,
            "simulated": True,
            "made_up": [],
            "as_of": None,
            "count": 7,
            "by_kind": [{"kind": "a", "share": 0.25}],
            "name": DANGEROUS,
        }


class FakeSupervision:
    """One instruction."""

    def of(self, code: str, from_ms: int, to_ms: int) -> dict[str, Any]:
        row = {
            "at_ms": NOW_MS,
            "command": "instruct",
            "case": "c2",
            "type": "3201",
            "level": 2,
            "place": _grid_in(code),
            "note": "请立即处置。",
        }
        return {"instruct": 1, "supervise": 0, "rows": [row]}


def state_of(cases: Sequence[dict[str, Any]] = ()) -> LiveState:
    """A live state in which every region has a score, and all levels are there."""
    state = LiveState()
    count = len(HIERARCHY)
    score = (910 - (np.arange(count) * 37) % 330).astype(np.uint16)
    level = (1 + np.searchsorted([-900, -800, -700], -score.astype(int), side="right")).astype(np.uint8)
    level[::7] |= 0x10
    state.columns[("regions", "score")] = score
    state.columns[("regions", "level")] = level
    state.columns[("regions", "open_cases")] = np.arange(count, dtype=np.uint16)
    state.clock = {
        "clock_ms": NOW_MS,
        "simulated": True,
        "formula": "1.0-test",
        "positions": {"reports": f"{NOW_MS}-0", "commands": f"{NOW_MS - 5}-0"},
    }
    state.position = "1-0"
    state.open_cases = {case["id"]: case for case in cases}
    return state


def open_case(number: int, grid: int, **replaced: Any) -> dict[str, Any]:
    """An open case as the wire has it, in the middle of its grid."""
    x, y = PACK.regions.label_xy[HIERARCHY.region_of_grid(grid)].tolist()
    return {
        "id": f"c{number}",
        "type": "2101",
        "level": 1 + number % 4,
        "scale": 1,
        "state": "handling",
        "grid": grid,
        "x": x,
        "y": y,
        "occurred_at_ms": NOW_MS - number * 60_000,
        "place": "文化路",
        "summary": DANGEROUS,
        "origin": "hotline",
        "simulated": True,
        "card": "yellow" if number % 2 else "normal",
        "due": {"phase": "handle", "yellow_ms": NOW_MS, "red_ms": NOW_MS + HOUR_MS, "paused": False},
    } | replaced


CASES = [open_case(number, number % HIERARCHY.grid_count) for number in range(40)]


def sources_of(data_dir: Path, identity: Identity = LOCAL_ADMIN, **replaced: Any) -> Sources:
    """What briefs and exports of the small city are made from; fields of `Services` can be replaced."""
    fields: dict[str, Any] = {
        "leaders": FakeLeaders(),
        "publications": FakePublications(),
        "systems": FakeSystems(),
        **replaced,
    }
    services = services_of(HIERARCHY, PACK, identity, data_dir, **fields)
    return Sources(services, state_of(CASES), supervision=FakeSupervision())  # type: ignore[arg-type]


def server_of(sources: Sources) -> Flask:
    """A Flask server with the routes of briefs and exports alone."""
    server = Flask("kite")
    languages.install(server, "zh", sources.services.settings.data_dir / "translations")
    brief.register(server, sources)
    exports.register(server, sources)
    return server


NOTHING = SimpleNamespace(leaders=None, publications=None, systems=None)
"""The services while none of them is there."""
