"""What stands behind the briefs and exports of a small city: made up, but it adds up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from flask import Flask

from dashboard.domain.access import LOCAL_ADMIN, Identity
from dashboard.domain.hierarchy import GRID
from dashboard.live.state import LiveState
from dashboard.views import brief, exports, languages
from dashboard.views.brief import Sources
from tests.parts import ROOT
from tests.views.brief.fake_leaders import FakeLeaders
from tests.views.brief.places import (
    CODES,
    DANGEROUS,
    HIERARCHY,
    NOW_MS,
    PACK,
    grid_in,
)
from tests.views.fakes import HOUR_MS, services_of


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
            "place": grid_in(code),
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
    """A Flask server with the routes of briefs and exports alone, and the files that their pages load."""
    server = Flask("kite", static_url_path="/assets", static_folder=str(ROOT / "assets"))
    languages.install(server, "zh", sources.services.settings.data_dir / "translations")
    brief.register(server, sources)
    exports.register(server, sources)
    return server


NOTHING = SimpleNamespace(leaders=None, publications=None, systems=None)
"""The services while none of them is there."""
