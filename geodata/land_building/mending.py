"""Making neighbours fit: slivers between them are closed, real overlaps refused."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from geodata.errors import PackError
from geodata.land import Polygons
from geodata.land_building.coverage import SNAP_M
from geodata.land_building.projecting import to_degrees

# The same border drawn twice differs by metres in real files (up to 3 m in those of Vancouver).
SLIVER_M = 5.0
_SLIVER_SHARE = 0.02  # of the smaller neighbour's area: more is no slip of the pen
_SMALLEST_M2 = 1.0
_NARROWEST_M = 5 * SNAP_M


def fitted(
    polygons: Polygons,
    names: Sequence[str],
    title: str,
    crs: str,
    account: list[str],
) -> Polygons:
    """The polygons (metric CRS) as a valid coverage, unchanged where they are one.

    Overlaps and gaps narrower than `SLIVER_M` go to the neighbour with the longest border.
    Raises `PackError` when siblings overlap by more.
    """
    area, perimeter = shapely.area(polygons), shapely.length(polygons)
    small = np.flatnonzero((area < _SMALLEST_M2) | (2 * area < _NARROWEST_M * perimeter))
    if len(small):
        raise PackError(f"{title}: {names[small[0]]} is smaller than 1 m², or a mere line; remove it.")
    overlaps = _overlaps(polygons, names, title, crs)
    if shapely.coverage_is_valid(polygons, gap_width=SLIVER_M):
        return polygons
    clean: Polygons = shapely.coverage_clean(polygons, gap_width=SLIVER_M)  # type: ignore[attr-defined]
    gone = np.flatnonzero(shapely.area(clean) < _SMALLEST_M2)
    if len(gone):
        raise PackError(f"{title}: {names[gone[0]]} is narrower than {SLIVER_M:.0f} m; remove it.")
    account.append(
        f"{title}: borders that did not meet were fitted ({overlaps} overlaps, and gaps, under"
        f" {SLIVER_M:.0f} m wide)."
    )
    return clean


def _overlaps(
    polygons: Polygons,
    names: Sequence[str],
    title: str,
    crs: str,
) -> int:
    """How many pairs overlap by a sliver; raises for the largest overlap that is none."""
    left, right = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    left, right = left[left < right], right[left < right]
    common = shapely.intersection(polygons[left], polygons[right])
    area = shapely.area(common)
    smaller = np.minimum(shapely.area(polygons[left]), shapely.area(polygons[right]))
    width = 2 * area / np.maximum(shapely.length(common), 1e-9)
    refused = (area > _SMALLEST_M2) & ((width > SLIVER_M) | (area > _SLIVER_SHARE * smaller))
    if refused.any():
        worst = int(np.argmax(np.where(refused, area, 0)))
        lon, lat = to_degrees(shapely.get_coordinates(shapely.point_on_surface(common[worst])), crs)[0]
        raise PackError(
            f"{title}: {names[left[worst]]} and {names[right[worst]]} overlap by {area[worst]:,.0f} m² near"
            f" {lon:.5f}, {lat:.5f}; cut one of them back."
        )
    return int((width > SNAP_M).sum())
