"""From polygons in metres to the pack's shared vertices, rings and arcs in map units.

Vertices are merged after rounding to map units and every outline is traced again from the edges that are left
(`geodata.outlines`), so neighbours can't disagree: what collapses, collapses for both.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from geodata.errors import PackError
from geodata.land import Land, Polygons
from geodata.outlines import Edges, Ints, Rings, tier_owner, tier_polygons, to_polygons, trace
from geodata.pack import UNITS_PER_M
from geodata.tables import CITY, COUNTY, F64, GRID, I32, TOWN, VILLAGE, Geometry

_LABEL_PRECISION = 0.02  # of a polygon's width: how far a name may be from the best place


@dataclass(frozen=True)
class MapUnits:
    """The turn from metres of a CRS to map units: called with [n, 2] metres it gives i32[n, 2]."""

    transformer: Transformer
    origin: tuple[float, float]

    @classmethod
    def of(cls, land: Land) -> Self:
        """With the origin at the lower left corner of the city in EPSG:3857, rounded down to whole metres."""
        transformer = Transformer.from_crs(land.crs, "EPSG:3857", always_xy=True)
        outline = shapely.get_coordinates(land.polygons[CITY])
        x, y = transformer.transform(outline[:, 0], outline[:, 1])
        # Straight borders in metres bend a little in mercator, so leave some room.
        return cls(transformer, (float(np.floor(x.min())) - 10.0, float(np.floor(y.min())) - 10.0))

    def __call__(self, xy_m: F64) -> I32:
        x, y = self.transformer.transform(xy_m[:, 0], xy_m[:, 1])
        metres = np.stack([x, y], axis=1) - self.origin
        return np.round(metres * UNITS_PER_M).astype(np.int32)


@dataclass(frozen=True)
class Shapes:
    """The geometry of a pack and the columns of its regions that come from it (see `geodata.tables`)."""

    geometry: Geometry
    label_xy: I32
    bbox: I32
    area_m2: F64


def shape(land: Land, to_map_units: MapUnits) -> Shapes:
    """The shapes of a land; raises `PackError` where its grids don't fit together at a decimetre."""
    geometry = _geometry(land, *_fitting(*_shared_edges(land, to_map_units), land.grid_count))
    tiers = [tier_polygons(geometry, land, tier) for tier in range(GRID + 1)]
    return Shapes(
        geometry=geometry,
        label_xy=np.concatenate([label_points(polygons) for polygons in tiers]),
        bbox=np.round(np.concatenate([shapely.bounds(polygons) for polygons in tiers])).astype(np.int32),
        area_m2=np.concatenate([shapely.area(polygons) for polygons in land.polygons]).astype(np.float64),
    )


def label_points(polygons: Polygons) -> I32:
    """A place for the name inside each polygon, [n, 2] map units: where most room is around it."""
    tolerance = np.sqrt(shapely.area(polygons)) * _LABEL_PRECISION
    radii = shapely.maximum_inscribed_circle(polygons, tolerance=tolerance)
    xy = np.round(shapely.get_coordinates(radii)[::2]).astype(np.int32)
    outside = ~shapely.contains_properly(polygons, shapely.points(xy.astype(np.float64)))
    other = shapely.point_on_surface(polygons[outside])
    xy[outside] = np.round(shapely.get_coordinates(other)).astype(np.int32)
    return xy


def _shared_edges(land: Land, to_map_units: MapUnits) -> tuple[Edges, I32]:
    """The grids' directed edges between vertices that differ in map units, and those vertices [V, 2]."""
    coordinates, owner, is_edge = _walls(land.grids, np.arange(land.grid_count))
    points, at = np.unique(coordinates.view(np.complex128).ravel(), return_inverse=True)
    in_units = to_map_units(np.stack([points.real, points.imag], axis=1))
    xy, merged = np.unique(in_units, axis=0, return_inverse=True)
    return _edges(merged.ravel()[at], owner, is_edge), xy


def _walls(polygons: Polygons, owner: Ints) -> tuple[F64, Ints, NDArray[np.bool_]]:
    """All coordinates [n, 2] of the rings, whose they are, and [n - 1] whether an edge leads to the next."""
    parts, part_of = shapely.get_parts(polygons, return_index=True)
    rings, ring_of = shapely.get_rings(shapely.orient_polygons(parts), return_index=True)
    coordinates, at = shapely.get_coordinates(rings, return_index=True)
    return coordinates, owner[part_of[ring_of[at]]], at[1:] == at[:-1]


def _edges(vertex: Ints, owner: Ints, is_edge: NDArray[np.bool_]) -> Edges:
    return Edges(vertex[:-1], vertex[1:], owner[:-1]).take(is_edge)


def _fitting(edges: Edges, xy: I32, count: int) -> tuple[Rings, I32]:
    """Rings that form a valid coverage, and their vertices; noded anew where rounding made edges touch."""
    rings = trace(edges, xy)
    if not _covers(rings, xy, count):
        edges, xy = _noded(rings, xy, count)
        rings = trace(edges, xy)
        if not _covers(rings, xy, count):
            raise PackError("Some grids are thinner than a decimetre; ask for fewer with --grids.")
    return rings, xy


