"""Tables of incident files, in chunks of rows: CSV in its encodings and dialects, Parquet, GeoJSON."""

from __future__ import annotations

import codecs
import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from dashboard.feeds.errors import FeedError

CHUNK_ROWS = 50_000
POINT_COLUMNS = {"lon": "geometry x", "lat": "geometry y"}
TOO_MANY_FIELDS = "more fields than the header"

# Tried in this order; what is valid UTF-8 is hardly ever meant as GB 18030.
ENCODINGS = ("utf-8", "gb18030")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DELIMITERS = (",", ";", "\t", "|")


@dataclass
class Chunk:
    """Some rows of a file: `rows` are their numbers (the first record is 1), `bad` those that don't fit."""

    frame: pd.DataFrame
    rows: np.ndarray
    bad: list[tuple[int, str]] = field(default_factory=list)


class Table(Protocol):
    """A file of incidents that can be read from its beginning as often as needed."""

    header: list[str]
    points: Mapping[str, str]
    """lon and lat → column, where the file has a geometry."""
    crs: str | None
    """What the file says of its coordinates, as pyproj reads it."""

    def chunks(self, size: int = CHUNK_ROWS) -> Iterator[Chunk]:
        """The rows in order."""
        ...


def open_table(path: Path) -> Table:
    """The table of a file by its ending; raises `FeedError` for what can't be read."""
    if not path.is_file():
        raise FeedError(f"There is no file {path}.")
    kinds: dict[str, type[CsvTable] | type[ParquetTable] | type[GeoJsonTable]] = {
        ".csv": CsvTable,
        ".txt": CsvTable,
        ".tsv": CsvTable,
        ".parquet": ParquetTable,
        ".geoparquet": ParquetTable,
        ".pq": ParquetTable,
        ".geojson": GeoJsonTable,
        ".json": GeoJsonTable,
    }
    kind = kinds.get(path.suffix.lower())
    if kind is None:
        raise FeedError(f"{path.name} is none of {', '.join(kinds)}; save it as CSV.")
    return kind(path)


def detect_encoding(path: Path) -> str:
    """The encoding of a text file: that of its byte order mark, else the first of `ENCODINGS` that fits."""
    with path.open("rb") as file:
        start = file.read(4)
    marked = [encoding for mark, encoding in _BOMS if start.startswith(mark)]
    for encoding in marked or ENCODINGS:
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with path.open("rb") as file:
                while block := file.read(1 << 20):
                    decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeError:
            continue
        return encoding
    raise FeedError(f"{path.name} is neither UTF-8 nor GB 18030; save it as CSV UTF-8.")


