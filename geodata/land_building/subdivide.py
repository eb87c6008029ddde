"""Cutting every parent of a tier into its children: Voronoi cells of their sites, as one coverage."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geodata.errors import PackError
from geodata.land import Polygons
from geodata.land_building.coverage import Numbers, dissolve, faces_of, settle_orphans
from geodata.land_building.given import Points
from geodata.land_building.sites import place_sites, random_of

_OVERSHOOT_M = 0.02  # Voronoi edges run this far past their parent, so that noding can't miss its border


@dataclass(frozen=True)
class Parents:
    """The regions to cut: code, polygon and heart f64[n, 2] of each."""

    code: Sequence[str]
    polygons: Polygons
    heart: Points


def subdivide(
    parents: Parents,
    child_parent: Numbers,
    known: Points,
    rank: Numbers,
    crowding: float,
    tick: Callable[[int, int], None],
) -> tuple[Polygons, Points]:
    """Polygons [n] and sites f64[n, 2] of the children; `child_parent` i64[n] is sorted.

    `known` f64[n, 2] are the sites that are known, NaN elsewhere; the others are placed, those of low `rank`
    i64[n] nearest to their parent's heart; `crowding` as in `place_sites`.
    Raises `PackError` when a parent is too small for so many children.
    """
    count = len(parents.polygons)
    bounds = np.searchsorted(child_parent, np.arange(count + 1))
    sites = _known_inside(parents.polygons, child_parent, known)
    lines = list(shapely.boundary(parents.polygons))
    for number in range(count):
        children = slice(bounds[number], bounds[number + 1])
        polygon = parents.polygons[number]
        random = random_of(parents.code[number])
        near_first = bounds[number] + np.argsort(rank[children], kind="stable")
        sites[near_first] = place_sites(polygon, sites[near_first], parents.heart[number], crowding, random)
        if children.stop - children.start > 1:
            lines.append(_cuts(polygon, sites[children]))
        tick(number + 1, count)
    faces = faces_of(np.array(lines, dtype=object))
    faces, owner = _owners(faces, parents.polygons, bounds, sites)
    owner = settle_orphans(faces, owner, child_parent)
    missing = np.flatnonzero(np.bincount(owner, minlength=len(sites)) == 0)
    if len(missing):
        raise _too_small(parents, int(child_parent[missing[0]]), bounds)
    return dissolve(faces, owner, len(sites)), sites


def _known_inside(polygons: Polygons, parent: Numbers, known: Points) -> Points:
    """The known sites, without those that lie outside their parent."""
    sites = known.copy()
    inside = shapely.intersects_xy(polygons[parent], known[:, 0], known[:, 1])
    sites[~inside] = np.nan
    return sites


def _cuts(polygon: shapely.Geometry, sites: Points) -> Any:
    """The Voronoi edges of two or more sites inside a polygon."""
    edges = shapely.voronoi_polygons(
        shapely.multipoints(sites), extend_to=shapely.envelope(polygon), only_edges=True
    )
    reach = shapely.buffer(polygon, _OVERSHOOT_M, quad_segs=1, join_style="mitre")
    return shapely.intersection(edges, reach)


def _owners(faces: Polygons, parents: Polygons, bounds: Numbers, sites: Points) -> tuple[Polygons, Numbers]:
    """The faces inside the parents, and for each the child of its parent whose site is nearest."""
    inner = shapely.point_on_surface(faces)
    face, parent = shapely.STRtree(parents).query(inner, predicate="intersects")
    face, first = np.unique(face, return_index=True)
    parent = parent[first]
    points = shapely.get_coordinates(inner[face])
    owner = np.empty(len(face), dtype=np.int64)
    order = np.argsort(parent, kind="stable")
    starts = np.searchsorted(parent[order], np.arange(len(parents) + 1))
    for number in range(len(parents)):
        mine = order[starts[number] : starts[number + 1]]
        children = sites[bounds[number] : bounds[number + 1]]
        away = np.linalg.norm(points[mine, None, :] - children[None, :, :], axis=2)
        owner[mine] = bounds[number] + np.argmin(away, axis=1)
    return faces[face], owner


def _too_small(parents: Parents, number: int, bounds: Numbers) -> PackError:
    parts = bounds[number + 1] - bounds[number]
    return PackError(
        f"{parents.code[number]} is too small to be divided into {parts} parts, or two of its points are one;"
        " ask for fewer grids, or mend the points."
    )
