"""Bad files through the real readers: incident files, mapping files, boundary files and backups.

A file is a good one of which some bytes, lines or values are something else. It is refused as a whole with
one sentence, or every one of its rows is in exactly one bin of the account,
and what is written is a good entry.
"""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import geopandas
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from hypothesis import strategies as st

from dashboard.domain.events import parse_report
from dashboard.feeds.account import Account
from dashboard.feeds.errors import FeedError
from dashboard.feeds.importing import import_file
from dashboard.feeds.incidents import IncidentOptions
from dashboard.feeds.mapping import load_map
from dashboard.streams.backup_file import check
from dashboard.streams.errors import StreamsError
from geodata.errors import PackError
from geodata.land_building.boundary_files import read_boundary_files
from tests.feeds.parts import START_MS, Memory, small_area, small_world
from tests.fuzz.backups import backups_of_any_kind
from tests.fuzz.boundaries import DRIVERS, good_files
from tests.fuzz.drawing import draw_examples
from tests.fuzz.tally import Tally
from tests.fuzz.values import JSON, NASTY, TIMES, damaged

_WORLD = small_world()
_INSIDE = tuple(str(value) for value in _WORLD.lonlat(_WORLD.xy[5]).tolist())
_ROWS = (
    ("a-1", "2025-11-24 09:30:00", *_INSIDE, "theft", "电动车在楼道充电"),
    ("a-2", "2025-11-24T10:00:00+08:00", *_INSIDE, "fire", "起火"),
    ("", "24/11/2025 10:30", "", "", "02", "有,逗号"),
    ("a-4", "1764000000", "0", "0", "theft", ""),
)
_HEADER = ("id", "occurred_at", "lon", "lat", "category", "summary")
_HEADERS = (
    *_HEADER, "grid", "closed_at", "level", "origin", "姓名", "phone", "", "id", "date", "time", "year",
    "x", "y",
)  # fmt: skip
_OPTIONS = st.builds(
    IncidentOptions,
    default_type=st.sampled_from([None, "other", "theft", "nonsense"]),
    crs=st.sampled_from([None, None, None, "EPSG:32650", "EPSG:999999", "x"]),
    gcj02=st.booleans(),
    date_order=st.sampled_from([None, "dmy", "mdy", "ymd"]),
    timezone=st.sampled_from([None, "Asia/Shanghai", "America/New_York", "Mars/Base", "../etc"]),
)


class File(NamedTuple):
    """A file to be read: its name, which tells the format, its bytes, how to read it, what is beside it."""

    name: str
    data: bytes
    options: IncidentOptions = IncidentOptions()
    beside: tuple[tuple[str, bytes], ...] = ()