class CsvTable:
    """A delimited text with a header; comma, semicolon, tab or bar, and Excel's `sep=` line."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._encoding = detect_encoding(path)
        self.points: Mapping[str, str] = {}
        self.crs: str | None = None
        with self._open() as file:
            first = file.readline()
            self._skip = first.lower().startswith("sep=")
            self._delimiter = first.strip()[4:5] if self._skip else _delimiter(first)
        header = next(self._records(), None)
        if not header or not any(name.strip() for name in header):
            raise FeedError(f"{path.name} is empty; its first line must name the columns.")
        self.header = _distinct([name.strip() for name in header])

    def chunks(self, size: int = CHUNK_ROWS) -> Iterator[Chunk]:
        """The rows in order; a row with more fields than the header is `bad`, a shorter one is filled up."""
        records = self._records()
        next(records)
        width, row = len(self.header), 0
        while block := list(islice(records, size)):
            numbers = range(row + 1, row + 1 + len(block))
            row += len(block)
            bad = [
                (n, TOO_MANY_FIELDS)
                for n, record in zip(numbers, block, strict=True)
                if any(cell.strip() for cell in record[width:])
            ]
            refused = {n for n, _ in bad}
            kept = [(n, record) for n, record in zip(numbers, block, strict=True) if n not in refused]
            cells = [(record + [""] * (width - len(record)))[:width] for _, record in kept]
            frame = pd.DataFrame(cells, columns=self.header, dtype="str")
            yield Chunk(frame, np.array([n for n, _ in kept], dtype=np.int64), bad)

    def _open(self) -> Any:
        # newline="" leaves line ends inside quotes to the csv module.
        return self._path.open(encoding=self._encoding, newline="")

    def _records(self) -> Iterator[list[str]]:
        with self._open() as file:
            if self._skip:
                file.readline()
            try:
                # A line without anything is not a record.
                yield from (record for record in csv.reader(file, delimiter=self._delimiter) if record)
            except csv.Error as error:
                raise FeedError(f"{self._path.name} can't be read as CSV: {error}.") from None


class ParquetTable:
    """A Parquet file; a GeoParquet's point column gives lon and lat."""

    def __init__(self, path: Path) -> None:
        try:
            self._file = pq.ParquetFile(path)
        except (pa.ArrowException, OSError, UnicodeError) as error:
            raise _unreadable(path, error) from None
        self._path = path
        names = list(self._file.schema_arrow.names)
        geo = _geo(self._file.schema_arrow.metadata or {})
        primary = geo.get("primary_column")
        self._geometry = primary if isinstance(primary, str) else None
        crs = _part(_part(geo, "columns"), self._geometry or "").get("crs")
        self.crs = json.dumps(crs) if crs else None
        self.points: Mapping[str, str] = POINT_COLUMNS if self._geometry in names else {}
        self.header = [name for name in names if name != self._geometry] + list(self.points.values())

    def chunks(self, size: int = CHUNK_ROWS) -> Iterator[Chunk]:
        """The rows in order; datetimes stay datetimes, everything else becomes text."""
        row = 0
        for frame in self._frames(size):
            yield Chunk(frame, np.arange(row + 1, row + 1 + len(frame)))
            row += len(frame)

    def _frames(self, size: int) -> Iterator[pd.DataFrame]:
        try:
            for batch in self._file.iter_batches(size):
                # As text in here: only then are values read that the file may have damaged.
                yield _as_text(self._with_points(batch.to_pandas(ignore_metadata=True)))
        except (pa.ArrowException, OSError, ValueError, shapely.GEOSException, TypeError) as error:
            raise _unreadable(self._path, error) from None

    def _with_points(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The geometry's column as two of coordinates; what is no point, or an empty one, has none."""
        if self.points and self._geometry is not None:
            packed: Any = frame.pop(self._geometry).to_numpy()
            points = np.asarray(shapely.from_wkb(packed, "ignore"))
            are_points = (shapely.get_type_id(points) == 0) & ~shapely.is_empty(points)
            where = np.where(are_points, points, np.array(None))
            for column, read in zip(self.points.values(), (shapely.get_x, shapely.get_y), strict=True):
                frame[column] = read(where)
        return frame


def _geo(metadata: Mapping[bytes, bytes]) -> Mapping[str, Any]:
    """What a GeoParquet says of itself; nothing where that can't be read, as of a plain Parquet."""
    try:
        geo = orjson.loads(metadata.get(b"geo", b"{}"))
    except orjson.JSONDecodeError:
        return {}
    return geo if isinstance(geo, dict) else {}


def _unreadable(path: Path, error: Exception) -> FeedError:
    said = str(error).split("\n")[0].rstrip(".")
    return FeedError(f"{path.name} can't be read as Parquet: {said}.")


class GeoJsonTable:
    """A GeoJSON FeatureCollection of points; a feature without a point has no coordinates."""

    def __init__(self, path: Path) -> None:
        try:
            document = orjson.loads(path.read_bytes())
        except orjson.JSONDecodeError as error:
            raise FeedError(f"{path.name} can't be read as JSON: {error}.") from None
        features = document.get("features") if isinstance(document, dict) else None
        if not isinstance(features, list):
            raise FeedError(f"{path.name} is not a GeoJSON FeatureCollection; export it as one.")
        self._features = [feature if isinstance(feature, dict) else {} for feature in features]
        self.points: Mapping[str, str] = POINT_COLUMNS
        self.crs = _part(_part(document, "crs"), "properties").get("name")
        names = dict.fromkeys(name for feature in self._features for name in _part(feature, "properties"))
        if any("id" in feature for feature in self._features):
            names.setdefault("id")
        self.header = [*names, *self.points.values()]

    def chunks(self, size: int = CHUNK_ROWS) -> Iterator[Chunk]:
        """The features in order."""
        for start in range(0, len(self._features), size):
            rows = [_feature_row(feature) for feature in self._features[start : start + size]]
            frame = pd.DataFrame.from_records(rows, columns=self.header).astype("object")
            yield Chunk(_as_text(frame), np.arange(start + 1, start + 1 + len(rows)))


def _feature_row(feature: Mapping[str, Any]) -> dict[str, Any]:
    geometry = _part(feature, "geometry")
    position = geometry.get("coordinates") if geometry.get("type") == "Point" else None
    row = {"id": feature.get("id"), **_part(feature, "properties")}
    point = position if isinstance(position, list) else []
    return row | dict(zip(POINT_COLUMNS.values(), point, strict=False))


def _part(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object of a JSON document; empty where something else stands in its place."""
    part = document.get(name)
    return part if isinstance(part, dict) else {}


def _delimiter(line: str) -> str:
    """The delimiter the header uses most, outside quotes; a comma when it has only one column."""
    outside = "".join(line.split('"')[::2])
    return max(_DELIMITERS, key=lambda mark: (outside.count(mark), mark == ","))


def _distinct(names: list[str]) -> list[str]:
    """Column names made distinct: empty ones get their number, repeated ones a count."""
    seen: dict[str, int] = {}
    out = []
    for position, name in enumerate(names, 1):
        name = name or f"column {position}"
        seen[name] = seen.get(name, 0) + 1
        out.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return out


def _as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """All columns but datetimes as text; missing values as empty text, whole floats without their `.0`."""
    columns = {}
    for name in frame.columns:
        values = frame[name]
        if not pd.api.types.is_datetime64_any_dtype(values.dtype):
            values = pd.Series([_text(value) for value in values.tolist()], index=frame.index, dtype="str")
        columns[name] = values
    return pd.DataFrame(columns, index=frame.index)


def _text(value: Any) -> str:
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, float) and value != value:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return str(value)
