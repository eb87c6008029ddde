"""Import: every row in one bin, nothing twice, and the counts of other libraries."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from dashboard.domain.case_types import TYPE_BY_CODE
from dashboard.domain.events import parse_report
from dashboard.feeds.account import OUTSIDE
from dashboard.feeds.appending import LOST
from dashboard.feeds.area import Area
from dashboard.feeds.errors import FeedError
from dashboard.feeds.importing import import_file
from dashboard.feeds.incidents import NO_CATEGORY, NO_PLACE, NO_TIME, OUT_OF_RANGE, IncidentOptions
from dashboard.feeds.mapping import parse_map
from geodata import gcj02
from tests.feeds.parts import START_MS, Memory, small_area, small_world

WORLD = small_world()
AREA = small_area(WORLD)
LON, LAT = WORLD.lonlat(WORLD.xy[5]).tolist()
FAR = "10.0,50.0"
REAL = Path(__file__).parents[3] / "shared" / "real-cases"
NOW_MS = START_MS

MAP = (
    "category=Theft from Vehicle:theft_from_vehicle,Other Theft:theft,Mischief:mischief,"
    "Break and Enter Commercial:burglary_commercial,Break and Enter Residential/Other:burglary_residential,"
    "Theft of Bicycle:bicycle_theft,Theft of Vehicle:vehicle_theft,"
    "Vehicle Collision or Pedestrian Struck (with Injury):traffic_injury,"
    "Vehicle Collision or Pedestrian Struck (with Fatality):traffic_fatal"
)


def write(path: Path, *rows: str, header: str = "id,occurred_at,lon,lat,category,summary") -> Path:
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


@pytest.mark.skipif(
    not REAL.is_dir(), reason="The real cases (../shared/real-cases) are not on this machine."
)
def test_a_year_of_real_cases_is_accounted_for_row_by_row() -> None:
    source = REAL / "vancouver-2020.csv"
    places = geopandas.read_file(REAL / "vancouver_neighbourhoods.geojson")
    tree = shapely.STRtree(places.geometry.to_numpy())

    def locate(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        out = np.full(len(lon), -1)
        points, found = tree.query(shapely.points(lon, lat), predicate="intersects")
        out[points[::-1]] = found[::-1]
        return out

    area = Area(locate, {}.get, "America/Vancouver")
    memory, progress = Memory(), []
    account = import_file(
        source, IncidentOptions(mapping=parse_map(MAP)), area, memory,
        progress=lambda done, total: progress.append((done, total)),
    )  # fmt: skip
    rows = pd.read_csv(source)
    points = geopandas.GeoDataFrame(rows, geometry=geopandas.points_from_xy(rows.lon, rows.lat), crs=4326)
    joined = geopandas.sjoin(points, places, predicate="intersects", how="left")
    outside = joined.index[joined.index_right.isna()]
    assert (account.read, len(rows)) == (33_761, 33_761)
    assert (account.accepted, account.outside, account.refused.total()) == (33_761 - 86, 86, 0)
    assert [row for row, _ in sorted(account.not_taken)] == (outside + 1).tolist()
    assert progress[-1] == (33_761, 33_761)
    first, last = (pd.Timestamp(rows.occurred_at.agg(pick)) for pick in (min, max))
    assert (account.first_at, account.last_at) == (first, last)
    reports = memory.flat("reports")
    assert len({report["id"] for report in reports}) == len(reports) == account.accepted
    kept = rows.drop(outside).category.value_counts()
    slugs = pd.Series([TYPE_BY_CODE[report["type"]].slug for report in reports]).value_counts()
    targets = {key.casefold(): slug for key, slug in parse_map(MAP).values["category"].items()}
    assert {targets[name.casefold()]: count for name, count in kept.items()} == slugs.to_dict()


def test_every_bin_and_its_reason(tmp_path: Path) -> None:
    path = write(
        tmp_path / "cases.csv",
        f"a1,2025-01-02 10:00,{LON},{LAT},theft,",
        f"a2,when?,{LON},{LAT},theft,",
        "a3,2025-01-02 10:00,,,theft,",
        "a4,2025-01-02 10:00,0,0,theft,",
        f"a5,2025-01-02 10:00,{FAR},theft,",
        "a6,2025-01-02 10:00,190,36,theft,",
        f"a7,2025-01-02 10:00,{LON},{LAT},,",
        f"a8,2025-01-02 10:00,{LON},{LAT},theft,联系电话13812345678",
        f"a9,2035-01-02 10:00,{LON},{LAT},theft,",
        f"a10,2025-01-02 10:00,{LON},{LAT},theft,x,too many",
    )
    memory = Memory()
    account = import_file(path, IncidentOptions(), AREA, memory, now_ms=NOW_MS)
    reasons = dict(account.not_taken)
    assert {row: reasons.get(row) for row in (2, 3, 4, 5, 6, 7)} == {
        2: NO_TIME, 3: NO_PLACE, 4: NO_PLACE, 5: OUTSIDE, 6: OUT_OF_RANGE, 7: NO_CATEGORY,
    }  # fmt: skip
    assert reasons[8].startswith("summary: ")
    assert "person" in reasons[8]
    assert reasons[9].startswith("occurred_at: a time later than")
    assert sorted(reasons) == list(range(2, 11))
    assert [report["id"] for report in memory.flat("reports")] == ["a1"]
    assert "13812345678" not in json.dumps(memory.flat("reports")) + str(account)


def test_the_account_can_be_read_and_kept(tmp_path: Path) -> None:
    path = write(tmp_path / "cases.csv", f"a,2025-01-02 10:00,{LON},{LAT},theft,", f"b,2025,{FAR},theft,")
    account = import_file(path, IncidentOptions(), AREA, Memory(), now_ms=NOW_MS)
    lines = account.lines("Asia/Shanghai")
    assert lines[0].split() == ["read", "2", "from", "cases.csv"]
    assert "from 2025-01-02 10:00+08:00 to 2025-01-02 10:00+08:00" in lines
    assert any(NO_TIME in line for line in lines)
    account.write_not_taken(tmp_path / "left.csv")
    assert pd.read_csv(tmp_path / "left.csv").to_dict("list") == {"row": [2], "reason": [NO_TIME]}
    assert account.to_json()["read"] == 2


def test_importing_a_file_again_makes_no_second_case(tmp_path: Path) -> None:
    twice = f"2025-01-02 10:00,{LON},{LAT},theft"
    path = write(tmp_path / "cases.csv", twice, twice, f"2025-01-03,{LON},{LAT},theft",
                 header="occurred_at,lon,lat,category")  # fmt: skip
    first, second = Memory(), Memory()
    account = import_file(path, IncidentOptions(), AREA, first, now_ms=NOW_MS)
    ids = [report["id"] for report in first.flat("reports")]
    # Equal rows of one file are different cases.
    assert len(set(ids)) == 3
    assert account.duplicates == 0

    def known(asked: Sequence[str]) -> set[str]:
        return set(asked) & set(ids)

    again = import_file(path, IncidentOptions(), AREA, second, now_ms=NOW_MS, known=known)
    assert second.flat("reports") == first.flat("reports")
    assert (again.accepted, again.duplicates) == (3, 3)


def test_a_server_that_goes_away_ends_the_import_with_a_sentence(tmp_path: Path) -> None:
    path = write(tmp_path / "cases.csv", f"a,2025-01-02 10:00,{LON},{LAT},theft,")
    with pytest.raises(FeedError, match=r"went away after 0 of 1 rows \(away\); import the file again"):
        import_file(path, IncidentOptions(), AREA, Memory(fail=1, error=LOST[0]), now_ms=NOW_MS)


def test_ids_of_the_file_are_kept_and_repeated_ones_are_one_case(tmp_path: Path) -> None:
    row = f"2025-01-02 10:00,{LON},{LAT},theft,"
    path = write(tmp_path / "cases.csv", f"K-1,{row}", f"K-1,{row}", f"警情〔2025〕7号,{row}")
    memory = Memory()
    account = import_file(path, IncidentOptions(), AREA, memory, now_ms=NOW_MS)
    ids = [report["id"] for report in memory.flat("reports")]
    assert ids[:2] == ["K-1", "K-1"]
    assert ids[2].startswith("h")
    assert (account.accepted, account.duplicates) == (3, 1)


def test_grid_codes_stand_for_points(tmp_path: Path) -> None:
    code = WORLD.pack.regions.code[-1]
    rows = [f"2025-01-02 10:00,{grid},theft" for grid in (code, "999999999999999")]
    path = write(tmp_path / "cases.csv", *rows, header="occurred_at,grid,category")
    memory = Memory()
    account = import_file(path, IncidentOptions(), AREA, memory, now_ms=NOW_MS)
    assert (account.accepted, account.outside) == (1, 1)
    assert memory.flat("reports")[0]["grid"] == code


def test_other_coordinate_systems(tmp_path: Path) -> None:
    x, y = Transformer.from_crs(4326, 32650, always_xy=True).transform(LON, LAT)
    path = write(tmp_path / "cases.csv", f"a,2025-01-02 10:00,{x},{y},theft,")
    with pytest.raises(FeedError, match=r"has projected coordinates .* --crs"):
        import_file(path, IncidentOptions(), AREA, Memory(), now_ms=NOW_MS)
    memory = Memory()
    import_file(path, IncidentOptions(crs="EPSG:32650"), AREA, memory, now_ms=NOW_MS)
    report = memory.flat("reports")[0]
    assert (float(report["lon"]), float(report["lat"])) == pytest.approx((LON, LAT), abs=1e-7)


def test_chinese_shifted_coordinates_are_turned_back(tmp_path: Path) -> None:
    path = write(tmp_path / "cases.csv", f"a,2025-01-02 10:00,{LON},{LAT},theft,")
    memory = Memory()
    import_file(path, IncidentOptions(gcj02=True), AREA, memory, now_ms=NOW_MS)
    report = memory.flat("reports")[0]
    lon, lat = gcj02.to_wgs84(np.array([LON]), np.array([LAT]))
    assert (float(report["lon"]), float(report["lat"])) == (lon[0], lat[0])
    assert abs(lon[0] - LON) > 0.003


def test_closing_times_of_the_file_and_of_none(tmp_path: Path) -> None:
    header = "occurred_at,closed_at,lon,lat,category"
    path = write(tmp_path / "cases.csv", f"2025-01-02 10:00,2025-01-05 12:00,{LON},{LAT},theft",
                 f"2025-01-02 10:00,,{LON},{LAT},theft", header=header)  # fmt: skip
    memory = Memory()
    account = import_file(path, IncidentOptions(), AREA, memory, now_ms=NOW_MS)
    closed, still_open = memory.flat("reports")
    assert closed["closed_at"] == "2025-01-05T04:00:00.000Z"
    assert "closed_at" not in still_open
    assert any("they are open" in note for note in account.notes)
    plain = write(tmp_path / "plain.csv", f"a,2025-01-02 10:00,{LON},{LAT},theft,")
    memory = Memory()
    import_file(plain, IncidentOptions(), AREA, memory, now_ms=NOW_MS)
    report = memory.flat("reports")[0]
    assert report["closed_at"] == report["occurred_at"] == "2025-01-02T02:00:00.000Z"


def test_columns_about_persons_stop_the_import_unless_dropped(tmp_path: Path) -> None:
    path = write(tmp_path / "cases.csv", f"2025-01-02 10:00,{LON},{LAT},theft,张三,1",
                 header="occurred_at,lon,lat,category,报警人姓名,phone")  # fmt: skip
    memory = Memory()
    with pytest.raises(FeedError, match=r"'报警人姓名', 'phone' .*--drop '报警人姓名' --drop 'phone'"):
        import_file(path, IncidentOptions(), AREA, memory, now_ms=NOW_MS)
    assert not memory.written
    account = import_file(
        path, IncidentOptions(drop_columns=("报警人姓名", "phone")), AREA, memory, now_ms=NOW_MS
    )
    assert account.accepted == 1
    assert "张三" not in json.dumps(memory.flat("reports"), ensure_ascii=False)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.csv", b""),
        ("blank.csv", b"\n\n\n"),
        ("noise.csv", bytes(range(256)) * 50),
        ("zeros.csv", b"\0" * 1000),
        ("picture.csv", b"\x89PNG\r\n\x1a\n" + b"\0\1\2\3" * 99),
        ("quote.csv", b'occurred_at,lon,lat,category\n"2025-01-02,1,2,theft\n'),
        ("words.csv", "这不是表格\n只有一句话".encode()),
        ("list.json", b"[1, 2, 3]"),
        ("odd.geojson", b'{"type": "FeatureCollection", "features": [1, null, "x"]}'),
        ("nested.geojson", b'{"type": "FeatureCollection", "features": [{"geometry": [], "properties": 4}]}'),
        ("broken.parquet", b"PAR1" + b"\0" * 100 + b"PAR1"),
        ("marked.csv", b"\xff\xfe\x00\xd8\x41"),
        ("sheet.xlsx", b"PK\3\4"),
        ("folder.csv", None),
    ],
)
def test_garbage_gets_one_clear_sentence_or_all_its_rows_refused(
    tmp_path: Path, name: str, data: bytes | None
) -> None:
    path = tmp_path / name
    if data is None:
        path.mkdir()
    else:
        path.write_bytes(data)
    memory = Memory()
    try:
        account = import_file(path, IncidentOptions(), AREA, memory, now_ms=NOW_MS)
    except FeedError as error:
        sentence = str(error)
        assert sentence.endswith(".")
        assert "\n" not in sentence
        assert "Traceback" not in sentence
    else:
        assert account.accepted == 0
    assert not memory.written


VALUES = st.sampled_from(
    ["", "2025-01-02 10:00", "2025-01-02T10:00:00Z", "nonsense", "1735783200", str(LON), str(LAT), "10.5",
     "-91", "NaN", "inf", "1e400", "theft", "盗窃", "0", "网格员", "01", "7", "x" * 3000, "'; --", '"',
     "\u200b", "13812345678"]
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(*[VALUES] * 8), max_size=30))
def test_any_table_is_accounted_for_row_by_row(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]]
) -> None:
    header = ["id", "occurred_at", "lon", "lat", "category", "level", "origin", "summary"]
    path = tmp_path_factory.mktemp("any") / "any.csv"
    pd.DataFrame(rows, columns=header).to_csv(path, index=False)
    memory = Memory()
    try:
        account = import_file(path, IncidentOptions(default_type="other"), AREA, memory, now_ms=NOW_MS)
    except FeedError:
        # Most points out of range: the file as a whole is in another coordinate system.
        assert not memory.written
        return
    assert account.read == account.accepted + account.outside + account.refused.total() == len(rows)
    reports = memory.flat("reports")
    assert len(reports) == account.accepted
    left_out = [row for row, _ in account.not_taken]
    assert len(set(left_out)) == len(left_out) == len(rows) - account.accepted
    for report in reports:
        event = parse_report(report, NOW_MS)
        assert AREA.locate(np.array([event.lon]), np.array([event.lat]))[0] >= 0
