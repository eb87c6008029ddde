"""Coverages on a 1 cm grid: lines are noded together, polygonised, and the faces given to their owners.

All of one tier's lines are noded at once, so that neighbours share every vertex, whoever made it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geodata.land import Polygons

SNAP_M = 0.01
Numbers = NDArray[np.int64]


def faces_of(lines: NDArray[Any]) -> Polygons:
    """The faces into which lines cut the plane, noded on the 1 cm grid."""
    noded = shapely.unary_union(lines, grid_size=SNAP_M)
    return np.asarray(shapely.get_parts(shapely.polygonize(shapely.get_parts(noded))), dtype=object)


def shared_borders(faces: Polygons) -> tuple[Numbers, Numbers, NDArray[np.float64]]:
    """Pairs of faces with a common border and its length in metres; a common point is none."""
    rings, face = shapely.get_rings(faces, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    cells = np.rint(points / SNAP_M).astype(np.int64)
    same = ring[1:] == ring[:-1]
    start, end = cells[:-1][same], cells[1:][same]
    length = np.linalg.norm((end - start) * SNAP_M, axis=1)
    swap = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    start[swap], end[swap] = end[swap], start[swap].copy()
    segments = np.column_stack([start, end])
    order = np.lexsort(segments.T)
    twice = np.all(segments[order[1:]] == segments[order[:-1]], axis=1)
    owner = face[ring[:-1][same]]
    first, second = owner[order[:-1][twice]], owner[order[1:][twice]]
    return first, second, length[order[:-1][twice]]


def settle_orphans(faces: Polygons, owner: Numbers, parent: Numbers) -> Numbers:
    """Owners of the faces such that each owner's faces hang together.

    Faces cut off from the largest part of their owner go to the sibling (an owner of the same `parent`)
    with which they share the longest border. A part without such a sibling is an island and stays.
    """
    owner = owner.copy()
    left, right, length = shared_borders(faces)
    area = shapely.area(faces)
    for _ in range(len(faces)):
        part, mainland = _parts(owner, left, right, area)
        moved = False
        for orphan in np.unique(part[~mainland]):
            members = part == orphan
            heir = _heir(members, owner, parent, mainland, left, right, length)
            if heir is not None:
                owner[members] = heir
                moved = True
        if not moved:
            break
    return owner


def _parts(
    owner: Numbers, left: Numbers, right: Numbers, area: NDArray[np.float64]
) -> tuple[Numbers, NDArray[np.bool_]]:
    """Number of the connected part of each face, and whether it is its owner's largest one."""
    joined = owner[left] == owner[right]
    count = len(owner)
    graph = coo_array((np.ones(joined.sum()), (left[joined], right[joined])), shape=(count, count))
    part = connected_components(graph, directed=False)[1].astype(np.int64)
    part_area = np.bincount(part, area)
    part_owner = np.empty(len(part_area), dtype=np.int64)
    part_owner[part] = owner
    order = np.lexsort((np.arange(len(part_area)), -part_area, part_owner))
    largest = np.zeros(len(part_area), dtype=bool)
    largest[order[np.unique(part_owner[order], return_index=True)[1]]] = True
    return part, largest[part]


def _heir(
    members: NDArray[np.bool_],
    owner: Numbers,
    parent: Numbers,
    mainland: NDArray[np.bool_],
    left: Numbers,
    right: Numbers,
    length: NDArray[np.float64],
) -> int | None:
    """The sibling with the longest border with these faces, or None."""
    outward = members[left] != members[right]
    beyond = np.where(members[left[outward]], right[outward], left[outward])
    own = int(owner[np.flatnonzero(members)[0]])
    fits = mainland[beyond] & (parent[owner[beyond]] == parent[own]) & (owner[beyond] != own)
    if not fits.any():
        return None
    border = np.bincount(owner[beyond[fits]], length[outward][fits])
    return int(np.argmax(border))


def dissolve(polygons: Polygons, owner: Numbers, count: int) -> Polygons:
    """The union of each owner's polygons, [count]: borders inside go, every vertex on the others stays."""
    order = np.argsort(owner, kind="stable")
    bounds = np.searchsorted(owner[order], np.arange(count + 1))
    dissolved = np.empty(count, dtype=object)
    for number in range(count):
        mine = polygons[order[bounds[number] : bounds[number + 1]]]
        whole = mine[0] if len(mine) == 1 else shapely.coverage_union_all(mine)
        parts = shapely.get_parts(whole)
        dissolved[number] = parts[0] if len(parts) == 1 else whole
    return np.asarray(shapely.normalize(dissolved), dtype=object)
