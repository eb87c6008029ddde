"""What a pack holds, counted: the figures that `geodata check` prints."""

from __future__ import annotations

from typing import Any

import numpy as np

from geodata.bits import bit_counts, how_many
from geodata.outlines import tier_owner
from geodata.pack import Pack
from geodata.tables import (
    BRANCH_KINDS,
    CAMERA_KINDS,
    DEPARTMENTS,
    GRID,
    RINGS,
    SERVICES,
    TIERS,
    UNIT_KINDS,
    VILLAGE,
)

Counts = dict[str, Any]


def count(pack: Pack) -> Counts:
    """All figures by part of the pack, in plain numbers that JSON can hold."""
    return {
        "regions": dict(zip(TIERS, np.diff(pack.regions.tier_start).tolist(), strict=True)),
        "derived": [tier for tier in TIERS if pack.manifest["derived"][tier]],
        "people": int(pack.regions.population[0]),
        "dwellings": int(pack.regions.dwellings[0]),
        "area_km2": round(float(pack.regions.area_m2[0]) / 1e6, 3),
        "geometry": _geometry(pack),
        "cameras": _cameras(pack),
        "checkpoints": _checkpoints(pack),
        "units": _kinds(pack.units.kind, UNIT_KINDS),
        "centres": _centres(pack),
        "stations": _stations(pack),
        "companies": _companies(pack),
        "branches": _branches(pack),
    }


def _kinds(numbers: np.ndarray[Any, Any], names: tuple[str, ...]) -> dict[str, int]:
    return dict(zip(names, np.bincount(numbers, minlength=len(names)).tolist(), strict=True))


def _geometry(pack: Pack) -> Counts:
    geometry = pack.geometry
    areas = pack.regions.area_m2[pack.regions.tier_start[GRID] :]
    return {
        "vertices": len(geometry.vertex_xy),
        "rings": len(geometry.ring_start) - 1,
        "arcs": len(geometry.arc_left),
        "smallest_grid_m2": round(float(areas.min()), 1),
        "largest_grid_m2": round(float(areas.max()), 1),
    }


def _cameras(pack: Pack) -> Counts:
    villages = tier_owner(pack.regions, VILLAGE)
    per_village = np.bincount(villages[pack.cameras.grid], minlength=int(villages[-1]) + 1)
    return {
        "total": len(pack.cameras.grid),
        "networked": int(pack.cameras.networked.sum()),
        "fewest_in_a_village": int(per_village.min()),
        "most_in_a_village": int(per_village.max()),
        "kinds": _kinds(pack.cameras.kind, CAMERA_KINDS),
    }


def _checkpoints(pack: Pack) -> Counts:
    counts = np.bincount(pack.checkpoints.ring, minlength=len(RINGS)).tolist()
    metres = np.bincount(pack.checkpoints.ring, pack.checkpoints.length_m, minlength=len(RINGS))
    return {
        name: {"count": counts[number], "guarded_km": round(float(metres[number]) / 1000, 3)}
        for number, name in enumerate(RINGS)
        if number
    }


def _centres(pack: Pack) -> Counts:
    tiers = _kinds(pack.regions.tier[pack.centres.region], TIERS)
    return {
        "by_tier": {tier: centres for tier, centres in tiers.items() if tier != "grid"},
        "staff": int(pack.centres.staff.sum(dtype=np.int64)),
        "desks": int(how_many(pack.centres.departments, len(DEPARTMENTS)).sum()),
    }


def _stations(pack: Pack) -> Counts:
    areas = pack.stations.area_m2
    served = pack.stations.station_of_grid[pack.stations.station_of_grid >= 0]
    per_station = np.bincount(served, minlength=len(areas))
    some = len(areas) > 0
    return {
        "total": len(areas),
        "smallest_m2": round(float(areas.min()), 1) if some else None,
        "grids_served": len(served),
        "fewest_grids": int(per_station.min()) if some else None,
        "most_grids": int(per_station.max()) if some else None,
        "services": dict(zip(SERVICES, bit_counts(pack.stations.services, len(SERVICES)), strict=True)),
    }


def _companies(pack: Pack) -> Counts:
    companies = pack.companies
    estates, served = int(companies.estates.sum()), int(companies.estates_served.sum())
    return {
        "total": len(companies.xy),
        "helpers": int(companies.helpers.sum(dtype=np.int64)),
        "old_estates": estates,
        "old_estates_served": served,
        "served_share": round(served / estates, 4) if estates else None,
    }


def _branches(pack: Pack) -> Counts:
    branches = pack.branches
    return {
        **_kinds(branches.kind, BRANCH_KINDS),
        "attachments": int(how_many(branches.departments, len(DEPARTMENTS)).sum()),
        "covered_share": round(int(np.count_nonzero(branches.kind)) / len(branches.kind), 4),
    }
