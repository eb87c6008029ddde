"""Regions of a pack as the paths of a drawing: fields of one class without seams, and borders by tier."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.outlines import Edges, Rings, trace
from geodata.tables import Geometry

PER_UNIT = 10
"""Paths are in whole tenths of a drawing's unit: shorter to write, and finer than a printer."""

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Frame:
    """Where a box of map units lies in a drawing: `left`, `top` and what one map unit is, north up."""

    left: float
    top: float
    per_map_unit: float
    west: float
    north: float

    @classmethod
    def fit(cls, bbox: NDArray[Any], width: float, height: float, edge: float) -> tuple[Frame, float]:
        """The frame in which a box (minx, miny, maxx, maxy) fills `width` or `height`; and how high it is."""
        west, south, east, north = (float(value) for value in bbox)
        wide, high = max(1.0, east - west), max(1.0, north - south)
        scale = min((width - 2 * edge) / wide, (height - 2 * edge) / high)
        return cls((width - wide * scale) / 2, edge, scale, west, north), high * scale + 2 * edge

    def at(self, xy: NDArray[Any]) -> NDArray[np.float64]:
        """Places [n, 2] in the drawing of map units [n, 2]."""
        x = self.left + (xy[..., 0] - self.west) * self.per_map_unit
        y = self.top + (self.north - xy[..., 1]) * self.per_map_unit
        return np.stack([x, y], axis=-1)

    def tenths(self, xy: NDArray[Any]) -> Ints:
        """The same in whole tenths of a unit."""
        return np.rint(self.at(xy) * PER_UNIT).astype(np.int64)


def fields(geometry: Geometry, low: int, high: int, classes: NDArray[Any], frame: Frame) -> dict[int, str]:
    """Class → the `d` of all grids `low` … `high` - 1 of that class; `classes` has one for each of them.

    Neighbours of one class are one field: no seams between them, and no more edges than can be seen.
    """
    edges = _edges(geometry, low, high)
    owned = Edges(edges.tail, edges.head, classes.astype(np.int64)[edges.owner - low])
    rings = trace(owned, geometry.vertex_xy)
    xy = frame.tenths(geometry.vertex_xy[rings.vertex])
    found: dict[int, list[str]] = {}
    for ring, owner in enumerate(rings.owner.tolist()):
        d = _closed(xy[rings.start[ring] : rings.start[ring + 1]])
        if d:
            found.setdefault(owner, []).append(d)
    return {owner: "".join(parts) for owner, parts in found.items()}


def _edges(geometry: Geometry, low: int, high: int) -> Edges:
    """The edges of the rings of some grids, whose owner is the grid."""
    ring_start = geometry.grid_ring_start[low : high + 1].astype(np.int64)
    start = geometry.ring_start[ring_start[0] : ring_start[-1] + 1].astype(np.int64)
    vertex = geometry.ring_vertex[start[0] : start[-1]].astype(np.int64)
    owner = np.repeat(np.arange(low, high), np.diff(ring_start))
    return Rings(owner, start - start[0], vertex, np.zeros(len(owner), bool)).edges


def _closed(xy: Ints) -> str:
    """A ring without the points that fell together; empty for one that has shrunk to nothing."""
    kept = xy[(xy != np.roll(xy, 1, axis=0)).any(axis=1)]
    return f"M{_points(kept)}z" if len(kept) > 2 else ""


def _points(xy: Ints) -> str:
    return " ".join(map(str, xy.ravel().tolist()))


def borders(geometry: Geometry, low: int, high: int, finest: int, frame: Frame) -> dict[int, str]:
    """Tier → the `d` of the borders of that tier inside the grids `low` … `high` - 1, down to tier `finest`.

    The outline of these grids themselves is tier -1.
    """
    left, right = (_inside(side, low, high) for side in (geometry.arc_left, geometry.arc_right))
    tiers = np.where(left & right, geometry.arc_tier.astype(np.int64), -1)
    chosen = np.flatnonzero((left | right) & (tiers <= finest))
    found: dict[int, list[str]] = {}
    for arc, xy in _arcs(geometry, chosen, frame):
        found.setdefault(int(tiers[arc]), []).append(f"M{_points(xy)}")
    return {tier: "".join(parts) for tier, parts in sorted(found.items())}


def _inside(grid: NDArray[Any], low: int, high: int) -> NDArray[np.bool_]:
    return np.asarray((grid >= low) & (grid < high))


def _arcs(geometry: Geometry, chosen: Ints, frame: Frame) -> Iterator[tuple[int, Ints]]:
    """Number and points of the arcs, without points that fell together."""
    for arc in chosen.tolist():
        vertices = geometry.arc_vertex[geometry.arc_start[arc] : geometry.arc_start[arc + 1]]
        xy = frame.tenths(geometry.vertex_xy[vertices])
        apart = np.concatenate([[True], (xy[1:] != xy[:-1]).any(axis=1)])
        if apart.sum() > 1:
            yield arc, xy[apart]
