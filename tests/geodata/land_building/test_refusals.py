"""What can't be built from is refused in one sentence that says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely

from geodata.errors import PackError
from geodata.land_building.sources import read_boundary_files, read_pack_sources
from tests.geodata.conftest import WEIFANG
from tests.geodata.land_building.cities import CORNER, frame, wiggly_squares, write


def _refusal(*files: Path, **options: object) -> str:
    with pytest.raises(PackError) as refusal:
        read_boundary_files(files, name="test", **options)  # type: ignore[arg-type]
    sentence = str(refusal.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def test_no_file() -> None:
    assert "name one or more after --boundaries" in _refusal()


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert "There is no file" in _refusal(tmp_path / "nowhere.shp")


def test_a_file_of_no_bytes(tmp_path: Path) -> None:
    file = tmp_path / "empty.geojson"
    file.touch()
    assert "is empty; give a file with at least one area" in _refusal(file)


def test_a_file_without_features(tmp_path: Path) -> None:
    file = tmp_path / "none.geojson"
    file.write_text('{"type": "FeatureCollection", "features": []}')
    assert "is empty; give a file with at least one area" in _refusal(file)


def test_a_file_that_is_no_map(tmp_path: Path) -> None:
    file = tmp_path / "letter.geojson"
    file.write_text("Dear sirs, please find the boundaries attached.")
    assert "can't be read; give GeoJSON, a Shapefile, a GeoPackage or FlatGeobuf" in _refusal(file)


def test_a_table_without_geometry(tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    file.write_text("name,people\nA,5\n")
    assert "has no polygons, only no geometry; give a file of areas" in _refusal(file)


def test_points_and_lines(tmp_path: Path) -> None:
    shapes = [shapely.Point(5e5, 5.5e6), shapely.LineString([(5e5, 5.5e6), (5.1e5, 5.5e6)])]
    sentence = _refusal(write(tmp_path / "lines.gpkg", frame(shapes)))
    assert "has no polygons, only LineString, Point; give a file of areas" in sentence


def test_a_file_without_coordinate_system(tmp_path: Path) -> None:
    file = write(tmp_path / "bare.shp", frame(wiggly_squares(2, 1)))
    file.with_suffix(".prj").unlink()
    assert "doesn't say its coordinate system; add it (a Shapefile's .prj)" in _refusal(file)


def test_metres_in_a_file_of_degrees(tmp_path: Path) -> None:
    file = tmp_path / "metres.geojson"
    file.write_text(frame(wiggly_squares(2, 1)).set_crs(4326, allow_override=True).to_json())
    assert "metres.geojson has coordinates that are no longitudes and latitudes" in _refusal(file)


def test_overlapping_siblings(tmp_path: Path) -> None:
    areas = frame([shapely.box(5e5, 5.5e6, 5.02e5, 5.51e6), shapely.box(5.019e5, 5.5e6, 5.04e5, 5.51e6)])
    sentence = _refusal(write(tmp_path / "over.gpkg", areas))
    assert sentence.startswith("over.gpkg: A and B overlap by")
    assert "cut one of them back" in sentence


def test_the_same_area_twice(tmp_path: Path) -> None:
    square = wiggly_squares(1, 1)[0]
    assert "A and B overlap by" in _refusal(write(tmp_path / "twice.gpkg", frame([square, square])))


def test_a_finer_area_outside_all_coarser_ones(tmp_path: Path) -> None:
    squares = wiggly_squares(5, 1)
    coarse = frame([shapely.union_all(squares[:2]), shapely.union_all(squares[2:4])], ["West", "East"])
    files = write(tmp_path / "coarse.gpkg", coarse), write(tmp_path / "fine.gpkg", frame(squares))
    assert "fine.gpkg: E lies in no area of coarse.gpkg" in _refusal(*files)


def test_columns_that_are_not_there(tmp_path: Path) -> None:
    file = write(tmp_path / "two.gpkg", frame(wiggly_squares(2, 1)))
    assert "two.gpkg has no column title, only name; name one of them" in _refusal(file, name_column="title")
    assert "has no column id" in _refusal(file, code_column="id")


def test_codes_given_to_two_tiers(tmp_path: Path) -> None:
    squares = wiggly_squares(4, 1)
    coarse = frame([shapely.union_all(squares[:2]), shapely.union_all(squares[2:])], key=["a", "b"])
    fine = frame(squares, key=["b", "c", "d", "e"])
    files = write(tmp_path / "coarse.gpkg", coarse), write(tmp_path / "fine.gpkg", fine)
    assert "Code b is given to two areas" in _refusal(*files, code_column="key")


def test_a_layer_that_is_not_there(tmp_path: Path) -> None:
    file = write(tmp_path / "two.gpkg", frame(wiggly_squares(2, 1)), layer="towns")
    assert "has no layer wards, only towns; name one of them" in _refusal(file, layer="wards")


def test_too_few_grids(tmp_path: Path) -> None:
    file = write(tmp_path / "two.gpkg", frame(wiggly_squares(2, 1)))
    assert "1 grids are too few for 2 areas; ask for 2 or more" in _refusal(file, grids=1)


def test_another_number_of_grids_than_given(tmp_path: Path) -> None:
    codes = ["370702101201001", "370702101201002"]
    file = write(tmp_path / "grids.gpkg", frame(wiggly_squares(2, 1), code=codes))
    assert "The files hold 2 grids; leave --grids out" in _refusal(file, grids=3)


def test_more_layers_than_tiers(tmp_path: Path) -> None:
    x, y = CORNER
    files = []
    for number in range(6):
        size = 2000 / 2**number
        cells = [shapely.box(x, y, x + size / 2, y + size), shapely.box(x + size / 2, y, x + size, y + size)]
        files.append(write(tmp_path / f"{number}.gpkg", frame(cells)))
    assert "6 layers are more than the tiers" in _refusal(*files)


def test_a_strip_narrower_than_a_sliver(tmp_path: Path) -> None:
    cells = [shapely.box(5e5, 5.5e6, 5.01e5, 5.501e6), shapely.box(5.01e5, 5.5e6, 501_000.5, 5_500_001)]
    assert "B is smaller than 1 m², or a mere line; remove it" in _refusal(
        write(tmp_path / "strip.gpkg", frame(cells))
    )


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A copy of Weifang's sources, to be damaged."""
    for file in WEIFANG.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path