def _covers(rings: Rings, xy: I32, count: int) -> bool:
    """Whether every grid has a valid polygon and the polygons fit together without overlap."""
    polygons = to_polygons(rings, xy, count)
    whole = not shapely.is_empty(polygons).any() and bool(shapely.is_valid(polygons).all())
    return whole and bool(shapely.coverage_is_valid(polygons))


def _noded(rings: Rings, xy: I32, count: int) -> tuple[Edges, I32]:
    """Edges of the same grids with a vertex on a whole map unit wherever two of them touch or cross."""
    edges = rings.edges
    lines = shapely.linestrings(np.stack([xy[edges.tail], xy[edges.head]], axis=1).astype(np.float64))
    noded = shapely.get_parts(shapely.union_all(lines, grid_size=1.0))
    faces = shapely.get_parts(shapely.polygonize(noded))
    tree = shapely.STRtree(shapely.make_valid(to_polygons(rings, xy, count)))
    found = np.asarray(tree.query(shapely.point_on_surface(faces), predicate="intersects"))
    found = found[:, np.lexsort(found[::-1])]
    face, first = np.unique(found[0], return_index=True)  # on a collapsed border the lower grid's
    coordinates, owner, is_edge = _walls(faces[face], found[1][first])
    points, vertex = np.unique(np.round(coordinates).astype(np.int32), axis=0, return_inverse=True)
    return _edges(vertex.ravel(), owner, is_edge), points


def _geometry(land: Land, rings: Rings, xy: I32) -> Geometry:
    """Rings that begin at a node where they have one, vertices in the order in which rings use them, arcs."""
    rings = _from_nodes(rings)
    used, first, at = np.unique(rings.vertex, return_index=True, return_inverse=True)
    by_use = np.argsort(first)
    rings = replace(rings, vertex=np.argsort(by_use)[at])
    return Geometry(
        vertex_xy=xy[used[by_use]],
        ring_start=rings.start.astype(np.uint32),
        ring_vertex=rings.vertex.astype(np.uint32),
        grid_ring_start=np.searchsorted(rings.owner, np.arange(land.grid_count + 1)).astype(np.uint32),
        **_arcs(rings, land),
    )


def _nodes(rings: Rings) -> NDArray[np.bool_]:
    """Vertex → whether other than two borders meet in it."""
    edges = rings.edges
    pairs = np.unique(np.sort(np.stack([edges.tail, edges.head], axis=1), axis=1), axis=0)
    return np.asarray(np.bincount(pairs.ravel()) != 2)


def _from_nodes(rings: Rings) -> Rings:
    """The same rings, each turned so that its first vertex is a node if it has any."""
    length = np.diff(rings.start)
    ring = np.repeat(np.arange(len(rings)), length)
    place = np.arange(len(rings.vertex)) - rings.start[:-1][ring]
    away = np.where(_nodes(rings)[rings.vertex], place, length[ring])
    shift = np.minimum.reduceat(away, rings.start[:-1])
    turned = rings.start[:-1][ring] + (place + shift[ring]) % length[ring]
    return replace(rings, vertex=rings.vertex[turned])


def _arcs(rings: Rings, land: Land) -> dict[str, NDArray[Any]]:
    """The arc columns of `Geometry`: each border once, with the lower grid or the only one on its left."""
    edges = rings.edges
    other = _opposite(edges)
    begins = _nodes(rings)[edges.tail]
    begins[rings.start[:-1]] = True
    start = np.flatnonzero(begins)
    end = np.append(start[1:], len(edges))
    left, right = edges.owner[start], other[start]
    kept = (right < 0) | (left < right)
    start, end, left, right = start[kept], end[kept], left[kept], right[kept]
    arc_start = np.concatenate([[0], np.cumsum(end - start + 1)])
    arc = np.repeat(np.arange(len(start)), end - start + 1)
    place = np.minimum(start[arc] + np.arange(len(arc)) - arc_start[arc], end[arc] - 1)
    vertex = edges.tail[place]
    vertex[arc_start[1:] - 1] = edges.head[end - 1]
    return {
        "arc_start": arc_start.astype(np.uint32),
        "arc_vertex": vertex.astype(np.uint32),
        "arc_left": left.astype(np.int32),
        "arc_right": right.astype(np.int32),
        "arc_tier": _border_tier(left, right, land),
    }


def _opposite(edges: Edges) -> Ints:
    """The owner of each edge's other side, -1 outside of the city."""
    width = int(max(edges.tail.max(), edges.head.max())) + 1
    ahead, back = edges.tail * width + edges.head, edges.head * width + edges.tail
    order = np.argsort(ahead)
    place = np.minimum(np.searchsorted(ahead, back, sorter=order), len(ahead) - 1)
    twin = order[place]
    return np.where(ahead[twin] == back, edges.owner[twin], -1)


def _border_tier(left: Ints, right: Ints, land: Land) -> NDArray[np.uint8]:
    """The coarsest tier that a border between two grids separates; `CITY` for the city's own."""
    tier = np.full(len(left), GRID, dtype=np.uint8)
    for above in (VILLAGE, TOWN, COUNTY):
        owner = tier_owner(land, above)
        tier[owner[left] != owner[right]] = above
    tier[right < 0] = CITY
    return tier
