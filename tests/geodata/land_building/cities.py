"""Made cities for the tests, and what must be true of every land."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pyproj
import shapely

from geodata.land import Land
from geodata.tables import CITY, GRID

UTM = "EPSG:32632"  # around 9° E
CORNER = (500_000.0, 5_540_000.0)


def wiggly_squares(columns: int, rows: int, size_m: float = 2000.0) -> list[shapely.Geometry]:
    """A lattice of squares of which every edge is the same wiggly line for both neighbours, in UTM metres."""

    def edge(x: float, y: float, along_x: bool) -> list[tuple[float, float]]:
        steps = np.linspace(0, 1, 9)
        swing = size_m / 12 * np.sin(2 * np.pi * steps) * np.sin(x + 2 * y + 1)
        xs, ys = (x * size_m + steps * size_m, y * size_m + swing)
        if not along_x:
            xs, ys = (x * size_m + swing, y * size_m + steps * size_m)
        return [(float(a), float(b)) for a, b in zip(xs, ys, strict=True)]

    squares = []
    for y in range(rows):
        for x in range(columns):
            south, north = edge(x, y, True), edge(x, y + 1, True)
            west, east = edge(x, y, False), edge(x + 1, y, False)
            ring = south[:-1] + east[:-1] + north[::-1][:-1] + west[::-1][:-1]
            squares.append(shapely.Polygon([(a + CORNER[0], b + CORNER[1]) for a, b in ring]))
    return squares


def frame(
    polygons: Sequence[Any], names: Sequence[str] | None = None, crs: str = UTM, **columns: Sequence[Any]
) -> geopandas.GeoDataFrame:
    """Polygons with names (A, B, … when None) and other columns."""
    names = names or [chr(ord("A") + number) for number in range(len(polygons))]
    return geopandas.GeoDataFrame({"name": list(names), **columns}, geometry=list(polygons), crs=crs)


def write(file: Path, areas: geopandas.GeoDataFrame, **options: Any) -> Path:
    """The areas in the format that the file's name tells."""
    areas.to_file(file, **options)
    return file


def lonlat(crs: str, shapes: Any) -> Any:
    """Shapes in `crs` in WGS 84 degrees."""
    to = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    return shapely.transform(shapes, lambda xy: np.column_stack(to.transform(*xy.T)))


def assert_whole(land: Land) -> None:
    """Every tier a valid coverage; areas sum up; regions are slices in depth-first order, by code."""
    starts = land.tier_start
    assert starts[-1] == len(land.code) == len(set(land.code)) == len(land.name) == len(land.name_en)
    assert all(land.code)
    assert all(land.name)
    assert all(land.name_en)
    for tier, polygons in enumerate(land.polygons):
        assert len(polygons) == starts[tier + 1] - starts[tier]
        assert (land.tier[starts[tier] : starts[tier + 1]] == tier).all()
        assert shapely.is_valid(polygons).all()
        assert shapely.coverage_is_valid(polygons)
        points = shapely.get_coordinates(polygons)
        np.testing.assert_allclose(points, np.round(points, 2), atol=1e-7)
    for tier in range(CITY, GRID):
        _assert_children(land, tier)
    assert (land.urban >= 0).all()
    assert (land.urban <= 1).all()
    assert len(land.urban) == land.grid_count


def _assert_children(land: Land, tier: int) -> None:
    parents = range(int(land.tier_start[tier]), int(land.tier_start[tier + 1]))
    children = np.arange(land.tier_start[tier + 1], land.tier_start[tier + 2])
    assert (np.diff(land.parent[children]) >= 0).all()
    for region in parents:
        mine = children[land.parent[children] == region]
        codes = [land.code[child] for child in mine]
        assert codes == sorted(codes)
        area = sum(land.polygon_of(child).area for child in mine)
        assert abs(area / land.polygon_of(region).area - 1) < 1e-6
        assert land.grid_lo[mine[0]] == land.grid_lo[region]
        assert land.grid_hi[mine[-1]] == land.grid_hi[region]
        assert (land.grid_hi[mine[:-1]] == land.grid_lo[mine[1:]]).all()
        assert (land.grid_hi[mine] > land.grid_lo[mine]).all()
