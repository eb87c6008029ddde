"""From degrees to metres: the metric CRS of a city."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyproj
import shapely

from geodata.land_building.boundary_layers import BoundaryLayer
from geodata.land_building.given import Points

_WGS84 = "EPSG:4326"


def equal_area_crs(layers: Sequence[BoundaryLayer]) -> str:
    """Lambert's azimuthal equal-area projection around the middle of the layers, as a PROJ text."""
    west, south, east, north = shapely.total_bounds(np.concatenate([layer.polygons for layer in layers]))
    lon, lat = round((west + east) / 2, 2), round((south + north) / 2, 2)
    return f"+proj=laea +lat_0={lat} +lon_0={lon} +datum=WGS84 +units=m +no_defs"


def to_metres(lonlat: Points, crs: str) -> Points:
    """Coordinates f64[n, 2] in a metric CRS of WGS 84 degrees [n, 2]."""
    return np.column_stack(pyproj.Transformer.from_crs(_WGS84, crs, always_xy=True).transform(*lonlat.T))


def to_degrees(metres: Points, crs: str) -> Points:
    """WGS 84 degrees f64[n, 2] of coordinates [n, 2] in a metric CRS."""
    return np.column_stack(pyproj.Transformer.from_crs(crs, _WGS84, always_xy=True).transform(*metres.T))


def layer_in_metres(layer: BoundaryLayer, crs: str) -> BoundaryLayer:
    """The layer with its polygons in a metric CRS."""
    moved = shapely.transform(layer.polygons, lambda lonlat: to_metres(lonlat, crs))
    return replace(layer, polygons=moved)
