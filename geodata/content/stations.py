"""Grid service stations: one to every few neighbouring urban grids of a town.

A grid is urban from `URBAN` on. The others have no station (-1): people of a village go to its centre, which
is a row of `Centres`.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from geodata.bits import first_bits
from geodata.content.apportion import I64
from geodata.content.borders import OUTSIDE, Borders, owners
from geodata.content.ground import Ground
from geodata.content.seeds import generator
from geodata.land import Land
from geodata.tables import SERVICES, TOWN, Stations

URBAN = 0.5
_FEW, _USUAL, _MANY = 3, 5, 6  # urban grids of a station: at least, if it can be; as drawn; at most
_MIN_AREA_M2, _MAX_AREA_M2 = 15.0, 120.0
_LEAST_SERVICES, _M2_PER_SERVICE = 3, 12.0  # those that every station offers, and room for one more
_SPREAD = 0.1


def stations_of(land: Land, people: I64, borders: Borders, ground: Ground) -> Stations:
    """Stations in the most populous of their grids, in order of that grid; every urban grid has one.

    What a station offers follows from its room: the first three of `SERVICES`, and the next one with every
    12 m² above the smallest.
    """
    groups = groups_of_neighbours(land.urban >= URBAN, owners(land, TOWN), borders.sides)
    hosts = np.array([max(group, key=lambda grid: (people[grid], -grid)) for group in groups], dtype=np.int64)
    order = np.argsort(hosts, kind="stable")
    station_of_grid = np.full(land.grid_count, -1, dtype=np.int32)
    for number, group in enumerate(order.tolist()):
        station_of_grid[groups[group]] = number
    rng = generator(land.code[0], "stations")
    served = np.bincount(station_of_grid[station_of_grid >= 0], people[station_of_grid >= 0], len(hosts))
    roomy = served / max(served.max(initial=0.0), 1.0)
    area = _MIN_AREA_M2 + (_MAX_AREA_M2 - _MIN_AREA_M2) * roomy * rng.beta(2.0, 2.5, len(hosts))
    area_m2 = np.round(area, 1).astype(np.float32)
    more = np.floor((area_m2 - _MIN_AREA_M2) / _M2_PER_SERVICE).astype(np.int64)
    return Stations(
        xy=ground.places(hosts[order], _SPREAD, rng),
        area_m2=area_m2,
        station_of_grid=station_of_grid,
        services=first_bits(np.minimum(_LEAST_SERVICES + more, len(SERVICES))).astype(np.uint16),
    )


def groups_of_neighbours(chosen: NDArray[np.bool_], town: I64, sides: I64) -> list[list[int]]:
    """The chosen grids in connected groups of `_FEW` to `_MANY` of one town.

    Groups grow from the lowest free grid, taking in the neighbour with the fewest free neighbours, so that
    few are left over; those join the smallest group beside them that has room. A group is smaller only
    where a patch of chosen grids is, or all about it are full.
    """
    beside = _neighbours(chosen, town, sides)
    free: set[int] = set(np.flatnonzero(chosen).tolist())
    group_of: dict[int, int] = {}
    groups: list[list[int]] = []
    for start in sorted(free):
        if start not in free:
            continue
        group = [start]
        free.discard(start)
        while len(group) < _USUAL:
            edge = {near for grid in group for near in beside[grid] if near in free}
            if not edge:
                break
            chosen_next = min(edge, key=lambda grid: (len(beside[grid] & free), grid))
            group.append(chosen_next)
            free.discard(chosen_next)
        group_of |= dict.fromkeys(group, len(groups))
        groups.append(group)
    for number, group in enumerate(groups):
        if len(group) < _FEW:
            _dissolve(number, groups, group_of, beside)
    return [group for group in groups if group]


def _neighbours(chosen: NDArray[np.bool_], town: I64, sides: I64) -> dict[int, set[int]]:
    one, other = sides[sides[:, 1] != OUTSIDE].T
    both = chosen[one] & chosen[other] & (town[one] == town[other])
    beside: dict[int, set[int]] = defaultdict(set)
    for a, b in np.unique(np.stack([one[both], other[both]], axis=1), axis=0).tolist():
        beside[a].add(b)
        beside[b].add(a)
    return beside


def _dissolve(
    number: int, groups: list[list[int]], group_of: dict[int, int], beside: dict[int, set[int]]
) -> None:
    """Give the grids of a group that is too small to others beside them that have room."""
    for grid in list(groups[number]):
        others = {group_of[near] for near in beside[grid]} - {number}
        roomy = [other for other in others if len(groups[other]) < _MANY]
        if roomy:
            new = min(roomy, key=lambda other: (len(groups[other]), other))
            groups[number].remove(grid)
            groups[new].append(grid)
            group_of[grid] = new
