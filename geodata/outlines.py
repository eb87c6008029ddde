"""Rings from edges: the outlines of grids, or of any groups of them, by the vertices that they share.

Nothing here computes a coordinate. A region's outline is what remains of its grids' edges when those between
two of its own grids have cancelled out, so every tier's borders are the same vertices, to the bit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import atan2
from typing import Protocol

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.errors import PackError
from geodata.land import Polygons
from geodata.tables import GRID, I32, Geometry

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Edges:
    """Directed edges between vertices: what `owner` owns lies on the left, going from `tail` to `head`."""

    tail: Ints
    head: Ints
    owner: Ints

    def __len__(self) -> int:
        return len(self.tail)

    def take(self, which: NDArray[np.int64] | NDArray[np.bool_]) -> Edges:
        """Some of the edges, by number or mask."""
        return Edges(self.tail[which], self.head[which], self.owner[which])


@dataclass(frozen=True)
class Rings:
    """Simple closed rings sorted by owner; each owner's outlines run anticlockwise and come before its holes.

    Ring r has the vertices `vertex[start[r]:start[r + 1]]`, the first one not repeated.
    """

    owner: Ints
    start: Ints
    vertex: Ints
    is_hole: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.owner)

    @property
    def edges(self) -> Edges:
        """The edges of all rings, ring after ring."""
        following = np.arange(1, len(self.vertex) + 1)
        following[self.start[1:] - 1] = self.start[:-1]
        owner = np.repeat(self.owner, np.diff(self.start))
        return Edges(self.vertex, self.vertex[following], owner)


def grid_edges(geometry: Geometry) -> Edges:
    """The edges of all grids' rings; the owner is the grid."""
    ring_grid = np.repeat(np.arange(len(geometry.grid_ring_start) - 1), np.diff(geometry.grid_ring_start))
    start = geometry.ring_start.astype(np.int64)
    return Rings(
        ring_grid, start, geometry.ring_vertex.astype(np.int64), np.zeros(len(ring_grid), bool)
    ).edges  # fmt: skip


class Slices(Protocol):
    """What has regions as slices of grids: `Regions` of a pack, or a `Land`."""

    @property
    def tier_start(self) -> NDArray[np.uint32]: ...
    @property
    def grid_lo(self) -> NDArray[np.uint32]: ...
    @property
    def grid_hi(self) -> NDArray[np.uint32]: ...


def tier_owner(regions: Slices, tier: int) -> Ints:
    """Grid → position of its region within a tier, i64[G]."""
    rows = slice(int(regions.tier_start[tier]), int(regions.tier_start[tier + 1]))
    lengths = regions.grid_hi[rows].astype(np.int64) - regions.grid_lo[rows]
    return np.repeat(np.arange(rows.stop - rows.start), lengths)


def tier_polygons(geometry: Geometry, regions: Slices, tier: int) -> Polygons:
    """The polygons of a tier in map units, in region order; (multi)polygons by shared vertices."""
    edges = grid_edges(geometry)
    if tier != GRID:
        edges = Edges(edges.tail, edges.head, tier_owner(regions, tier)[edges.owner])
    count = int(regions.tier_start[tier + 1] - regions.tier_start[tier])
    return to_polygons(trace(edges, geometry.vertex_xy), geometry.vertex_xy, count)


def trace(edges: Edges, xy: I32) -> Rings:
    """The rings that the edges form per owner, where `xy` [V, 2] are the vertices.

    Edges that an owner has in both directions cancel out. Raises `PackError` when they don't close.
    """
    edges = cancel(edges)
    following = _followers(edges, xy)
    loops = list(_loops(edges, following))
    area = np.array([_signed_area(xy[loop]) for _, loop in loops])
    owners = np.array([owner for owner, _ in loops], dtype=np.int64)
    order = np.lexsort((area < 0, owners))  # stable: rings of one kind stay in order
    vertices = [loops[i][1] for i in order]
    start = np.concatenate([[0], np.cumsum([len(loop) for loop in vertices], dtype=np.int64)])
    flat = np.concatenate(vertices) if vertices else np.empty(0, dtype=np.int64)
    return Rings(owners[order], start, flat, area[order] < 0)


def cancel(edges: Edges) -> Edges:
    """The edges without loops and without those that one owner has in both directions, sorted by owner."""
    low, high = np.minimum(edges.tail, edges.head), np.maximum(edges.tail, edges.head)
    order = np.lexsort((high, low, edges.owner))
    order = order[low[order] != high[order]]
    if not len(order):
        return edges.take(order)
    key = np.stack([edges.owner[order], low[order], high[order]])
    first = np.flatnonzero(np.concatenate([[True], (key[:, 1:] != key[:, :-1]).any(axis=0)]))
    forward = np.where(edges.tail[order] < edges.head[order], 1, -1)
    net = np.add.reduceat(forward, first)
    if (np.abs(net) > 1).any():
        raise PackError("Two outlines of one grid overlap; repair the boundary file and build again.")
    kept, net = order[first[net != 0]], net[net != 0]
    ahead = net > 0
    low, high = low[kept], high[kept]
    return Edges(np.where(ahead, low, high), np.where(ahead, high, low), edges.owner[kept])


