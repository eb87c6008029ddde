from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.errors import PackError
from geodata.land import Land
from geodata.land_building import build_land
from geodata.land_building.given import ListedTier, Sources
from geodata.land_building.sources import read_pack_sources
from geodata.tables import COUNTY, GRID, TOWN, VILLAGE
from tests.geodata.conftest import WEIFANG, no_progress, small_sources
from tests.geodata.land_building.cities import assert_whole, wiggly_squares


def _tier(codes: list[str], parents: list[int]) -> ListedTier:
    return ListedTier(
        tuple(codes), tuple(codes), tuple(codes), np.array(parents), np.full((len(codes), 2), np.nan)
    )


def _sources(outlines: list[shapely.Geometry], grids: int) -> Sources:
    counties = [f"9001{number:02d}" for number in range(1, len(outlines) + 1)]
    tiers = (_tier(["900100"], [0]), _tier(counties, [0] * len(counties)))
    return Sources(
        "made", "城", "Town", "UTC", "EPSG:32632", tiers, COUNTY, np.array(outlines, dtype=object), grids
    )


def test_weifang_has_its_published_size(weifang_land: Land) -> None:
    assert np.diff(weifang_land.tier_start).tolist() == [1, 12, 118, 6941, 12044]
    assert_whole(weifang_land)


def test_weifang_keeps_its_county_outlines(weifang_land: Land) -> None:
    given_areas = shapely.area(read_pack_sources(WEIFANG).outlines)
    built = shapely.area(weifang_land.polygons[COUNTY])
    assert np.abs(built / given_areas - 1).max() < 1e-6
    assert 15_900e6 < built.sum() < 15_925e6


def test_weifang_has_no_region_in_several_parts(weifang_land: Land) -> None:
    for polygons in weifang_land.polygons:
        assert {polygon.geom_type for polygon in polygons} == {"Polygon"}


def test_weifang_codes_are_national(weifang_land: Land) -> None:
    lengths = np.array([len(code) for code in weifang_land.code])
    assert (lengths == np.array([6, 6, 9, 12, 15])[weifang_land.tier]).all()
    for region in range(int(weifang_land.tier_start[GRID]), len(weifang_land.code)):
        parent = int(weifang_land.parent[region])
        assert weifang_land.code[region][:12] == weifang_land.code[parent]
        assert weifang_land.name[region].startswith(weifang_land.name[parent] + "第")


def test_weifang_marks_what_was_made(weifang_land: Land) -> None:
    assert (weifang_land.derived == (weifang_land.tier > COUNTY)).all()


def test_weifang_towns_hold_their_real_points(weifang_land: Land) -> None:
    towns = read_pack_sources(WEIFANG).tiers[TOWN]
    known = ~np.isnan(towns.point[:, 0])
    assert known.sum() == 62
    start = int(weifang_land.tier_start[TOWN])
    assert weifang_land.code[start : start + len(towns)] == towns.code
    assert shapely.contains_xy(weifang_land.polygons[TOWN][known], towns.point[known]).all()


def test_weifang_communities_are_smaller_and_have_more_grids(weifang_land: Land) -> None:
    villages = slice(int(weifang_land.tier_start[VILLAGE]), int(weifang_land.tier_start[GRID]))
    urban = np.array(["社区居" in name for name in weifang_land.name[villages]])
    grids = (weifang_land.grid_hi - weifang_land.grid_lo)[villages]
    area = shapely.area(weifang_land.polygons[VILLAGE])
    assert grids.min() == 1
    assert grids[urban].mean() > 3 * grids[~urban].mean()
    assert np.median(area[urban]) < 0.7 * np.median(area[~urban])
    by_grid = np.repeat(urban, grids)
    assert weifang_land.urban[by_grid].mean() > weifang_land.urban[~by_grid].mean() + 0.3


def test_the_small_city_is_whole(small_land: Land) -> None:
    assert np.diff(small_land.tier_start).tolist() == [1, 2, 3, 7, 24]
    assert_whole(small_land)