def fuzz_files(inputs: int, seed: int) -> Tally:
    """Incident files, and a part of each of the others."""
    tally = Tally("files")
    area = small_area(_WORLD)
    with tempfile.TemporaryDirectory(prefix="kite-fuzz-") as folder:

        def incidents(file: File) -> None:
            path = _written(folder, file)
            memory, account = Memory(), Account()
            keep = {"account": account, "now_ms": START_MS}
            said = _said(lambda: import_file(path, file.options, area, memory, **keep))
            tally.answer(f"{path.suffix[1:]}: {said or _bins(account)}")
            if said is None:
                assert len(memory.flat("reports")) == account.accepted, "rows accepted and not written"
                for event in memory.flat("reports"):
                    parse_report(event, START_MS)

        def maps(file: File) -> None:
            said = _said(lambda: load_map(_written(folder, file)))
            tally.answer(f"map: {said or 'read'}")

        def boundaries(file: File) -> None:
            path = _written(folder, file)
            said = _said(lambda: read_boundary_files([path], name="fuzzed", gcj02=file.options.gcj02))
            tally.answer(f"boundaries in {path.suffix[1:]}: {said or 'read'}")

        def backups(data: bytes) -> None:
            said = _said(lambda: check(_written(folder, File("kite.backup", data))))
            tally.answer(f"backup: {said or 'read'}")

        draw_examples(tally, incidents, incident_files(), inputs * 6 // 10, seed)
        draw_examples(tally, maps, mapping_files(), inputs * 2 // 10, seed + 1)
        draw_examples(tally, boundaries, boundary_files(), max(1, inputs // 10), seed + 2)
        draw_examples(tally, backups, backups_of_any_kind(), max(1, inputs // 10), seed + 3)
    return tally


def _written(folder: str, file: File) -> Path:
    for name, data in ((file.name, file.data), *file.beside):
        (Path(folder) / name).write_bytes(data)
    return Path(folder) / file.name


def _said(read: Callable[[], Any]) -> str | None:
    """What a reader says: "refused", in a sentence, where it can't use the file; None where it can."""
    try:
        read()
    except (FeedError, PackError, StreamsError) as problem:
        if not str(problem).endswith("."):
            raise AssertionError(f"no sentence: {problem}") from None
        return "refused"
    return None


def _bins(account: Account) -> str:
    return "accepted" if account.accepted else "no row accepted"


@st.composite
def incident_files(draw: st.DrawFn) -> File:
    """A file of incidents in one of the formats that are read."""
    rows = [list(row) for row in draw(st.lists(st.sampled_from(_ROWS), max_size=5))]
    header = list(_HEADER)
    values = st.sampled_from(NASTY) | st.sampled_from(TIMES) | st.text(max_size=12)
    for _ in range(draw(st.integers(0, 3))):
        if rows and draw(st.booleans()):
            row = draw(st.sampled_from(rows))
            row[draw(st.integers(0, len(row) - 1))] = draw(values)
        else:
            header[draw(st.integers(0, len(header) - 1))] = draw(st.sampled_from(_HEADERS))
    kind = draw(st.sampled_from(("csv", "csv", "txt", "geojson", "json", "parquet", "geoparquet")))
    data = _FORMATS[kind](draw, header, rows)
    return File(f"file.{kind}", draw(damaged(data)), draw(_OPTIONS))


def _csv(draw: st.DrawFn, header: list[str], rows: list[list[str]]) -> bytes:
    mark = draw(st.sampled_from([",", ",", ";", "\t", "|"]))
    lines = [mark.join(f'"{cell}"' if mark in cell else cell for cell in row) for row in [header, *rows]]
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16", "latin-1"]))
    return draw(st.sampled_from(["\n", "\r\n", "\r"])).join(lines).encode(encoding, errors="replace")


def _geojson(draw: st.DrawFn, header: list[str], rows: list[list[str]]) -> bytes:
    features: list[Any] = []
    for row in rows:
        point: Any = {"type": "Point", "coordinates": [float(value) for value in _INSIDE]}
        properties: Any = dict(zip(header, row, strict=True))
        features.append({"type": "Feature", "geometry": point, "properties": properties})
    document: Any = {"type": "FeatureCollection", "features": features}
    for _ in range(draw(st.integers(0, 2))):
        _replace_one(draw, document)
    return json.dumps(document).encode(errors="replace")


def _replace_one(draw: st.DrawFn, document: Any) -> None:
    """Put something else at one place of a document."""
    place = document
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            return
        key = draw(st.sampled_from(keys))
        inner = place[key]
        if not isinstance(inner, dict | list) or draw(st.integers(0, 3)) == 0:
            place[key] = draw(JSON)
            return
        place = inner


def _parquet(draw: st.DrawFn, header: list[str], rows: list[list[str]]) -> bytes:
    names = [f"{name}{number}" if header.count(name) > 1 else name for number, name in enumerate(header)]
    frame = pd.DataFrame(rows, columns=names)
    if draw(st.booleans()) and rows:
        frame[names[1]] = pd.to_datetime(["2025-11-24T10:00:00"] * len(rows))
    table = pa.Table.from_pandas(frame)
    if draw(st.integers(0, 2)) == 0:
        table = table.replace_schema_metadata({b"geo": draw(st.sampled_from(_GEO) | st.binary(max_size=9))})
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


_GEO = (
    b"", b"[]", b"null", b"{", b"\xff", b'{"primary_column":["a"]}', b'{"primary_column":"id","columns":[]}',
    b'{"primary_column":"id"}', b'{"primary_column":"id","columns":{"id":null}}',
    b'{"primary_column":"lon","columns":{"lon":{"crs":"nonsense"}}}',
    b'{"primary_column":"id","columns":{"id":{"crs":{"type":5}}}}', b'{"a":' * 3000,
)  # fmt: skip


def _geoparquet(draw: st.DrawFn, header: list[str], rows: list[list[str]]) -> bytes:
    names = [f"{name}{number}" if header.count(name) > 1 else name for number, name in enumerate(header)]
    shapes = [draw(st.sampled_from(_SHAPES)) for _ in rows]
    crs = draw(st.sampled_from(["EPSG:4326", "EPSG:3857", None]))
    out = io.BytesIO()
    geopandas.GeoDataFrame(pd.DataFrame(rows, columns=names), geometry=shapes, crs=crs).to_parquet(out)
    return out.getvalue()


_SHAPES = (
    shapely.Point(*map(float, _INSIDE)),
    shapely.Point(*map(float, _INSIDE)),
    shapely.Point(),
    None,
    shapely.Point(119.2, 36.7, 5),
    shapely.LineString([(119, 36), (120, 37)]),
    shapely.Point(float("inf"), 36),
)
_FORMATS: dict[str, Callable[[st.DrawFn, list[str], list[list[str]]], bytes]] = {
    "csv": _csv, "txt": _csv, "geojson": _geojson, "json": _geojson, "parquet": _parquet,
    "geoparquet": _geoparquet,
}  # fmt: skip

_MAPS = {
    "toml": b'[category]\n"Theft from Vehicle" = "theft"\n[columns]\nlon = "X"\n',
    "json": '{"category": {"盗窃": "theft"}, "columns": {"lat": "Y"}}'.encode(),
    "csv": b"value,type\nMischief,theft\nlevel,high,01\n",
    "yaml": b"category: theft\n",
}


@st.composite
def mapping_files(draw: st.DrawFn) -> File:
    """A mapping file."""
    kind = draw(st.sampled_from(sorted(_MAPS)))
    data = _MAPS[kind]
    if kind == "json" and draw(st.booleans()):
        data = json.dumps(draw(JSON)).encode(errors="replace")
    if draw(st.integers(0, 4)) == 0:
        data = b'{"a":' * 3000 if kind == "json" else b"a = " + b"[" * 3000
    return File(f"map.{kind}", draw(damaged(data)))


def _square(west: float, south: float, side: float) -> list[list[list[float]]]:
    east, north = west + side, south + side
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


@st.composite
def boundary_files(draw: st.DrawFn) -> File:
    """A file of squares of which something is not as it should be, half of them GeoJSON."""
    kind = draw(st.sampled_from(("geojson", "geojson", "geojson", *DRIVERS)))
    if kind in DRIVERS:
        files = dict(good_files(kind))
        spoilt = draw(st.sampled_from(sorted(files)))
        files[spoilt] = draw(damaged(files[spoilt]))
        name = f"land.{kind}"
        return File(name, files.pop(name), IncidentOptions(gcj02=draw(st.booleans())), tuple(files.items()))
    features: list[Any] = [
        {
            "type": "Feature",
            "properties": {"name": f"区{number}", "code": f"99010{number + 1}"},
            "geometry": {"type": "Polygon", "coordinates": _square(119 + 0.1 * number, 36.6, 0.1)},
        }
        for number in range(draw(st.integers(1, 3)))
    ]
    document: Any = {"type": "FeatureCollection", "features": features}
    for _ in range(draw(st.sampled_from([0, 1, 1, 2]))):
        _replace_one(draw, document)
    data = json.dumps(document).encode(errors="replace")
    return File("land.geojson", draw(damaged(data)), IncidentOptions(gcj02=draw(st.booleans())))
