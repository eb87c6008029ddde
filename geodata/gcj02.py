"""GCJ-02, the offset datum of Chinese map services, to WGS 84 and back.

The formula is the one in general use (described at https://github.com/googollee/eviltransform): a polynomial
with sines in degrees from (105° E, 35° N), laid on the Krasovsky 1940 ellipsoid. Outside of China's bounding
box both are the same.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

_SEMI_MAJOR_M = 6_378_245.0  # Krasovsky 1940
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_CHINA = (72.004, 0.8293, 137.8347, 55.8271)  # west, south, east, north of where the offset is applied
_CENTRE = (105.0, 35.0)
_PRECISE_DEG = 1e-10
_MAX_ROUNDS = 30  # each round divides the error by some hundreds


def from_wgs84(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """GCJ-02 (lon, lat) of WGS 84 degrees, of their common shape; NaN stays NaN."""
    lon, lat = _degrees(lon, lat)
    east, north = _offset(lon, lat)
    return lon + east, lat + north


def to_wgs84(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """WGS 84 (lon, lat) of GCJ-02 degrees, to better than 1e-7°; `from_wgs84` has no closed inverse.

    Within a hair of China's bounding box, where the offset begins, there may be no such point, or two.
    """
    lon, lat = _degrees(lon, lat)
    inside = _in_china(lon, lat)
    x, y = lon.copy(), lat.copy()
    for _ in range(_MAX_ROUNDS):
        east, north = _formula(x, y)
        before_x, before_y = x, y
        x, y = np.where(inside, lon - east, lon), np.where(inside, lat - north, lat)
        moved = np.maximum(np.abs(x - before_x), np.abs(y - before_y))
        if not np.any(moved > _PRECISE_DEG):
            break
    return x, y


def _degrees(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    lon, lat = np.broadcast_arrays(np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64))
    return lon, lat


def _in_china(lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    west, south, east, north = _CHINA
    return np.asarray((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))


def _offset(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """How far GCJ-02 lies east and north of WGS 84, in degrees; 0 outside of China."""
    inside = _in_china(lon, lat)
    east, north = _formula(np.where(inside, lon, _CENTRE[0]), np.where(inside, lat, _CENTRE[1]))
    return np.where(inside, east, 0.0), np.where(inside, north, 0.0)


def _formula(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """The offset without the bounding box: metres of the polynomial, then degrees on the ellipsoid."""
    x, y = lon - _CENTRE[0], lat - _CENTRE[1]
    root, common = np.sqrt(np.abs(x)), 20.0 * (np.sin(6 * np.pi * x) + np.sin(2 * np.pi * x))
    north_m = -100.0 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + (
        common + _waves(y, (20.0, 1), (40.0, 1 / 3), (160.0, 1 / 12), (320.0, 1 / 30))
    ) * (2 / 3)  # fmt: skip
    east_m = 300.0 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + (
        common + _waves(x, (20.0, 1), (40.0, 1 / 3), (150.0, 1 / 12), (300.0, 1 / 30))
    ) * (2 / 3)  # fmt: skip
    latitude = np.radians(lat)
    flattened = 1 - _ECCENTRICITY_SQUARED * np.sin(latitude) ** 2
    meridian_m = _SEMI_MAJOR_M * (1 - _ECCENTRICITY_SQUARED) / flattened**1.5
    parallel_m = _SEMI_MAJOR_M / np.sqrt(flattened) * np.cos(latitude)
    return np.degrees(east_m / parallel_m), np.degrees(north_m / meridian_m)


def _waves(of: Floats, *waves: tuple[float, float]) -> Floats:
    """Sum of amplitude · sin(π · frequency · of)."""
    return np.asarray(sum(amplitude * np.sin(np.pi * frequency * of) for amplitude, frequency in waves))
