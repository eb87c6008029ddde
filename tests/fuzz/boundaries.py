"""Boundary files in every form that is read, good ones to be damaged."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import geopandas
import shapely

DRIVERS = {"gpkg": "GPKG", "fgb": "FlatGeobuf", "shp": "ESRI Shapefile"}


@cache
def good_files(kind: str) -> dict[str, bytes]:
    """The files of three squares with names and codes, by their names; of a Shapefile there are several."""
    frame = geopandas.GeoDataFrame(
        {
            "name": [f"区{number}" for number in range(3)],
            "code": [f"99010{number + 1}" for number in range(3)],
        },
        geometry=[shapely.box(119 + 0.1 * number, 36.6, 119.1 + 0.1 * number, 36.7) for number in range(3)],
        crs="EPSG:4326",
    )
    with tempfile.TemporaryDirectory(prefix="kite-fuzz-") as folder:
        frame.to_file(Path(folder) / f"land.{kind}", driver=DRIVERS[kind], encoding="utf-8")
        return {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}
