"""A table as GeoJSON (RFC 7946): regions as polygons, cases as points, in degrees of WGS 84."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import orjson
import shapely

from dashboard.domain.hierarchy import Hierarchy
from dashboard.views.exports.polygons import region_polygons
from dashboard.views.exports.rows import Row
from dashboard.views.exports.tables import Table
from geodata import Pack


def geojson_of(
    pack: Pack, hierarchy: Hierarchy, table: Table, rows: Sequence[Row], about: Mapping[str, Any]
) -> bytes:
    """A FeatureCollection, a feature for each row; `about` are further members of it.

    A row that lies nowhere has a null geometry.
    """
    shapes = _shapes(pack, hierarchy, table, rows)
    features = b",\n".join(_feature(table, row, shape) for row, shape in zip(rows, shapes, strict=True))
    head = b"".join(orjson.dumps(name) + b":" + orjson.dumps(value) + b"," for name, value in about.items())
    return b'{"type":"FeatureCollection",' + head + b'"features":[\n' + features + b"\n]}\n"


def _feature(table: Table, row: Row, geometry: str) -> bytes:
    """The row's own key is the feature's id, where it has one."""
    key = row.get("id") or (row.get("code") if table.place == "region" else None)
    name = b'"id":' + orjson.dumps(key) + b"," if key else b""
    properties = orjson.dumps({column: row[column] for column in table.columns})
    parts = (b'{"type":"Feature",', name, b'"geometry":', geometry.encode(), b',"properties":', properties)
    return b"".join((*parts, b"}"))


def _shapes(pack: Pack, hierarchy: Hierarchy, table: Table, rows: Sequence[Row]) -> Iterator[str]:
    """The geometry of each row as JSON."""
    if table.place == "point":
        return (_point(row) for row in rows)
    if table.place != "region":
        return ("null" for _ in rows)
    regions = np.array([hierarchy.number_of(str(row["code"])) for row in rows], dtype=np.int64)
    parts = region_polygons(pack, hierarchy, regions)
    return (str(text) for part in parts for text in shapely.to_geojson(part))


def _point(row: Row) -> str:
    if row["lon"] is None or row["lat"] is None:
        return "null"
    return orjson.dumps({"type": "Point", "coordinates": [row["lon"], row["lat"]]}).decode()
