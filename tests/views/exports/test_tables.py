"""The rows against the figures of the page, and the files read back by pandas and geopandas."""

from __future__ import annotations

import csv
import io
import json

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely

from dashboard.domain.access import LOCAL_ADMIN
from dashboard.domain.hierarchy import GRID
from dashboard.domain.systems import SYSTEMS
from dashboard.views.exports.csv_text import BOM, csv_of
from dashboard.views.exports.polygons import region_polygons
from dashboard.views.exports.tables import TABLES, rows_of
from geodata.outlines import tier_polygons
from tests.geodata.made_pack import odd_pack
from tests.views.brief.city import (
    CASES,
    server_of,
    sources_of,
)
from tests.views.brief.fake_leaders import FakeLeaders
from tests.views.brief.places import (
    CITY,
    COUNTY,
    DANGEROUS,
    GRID_CODE,
    HIERARCHY,
    LEADER,
    OFFICER,
    OTHER_COUNTY,
    PACK,
)


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("exports")


@pytest.fixture
def ask(data_dir):
    def get(path, identity=LOCAL_ADMIN, **replaced):
        return server_of(sources_of(data_dir, identity, **replaced)).test_client().get(path)

    return get


def frame_of(body: bytes) -> pd.DataFrame:
    """The CSV as pandas has it, every column by its Chinese name."""
    return pd.read_csv(io.BytesIO(body), encoding="utf-8-sig", dtype={"编号": str, "网格编号": str})


def inside(code: str) -> list[int]:
    return [r for r in range(len(HIERARCHY)) if HIERARCHY.contains(HIERARCHY.number_of(code), r)]


def test_children_are_those_of_the_page(ask):
    frame = frame_of(ask(f"/export/children/{CITY}.csv").data)
    answered = FakeLeaders().children(CITY)["rows"]
    assert frame["编号"].tolist() == [row["code"] for row in answered]
    assert frame["得分"].tolist() == [row["score"] for row in answered]
    assert frame["较一周前"].tolist() == [row["week"] for row in answered]
    assert frame["较一个月前"].isna().all()
    assert frame["期限遵守率"].tolist() == [row["kept_share"] for row in answered]
    assert frame["级别名称"].tolist() == ["蓝", "黄"]


def test_scores_are_those_of_every_region_inside(ask):
    frame = frame_of(ask(f"/export/scores/{COUNTY}.csv").data)
    assert frame["编号"].tolist() == [HIERARCHY.codes[region] for region in inside(COUNTY)]
    state = sources_of(None).state
    tenths = state.column("regions", "score")[inside(COUNTY)]
    assert frame["得分"].tolist() == pytest.approx((tenths / 10).tolist())
    people = dict(zip(frame["编号"], frame["人口"], strict=True))
    children = [HIERARCHY.codes[child] for child in HIERARCHY.children(HIERARCHY.number_of(COUNTY))]
    assert people[COUNTY] == sum(people[child] for child in children)


def test_cases_are_the_open_ones_of_the_region_the_gravest_first(ask):
    frame = frame_of(ask(f"/export/cases/{COUNTY}.csv").data)
    low, high = HIERARCHY.slice_of(HIERARCHY.number_of(COUNTY))
    mine = [case for case in CASES if low <= case["grid"] < high]
    assert sorted(frame["案件编号"]) == sorted(case["id"] for case in mine)
    assert frame["级别"].tolist() == sorted(case["level"] for case in mine)
    lon, lat = PACK.to_lonlat(np.array([(case["x"], case["y"]) for case in mine]))
    places = {case["id"]: at for case, *at in zip(mine, lon, lat, strict=True)}
    for row in frame.to_dict("records"):
        assert (row["经度"], row["纬度"]) == pytest.approx(places[row["案件编号"]], abs=1e-6)


def test_every_system_is_there_and_every_figure_has_its_way(ask):
    frame = frame_of(ask(f"/export/systems/{CITY}.csv").data)
    assert set(frame["体系"]) == set(SYSTEMS)
    first = frame[frame["体系"] == "rings"].set_index("指标")["数值"]
    assert first["count"] == "7"
    assert first["by_kind.0.share"] == "0.25"


def test_a_publication_is_as_it_was_published(ask):
    frame = frame_of(ask(f"/export/publication/{COUNTY}.csv").data)
    assert set(frame["期号"]) == {3}
    assert frame["得分"].tolist() == pytest.approx([70 + region / 10 for region in inside(COUNTY)])
    rectified = frame.dropna(subset=["整改案件"])
    assert rectified["编号"].tolist() == [GRID_CODE]
    assert rectified["状态"].tolist() == ["已结案"]


@pytest.mark.parametrize("table", TABLES)
def test_what_is_not_there_gives_a_table_without_rows_or_figures(ask, table):
    nothing = {"leaders": None, "systems": None, "publications": None}
    frame = frame_of(ask(f"/export/{table}/{GRID_CODE}.csv", **nothing).data)
    assert list(frame.columns)[-3:] == ["数据时间", "模拟数据", "合成底数"]
    assert len(frame) == (1 if table == "scores" else len(frame) if table == "cases" else 0)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_column_has_a_name_and_every_row_says_what_is_not_real(ask, table, lang):
    answer = ask(f"/export/{table}/{CITY}.csv?lang={lang}")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert "Set-Cookie" not in answer.headers
    heads, *rows = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert len(set(heads)) == len(heads) == len(TABLES[table].columns)
    assert rows
    for row in rows:
        assert len(row) == len(heads)
        assert row[-2:] == ["1", "1"]
        assert row[-3].endswith("+00:00")


