"""The city's own border as a strip: points in it that lie outside, by a hair, belong to the nearest grid."""

from __future__ import annotations

import numpy as np

from geodata.buckets import SUB_UNITS, Raster, Walls, expand
from geodata.outlines import Ints
from geodata.tables import F64, I32

WIDTH = 1.0
"""Map units; the border itself is rounded to them."""


class Rim:
    """Pieces of the city's border by the cells that they come near to."""

    def __init__(self, walls: Walls, raster: Raster) -> None:
        outer = np.flatnonzero(walls.inside >= 0)
        self._a = np.stack([walls.ax, walls.ay], axis=1)[outer].astype(np.float64)
        self._along = np.stack([walls.dx, walls.dy], axis=1)[outer].astype(np.float64)
        self._inside = walls.inside[outer]
        piece, cell = self._near_cells(raster)
        order = np.argsort(cell, kind="stable")
        self._cells, self._start = np.unique(cell[order], return_index=True)
        self._start = np.append(self._start, len(order))
        self._piece = piece[order]

    def _near_cells(self, raster: Raster) -> tuple[Ints, Ints]:
        """(piece, cell) of all cells that hold a point no further from a piece than the rim is wide."""
        margin = WIDTH * SUB_UNITS + 1
        low = (self._a[:, 1] - margin).astype(np.int64)
        high = (self._a[:, 1] + self._along[:, 1] + margin).astype(np.int64)
        piece, row = expand(np.arange(len(low)), raster.row(low), raster.row(high))
        row = np.clip(row, 0, raster.rows - 1)
        # Where the piece is while it is in the row, or near it: as shares of its length.
        tall = np.maximum(self._along[piece, 1], 1.0)
        from_ = np.clip((raster.bottom(row) - margin - self._a[piece, 1]) / tall, 0, 1)
        to = np.clip((raster.bottom(row + 1) + margin - self._a[piece, 1]) / tall, 0, 1)
        level = self._along[piece, 1] == 0
        from_, to = np.where(level, 0, from_), np.where(level, 1, to)
        left, right = np.sort(self._a[piece, 0] + np.stack([from_, to]) * self._along[piece, 0], axis=0)
        first = raster.column((left - margin).astype(np.int64))
        last = raster.column((right + margin).astype(np.int64))
        at, column = expand(np.arange(len(piece)), first.clip(0), last.clip(max=raster.columns - 1))
        return piece[at], row[at] * raster.columns + column

    def nearest(self, x: Ints, y: Ints, cell: Ints) -> I32:
        """The grid whose border is nearest to each point (sub-units), -1 where none is near enough.

        Of grids that are as near as each other the lower number.
        """
        grid = np.full(len(x), -1, dtype=np.int32)
        place = np.minimum(np.searchsorted(self._cells, cell), len(self._cells) - 1)
        near = np.flatnonzero(self._cells[place] == cell)
        if len(near):
            point, entry = expand(near, self._start[place[near]], self._start[place[near] + 1] - 1)
            piece = self._piece[entry]
            away = self._distance(piece, x[point], y[point])
            order = np.lexsort([self._inside[piece], away, point])
            order = order[away[order] <= WIDTH * SUB_UNITS]
            found, first = np.unique(point[order], return_index=True)
            grid[found] = self._inside[piece[order[first]]]
        return grid

    def _distance(self, piece: Ints, x: Ints, y: Ints) -> F64:
        """From each point to its piece, in sub-units."""
        ax, ay = self._a[piece].T
        dx, dy = self._along[piece].T
        share = np.clip(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy), 0, 1)
        return np.asarray(np.hypot(x - ax - share * dx, y - ay - share * dy))
