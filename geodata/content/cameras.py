"""Cameras: the special ones, those of the checkpoints, and the ordinary ones where people are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.content.apportion import I64, apportion, numbered_within, spread_out
from geodata.content.borders import owners
from geodata.content.checkpoints import Guarded
from geodata.content.ground import ROOMY, Ground
from geodata.content.seeds import generator
from geodata.content.totals import Totals
from geodata.errors import PackError
from geodata.land import Land
from geodata.tables import CAMERA_KINDS, CITY, TOWN, U32, VILLAGE, Cameras

ORDINARY, ENTRANCE, REALITY, DOME = range(len(CAMERA_KINDS))

_TOWN_LIKE = 0.5  # from here on a grid's cameras stand all over it, not about a village's heart
_AT_HEART = 0.03


@dataclass(frozen=True)
class _Batch:
    """Cameras of one making, in the columns of the table."""

    grid: NDArray[Any]
    xy: NDArray[Any]
    kind: NDArray[Any]
    networked: NDArray[Any]
    ring: NDArray[Any]


def cameras_of(
    land: Land, totals: Totals, people: I64, seats: I64, guarded: Guarded, ground: Ground
) -> tuple[Cameras, U32]:
    """The cameras, and for each checkpoint the number of its own.

    The cameras of the special kinds and of the checkpoints are all networked. Entrance captures stand first
    at the city's entrances, as the cameras of the city ring's checkpoints, then in the seats of the towns.
    """
    rng = generator(land.code[0], "cameras")
    gates = _gates(guarded, totals)
    special = _specials(land, totals, people, seats, int(np.count_nonzero(gates.kind)), ground, rng)
    left = totals.cameras - len(gates.grid) - len(special.grid)
    ordinary = _ordinary(land, totals, people, left, ground, rng)
    parts = (gates, special, ordinary)
    grid, xy, kind, networked, ring = (
        np.concatenate([getattr(part, column) for part in parts])
        for column in ("grid", "xy", "kind", "networked", "ring")
    )
    order = np.lexsort((xy[:, 1], xy[:, 0], -ring.astype(int), -kind.astype(int), grid))
    number = np.empty(len(order), dtype=np.uint32)
    number[order] = np.arange(len(order), dtype=np.uint32)
    table = Cameras(
        grid=grid[order].astype(np.uint32),
        xy=xy[order].astype(np.int32),
        kind=kind[order].astype(np.uint8),
        networked=networked[order].astype(np.uint8),
        ring=ring[order].astype(np.uint8),
    )
    return table, number[: len(gates.grid)]


def _gates(guarded: Guarded, totals: Totals) -> _Batch:
    """The checkpoints' cameras; those of the city ring are entrance captures as far as these go."""
    kind = np.full(len(guarded.grid), ORDINARY)
    city = np.flatnonzero(guarded.ring == 1)
    captures = min(len(city), totals.entrance_capture)
    kind[city[spread_out(captures, np.ones(len(city)))] if captures else []] = ENTRANCE
    return _Batch(guarded.grid, guarded.camera_xy, kind, np.ones(len(kind)), guarded.ring)


def _specials(
    land: Land,
    totals: Totals,
    people: I64,
    seats: I64,
    captures_at_gates: int,
    ground: Ground,
    rng: np.random.Generator,
) -> _Batch:
    """Entrance captures in the towns' seats, augmented reality in the city's core, domes everywhere."""
    area = shapely.area(land.grids)
    towns = seats[int(land.tier_start[TOWN]) : int(land.tier_start[VILLAGE])]
    share = apportion(totals.entrance_capture - captures_at_gates, people[towns])
    captures = np.repeat(towns, share)
    # The villages about the city's seat have one each, in their grid nearest to it, before any has two.
    away = np.linalg.norm(ground.heart - ground.heart[seats[CITY]], axis=1)
    core = np.argsort(away, kind="stable")[: 10 * totals.augmented_reality]
    core = core[np.argsort(numbered_within(owners(land, VILLAGE)[core]), kind="stable")]
    reality = np.resize(core, totals.augmented_reality)
    domes = spread_out(totals.high_dome, area)
    grid = np.concatenate([captures, reality, domes])
    kind = np.repeat([ENTRANCE, REALITY, DOME], [len(captures), len(reality), len(domes)])
    spread = np.choose(kind, [ROOMY, 0.2, _AT_HEART, _AT_HEART])
    return _Batch(grid, ground.places(grid, spread, rng), kind, np.ones(len(grid)), np.zeros(len(grid)))


def _ordinary(
    land: Land, totals: Totals, people: I64, count: int, ground: Ground, rng: np.random.Generator
) -> _Batch:
    """`count` cameras with at least so many per village, the rest in proportion to people."""
    village = owners(land, VILLAGE)
    villages = len(land.polygons[VILLAGE])
    online = totals.networked - (totals.cameras - count)
    if count < totals.cameras_per_village * villages or not 0 <= online <= count:
        raise PackError(
            f"{totals.cameras} cameras, {totals.networked} of them networked, don't suffice for "
            f"{totals.cameras_per_village} in each of {villages} villages beside {totals.cameras - count} of "
            "special kinds and at checkpoints; raise cameras or networked in [totals]."
        )
    wanted = people * (0.75 + 0.5 * land.urban) + 1e-9
    of_village = apportion(count, np.bincount(village, wanted, villages), totals.cameras_per_village)
    of_grid = _within_villages(of_village, village, wanted)
    grid = np.repeat(np.arange(land.grid_count), of_grid)
    # Those of a grid are alike, so the first ones may be on the network; the table is sorted by place.
    networked = numbered_within(grid) < apportion(online, of_grid)[grid]
    spread = np.where(land.urban < _TOWN_LIKE, 0.1 + 0.3 * land.urban, ROOMY)[grid]
    none = np.zeros(len(grid))
    return _Batch(grid, ground.places(grid, spread, rng), none, networked, none)


def _within_villages(of_village: I64, village: I64, wanted: NDArray[np.float64]) -> I64:
    """The villages' counts over their grids by largest remainders, all villages at once."""
    quota = wanted / np.bincount(village, wanted)[village] * of_village[village]
    counts = np.floor(quota).astype(np.int64)
    left = of_village - np.bincount(village, counts).astype(np.int64)
    order = np.lexsort((counts - quota, village))
    turn = numbered_within(village[order])
    counts[order[turn < left[village[order]]]] += 1
    return counts
