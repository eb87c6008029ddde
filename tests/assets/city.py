"""A city that was never surveyed, as a pack: every count is free, and the numbering is the real one.

Grids are the cells of a square lattice in the order of a Hilbert curve, so that any slice of them is one
connected region; the lattice is pulled together around the counties' seats, and its corners are shaken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata import Pack
from geodata.tables import (
    Branches,
    Cameras,
    Centres,
    Checkpoints,
    Companies,
    Geometry,
    Regions,
    Stations,
    Units,
)
from tests.assets.lattice import Lattice, stretches

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Size:
    """How much there is of everything; `regions` are counties, towns, villages and grids."""

    regions: tuple[int, int, int, int] = (2, 6, 30, 240)
    cameras: int = 3000
    units: int = 60
    checkpoints: tuple[int, int, int] = (6, 9, 20)
    stations: int = 12
    companies: int = 5


SMALL = Size()
WEIFANG = Size((12, 118, 6941, 12_044), 310_000, 21_118, (83, 233, 1069), 900, 125)
_COUNTIES = {
    "潍城区": "Weicheng", "寒亭区": "Hanting", "坊子区": "Fangzi", "奎文区": "Kuiwen",
    "临朐县": "Linqu", "昌乐县": "Changle", "青州市": "Qingzhou", "诸城市": "Zhucheng",
    "寿光市": "Shouguang", "安丘市": "Anqiu", "高密市": "Gaomi", "昌邑市": "Changyi",
}  # fmt: skip
_SYLLABLES = "东西南北文化河山龙王石桥柳大新安和平兴旺"
ORIGIN_M = (13_258_000.0, 4_400_000.0)


def make_city(size: Size = SMALL, seed: int = 7) -> Pack:
    """The same city for the same size and seed."""
    rng = np.random.default_rng(seed)
    lattice = Lattice(size.regions[3], rng)
    regions = _regions(size, lattice, rng)
    owner = _owners(regions)
    geometry = _geometry(lattice, owner)
    cameras, checkpoints = _cameras(size, lattice, regions, rng)
    manifest = {
        "name": "lattice", "code": regions.code[0], "title": "潍坊市", "title_en": "Weifang City",
        "timezone": "Asia/Shanghai", "origin": list(ORIGIN_M), "derived": {}, "synthetic": {}, "sources": [],
    }  # fmt: skip
    return Pack(
        manifest, regions, geometry, cameras, checkpoints, _units(size, lattice, rng),
        *_places(size, lattice, regions, rng),
    )  # fmt: skip


def _cuts(parts: int, of: Ints, rng: np.random.Generator) -> Ints:
    """Boundaries of `parts` slices of unequal size, chosen among the boundaries `of` the next finer tier."""
    places = np.arange(1, parts) * (len(of) - 1) / parts
    places += rng.uniform(-0.2, 0.2, parts - 1) * min(1.0, (len(of) - 1) / parts)
    return np.concatenate([of[:1], of[np.round(places).astype(int)], of[-1:]])


def _regions(size: Size, lattice: Lattice, rng: np.random.Generator) -> Regions:
    tiers: list[Ints] = [np.arange(size.regions[3] + 1)]
    for parts in reversed((1, *size.regions[:3])):
        tiers.insert(0, _cuts(parts, tiers[0], rng))
    grid_lo = np.concatenate([cuts[:-1] for cuts in tiers]).astype(np.uint32)
    grid_hi = np.concatenate([cuts[1:] for cuts in tiers]).astype(np.uint32)
    start = np.concatenate([[0], np.cumsum([len(cuts) - 1 for cuts in tiers])])
    parents = [np.array([-1])]
    for tier in range(1, 5):
        parents.append(start[tier - 1] + np.searchsorted(tiers[tier - 1], tiers[tier][:-1], "right") - 1)
    parent = np.concatenate(parents).astype(np.int32)
    people = rng.integers(100, 700, size.regions[3])
    sums = np.concatenate([[0], np.cumsum(people)])
    population = (sums[grid_hi] - sums[grid_lo]).astype(np.uint32)
    homes = np.concatenate([[0], np.cumsum(people // 2)])
    boxes = lattice.boxes()
    tier = np.repeat(np.arange(5), np.diff(start)).astype(np.uint8)
    bbox = np.array(
        [
            [*boxes[lo:hi, :2].min(0), *boxes[lo:hi, 2:].max(0)]
            for lo, hi in zip(grid_lo, grid_hi, strict=True)
        ]
    )
    label = lattice.centres()[np.minimum(grid_lo + (grid_hi - grid_lo) // 2, size.regions[3] - 1)]
    codes, names, english = _names(tier, parent, start)
    return Regions(
        code=codes, name=names, name_en=english, tier=tier, parent=parent, grid_lo=grid_lo, grid_hi=grid_hi,
        tier_start=start.astype(np.uint32), area_m2=np.full(len(tier), 1e6) * (grid_hi - grid_lo),
        population=population, dwellings=(homes[grid_hi] - homes[grid_lo]).astype(np.uint32),
        label_xy=label.astype(np.int32),
        bbox=bbox.astype(np.int32), derived=(tier >= 2).astype(np.uint8),
    )  # fmt: skip


def _names(tier: NDArray[np.uint8], parent: NDArray[np.int32], start: Ints) -> tuple[tuple[str, ...], ...]:
    """Codes as the national ones are built, and names that look like names."""
    counties = list(_COUNTIES.items())
    codes, names, english = ["370700"], ["潍坊市"], ["Weifang City"]
    for r in range(1, len(tier)):
        nth = r - int(np.searchsorted(parent, parent[r])) + 1  # parents are in order
        word = _SYLLABLES[(7 * r) % 20] + _SYLLABLES[(3 * r + r // 20) % 20]
        county, county_en = counties[(r - int(start[1])) % len(counties)]
        codes.append(f"3707{nth + 1:02}" if tier[r] == 1 else f"{codes[parent[r]]}{nth:03}")
        names.append((county, word + "街道", word + "村", f"{word}第{nth}网格")[tier[r] - 1])
        english.append(f"{county_en} District" if tier[r] == 1 else "")
    return tuple(codes), tuple(names), tuple(english)


def _owners(regions: Regions) -> list[Ints]:
    """Per tier: which region owns each grid."""
    start, owners = regions.tier_start, []
    for tier in range(5):
        rows = slice(start[tier], start[tier + 1])
        lengths = regions.grid_hi[rows].astype(np.int64) - regions.grid_lo[rows]
        owners.append(np.repeat(np.arange(start[tier], start[tier + 1]), lengths))
    return owners


def _geometry(lattice: Lattice, owners: Sequence[Ints]) -> Geometry:
    edges, left, right = lattice.edges()
    tier = np.full(len(edges), 4, np.uint8)
    for t in (3, 2, 1):
        tier[owners[t][left] != owners[t][right]] = t
    tier[(left < 0) | (right < 0)] = 0
    rings = lattice.rings()
    count, length = rings.shape
    return Geometry(
        vertex_xy=lattice.xy.astype(np.int32),
        ring_start=(np.arange(count + 1) * length).astype(np.uint32),
        ring_vertex=rings.ravel().astype(np.uint32),
        grid_ring_start=np.arange(count + 1, dtype=np.uint32),
        arc_start=(np.arange(len(edges) + 1) * edges.shape[1]).astype(np.uint32),
        arc_vertex=edges.ravel().astype(np.uint32),
        arc_left=left.astype(np.int32), arc_right=right.astype(np.int32), arc_tier=tier,
    )  # fmt: skip


def _cameras(
    size: Size, lattice: Lattice, regions: Regions, rng: np.random.Generator
) -> tuple[Cameras, Checkpoints]:
    """Cameras anywhere in their grids, more where grids are small; those of the rings at their stretches."""
    boxes = lattice.boxes()
    share = 1.0 / np.sqrt((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]))
    grid = np.sort(rng.choice(size.regions[3], size.cameras, p=share / share.sum())).astype(np.uint32)
    xy = lattice.random_points(grid, rng)
    kind = np.zeros(size.cameras, np.uint8)
    special = rng.permutation(size.cameras)[: min(544, size.cameras // 10)]
    kind[special] = 1 + np.arange(len(special)) % 3
    ring = np.zeros(size.cameras, np.uint8)
    parts = []
    for number, count in enumerate(size.checkpoints, 1):
        rows = slice(int(regions.tier_start[number - 1]), int(regions.tier_start[number]))
        for line, at in stretches(lattice, regions.grid_lo[rows], regions.grid_hi[rows], count):
            camera = int(min(np.searchsorted(grid, at), size.cameras - 1))
            parts.append((number, at, camera, line))
            ring[camera] = number
    starts = np.concatenate([[0], np.cumsum([len(line) for *_, line in parts])])
    lengths = [np.hypot(*np.diff(line, axis=0).T).sum() / 10 for *_, line in parts]
    checkpoints = Checkpoints(
        ring=np.array([p[0] for p in parts], np.uint8), grid=np.array([p[1] for p in parts], np.uint32),
        camera=np.array([p[2] for p in parts], np.uint32),
        xy=np.array([line[len(line) // 2] for *_, line in parts], np.int32),
        length_m=np.array(lengths, np.float32), stretch_start=starts.astype(np.uint32),
        stretch_xy=np.concatenate([line for *_, line in parts]).astype(np.int32),
    )  # fmt: skip
    networked = (rng.random(size.cameras) < 250 / 310).astype(np.uint8)
    networked[checkpoints.camera] = 1
    return Cameras(grid=grid, xy=xy, kind=kind, networked=networked, ring=ring), checkpoints


def _units(size: Size, lattice: Lattice, rng: np.random.Generator) -> Units:
    home = np.sort(rng.integers(0, size.regions[3], size.units)).astype(np.uint32)
    kind = np.where(rng.random(size.units) < 0.9, 0, rng.integers(1, 6, size.units)).astype(np.uint8)
    signs = tuple(f"{'网巡消应调医'[k]}{i:05}" for i, k in enumerate(kind))
    return Units(call_sign=signs, kind=kind, home_grid=home, xy=lattice.random_points(home, rng))


def _places(
    size: Size, lattice: Lattice, regions: Regions, rng: np.random.Generator
) -> tuple[Centres, Stations, Companies, Branches]:
    above_grids = int(regions.tier_start[4])
    staff = np.where(np.arange(above_grids) < regions.tier_start[3], 9, 0).astype(np.uint16)
    desks = np.where(staff > 0, 7, 3).astype(np.uint32)
    centres = Centres(
        np.arange(above_grids, dtype=np.uint32), regions.label_xy[:above_grids] + 40, staff, desks
    )

    def anywhere(count: int) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
        grid = np.sort(rng.integers(0, size.regions[3], count)).astype(np.uint32)
        return grid, lattice.random_points(grid, rng)

    served = np.arange(size.regions[3]) * size.stations // size.regions[3]
    stations = Stations(
        anywhere(size.stations)[1], np.full(size.stations, 22.0, np.float32), served.astype(np.int32),
        np.full(size.stations, 7, np.uint16),
    )  # fmt: skip
    grid, xy = anywhere(size.companies)
    helpers, estates = (np.full(size.companies, n, np.uint16) for n in (88, 5))
    companies = Companies(xy, grid, helpers, estates, estates - np.uint16(1))
    kind = np.where(np.arange(size.regions[3]) % 5 == 4, 1, 2).astype(np.uint8)
    return centres, stations, companies, Branches(kind, np.full(size.regions[3], 3, np.uint32))
