"""What stands in a region: party branches, stations, property companies, centres, people and dwellings."""

from __future__ import annotations

from typing import Any

import numpy as np

from dashboard.domain.hierarchy import GRID, TIERS
from dashboard.domain.systems import (
    BRANCH_KINDS,
    DEPARTMENTS,
    ESTATES_SERVED,
    SERVICES,
    STATION_AREA_M2,
    slugs_of,
)
from dashboard.domain.units import KINDS, STATES
from dashboard.live.systems.casework import held_by_tier
from dashboard.live.systems.look import Look, share
from geodata.bits import bit_counts

STATIONS_LISTED = 20
_WORKER = next(number for number, (slug, _) in enumerate(KINDS) if slug == "grid_worker")
_STATE_SLUG = {number: slug for slug, (number, _) in STATES.items()}


def branches(look: Look) -> dict[str, Any]:
    """Grids by what they have, households, grid workers and who of them is on duty, departments attached."""
    kind = look.pack.branches.kind[look.grids]
    none, groups, whole = np.bincount(kind, minlength=len(BRANCH_KINDS)).tolist()
    grids, attached = look.high - look.low, look.pack.branches.departments[look.grids]
    return {
        "grids": grids,
        "branches": whole,
        "groups": groups,
        "none": none,
        "covered": grids - none,
        "share": share(grids - none, grids),
        "households": int(look.pack.regions.dwellings[look.region]),
        **_workers(look),
        "departments": _counted(attached, DEPARTMENTS, "department", "grids"),
    }


def _workers(look: Look) -> dict[str, Any]:
    """Grid workers at home here. Contacts go by role and call sign; more than one grid has too many to name.

    `grids_without_duty`: grids none of whose workers is on duty now.
    """
    units = look.pack.units
    mine = np.flatnonzero(look.holds(units.home_grid) & (units.kind == _WORKER))
    found: dict[str, Any] = {
        "workers": len(mine), "on_duty": None, "grids_without_duty": None, "contacts": None,
    }  # fmt: skip
    state = look.sources.unit_state()
    if look.on_duty is not None and state is not None:
        on_duty = look.on_duty[mine]
        manned = np.unique(units.home_grid[mine[on_duty]])
        found["on_duty"] = int(np.count_nonzero(on_duty))
        found["grids_without_duty"] = look.high - look.low - len(manned)
        if look.tier == GRID:
            role = KINDS[_WORKER][0]
            found["contacts"] = [
                {"role": role, "call_sign": units.call_sign[unit], "state": _STATE_SLUG[int(state[unit])]}
                for unit in mine.tolist()
            ]
    return found


def stations(look: Look) -> dict[str, Any]:
    """Stations that stand here, their area against the norm, and what they offer.

    `listed`: the smallest ones, each with the grid that it stands in; `own`: the one that serves a grid.
    """
    known, hosts = look.pack.stations, look.sources.station_host
    mine = np.flatnonzero(look.holds(hosts))
    area = known.area_m2[mine].astype(np.float64)
    meeting = int(np.count_nonzero(area >= STATION_AREA_M2))
    smallest = mine[np.lexsort((mine, area))][:STATIONS_LISTED]
    serving = known.station_of_grid[look.grids]
    return {
        "stations": len(mine),
        "area_m2": round(float(area.sum()), 1),
        "meeting": meeting,
        "share": share(meeting, len(mine)),
        "norm_m2": STATION_AREA_M2,
        "grids": len(serving),
        "grids_served": int(np.count_nonzero(serving >= 0)),
        "services": _counted(known.services[mine], SERVICES, "service", "stations"),
        "listed": [_station(look, station) for station in smallest.tolist()],
        "own": _station(look, int(serving[0])) if look.tier == GRID and serving[0] >= 0 else None,
    }


