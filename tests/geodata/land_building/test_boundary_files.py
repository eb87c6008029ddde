"""Any city's boundary files: formats, tiers, codes, names, repairs."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely

from geodata.land import Land
from geodata.land_building import build_land
from geodata.land_building.sources import Sources, read_boundary_files
from geodata.tables import CITY, COUNTY, GRID, TOWN, VILLAGE
from tests.geodata.conftest import no_progress
from tests.geodata.land_building.cities import UTM, assert_whole, frame, lonlat, wiggly_squares, write

VANCOUVER = Path(__file__).parents[4] / "shared" / "real-cases" / "vancouver_neighbourhoods.geojson"


def _read(*files: Path, **options: object) -> Sources:
    return read_boundary_files(files, name="test_town", **options)  # type: ignore[arg-type]


def _land(sources: Sources) -> Land:
    land = build_land(sources, no_progress)
    assert_whole(land)
    return land


def _names(sources: Sources, tier: int) -> list[str]:
    return list(sources.tiers[tier].name)


@pytest.fixture
def six(tmp_path: Path) -> geopandas.GeoDataFrame:
    """Six neighbouring areas A … F of 4 km² each."""
    return frame(wiggly_squares(3, 2))


def test_one_layer_of_areas_are_the_counties_and_the_rest_is_derived(
    six: geopandas.GeoDataFrame, tmp_path: Path
) -> None:
    land = _land(_read(write(tmp_path / "six.geojson", six.to_crs(4326))))
    assert np.diff(land.tier_start).tolist() == [1, 6, 14, 32, 72]  # 12 grids for each area
    assert land.name[1:7] == ("A", "B", "C", "D", "E", "F")
    assert (land.derived == (land.tier > COUNTY)).all()
    assert land.name[0] == "Test Town"


@pytest.mark.parametrize(
    ("file", "crs", "options"),
    [
        ("six.geojson", 4326, {"COORDINATE_PRECISION": 12}),
        ("six.shp", UTM, {}),
        ("six.gpkg", 3035, {}),
        ("six.fgb", 3857, {}),
    ],
)
def test_every_format_and_coordinate_system_gives_the_same_land(
    six: geopandas.GeoDataFrame, tmp_path: Path, file: str, crs: int | str, options: dict[str, object]
) -> None:
    reference = _land(_read(write(tmp_path / "reference.gpkg", six.to_crs(4326)), grids=30))
    land = _land(_read(write(tmp_path / file, six.to_crs(crs), **options), grids=30))
    assert (land.crs, land.code, land.name) == (reference.crs, reference.code, reference.name)
    for mine, theirs in zip(land.grids, reference.grids, strict=True):
        assert shapely.hausdorff_distance(mine, theirs) < 0.015  # 1 cm along each axis


def test_geojson_without_a_crs_is_wgs_84(six: geopandas.GeoDataFrame, tmp_path: Path) -> None:
    file = tmp_path / "six.geojson"
    file.write_text(six.to_crs(4326).to_json(drop_id=True))
    assert "crs" not in json.loads(file.read_text())
    sources = _read(file)
    assert abs(shapely.area(sources.outlines).sum() / shapely.area(six.geometry.array).sum() - 1) < 1e-3


def test_files_in_any_order_become_tiers_by_size(six: geopandas.GeoDataFrame, tmp_path: Path) -> None:
    halves = frame([six.geometry.iloc[:3].union_all(), six.geometry.iloc[3:].union_all()], ["South", "North"])
    city = frame([six.union_all()], ["Wiggle"])
    small, middle, large = (
        write(tmp_path / f"{name}.gpkg", one) for name, one in (("c", six), ("b", halves), ("a", city))
    )
    sources = _read(small, large, middle, grids=20)
    assert sources.title == "Wiggle"
    assert _names(sources, COUNTY) == ["North", "South"]
    assert _names(sources, TOWN) == ["D", "E", "F", "A", "B", "C"]
    land = _land(sources)
    assert land.grid_count == 20
    assert (land.derived == (land.tier > TOWN)).all()


def test_layers_of_one_file_are_tiers_too(six: geopandas.GeoDataFrame, tmp_path: Path) -> None:
    file = write(tmp_path / "all.gpkg", six, layer="towns")
    write(file, frame([six.union_all().buffer(0)], ["Wiggle"]), layer="city")
    points = geopandas.GeoDataFrame(geometry=six.centroid, crs=UTM)
    write(file, points, layer="stations")
    sources = _read(file)
    assert (sources.title, len(sources.outlines)) == ("Wiggle", 6)
    assert len(_read(file, layer="towns").outlines) == 6


def test_one_file_may_hold_several_tiers_told_by_their_codes(tmp_path: Path) -> None:
    squares = wiggly_squares(4, 1)
    south = [shapely.union_all(squares[:2]), shapely.union_all(squares[2:])]
    areas = frame(
        [shapely.union_all(squares), *south, *squares],
        ["市", "甲区", "乙区", "一镇", "二镇", "三镇", "四镇"],
        code=["370700", "370702", "370703", "370702101", "370702102", "370703101", "370703102"],
    )
    sources = _read(write(tmp_path / "all.geojson", areas.to_crs(4326)))
    assert sources.code == "370700"
    assert sources.tiers[COUNTY].code == ("370702", "370703")
    assert sources.tiers[TOWN].code == ("370702101", "370702102", "370703101", "370703102")
    assert sources.outline_tier == TOWN
    _land(sources)


def test_towns_alone_get_their_counties_from_their_codes(tmp_path: Path) -> None:
    codes = ["156370702", "156370703"]
    areas = frame(wiggly_squares(2, 1), gb=codes)
    assert _read(write(tmp_path / "gb.gpkg", areas)).tiers[COUNTY].code == ("370702", "370703")
    towns = frame(wiggly_squares(3, 1), adcode=["370702101000", "370702102000", "370703101000"])
    sources = _read(write(tmp_path / "towns.gpkg", towns))
    assert sources.tiers[COUNTY].code == ("370702", "370703")
    assert sources.tiers[TOWN].parent.tolist() == [0, 0, 1]
    assert sources.code == "370700"
    _land(sources)


def test_given_grids_are_taken_as_they_are(tmp_path: Path) -> None:
    codes = [f"370702101201{number:03d}" for number in range(1, 7)]
    sources = _read(write(tmp_path / "grids.gpkg", frame(wiggly_squares(3, 2), code=codes)))
    land = _land(sources)
    assert np.diff(land.tier_start).tolist() == [1, 1, 1, 1, 6]
    assert land.code[-6:] == tuple(codes)
    assert not land.derived.any()


def test_a_single_area_is_the_city(tmp_path: Path) -> None:
    sources = _read(write(tmp_path / "city.gpkg", frame(wiggly_squares(1, 1), ["Solo"])))
    assert (sources.outline_tier, sources.title, sources.grids) == (CITY, "Solo", 12)
    land = _land(sources)
    assert (land.derived == (land.tier > CITY)).all()


def test_the_number_of_grids_can_be_asked_for(six: geopandas.GeoDataFrame, tmp_path: Path) -> None:
    assert _land(_read(write(tmp_path / "six.gpkg", six), grids=101)).grid_count == 101


def test_made_up_codes_are_of_national_form_and_do_not_depend_on_the_files_order(
    six: geopandas.GeoDataFrame, tmp_path: Path
) -> None:
    forward = _land(_read(write(tmp_path / "a.gpkg", six)))
    backward = _land(_read(write(tmp_path / "b.gpkg", six.iloc[::-1])))
    assert (forward.code, forward.name) == (backward.code, backward.name)
    lengths = np.array([len(code) for code in forward.code])
    assert (lengths == np.array([6, 6, 9, 12, 15])[forward.tier]).all()
    assert forward.code[0].startswith("9")


def test_other_codes_are_kept_when_their_column_is_named(six: geopandas.GeoDataFrame, tmp_path: Path) -> None:
    six["mapid"] = ["DS", "KERR", "KIL", "KITS", "WE", "X"]
    file = write(tmp_path / "six.gpkg", six)
    assert _read(file, code_column="mapid").tiers[COUNTY].code == ("DS", "KERR", "KIL", "KITS", "WE", "X")
    assert all(code.isdigit() for code in _read(file).tiers[COUNTY].code)
    _land(_read(file, code_column="mapid"))


def test_more_than_99_counties_get_longer_codes(tmp_path: Path) -> None:
    squares = wiggly_squares(11, 10, size_m=300)
    names = [f"Block {number}" for number in range(110)]
    land = _land(_read(write(tmp_path / "many.gpkg", frame(squares, names)), grids=110))
    assert {len(code) for code in land.code[1:111]} == {7}


def test_names_come_from_the_usual_columns_or_the_one_named(tmp_path: Path) -> None:
    areas = frame(
        wiggly_squares(2, 1), ["甲", "乙"], name_en=["Jia", "Yi"], official=["First", "Second"]
    ).rename(columns={"name": "NAME"})
    file = write(tmp_path / "two.gpkg", areas)
    counties = _read(file).tiers[COUNTY]
    assert (counties.name, counties.name_en) == (("乙", "甲"), ("Yi", "Jia"))
    assert _names(_read(file, name_column="official"), COUNTY) == ["First", "Second"]


@pytest.mark.parametrize("encoding", ["UTF-8", "GB18030"])
def test_a_shapefile_that_does_not_tell_its_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    file = write(tmp_path / "two.shp", frame(wiggly_squares(2, 1), ["奎文区", "潍城区"]), encoding=encoding)
    file.with_suffix(".cpg").unlink()
    assert set(_names(_read(file), COUNTY)) == {"奎文区", "潍城区"}


def test_a_zipped_shapefile_is_read(tmp_path: Path) -> None:
    write(tmp_path / "two.shp", frame(wiggly_squares(2, 1)))
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        for part in tmp_path.glob("two.[!z]*"):
            archive.write(part, part.name)
    assert _names(_read(tmp_path / "two.zip"), COUNTY) == ["A", "B"]


def test_crossed_rings_are_repaired_and_named(tmp_path: Path) -> None:
    squares = wiggly_squares(2, 1)
    x, y = squares[0].bounds[:2]
    bow_tie = shapely.Polygon([(x - 900, y), (x - 900, y + 900), (x - 100, y), (x - 100, y + 900)])
    sources = _read(write(tmp_path / "crossed.gpkg", frame([*squares, bow_tie], ["A", "B", "Tie"])))
    assert any("Tie was repaired (Self-intersection" in line for line in sources.account)
    assert len(_land(sources).polygons[COUNTY]) == 3


def test_features_without_an_area_are_left_out_and_named(tmp_path: Path) -> None:
    areas = frame([*wiggly_squares(2, 1), None], ["A", "B", "Nowhere"])
    sources = _read(write(tmp_path / "two.gpkg", areas))
    assert sources.account == ("two.gpkg: Nowhere has no area and was left out.",)
    assert len(sources.outlines) == 2


def test_slivers_between_neighbours_are_closed_and_told(tmp_path: Path) -> None:
    overlapping = shapely.box(500_000, 5_500_000, 502_001.5, 5_502_000)
    beside = shapely.box(502_000, 5_500_000, 504_000, 5_502_000)
    above = shapely.box(500_000, 5_502_000, 504_000, 5_504_000)
    gap = shapely.box(501_000, 5_502_000, 501_500, 5_502_002)
    sources = _read(write(tmp_path / "slivers.gpkg", frame([overlapping, beside, above.difference(gap)])))
    assert any("1 overlaps" in line for line in sources.account)
    city = _land(sources).polygons[CITY][0]
    assert city.area == pytest.approx(shapely.union_all(sources.outlines).area)
    assert not city.interiors


def test_a_lake_that_belongs_to_nobody_stays_outside(tmp_path: Path) -> None:
    lake = shapely.box(501_000, 5_501_000, 501_500, 5_501_500)
    shore = shapely.box(500_000, 5_500_000, 504_000, 5_504_000).difference(lake)
    beside = shapely.box(504_000, 5_500_000, 505_000, 5_504_000)
    land = _land(_read(write(tmp_path / "lake.gpkg", frame([shore, beside]))))
    assert len(land.polygons[CITY][0].interiors) == 1


def test_features_of_one_code_are_one_area(tmp_path: Path) -> None:
    squares = wiggly_squares(3, 1)
    areas = frame(squares, ["A", "B", "A"], code=["370702", "370703", "370702"])
    sources = _read(write(tmp_path / "parts.gpkg", areas))
    assert sources.tiers[COUNTY].code == ("370702", "370703")
    assert sources.outlines[0].geom_type == "MultiPolygon"
    _land(sources)


def test_a_coarse_area_without_finer_ones_stands_for_itself(tmp_path: Path) -> None:
    squares = wiggly_squares(4, 1)
    coarse = frame([shapely.union_all(squares[:2]), shapely.union_all(squares[2:])], ["West", "East"])
    sources = _read(
        write(tmp_path / "coarse.gpkg", coarse), write(tmp_path / "fine.gpkg", frame(squares[:2]))
    )
    assert _names(sources, TOWN) == ["East", "A", "B"]
    _land(sources)


def test_land_that_the_finer_file_leaves_out_is_told(tmp_path: Path) -> None:
    squares = wiggly_squares(4, 1)
    coarse = frame([shapely.union_all(squares[:2]), shapely.union_all(squares[2:])], ["West", "East"])
    sources = _read(
        write(tmp_path / "coarse.gpkg", coarse), write(tmp_path / "fine.gpkg", frame(squares[:3]))
    )
    assert any("of East lies in no area of fine.gpkg and was left out" in line for line in sources.account)
    assert len(_land(sources).polygons[TOWN]) == 3


def test_gcj_02_is_moved_to_where_it_really_is(tmp_path: Path) -> None:
    gcj02 = pytest.importorskip("geodata.gcj02")
    there = shapely.box(119.1, 36.6, 119.2, 36.7)
    shifted = shapely.transform(there, lambda xy: np.column_stack(gcj02.from_wgs84(*xy.T)))
    sources = _read(write(tmp_path / "gcj.geojson", frame([shifted], ["X"], crs="EPSG:4326")), gcj02=True)
    corners = shapely.get_coordinates(lonlat(sources.crs, sources.outlines))
    assert np.abs(np.sort(corners, axis=0) - np.sort(shapely.get_coordinates(there), axis=0)).max() < 1e-6


@pytest.mark.skipif(not VANCOUVER.exists(), reason="the real cases are not beside this repository")
def test_vancouver_is_a_city_of_22_neighbourhoods() -> None:
    sources = read_boundary_files([VANCOUVER], name="vancouver")
    assert any("10 overlaps" in line for line in sources.account)
    land = _land(sources)
    assert np.diff(land.tier_start).tolist() == [1, 22, 50, 115, 264]
    assert "Kitsilano" in land.name[1:23]
    before = shapely.area(geopandas.read_file(VANCOUVER).to_crs(land.crs).union_all())
    assert abs(land.polygons[CITY][0].area / before - 1) < 1e-4
    assert land.polygons[CITY][0].geom_type == "Polygon"
    assert len(land.polygons[VILLAGE]) < land.grid_count == len(land.polygons[GRID])
