"""Columns and values of files: found, given, and refused with a sentence that says what to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dashboard.feeds.columns import FIELDS, find_columns, parse_pairs, plain
from dashboard.feeds.errors import FeedError
from dashboard.feeds.mapping import (
    GivenMapping,
    category_types,
    check_keys,
    load_map,
    parse_map,
    resolve_category,
    words,
)


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (["occurred_at", "lon", "lat", "category"], {"occurred_at", "lon", "lat", "category"}),
        (["编号", "发生时间", "经度", "纬度", "案由", "等级", "地点"],
         {"id", "occurred_at", "lon", "lat", "category", "level", "place"}),
        (["Report Date", "Longitude", "Latitude", "Primary Type", "Case Number"],
         {"occurred_at", "lon", "lat", "category", "id"}),
        (["TYPE", "YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "HUNDRED_BLOCK", "X", "Y"],
         {"category", "year", "month", "day", "hour", "minute", "place", "lon", "lat"}),
        (
            ["日期", "时间", "经度（WGS84）", "纬度（WGS84）", "类型"],
            {"date", "time", "lon", "lat", "category"},
        ),
    ],
)  # fmt: skip
def test_known_names_are_found(header: list[str], found: set[str]) -> None:
    assert set(find_columns(header).of) == found


def test_a_better_name_comes_first_and_given_columns_before_all() -> None:
    header = ["reported", "occurred_at", "lon", "lat", "x", "type", "category"]
    columns = find_columns(header)
    assert (columns["occurred_at"], columns["lon"], columns["category"]) == ("occurred_at", "lon", "category")
    given = find_columns(header, {"occurred_at": "reported", "category": "TYPE"})
    assert (given["occurred_at"], given["category"]) == ("reported", "type")


def test_no_column_serves_two_fields() -> None:
    columns = find_columns(["time", "lon", "lat", "type"])
    assert len(set(columns.of.values())) == len(columns.of)


def test_every_known_name_belongs_to_one_field_only() -> None:
    names = [plain(name) for aliases, _ in FIELDS.values() for name in aliases]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        (["lon", "lat", "type"], "known as a time"),
        (["time", "lon", "type"], "known as coordinates"),
        (["time", "lon", "lat"], "known as a category"),
    ],
)
def test_what_is_missing_is_named_with_the_option(header: list[str], sentence: str) -> None:
    with pytest.raises(FeedError, match=rf"{sentence}; name it with --column .*'lon'"):
        find_columns(header)


def test_a_given_column_must_be_there() -> None:
    with pytest.raises(FeedError, match="There is no column 'When'; the file has 'time'"):
        find_columns(["time", "lon", "lat", "type"], {"occurred_at": "When"})


def test_pairs() -> None:
    assert parse_pairs("occurred_at=When, lon = X") == {"occurred_at": "When", "lon": "X"}
    with pytest.raises(FeedError, match="'where' is not a field"):
        parse_pairs("where=X")
    with pytest.raises(FeedError, match="is not FIELD=COLUMN"):
        parse_pairs("lon")


def test_a_map_on_the_command_line() -> None:
    given = parse_map('category=Theft from Vehicle:theft,Mischief:2500,"Assault, simple: minor":assault')
    assert given.values == {
        "category": {"Theft from Vehicle": "theft", "Mischief": "2500", "Assault, simple: minor": "assault"}
    }
    for wrong in ("category", "category=Mischief", "category=Mischief:", "category=:theft"):
        with pytest.raises(FeedError, match="write for example category="):
            parse_map(wrong)


def test_mapping_files_say_the_same(tmp_path: Path) -> None:
    expected = {"category": {"Mischief": "2500", "盗窃": "theft"}}
    texts = {
        "a.toml": '[category]\nMischief = "2500"\n"盗窃" = "theft"\n',
        "a.json": json.dumps(expected),
        "a.csv": "value,type\nMischief,2500\n盗窃,theft\n",
        "b.csv": "category,Mischief,2500\ncategory,盗窃,theft\n\n",
    }
    for name, text in texts.items():
        path = tmp_path / name
        path.write_text(
            text, encoding="gb18030" if name == "b.csv" else "utf-8-sig" if "csv" in name else "utf-8"
        )
        assert load_map(path).values == expected, name


def test_a_mapping_file_may_name_columns(tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_text('[columns]\noccurred_at = "When"\n[level]\nhigh = 2\n')
    given = load_map(path)
    assert given.columns == {"occurred_at": "When"}
    assert given.of("level", "Severity") == {"high": "2"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.toml", "category = 3"),
        ("a.toml", "[broken"),
        ("a.json", "[1]"),
        ("a.csv", "a,b,c,d\n"),
        ("a.xml", "<a/>"),
    ],
)
def test_a_mapping_file_that_is_none(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(FeedError):
        load_map(tmp_path / name)


def test_later_mappings_come_first() -> None:
    first, second = parse_map("category=A:theft,B:fire"), parse_map("category=B:traffic")
    assert first.merged(second).values["category"] == {"A": "theft", "B": "traffic"}


def test_a_map_of_no_field_is_refused() -> None:
    check_keys(parse_map("Offence=A:theft"), {"category": "Offence"})
    with pytest.raises(FeedError, match="'colour' is none of"):
        check_keys(parse_map("colour=A:theft"), {"category": "Offence"})


def test_categories_by_map_by_name_and_by_default() -> None:
    counts = {"Theft  from vehicle": 3, "盗窃": 2, "2201": 1, "disorder": 1, "Unheard of": 4, "": 2}
    given = parse_map("category=theft from Vehicle:2102").of("category", None)
    types = category_types(counts, given, "other", resolve_category)
    assert types == {
        "Theft  from vehicle": "2102", "盗窃": "2100", "2201": "2201", "disorder": "2500",
        "Unheard of": "3900",
        "": "3900",
    }  # fmt: skip


def test_unmapped_categories_are_listed_with_counts_and_the_way_out() -> None:
    with pytest.raises(FeedError) as told:
        category_types({"Vandalism": 5, "Larceny": 70, "theft": 1, "": 3}, {}, None, resolve_category)
    sentence = str(told.value)
    assert sentence.startswith("2 categories have no case type: 'Larceny' (70), 'Vandalism' (5).")
    assert "--map" in sentence
    assert "--default-type" in sentence


def test_a_target_that_is_no_type() -> None:
    with pytest.raises(FeedError, match="'thieving' is not a case type"):
        category_types({"A": 1}, {"a": "thieving"}, None, resolve_category)


def test_words_for_levels_and_origins() -> None:
    levels = words("level", GivenMapping(values={"Severity": {"High": "02"}}), "Severity")
    assert (levels["特别重大"], levels["3"], levels["high"]) == ("01", "03", "02")
    assert words("origin", GivenMapping(), None)["网格员"] == "grid_worker"