def test_excel_reads_chinese_and_no_cell_is_a_formula(ask):
    body = ask(f"/export/cases/{CITY}.csv").data
    assert body.startswith(b"\xef\xbb\xbf")
    cells = [cell for row in csv.reader(io.StringIO(body.decode("utf-8-sig"))) for cell in row]
    assert f"'{DANGEROUS}" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@a", "\tx", "\rx", "\nx", "\uff1d1", "\uff0b1", "\uff0d1", "\uff20a"]
)
def test_a_text_that_would_be_calculated_is_kept_a_text_and_numbers_stay_numbers(text):
    body = csv_of(["a", "b"], ["a", "b"], [{"a": text, "b": -3.25}]).decode()
    (_, (cell, number)) = csv.reader(io.StringIO(body.removeprefix(BOM), newline=""))
    assert cell == f"'{text}"
    assert float(number) == -3.25


@pytest.mark.parametrize("code", [CITY, COUNTY])
def test_geopandas_reads_the_polygons_back(ask, tmp_path, code):
    answer = ask(f"/export/scores/{code}.geojson")
    assert answer.content_type == "application/geo+json"
    file = tmp_path / "scores.geojson"
    file.write_bytes(answer.data)
    frame = geopandas.read_file(file)
    assert frame.crs.to_epsg() == 4326
    assert frame["code"].tolist() == [HIERARCHY.codes[region] for region in inside(code)]
    assert frame.geometry.is_valid.all()
    metres = frame.to_crs(PACK.manifest["crs"]).area
    assert metres.tolist() == pytest.approx(PACK.regions.area_m2[inside(code)].tolist(), rel=2e-3)
    grids = frame[frame["tier"] == "grid"].geometry
    whole = frame.geometry.iloc[0]
    assert shapely.area(shapely.symmetric_difference(shapely.union_all(grids), whole)) < 1e-9


def test_outlines_run_as_rfc_7946_says(ask):
    found = json.loads(ask(f"/export/children/{CITY}.geojson").data)
    assert found["type"] == "FeatureCollection"
    for feature in found["features"]:
        assert feature["type"] == "Feature"
        assert feature["id"] == feature["properties"]["code"]
        shape = shapely.geometry.shape(feature["geometry"])
        for polygon in getattr(shape, "geoms", [shape]):
            assert polygon.exterior.is_ccw
            assert not any(hole.is_ccw for hole in polygon.interiors)


def test_enclaves_are_holes_and_exclaves_are_parts():
    pack = odd_pack()
    from dashboard.streams.from_pack import hierarchy_of

    hierarchy = hierarchy_of(pack)
    for tier in range(GRID + 1):
        regions = np.arange(hierarchy.tier_start[tier], hierarchy.tier_start[tier + 1])
        found = np.concatenate(list(region_polygons(pack, hierarchy, regions)))
        units = tier_polygons(pack.geometry, pack.regions, tier)
        back = shapely.transform(found, lambda xy: pack.from_lonlat(xy[:, 0], xy[:, 1]).astype(float))
        assert (
            shapely.area(shapely.symmetric_difference(back, units)).max() < 1e-3 * shapely.area(units).min()
        )


def test_cases_are_points_in_their_grids(ask, tmp_path):
    file = tmp_path / "cases.geojson"
    file.write_bytes(ask(f"/export/cases/{CITY}.geojson").data)
    cases = geopandas.read_file(file)
    assert set(cases.geom_type) == {"Point"}
    scores = tmp_path / "scores.geojson"
    scores.write_bytes(ask(f"/export/scores/{CITY}.geojson").data)
    grids = geopandas.read_file(scores).query("tier == 'grid'")[["code", "geometry"]]
    joined = cases.sjoin(grids, predicate="within")
    assert len(joined) == len(CASES)
    assert (joined["grid"] == joined["code"]).all()


@pytest.mark.parametrize("table", ["systems", "publication"])
def test_figures_that_lie_nowhere_and_those_of_a_publication_are_features_too(ask, table):
    features = json.loads(ask(f"/export/{table}/{COUNTY}.geojson").data)["features"]
    kinds = {feature["geometry"] and feature["geometry"]["type"] for feature in features}
    assert kinds == ({None} if table == "systems" else {"Polygon"})


@pytest.mark.parametrize("ending", ["csv", "geojson"])
def test_a_county_takes_out_its_own_alone(ask, ending):
    assert ask(f"/export/scores/{COUNTY}.{ending}", LEADER).status_code == 200
    for code in (CITY, OTHER_COUNTY, "999999"):
        assert ask(f"/export/scores/{code}.{ending}", LEADER).status_code == 403
    assert ask(f"/export/scores/{COUNTY}.{ending}", OFFICER).status_code == 403


def test_what_is_not_there_is_told_in_one_sentence(ask):
    assert ask("/export/scores/999999.csv?lang=en").status_code == 404
    unknown = ask(f"/export/people/{CITY}.csv?lang=en")
    assert unknown.status_code == 404
    assert unknown.text.startswith("There is no table named people; there are children")
    assert ask(f"/export/scores/{CITY}.xls").status_code == 404


def test_nothing_of_another_county_is_in_a_countys_tables(data_dir, in_language):
    sources = sources_of(data_dir)
    others = {HIERARCHY.codes[region] for region in inside(OTHER_COUNTY)}
    with in_language("zh"):
        for table in TABLES.values():
            rows = rows_of(table, sources, HIERARCHY.number_of(COUNTY))
            assert not others & {str(value) for row in rows for value in row.values()}