def _followers(edges: Edges, xy: I32) -> Ints:
    """For each edge the number of the edge that goes on from its head along the same outline."""
    by_tail = np.lexsort((edges.tail, edges.owner))
    width = int(max(edges.tail.max(initial=0), edges.head.max(initial=0))) + 1
    tails = edges.owner[by_tail] * width + edges.tail[by_tail]
    wanted = edges.owner * width + edges.head
    lo, hi = np.searchsorted(tails, wanted, "left"), np.searchsorted(tails, wanted, "right")
    if (lo == hi).any():
        raise PackError("A grid's outline isn't closed; repair the boundary file and build again.")
    following = by_tail[lo]
    for edge in np.flatnonzero(hi - lo > 1):  # outlines that touch themselves in a vertex
        ways = by_tail[lo[edge] : hi[edge]]
        following[edge] = min(ways, key=lambda way, edge=edge: _turn(edges, xy, edge, way))  # type: ignore[misc]
    return following


def _turn(edges: Edges, xy: I32, edge: int, way: int) -> float:
    """Angle clockwise from back along `edge` to `way`; the smallest stays in the same corner inside."""
    corner = xy[edges.head[edge]].astype(np.int64)
    back, ahead = xy[edges.tail[edge]] - corner, xy[edges.head[way]] - corner
    return float((atan2(back[1], back[0]) - atan2(ahead[1], ahead[0])) % (2 * np.pi))


def _loops(edges: Edges, following: Ints) -> Iterator[tuple[int, Ints]]:
    """(owner, vertices) of every closed walk, cut where it touches itself so that each is simple."""
    tail, after = edges.tail.tolist(), following.tolist()
    seen = bytearray(len(tail))
    for first in range(len(tail)):
        if seen[first]:
            continue
        walk, edge = [], first
        while not seen[edge]:
            seen[edge] = 1
            walk.append(tail[edge])
            edge = after[edge]
        if edge != first:
            raise PackError("Outlines of one grid run into each other; repair the boundary file.")
        for loop in [walk] if len(set(walk)) == len(walk) else _simple(walk):
            yield int(edges.owner[first]), np.array(loop, dtype=np.int64)


def _simple(walk: list[int]) -> Iterator[list[int]]:
    """A closed walk as loops that visit no vertex twice."""
    path: list[int] = []
    place: dict[int, int] = {}
    for vertex in walk:
        if vertex in place:
            at = place[vertex]
            for dropped in path[at + 1 :]:
                del place[dropped]
            yield path[at:]
            del path[at + 1 :]
        else:
            place[vertex] = len(path)
            path.append(vertex)
    yield path


def _signed_area(xy: I32) -> int:
    """Twice the area of a closed ring, positive when it runs anticlockwise; exact."""
    x, y = (xy - xy[0]).astype(np.int64).T
    return int((x * np.roll(y, -1) - np.roll(x, -1) * y).sum())


def to_polygons(rings: Rings, xy: I32, count: int) -> Polygons:
    """One (multi)polygon per owner 0 … count - 1, from vertices `xy` [V, 2]; empty where it has no ring."""
    ring_of = np.repeat(np.arange(len(rings)), np.diff(rings.start))
    lines: Polygons = np.asarray(shapely.linearrings(xy[rings.vertex].astype(np.float64), indices=ring_of))
    out = np.full(count, shapely.Polygon(), dtype=object)
    first = np.searchsorted(rings.owner, np.arange(count + 1))
    for owner in range(count):
        of = slice(first[owner], first[owner + 1])
        shells, holes = lines[of][~rings.is_hole[of]], lines[of][rings.is_hole[of]]
        if len(shells) == 1:
            out[owner] = shapely.Polygon(shells[0], holes)
        elif len(shells):
            out[owner] = _several(shells, holes)
    return out


def _several(shells: Polygons, holes: Polygons) -> shapely.MultiPolygon:
    """A multipolygon, each hole in the smallest outline around it."""
    filled = np.asarray(shapely.polygons(shells))
    areas = np.asarray(shapely.area(filled))
    inside: list[list[shapely.LinearRing]] = [[] for _ in shells]
    for hole in holes:
        around = np.flatnonzero(shapely.covers(filled, hole))
        inside[around[areas[around].argmin()]].append(hole)
    return shapely.MultiPolygon([shapely.Polygon(s, h) for s, h in zip(shells, inside, strict=True)])