def _station(look: Look, station: int) -> dict[str, Any]:
    known = look.pack.stations
    host = int(look.sources.station_host[station])
    return {
        "grid": look.hierarchy.codes[look.hierarchy.region_of_grid(host)],
        "area_m2": round(float(known.area_m2[station]), 1),
        "services": slugs_of(int(known.services[station]), SERVICES),
    }


def property_companies(look: Look) -> dict[str, Any]:
    """Community property companies (红色物业), their helpers, and how many of the old estates they serve."""
    known = look.pack.companies
    mine = look.holds(known.grid)
    sums = {
        name: int(getattr(known, column)[mine].sum(dtype=np.int64))
        for name, column in (("helpers", "helpers"), ("estates", "estates"), ("served", "estates_served"))
    }
    return {
        "companies": int(np.count_nonzero(mine)),
        **sums,
        "share": share(sums["served"], sums["estates"]),
        "norm": ESTATES_SERVED,
    }


def centres(look: Look) -> dict[str, Any]:
    """Centres by tier, their posts, the departments with a desk in them, and the cases in hand by tier.

    `own` is the region's own centre, of a grid its village's; its cases in hand are those of the region.
    """
    known, hierarchy = look.pack.centres, look.hierarchy
    region = known.region.astype(np.int64)
    inside = look.holds(hierarchy.grid_lo[region]) & (hierarchy.grid_hi[region] <= look.high)
    inside &= hierarchy.tier[region] >= look.tier
    tiers = hierarchy.tier[region]
    held = {row["tier"]: row["open"] for row in held_by_tier(look)}
    return {
        "tiers": [
            {
                "tier": slug,
                "centres": int(np.count_nonzero(inside & (tiers == tier))),
                "staff": int(known.staff[inside & (tiers == tier)].sum(dtype=np.int64)),
                "open": held[slug],
            }
            for tier, slug in enumerate(slug for slug, _ in TIERS[:GRID])
        ],
        "open_in_grids": held[TIERS[GRID][0]],
        "staff": int(known.staff[inside].sum(dtype=np.int64)),
        "departments": _counted(known.departments[inside], DEPARTMENTS, "department", "centres"),
        "own": _own_centre(look, held),
    }


def _own_centre(look: Look, held: dict[str, int]) -> dict[str, Any] | None:
    known, hierarchy = look.pack.centres, look.hierarchy
    owner = int(hierarchy.parent[look.region]) if look.tier == GRID else look.region
    found = np.flatnonzero(known.region == owner)
    if not len(found):
        return None
    centre, tier = int(found[0]), int(hierarchy.tier[owner])
    lon, lat = look.pack.to_lonlat(known.xy[centre])
    return {
        "code": hierarchy.codes[owner],
        "tier": TIERS[tier][0],
        "staff": int(known.staff[centre]),
        "departments": slugs_of(int(known.departments[centre]), DEPARTMENTS),
        "open": held[TIERS[tier][0]],
        "lon": round(float(lon), 5),
        "lat": round(float(lat), 5),
    }


def population(look: Look) -> dict[str, Any]:
    """People and dwellings on record, here and by child, and the disputes; the envelope says of which day."""
    regions, found = look.pack.regions, look.settling
    return {
        "people": int(regions.population[look.region]),
        "dwellings": int(regions.dwellings[look.region]),
        "grids": look.high - look.low,
        "children": [
            {
                "code": regions.code[child],
                "people": int(regions.population[child]),
                "dwellings": int(regions.dwellings[child]),
            }
            for child in look.children
        ],
        "disputes": found
        and {
            "found": found["open"] + found["ended"],
            "open": found["open"],
            "ended": found["ended"],
            "settled": found["success"]["settled"],
        },
    }


def _counted(bits: Any, table: Any, name: str, of: str) -> list[dict[str, Any]]:
    """How many of some things have each slug of a table."""
    counts = bit_counts(bits, len(table))
    return [{name: slug, of: count} for slug, count in zip(table, counts, strict=True) if count]
