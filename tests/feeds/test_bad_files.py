"""Every row of docs/bad-input.md about files gets the answer that stands there."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import geopandas
import pandas as pd
import pytest
import shapely

from dashboard.feeds.account import Account
from dashboard.feeds.errors import FeedError
from dashboard.feeds.importing import import_file
from dashboard.feeds.incidents import IncidentOptions
from dashboard.feeds.mapping import load_map
from tests.feeds.parts import START_MS, Memory, small_area, small_world
from tests.tables import answers_of

ANSWERS = answers_of("bad-input.md", "Files")
WORLD = small_world()
LON, LAT = WORLD.lonlat(WORLD.xy[5]).tolist()
HEADER = "occurred_at,lon,lat,category"
GOOD = f"2025-11-24 09:30,{LON},{LAT},theft"


def csv(path: Path, *lines: str) -> Path:
    file = path / "file.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def json_file(path: Path, text: str, name: str = "file.json") -> Path:
    file = path / name
    file.write_text(text, encoding="utf-8")
    return file


def damaged(path: Path) -> Path:
    """A Parquet file whose texts are no UTF-8 any more."""
    file = path / "file.parquet"
    row = {"occurred_at": "2025-11-24", "lon": "1", "lat": "2", "category": "theft-theft"}
    pd.DataFrame([row]).to_parquet(file, compression="none")
    file.write_bytes(file.read_bytes().replace(b"theft-theft", b"theft\xff\xfe\x80\x81\xc3("))
    return file


def empty_point(path: Path) -> Path:
    file = path / "file.geoparquet"
    frame = geopandas.GeoDataFrame(
        {"occurred_at": ["2025-11-24 09:30"] * 2, "category": ["theft"] * 2},
        geometry=[shapely.Point(), shapely.Point(LON, LAT)],
        crs="EPSG:4326",
    )
    frame.to_parquet(file)
    return file


BAD: dict[str, Callable[[Path], Path]] = {
    "no-columns": lambda path: csv(path, "a,b", "1,2"),
    "personal-column": lambda path: csv(path, f"{HEADER},联系电话", f"{GOOD},1"),
    "damaged-parquet": damaged,
    "not-a-collection": lambda path: json_file(path, json.dumps({"type": "Feature"})),
    "nested-map": lambda path: json_file(path, '{"a":' * 3000, "map.json"),
    "empty-point": empty_point,
    "more-fields": lambda path: csv(path, HEADER, f"{GOOD},x", GOOD),
    "unread-time": lambda path: csv(path, HEADER, f"soon,{LON},{LAT},theft", GOOD),
    "out-of-range": lambda path: csv(path, HEADER, f"2025-11-24 09:30,{LON},91,theft", GOOD, GOOD),
    "elsewhere": lambda path: csv(path, HEADER, "2025-11-24 09:30,10.0,50.0,theft", GOOD),
}


def test_the_page_has_a_row_for_each_case_and_no_other() -> None:
    assert list(ANSWERS) == list(BAD)


@pytest.mark.parametrize("name", BAD)
def test_the_answer_is_that_of_the_page(name: str, tmp_path: Path) -> None:
    file, memory, account = BAD[name](tmp_path), Memory(), Account()

    def read() -> None:
        if name == "nested-map":
            load_map(file)
        else:
            area = small_area(WORLD)
            import_file(file, IncidentOptions(), area, memory, account=account, now_ms=START_MS)

    if ANSWERS[name] == "refused":
        with pytest.raises(FeedError, match=r"\.$"):
            read()
        assert memory.written == []
        return
    read()
    assert account.not_taken == [(1, ANSWERS[name])]
    assert len(memory.flat("reports")) == account.accepted >= 1  # those behind it are taken


def test_parquet_columns_of_lists_are_texts(tmp_path: Path) -> None:
    file = tmp_path / "file.parquet"
    row = {"occurred_at": "2025-11-24 09:30", "lon": LON, "lat": LAT, "category": "theft", "tags": ["a", "b"]}
    pd.DataFrame([row, {**row, "tags": None}]).to_parquet(file)
    account = import_file(file, IncidentOptions(), small_area(WORLD), Memory(), now_ms=START_MS)
    assert account.accepted == 2
