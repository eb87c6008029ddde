"""Tables of files in the encodings, dialects and formats that people have them in."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.feeds.errors import FeedError
from dashboard.feeds.reading import TOO_MANY_FIELDS, detect_encoding, open_table

TEXT = "时间,类型,地点\n2020-01-01,盗窃,中心街\n2020-01-02,邻里纠纷,东关社区\n"


def cells(path: Path, size: int = 2) -> list[dict[str, str]]:
    """All rows of a file as texts, read in small chunks."""
    return [
        row for chunk in open_table(path).chunks(size) for row in chunk.frame.astype(str).to_dict("records")
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_encodings_and_delimiters(tmp_path: Path, encoding: str, delimiter: str, newline: str) -> None:
    path = tmp_path / "cases.csv"
    path.write_bytes(TEXT.replace(",", delimiter).replace("\n", newline).encode(encoding))
    assert cells(path) == [
        {"时间": "2020-01-01", "类型": "盗窃", "地点": "中心街"},
        {"时间": "2020-01-02", "类型": "邻里纠纷", "地点": "东关社区"},
    ]


def test_the_separator_line_of_spreadsheets(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_bytes("sep=;\r\na;b\r\n1,5;2\r\n".encode("utf-8-sig"))
    assert cells(path) == [{"a": "1,5", "b": "2"}]


def test_a_character_cut_by_a_block_does_not_hide_the_encoding(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    path.write_text("a\n" + "x" * ((1 << 20) - 3) + "潍坊\n", encoding="utf-8")
    assert detect_encoding(path) == "utf-8"


def test_bytes_of_no_encoding(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(b"a,b\n\xff\xff\xff,1\n")
    with pytest.raises(FeedError, match="save it as CSV UTF-8"):
        open_table(path)


def test_rows_that_do_not_fit_the_header(tmp_path: Path) -> None:
    path = tmp_path / "ragged.csv"
    path.write_text('a,b\n1\n1,2,\n1,2,3\n\n"1\n1",2\n')
    chunks = list(open_table(path).chunks(2))
    assert [bad for chunk in chunks for bad in chunk.bad] == [(3, TOO_MANY_FIELDS)]
    assert [row for chunk in chunks for row in chunk.rows.tolist()] == [1, 2, 4]
    assert cells(path) == [{"a": "1", "b": ""}, {"a": "1", "b": "2"}, {"a": "1\n1", "b": "2"}]


def test_columns_without_or_with_the_same_name_stay_apart(tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_text("a,,a\n1,2,3\n")
    assert cells(path) == [{"a": "1", "column 2": "2", "a (2)": "3"}]


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("no.csv", None, "There is no file"),
        ("empty.csv", b"", "is empty"),
        ("a.xlsx", b"PK", "save it as CSV"),
        ("a.geojson", b"{", "can't be read as JSON"),
        ("a.geojson", b'{"type": "Feature"}', "not a GeoJSON FeatureCollection"),
        ("a.parquet", b"nothing", "can't be read as Parquet"),
    ],
)
def test_files_that_can_not_be_read(tmp_path: Path, name: str, data: bytes | None, sentence: str) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(FeedError, match=sentence):
        open_table(tmp_path / name)


def test_geojson_points_nulls_and_other_shapes(tmp_path: Path) -> None:
    features = [
        {"type": "Feature", "id": 7, "geometry": {"type": "Point", "coordinates": [119.1, 36.7]},
         "properties": {"type": "theft", "n": 2}},
        {"type": "Feature", "geometry": None, "properties": {"type": "fire"}},
        {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": []}, "properties": None},
    ]  # fmt: skip
    path = tmp_path / "cases.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    table = open_table(path)
    assert table.points == {"lon": "geometry x", "lat": "geometry y"}
    assert cells(path) == [
        {"type": "theft", "n": "2", "id": "7", "geometry x": "119.1", "geometry y": "36.7"},
        {"type": "fire", "n": "", "id": "", "geometry x": "", "geometry y": ""},
        {"type": "", "n": "", "id": "", "geometry x": "", "geometry y": ""},
    ]


def test_parquet_with_types_and_geoparquet(tmp_path: Path) -> None:
    frame = pd.DataFrame({
        "when": pd.to_datetime(["2020-01-01 10:00", None]), "code": pd.array([2500, None], dtype="Int64"),
        "half": [1.5, 2.0], "x": [119.1, 119.2], "y": [36.7, 36.8],
    })  # fmt: skip
    plain, geo = tmp_path / "plain.parquet", tmp_path / "geo.parquet"
    frame.to_parquet(plain)
    chunk = next(open_table(plain).chunks())
    assert pd.api.types.is_datetime64_any_dtype(chunk.frame["when"].dtype)
    assert chunk.frame[["code", "half"]].to_dict("list") == {"code": ["2500", ""], "half": ["1.5", "2"]}
    points = geopandas.points_from_xy(frame.pop("x"), frame.pop("y"), crs="EPSG:4326")
    geopandas.GeoDataFrame(frame, geometry=points).to_parquet(geo)
    table = open_table(geo)
    assert table.crs is not None
    assert "4326" in table.crs
    chunk = next(table.chunks())
    assert [float(x) for x in chunk.frame["geometry x"]] == [119.1, 119.2]


@settings(deadline=None)
@given(st.lists(st.lists(st.text(st.characters(codec="gb18030", exclude_categories=["Cs", "Cc"])), min_size=2,
                         max_size=2), min_size=1), st.integers(1, 5))  # fmt: skip
def test_every_record_is_a_row_or_bad(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], size: int
) -> None:
    path = tmp_path_factory.mktemp("csv") / "any.csv"
    pd.DataFrame([["a", "b"], *rows]).to_csv(path, index=False, header=False, encoding="utf-8")
    chunks = list(open_table(path).chunks(size))
    numbers = [n for chunk in chunks for n in chunk.rows.tolist()] + [
        n for chunk in chunks for n, _ in chunk.bad
    ]
    assert sorted(numbers) == list(range(1, len(rows) + 1))
