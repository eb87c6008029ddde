"""The three rings (三圈防控): how much of each is watched, and its gaps by name.

A gap is a run of neighbouring stretches whose checkpoint is not online. Of a region count the stretches whose
checkpoint stands in it: on a border between two places the two take turns, so the parts sum to the whole.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.bearings import BEARINGS, bearing
from dashboard.domain.cameras import ONLINE, UNKNOWN
from dashboard.domain.hierarchy import COUNTY, TOWN
from dashboard.domain.rings import RINGS, Integrity, gaps, integrity
from dashboard.live.systems.look import Ints, Look

_POLICE = 3
_NAMED_BY = {1: COUNTY, 2: COUNTY, _POLICE: TOWN}
"""Ring → the tier of the place that a gap's bearing is taken from: the coarser one whose border it guards."""


def rings(look: Look) -> dict[str, Any]:
    """`{rings: [{ring, slug, length_m, watched_m, share, checkpoints, online, unknown, gaps}]}`.

    `ring` numbers `domain.rings.RINGS`. Until the cameras' status is known, what depends on it is None and
    no gaps are named. A ring without a checkpoint here has no share.
    """
    points = look.pack.checkpoints
    mine = np.flatnonzero(look.holds(points.grid))
    all_status = look.sources.camera_status()
    status = None if all_status is None else all_status[points.camera[mine]]
    online = np.zeros(len(mine), dtype=bool) if status is None else status == ONLINE
    found = integrity(points.ring[mine], points.length_m[mine], online)
    named = {ring: [] for ring in RINGS} if status is None else _gaps(look, mine, online, status)
    return {
        "rings": [
            _row(one, points.ring[mine] == ring, status) | {"gaps": named[ring]}
            for ring, one in found.items()
        ]
    }


def _row(one: Integrity, mine: NDArray[np.bool_], status: NDArray[Any] | None) -> dict[str, Any]:
    told = status is not None
    return {
        "ring": one.ring,
        "slug": RINGS[one.ring][0],
        "length_m": one.length_m,
        "watched_m": one.covered_m if told else None,
        "share": one.share if told and one.checkpoints else None,
        "checkpoints": one.checkpoints,
        "online": one.online if told else None,
        "unknown": None if status is None else int(np.count_nonzero(mine & (status == UNKNOWN))),
    }


def _gaps(
    look: Look, mine: Ints, online: NDArray[np.bool_], status: NDArray[Any]
) -> dict[int, list[dict[str, Any]]]:
    """Ring → its gaps, the longest first."""
    points = look.pack.checkpoints
    since = np.zeros(len(mine), dtype=np.int64)
    dark = np.flatnonzero(~online)
    told = look.sources.times.of(points.camera[mine[dark]].astype(np.int64), status[dark])
    if told is not None:
        since[dark] = told
    found: dict[int, list[dict[str, Any]]] = {ring: [] for ring in RINGS}
    ends = look.sources.stretch_ends[mine]
    for gap in gaps(points.ring[mine], points.length_m[mine].astype(np.float64), online, ends):
        members = np.array(gap.checkpoints)
        heard = since[members][since[members] > 0]
        found[gap.ring].append(
            {
                **_named(look, gap.ring, mine[members]),
                "length_m": gap.length_m,
                "checkpoints": len(members),
                "unknown": int(np.count_nonzero(status[members] == UNKNOWN)),
                "since_ms": int(heard.min()) if len(heard) else None,
            }
        )
    return found


def _named(look: Look, ring: int, members: Ints) -> dict[str, Any]:
    """Where a gap lies: the county and town of most of its length, and its bearing from that place's middle.

    `grid` is that of its middle checkpoint, to go to; `lon`, `lat` its middle in degrees WGS 84.
    """
    points, regions, hierarchy = look.pack.checkpoints, look.pack.regions, look.hierarchy
    length = points.length_m[members].astype(np.float64)
    middle = np.average(points.xy[members], axis=0, weights=np.maximum(length, 1e-9))
    where: dict[int, dict[int, float]] = {COUNTY: defaultdict(float), TOWN: defaultdict(float)}
    for grid, metres in zip(points.grid[members].tolist(), length.tolist(), strict=True):
        above = hierarchy.ancestors(hierarchy.region_of_grid(grid))
        where[COUNTY][above[-2]] += metres
        where[TOWN][above[-3]] += metres
    place = {tier: min(found, key=lambda region: (-found[region], region)) for tier, found in where.items()}
    box = regions.bbox[place[_NAMED_BY[ring]]].astype(np.float64).reshape(2, 2)
    way = bearing(*(middle - box.mean(axis=0)).tolist())
    nearest = members[np.argmin(np.linalg.norm(points.xy[members] - middle, axis=1))]
    lon, lat = look.pack.to_lonlat(middle)
    return {
        "name": _name(look, ring, place, way, "zh"),
        "name_en": _name(look, ring, place, way, "en"),
        "county": hierarchy.codes[place[COUNTY]],
        "town": hierarchy.codes[place[TOWN]],
        "bearing": way,
        "grid": hierarchy.codes[hierarchy.region_of_grid(int(points.grid[nearest]))],
        "lon": round(float(lon), 5),
        "lat": round(float(lat), 5),
    }


def _name(look: Look, ring: int, place: dict[int, int], way: str, language: str) -> str:
    """诸城市东南段（密州街道） and Zhucheng, south-east (Mizhou); of a police ring by the town."""
    regions = look.pack.regions
    if language == "zh":
        county, town = regions.name[place[COUNTY]], regions.name[place[TOWN]]
        part = f"{BEARINGS[way][0]}段" if way else ""
        return f"{county}{town}{part}" if ring == _POLICE else f"{county}{part}（{town}）"
    county, town = (regions.name_en[place[tier]] or regions.name[place[tier]] for tier in (COUNTY, TOWN))
    outer, inner = (town, county) if ring == _POLICE else (county, town)
    part = f", {BEARINGS[way][1]}" if way else ""
    return f"{outer}{part} ({inner})"
