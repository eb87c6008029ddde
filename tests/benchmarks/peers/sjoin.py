"""Points in grids the way geopandas' user guide does it: `points.sjoin(grids, predicate="within")`.

See "Merging data: spatial joins" of the guide and the reference of `geopandas.sjoin`. The grids are prepared
once, with their spatial index; each call makes a frame of its points and joins it. `intersects` in place of
the guide's `within` because a point on a border is within no grid at all.
"""

from __future__ import annotations

import geopandas
import numpy as np
from numpy.typing import ArrayLike, NDArray

from geodata import Pack
from geodata.outlines import tier_polygons
from geodata.tables import GRID


class GridFrame:
    """All grids of a pack as a `GeoDataFrame` on the pack's plane (map units), their index built."""

    def __init__(self, pack: Pack) -> None:
        outlines = tier_polygons(pack.geometry, pack.regions, GRID)
        self._grids = geopandas.GeoDataFrame({"grid": np.arange(len(outlines))}, geometry=outlines)
        assert len(self._grids.sindex) == len(outlines)

    def join(self, x: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(point, grid) of all pairs that meet, points [n] in map units; by point."""
        points = geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(np.atleast_1d(x), np.atleast_1d(y)))
        joined = points.sjoin(self._grids, predicate="intersects")
        return joined.index.to_numpy(), joined["grid"].to_numpy()
