"""How answers of the HTTP API look: plain values of what the domain says."""

from __future__ import annotations

from typing import Any

from dashboard.domain.dispatch import Suggestion
from dashboard.domain.hierarchy import CITY, Hierarchy
from dashboard.domain.nearby import Surveyed
from geodata import Pack


def unit_answer(pack: Pack, found: Suggestion) -> dict[str, Any]:
    """A suggested unit, by its call sign."""
    return {
        "unit": pack.units.call_sign[found.unit],
        "distance_m": round(found.distance_m),
        "eta_min": round(found.eta_min, 1),
        "load": found.load,
        "reasons": found.reasons,
    }


def regions_answer(pack: Pack, hierarchy: Hierarchy, grid: int) -> list[dict[str, str]]:
    """The regions that a grid lies in, from the county down to itself."""
    known, own = pack.regions, hierarchy.region_of_grid(grid)
    return [
        {"code": known.code[region], "name": known.name[region], "name_en": known.name_en[region]}
        for region in reversed([own, *hierarchy.ancestors(own)])
        if hierarchy.tier[region] > CITY
    ]


def cameras_answer(found: Surveyed) -> dict[str, Any]:
    """How many cameras there are nearby, by status, and the nearest by their numbers."""
    return {
        "radius_m": found.radius_m,
        "by_status": found.by_status,
        "nearest": [
            {"camera": near.camera, "status": near.status, "distance_m": round(near.distance_m)}
            for near in found.nearest
        ],
    }
