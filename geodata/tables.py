"""The tables of a pack: every array with its shape and unit.

R regions in order of number (tier-major), G grids, N cameras. Map units are web-mercator decimetres relative
to the manifest's `origin` (EPSG:3857, metres), as i32. Tiers: 0 city, 1 county, 2 town, 3 village, 4 grid.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

NO_PARENT = -1
CITY, COUNTY, TOWN, VILLAGE, GRID = range(5)
TIERS = ("city", "county", "town", "village", "grid")
RINGS = ("none", "city", "county", "police")
CAMERA_KINDS = ("ordinary", "entrance_capture", "augmented_reality", "high_dome")
UNIT_KINDS = ("grid_worker", "patrol", "fire", "emergency", "mediation", "medical")
BRANCH_KINDS = ("none", "group", "branch")
# A department's and a service's bit in a column is its position; the first ones are the most usual.
DEPARTMENTS = (
    "public_security", "justice", "petitions", "court", "procuratorate", "human_resources", "civil_affairs",
    "housing", "urban_management", "emergency", "fire", "market", "health", "natural_resources", "ecology",
    "agriculture", "education", "women",
)  # fmt: skip
SERVICES = ("party", "errands", "mediation", "safety", "volunteers", "legal", "elderly", "reading")

I32 = NDArray[np.int32]
U8 = NDArray[np.uint8]
U32 = NDArray[np.uint32]
F32 = NDArray[np.float32]
F64 = NDArray[np.float64]


@dataclass(frozen=True)
class Regions:
    """All regions, city first; `[grid_lo, grid_hi)` are the grids of each, `tier_start` [6] first numbers.

    `parent` is a region number, -1 for the city's. `label_xy` [R, 2] lies inside the region; `bbox` [R, 4] is
    minx, miny, maxx, maxy; both in map units. `area_m2` f64[R] is that of the metric CRS; `derived` 1 where
    the outline was made, not surveyed.
    """

    code: tuple[str, ...]
    name: tuple[str, ...]
    name_en: tuple[str, ...]
    tier: U8
    parent: I32
    grid_lo: U32
    grid_hi: U32
    tier_start: U32
    area_m2: F64
    population: U32
    dwellings: U32
    label_xy: I32
    bbox: I32
    derived: U8

    def __len__(self) -> int:
        return len(self.code)


@dataclass(frozen=True)
class Geometry:
    """The grids as rings of shared vertices, and the borders between them as arcs.

    `vertex_xy` [V, 2] map units. Ring r has the vertices `ring_vertex[ring_start[r]:ring_start[r + 1]]`, the
    first one not repeated; grid g the rings `grid_ring_start[g]` to `grid_ring_start[g + 1]`: outlines
    anticlockwise, holes clockwise. An arc runs along one border from node to node; `arc_left`, `arc_right`
    are grids, -1 outside the city; `arc_tier` is the coarsest tier whose border it is (0: the city's own).
    """

    vertex_xy: I32
    ring_start: U32
    ring_vertex: U32
    grid_ring_start: U32
    arc_start: U32
    arc_vertex: U32
    arc_left: I32
    arc_right: I32
    arc_tier: U8


@dataclass(frozen=True)
class Cameras:
    """Cameras sorted by grid: `kind` numbers `CAMERA_KINDS`, `ring` `RINGS`; `xy` [N, 2] map units."""

    grid: U32
    xy: I32
    kind: U8
    networked: U8
    ring: U8


@dataclass(frozen=True)
class Checkpoints:
    """Checkpoints of the rings, sorted by ring and grid, each with its camera and its stretch of boundary.

    `stretch_start` [n + 1] points into `stretch_xy` [m, 2]: the polyline (map units) that it guards, of
    `length_m` metres. The stretches of one perimeter join to that whole perimeter.
    """

    ring: U8
    grid: U32
    camera: U32
    xy: I32
    length_m: F32
    stretch_start: U32
    stretch_xy: I32


@dataclass(frozen=True)
class Units:
    """Units by call sign, never by person; sorted by home grid; `kind` numbers `UNIT_KINDS`."""

    call_sign: tuple[str, ...]
    kind: U8
    home_grid: U32
    xy: I32


@dataclass(frozen=True)
class Centres:
    """Centres of the city, counties, towns and villages, by region number; `staff` counts posts.

    `departments` are those with a desk there, a bit for each of `DEPARTMENTS`.
    """

    region: U32
    xy: I32
    staff: NDArray[np.uint16]
    departments: U32


@dataclass(frozen=True)
class Stations:
    """Grid service stations; `station_of_grid` i32[G] is the station that serves a grid, -1 for none.

    `services` has a bit for each of `SERVICES` that a station offers.
    """

    xy: I32
    area_m2: F32
    station_of_grid: I32
    services: NDArray[np.uint16]


@dataclass(frozen=True)
class Companies:
    """Community property companies: helpers, old estates in their area and how many of them are served."""

    xy: I32
    grid: U32
    helpers: NDArray[np.uint16]
    estates: NDArray[np.uint16]
    estates_served: NDArray[np.uint16]


@dataclass(frozen=True)
class Branches:
    """The party branch or group of each grid, [G]: `kind` numbers `BRANCH_KINDS`.

    `departments` are those attached to the grid, a bit for each of `DEPARTMENTS`.
    """

    kind: U8
    departments: U32


# Attribute of the pack → its table, in the order in which the files are written.
TABLES: dict[str, type[Any]] = {
    "regions": Regions,
    "geometry": Geometry,
    "cameras": Cameras,
    "checkpoints": Checkpoints,
    "units": Units,
    "centres": Centres,
    "stations": Stations,
    "companies": Companies,
    "branches": Branches,
}