def _pack_refusal(folder: Path) -> str:
    with pytest.raises(PackError) as refusal:
        read_pack_sources(folder)
    return str(refusal.value)


def test_a_folder_without_pack(tmp_path: Path) -> None:
    assert "name a folder with a pack.toml" in _pack_refusal(tmp_path)


def test_a_pack_that_is_not_toml(pack: Path) -> None:
    (pack / "pack.toml").write_text("name = Weifang")
    assert "is not valid TOML" in _pack_refusal(pack)


def test_a_pack_without_a_setting(pack: Path) -> None:
    text = (pack / "pack.toml").read_text(encoding="utf-8")
    (pack / "pack.toml").write_text(text.replace("timezone", "time"), encoding="utf-8")
    assert "has no 'timezone'; add it" in _pack_refusal(pack)


def test_a_pack_whose_file_is_missing(pack: Path) -> None:
    (pack / "divisions.csv").unlink()
    assert "divisions.csv can't be read; put it there" in _pack_refusal(pack)


def test_a_division_without_parent(pack: Path) -> None:
    with (pack / "divisions.csv").open("a", encoding="utf-8") as file:
        file.write("370999001,town,无镇,Nowhere Town,370999\n")
    assert "has no parent of 370999001; add a row for it" in _pack_refusal(pack)


def test_a_town_without_villages(pack: Path) -> None:
    with (pack / "divisions.csv").open("a", encoding="utf-8") as file:
        file.write("370786199,town,空镇,Empty Town,370786\n")
    assert "lists nothing inside 370786199; add what is there" in _pack_refusal(pack)


def test_a_county_without_outline(pack: Path) -> None:
    text = (pack / "counties.geojson").read_text(encoding="utf-8")
    (pack / "counties.geojson").write_text(text.replace('"370786"', '"379999"'), encoding="utf-8")
    assert "has no polygon of 370786; add it" in _pack_refusal(pack)
