"""Which grid a point lies in: exact on irregular polygons, and as quick for one point as for a million.

Within the city every point lies in one and only one grid, points on borders and corners included (see
`geodata.buckets` for how). A point on the city's own border, or outside by no more than a map unit, which is
what the border itself is rounded to, belongs to the nearest grid; any other point outside to none.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from geodata.buckets import SUB_UNITS, Raster, Walls, expand, make_buckets
from geodata.outlines import Ints
from geodata.pack import Pack
from geodata.rim import Rim
from geodata.tables import F64, I32

OUTSIDE = -1
_FEW = 24  # up to so many points plain Python is quicker than NumPy


class Locator:
    """Finds the grids of one pack; building it takes a fraction of a second."""

    def __init__(self, pack: Pack) -> None:
        geometry = pack.geometry
        self._project = pack.project
        self._raster = raster = Raster.around(geometry.vertex_xy, pack.grid_count)
        walls = Walls.of(geometry)
        self._buckets = buckets = make_buckets(walls, raster)
        self._rim = Rim(walls, raster)
        # One more wall, of no length: everything counts as right of it. Steps have that one.
        self._walls = tuple(np.append(column, 0) for column in (walls.ax, walls.ay, walls.dx, walls.dy))
        # Single numbers are read several times faster from a memoryview than from an array.
        self._views = tuple(
            memoryview(column)  # type: ignore[arg-type]
            for column in (
                buckets.cell, buckets.corner, buckets.start, buckets.y_low, buckets.y_high, buckets.wall,
                buckets.change, *self._walls,
            )
        )  # fmt: skip

    def locate(self, lon: ArrayLike, lat: ArrayLike) -> I32:
        """Grid numbers i32[n] of WGS 84 degrees [n]; -1 outside, and where one is missing or out of range."""
        with np.errstate(all="ignore"):
            lat = np.atleast_1d(np.asarray(lat, dtype=np.float64))
            x, y = self._project(np.atleast_1d(lon), lat)
            return self._locate(x, np.where(np.abs(lat) <= 90, y, np.nan))

    def locate_units(self, xy: ArrayLike) -> I32:
        """Grid numbers i32[n] of points [n, 2] in map units, whole or not; -1 outside."""
        x, y = np.asarray(xy, dtype=np.float64).reshape(-1, 2).T
        return self._locate(x, y)

    def _locate(self, x: F64, y: F64) -> I32:
        x, y = np.rint(x * SUB_UNITS), np.rint(y * SUB_UNITS)
        x0, y0, x1, y1 = self._raster.box
        held = (x >= x0) & (x < x1) & (y >= y0) & (y < y1)  # False for NaN
        if held.all():
            return self._in_raster(x.astype(np.int64), y.astype(np.int64))
        grid = np.full(len(x), OUTSIDE, dtype=np.int32)
        grid[held] = self._in_raster(x[held].astype(np.int64), y[held].astype(np.int64))
        return grid

    def _in_raster(self, x: Ints, y: Ints) -> I32:
        raster = self._raster
        cell = raster.row(y) * raster.columns + raster.column(x)
        if len(x) <= _FEW:
            found = map(self._one, x.tolist(), y.tolist(), cell.tolist())
            grid = np.fromiter(found, dtype=np.int32, count=len(x))
        else:
            grid = self._many(x, y, cell)
        out = np.flatnonzero(grid == OUTSIDE)
        if len(out):
            grid[out] = self._rim.nearest(x[out], y[out], cell[out])
        return grid

    def _many(self, x: Ints, y: Ints, cell: Ints) -> I32:
        buckets, (ax, ay, dx, dy) = self._buckets, self._walls
        grid = buckets.cell[cell]
        mixed = np.flatnonzero(grid < OUTSIDE)
        bucket, x, y = -2 - grid[mixed], x[mixed], y[mixed]
        height = (y - self._raster.y) & (self._raster.size - 1)
        point, entry = expand(np.arange(len(mixed)), buckets.start[bucket], buckets.start[bucket + 1] - 1)
        beside = (buckets.y_low[entry] <= height[point]) & (height[point] < buckets.y_high[entry])
        point, entry = point[beside], entry[beside]
        wall = buckets.wall[entry]
        right = (x[point] - ax[wall]) * dy[wall] >= (y[point] - ay[wall]) * dx[wall]
        changes = np.bincount(point[right], buckets.change[entry[right]], minlength=len(mixed))
        grid[mixed] = buckets.corner[bucket] + changes.astype(np.int32)
        return grid

    def _one(self, x: int, y: int, cell: int) -> int:
        """What `_many` does, for one point."""
        cells, corner, start, y_low, y_high, walls, change, ax, ay, dx, dy = self._views
        grid: int = cells[cell]
        if grid >= OUTSIDE:
            return grid
        bucket = -2 - grid
        grid = corner[bucket]
        height = (y - self._raster.y) & (self._raster.size - 1)
        for entry in range(start[bucket], start[bucket + 1]):
            if y_low[entry] <= height < y_high[entry]:
                wall = walls[entry]
                if (x - ax[wall]) * dy[wall] >= (y - ay[wall]) * dx[wall]:
                    grid += change[entry]
        return grid
