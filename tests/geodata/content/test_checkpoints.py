from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import shapely

from geodata.tables import CITY, COUNTY, TOWN
from tests.geodata.content.conftest import City

RING_TIERS = (CITY, COUNTY, TOWN)


def ring_lengths(city: City) -> list[float]:
    """Metres of each ring by shapely: the tier's dissolved boundary without that of the tier above."""
    whole = [shapely.union_all(shapely.boundary(city.land.polygons[tier])).length for tier in RING_TIERS]
    return [whole[0], whole[1] - whole[0], whole[2] - whole[1]]


def stretches(city: City, ring: int) -> list[np.ndarray]:
    points = city.content.checkpoints
    return [
        points.stretch_xy[points.stretch_start[number] : points.stretch_start[number + 1]]
        for number in np.flatnonzero(points.ring == ring)
    ]


def test_counts_are_exact(city: City) -> None:
    assert np.bincount(city.content.checkpoints.ring, minlength=4)[1:].tolist() == list(
        city.totals.checkpoints
    )


def test_sorted_by_ring_and_grid(city: City) -> None:
    points = city.content.checkpoints
    key = list(zip(points.ring.tolist(), points.grid.tolist(), strict=True))
    assert key == sorted(key)


def test_stretches_sum_to_the_length_of_their_ring(city: City) -> None:
    points = city.content.checkpoints
    for ring, length in enumerate(ring_lengths(city), start=1):
        mine = points.length_m[points.ring == ring].astype(np.float64)
        assert mine.sum() == pytest.approx(length, rel=1e-6)


def test_stretches_lie_on_their_ring_and_never_twice_on_the_same_line(city: City) -> None:
    """In map units: each is on the boundary, and their lines unite to their summed length."""
    outer = shapely.GeometryCollection()
    for ring, tier in enumerate(RING_TIERS, start=1):
        outlines = shapely.transform(city.land.polygons[tier], city.to_map_units)
        boundary = shapely.union_all(shapely.boundary(outlines))
        mine = np.array([shapely.LineString(line) for line in stretches(city, ring)], dtype=object)
        near = boundary.buffer(1)
        shapely.prepare(near)
        assert shapely.contains(near, mine).all()
        # Cut points are rounded, so stretches lie a fraction of a unit beside the boundary and each other.
        united = shapely.union_all(shapely.set_precision(mine, 1))
        assert united.length == pytest.approx(shapely.length(mine).sum(), rel=2e-3)
        assert shapely.intersection(united, outer.buffer(1)).length <= 0.01 * united.length
        outer = boundary


def test_stretches_join_without_a_gap(city: City) -> None:
    """Every end of a stretch is an end, or (where three borders meet) a vertex, of another of its ring."""
    for ring, above in ((1, ()), (2, (1,)), (3, (1, 2))):
        mine = stretches(city, ring)
        ends = Counter(tuple(point) for line in mine for point in (line[0].tolist(), line[-1].tolist()))
        inner = {tuple(p) for r in (ring, *above) for line in stretches(city, r) for p in line[1:-1].tolist()}
        inner |= {tuple(p) for r in above for line in stretches(city, r) for p in line[[0, -1]].tolist()}
        alone = [end for end, count in ends.items() if count == 1 and end not in inner]
        assert not alone


def test_checkpoints_stand_in_the_middle_of_their_stretch(city: City) -> None:
    points = city.content.checkpoints
    for ring in (1, 2, 3):
        for xy, line in zip(points.xy[points.ring == ring].tolist(), stretches(city, ring), strict=True):
            string = shapely.LineString(line)
            assert string.distance(shapely.Point(xy)) <= 1
            assert (
                string.interpolate(0.5, normalized=True).distance(shapely.Point(xy))
                <= 3 + string.length / 1e3
            )


def test_spacing_along_a_ring_is_even(city: City) -> None:
    points = city.content.checkpoints
    for ring in (1, 2, 3):
        length = points.length_m[points.ring == ring]
        if len(length) > 80:
            assert np.quantile(length, 0.9) < 2 * np.quantile(length, 0.1)


def test_the_grid_adjoins_the_checkpoint(city: City) -> None:
    points = city.content.checkpoints
    away = shapely.distance(city.outlines[points.grid], shapely.points(points.xy))
    assert away.max() <= 1


def test_each_has_a_camera_of_its_own_inside_its_grid_near_the_border(city: City) -> None:
    points, cameras = city.content.checkpoints, city.content.cameras
    assert len(set(points.camera.tolist())) == len(points.camera)
    assert np.array_equal(cameras.grid[points.camera], points.grid)
    assert np.array_equal(cameras.ring[points.camera], points.ring)
    assert cameras.networked[points.camera].all()
    assert np.linalg.norm(cameras.xy[points.camera] - points.xy, axis=1).max() <= 151
    assert set(np.flatnonzero(cameras.ring).tolist()) == set(points.camera.tolist())
