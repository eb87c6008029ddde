"""A small city that was never built, and the services behind its pages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from dashboard.domain.access import LOCAL_ADMIN, Identity
from dashboard.domain.hierarchy import GRID, VILLAGE, Hierarchy, from_parents
from dashboard.domain.settling import PATHS, figures
from dashboard.settings import Settings
from dashboard.views.services import Services
from tests.views.fake_leaders import FakeLeaders

NOW_MS = 1_764_000_000_000
HOUR_MS = 3_600_000
CUTS = (90.0, 80.0, 70.0)
STRANGER = Identity("stranger", "producer", "*")
"""Somebody who may feed data and look at nothing."""

# Two counties; three towns; four villages; six grids.
PARENTS = ([0, 0], [0, 0, 1], [0, 1, 1, 2], [0, 0, 1, 2, 3, 3])
CODES = (
    "370700",
    "370702", "370703",
    "370702001", "370702002", "370703001",
    "370702001001", "370702002001", "370702002002", "370703001001",
    "370702001001001", "370702001001002", "370702002001001", "370702002002001", "370703001001001",
    "370703001001002",
)  # fmt: skip
NAMES = (
    "潍坊市",
    "潍城区", "寒亭区",
    "城关街道", "南关街道", "开元街道",
    "东风社区", "南湖社区", "西园村", "北海村",
    "东风社区第1网格", "东风社区第2网格", "南湖社区第1网格", "西园村第1网格", "北海村第1网格",
    "北海村第2网格",
)  # fmt: skip
ENGLISH = ("Weifang", "Weicheng", "Hanting", *[""] * 13)
CITY, COUNTY, TOWN, VILLAGE_CODE, GRID_CODE = CODES[0], CODES[1], CODES[3], CODES[6], CODES[10]
CODE_OF_TIER = (CITY, COUNTY, TOWN, VILLAGE_CODE, GRID_CODE)


def hierarchy_of(
    parents: Sequence[Sequence[int]] = PARENTS, codes: Sequence[str] = CODES
) -> Hierarchy:
    """The hierarchy of the small city, or of another."""
    return from_parents(parents, codes)


def pack_of(
    hierarchy: Hierarchy,
    names: Sequence[str] = NAMES,
    english: Sequence[str] = ENGLISH,
    cameras_per_grid: int = 5,
) -> Any:
    """Something that has what the pages read of a `geodata.Pack`."""
    count, grids = hierarchy.region_count, hierarchy.grid_count
    per_grid = np.full(grids, 350)
    people = hierarchy.sum_to_regions(per_grid)
    camera_grid = np.repeat(np.arange(grids), cameras_per_grid)
    kind = np.zeros(len(camera_grid), np.uint8)
    kind[:3] = (1, 2, 3)
    centre_region = np.arange(hierarchy.tier_start[GRID])
    staff = np.where(centre_region < hierarchy.tier_start[VILLAGE], 11, 0)
    bounds = np.tile(np.array([0, 0, 1_000_000, 1_200_000]), (count, 1))
    return SimpleNamespace(
        manifest={"timezone": "Asia/Shanghai", "synthetic": {"population": True, "cameras": True}},
        regions=SimpleNamespace(
            code=list(hierarchy.codes),
            name=list(names),
            name_en=list(english),
            tier=hierarchy.tier,
            population=people,
            dwellings=people // 2,
            area_m2=people * 1e4,
            bbox=bounds,
            derived=(hierarchy.tier >= 2).astype(np.uint8),
        ),
        cameras=SimpleNamespace(
            grid=camera_grid, kind=kind, networked=(np.arange(len(camera_grid)) % 5 < 4).astype(np.uint8)
        ),
        grid_camera_start=np.arange(grids + 1) * cameras_per_grid,
        checkpoints=SimpleNamespace(
            ring=np.array([1, 1, 2, 3]),
            grid=np.array([0, 1, 0, grids - 1]),
        ),
        units=SimpleNamespace(
            kind=np.array([*[0] * grids, 1, 2]),
            home_grid=np.array([*range(grids), 0, 0]),
            call_sign=tuple(f"网-{number}" for number in range(grids + 2)),
        ),
        centres=SimpleNamespace(region=centre_region, staff=staff),
        stations=SimpleNamespace(
            area_m2=np.full((grids + 1) // 2, 22.0), station_of_grid=np.arange(grids) // 2
        ),
        companies=SimpleNamespace(
            grid=np.array([0]), helpers=np.array([88]), estates=np.array([5]), estates_served=np.array([4])
        ),
        to_lonlat=lambda xy: (118.0 + np.asarray(xy)[..., 0] / 1e6, 36.0 + np.asarray(xy)[..., 1] / 1e6),
    )


def open_case(number: int, grid: int, level: int = 4, case_type: str = "2101") -> dict[str, Any]:
    """An open case as the wire has it."""
    return {
        "id": f"c{number}", "type": case_type, "level": level, "scale": 1, "state": "reported", "grid": grid,
        "x": 0, "y": 0, "occurred_at_ms": NOW_MS - number * 60_000, "place": "文化路", "summary": "",
        "origin": "hotline", "simulated": True,
    }  # fmt: skip


def summary_of(services: Services, code: str, **replaced: Any) -> dict[str, Any]:
    """What the live client tells the page of a region (assets/kite/summary.mjs), every feed fresh."""
    hierarchy = services.hierarchy
    region = hierarchy.number_of(code)
    grids = int(hierarchy.grid_hi[region] - hierarchy.grid_lo[region])
    row = _row_of(services, region)
    told = {
        **row,
        "open_cases": row["open"],
        "tier": int(hierarchy.tier[region]),
        "families": [91.2, 86.0, 78.3, None],
        "cameras": {"online": 4 * grids - 1, "total": 5 * grids, "networked": 4 * grids},
        "units": {"on_duty": grids, "total": grids + 1},
        "children": [_row_of(services, int(child)) for child in hierarchy.children(region)],
        "open_by_level": {"1": 1, "4": 2 * grids - 1},
        "simulated": True,
        "ages": {
            "feeds": {"reports": 0.4, "commands": 3.0, "cameras": 0.9, "units": 1.1},
            "link_s": 0.2,
            "server_ms": NOW_MS,
        },
    }
    return {**told, **replaced}


def _row_of(services: Services, region: int) -> dict[str, Any]:
    """Scores run through all levels; every fifth region has too little behind it."""
    score = round(96.4 - (region * 7.3) % 34, 1)
    return {
        "code": services.hierarchy.codes[region],
        "name": services.pack.regions.name[region],
        "score": score,
        "level": next((n for n, cut in enumerate(CUTS, 1) if score >= cut), 4),
        "hatched": region % 5 == 4,
        "capped": False,
        "open": 2 * int(services.hierarchy.grid_hi[region] - services.hierarchy.grid_lo[region]),
    }


def services_of(
    hierarchy: Hierarchy | None = None,
    pack: Any = None,
    identity: Identity = LOCAL_ADMIN,
    data_dir: Path = Path("var"),
    **replaced: Any,
) -> Services:
    """Services over the small city; any field of `Services` can be replaced."""
    hierarchy = hierarchy or hierarchy_of()
    pack = pack or pack_of(hierarchy)
    times = [NOW_MS - hour * HOUR_MS for hour in range(168, -1, -1)]
    wave = [float(82 + 6 * np.sin(hour / 9)) for hour in range(169)]

    def region_trend(code: str, hours: int) -> tuple[list[int], list[float | None]]:
        if hierarchy.tier[hierarchy.number_of(code)] == GRID:
            return [], []
        return times[-hours - 1 :], list(wave[-hours - 1 :])

    def children_trend(code: str, hours: int) -> tuple[list[int], dict[str, list[float | None]]]:
        children = hierarchy.children(hierarchy.number_of(code))
        codes = [hierarchy.codes[r] for r in children if r < hierarchy.tier_start[GRID]]
        return (times[-hours - 1 :], {c: list(wave[-hours - 1 :]) for c in codes}) if codes else ([], {})

    def past_trend(code: str, hours: int, ago: int) -> tuple[list[int], list[float | None]]:
        """Three points below the present, and nothing of a grid."""
        now, scores = region_trend(code, hours)
        return [ms - ago * HOUR_MS for ms in now], [score - 3 for score in scores if score is not None]

    def open_cases(code: str, limit: int) -> list[dict[str, Any]]:
        r = hierarchy.number_of(code)
        first, last = int(hierarchy.grid_lo[r]), int(hierarchy.grid_hi[r])
        return [open_case(n, g, 1 + n % 4) for n, g in enumerate(range(first, last))][:limit]

    def region_profile(code: str) -> dict[str, Any]:
        return {
            "code": code,
            "score": 81.2,
            "interval": (79.8, 82.5),
            "families": [
                {"slug": slug, "score": score}
                for slug, score in zip(
                    ("stability", "public_order", "criminal", "safety"), (91.2, 86.0, 78.3, None), strict=True
                )
            ],
            "reasons": [
                {"family": "safety", "points": -2.6, "case_type": "3201", "level": 1, "place": GRID_CODE},
                {"family": "criminal", "points": -1.3, "case_type": None, "level": None, "place": None},
                {"family": "stability", "points": 0.4, "case_type": None, "level": None, "place": None},
            ],
            "formula": "1",
        }

    def ring_integrity(code: str) -> list[float | None]:
        return [0.968, None, 1.0] if hierarchy.tier[hierarchy.number_of(code)] < GRID else [None] * 3

    def settling(code: str) -> dict[str, Any]:
        """Every grid as every other: nine disputes settled by it and one by a joint team, of twelve."""
        r = hierarchy.number_of(code)
        grids = int(hierarchy.grid_hi[r] - hierarchy.grid_lo[r])
        counts = {"grid": (9, 1, 0, 0, 1), "above": (0,) * 5, "grid_hearing": (0,) * 5}
        cells = np.array([counts.get(path, (1, 0, 0, 0, 0)) for path in PATHS]) * grids
        found = figures(cells)
        return {
            "region": code, "open": 2 * grids, "ended": found.ended, "success": found.success._asdict(),
            "paths": [
                {"path": path, **results, "success": rate._asdict()}
                for path, (results, rate) in found.paths.items()
            ],
            "hearings": {"set": grids, "past": 1, "oldest": {"case": "c1", "age_s": 3 * 86_400 + 5}},
        }  # fmt: skip

    fields: dict[str, Any] = {
        "settings": Settings(data_dir=data_dir),
        "pack": pack,
        "hierarchy": hierarchy,
        "cuts": CUTS,
        "identity": lambda: identity,
        "simulated": lambda: True,
        "region_trend": region_trend,
        "children_trend": children_trend,
        "past_trend": past_trend,
        "leaders": FakeLeaders(hierarchy),
        "open_cases": open_cases,
        "region_profile": region_profile,
        "ring_integrity": ring_integrity,
        "settling": settling,
    }
    return Services(**{**fields, **replaced})