def test_progress_ends_every_stage_where_it_should() -> None:
    last: dict[str, tuple[int, int]] = {}
    build_land(small_sources(), lambda stage, done, total: last.update({stage: (done, total)}))
    assert list(last) == ["outlines", "town", "village", "grid", "dissolve"]
    assert all(done == total for done, total in last.values())


def test_two_processes_build_the_same_bytes() -> None:
    program = (
        "import hashlib, shapely\n"
        "from geodata.land_building import build_land\n"
        "from tests.geodata.conftest import no_progress, small_sources\n"
        "land = build_land(small_sources(), no_progress)\n"
        "texts = repr((land.code, land.name, land.name_en, land.urban.tolist()))\n"
        "bodies = b''.join(shapely.to_wkb(polygon) for tier in land.polygons for polygon in tier)\n"
        "print(hashlib.sha256(texts.encode() + bodies).hexdigest())\n"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "OMP_NUM_THREADS": threads},
            cwd=Path(__file__).parents[3],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, threads in (("1", "1"), ("2", "2"))
    }
    assert len(digests) == 1


def test_an_enclave_and_its_ring_are_both_subdivided() -> None:
    inner, outer = shapely.Point(0, 0).buffer(500), shapely.box(-2000, -2000, 2000, 2000)
    land = build_land(_sources([inner, outer.difference(inner)], 40), no_progress)
    assert_whole(land)
    assert land.grid_count == 40
    assert len(land.polygons[COUNTY][1].interiors) == 1


def test_islands_stay_with_their_region() -> None:
    islands = shapely.union_all([shapely.box(0, 0, 3000, 3000), shapely.box(4000, 0, 4300, 300)])
    land = build_land(_sources([islands, shapely.box(-2000, 0, 0, 3000)], 30), no_progress)
    assert_whole(land)
    assert land.polygons[COUNTY][0].geom_type == "MultiPolygon"
    assert sum(polygon.geom_type == "MultiPolygon" for polygon in land.grids) <= 1


def test_too_few_grids_are_refused() -> None:
    with pytest.raises(PackError, match="1 grids are too few for 2 regions; ask for 2 or more"):
        build_land(_sources([shapely.box(0, 0, 9, 9), shapely.box(9, 0, 18, 9)], 1), no_progress)


def test_a_region_too_small_for_its_parts_is_named() -> None:
    with pytest.raises(PackError, match="is too small to be divided into"):
        build_land(_sources([shapely.box(0, 0, 0.1, 0.1)], 4000), no_progress)


@st.composite
def _cities(draw: st.DrawFn) -> Sources:
    """Concave counties: cells of random Voronoi diagrams in a wiggly square, two of them joined at times."""
    count = draw(st.integers(2, 7))
    point = st.tuples(st.floats(0, 8000), st.floats(0, 8000))
    points = draw(st.lists(point, min_size=count, max_size=count, unique_by=lambda xy: round(xy[0] / 50)))
    cover = shapely.union_all(wiggly_squares(2, 2, size_m=4000))
    west, south, _, _ = cover.bounds
    cells = shapely.voronoi_polygons(
        shapely.MultiPoint([(x + west, y + south) for x, y in points]), extend_to=cover, ordered=True
    )
    parts = [shapely.intersection(cell, cover) for cell in shapely.get_parts(cells)]
    parts = [part for part in parts if part.area > 10_000]
    if draw(st.booleans()) and len(parts) > 3:
        parts = [shapely.union_all([parts[0], parts[2]]), parts[1], *parts[3:]]
    return _sources(parts, draw(st.integers(len(parts), 60)))


@settings(max_examples=60, deadline=None)
@given(_cities())
def test_any_subdivision_is_whole_at_every_tier(sources: Sources) -> None:
    land = build_land(sources, no_progress)
    assert land.grid_count == sources.grids
    assert_whole(land)
    given_areas = shapely.area(sources.outlines)
    assert np.abs(shapely.area(land.polygons[COUNTY]) / given_areas - 1).max() < 1e-4
