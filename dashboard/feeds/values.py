"""Columns of texts as numbers, coordinates, moments and identifiers."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from dashboard.feeds.columns import Columns
from dashboard.feeds.errors import FeedError
from dashboard.feeds.times import DayOrder, TimeNotes, local_times, to_utc_ms
from geodata import gcj02

Floats = NDArray[np.float64]
Turn = Callable[[Floats, Floats], tuple[Floats, Floats]]
"""Coordinates of some system to longitude and latitude of WGS 84."""

_IDENTIFIER = re.compile(r"[A-Za-z0-9._:\-]{1,64}")
# A made id is letters that no label has and no digits, so that it never looks like a number of a person.
_LETTERS = str.maketrans("0123456789abcdef", "bcdfghjklmnprstv")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")


def transformer(crs: str | None, is_gcj02: bool) -> Turn | None:
    """What turns a file's coordinates into WGS 84; None when they are that already."""
    if is_gcj02:
        return gcj02.to_wgs84
    if crs is None:
        return None
    try:
        system = CRS.from_user_input(crs)
    except CRSError:
        raise FeedError(f"{crs!r} is not a coordinate system; give one like EPSG:4326.") from None
    if system.to_epsg() == 4326 or "CRS84" in crs:
        return None
    turn = Transformer.from_crs(system, "EPSG:4326", always_xy=True)

    def to_wgs84(x: Floats, y: Floats) -> tuple[Floats, Floats]:
        lon, lat = turn.transform(x, y)
        return np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)

    return to_wgs84


def numbers(values: pd.Series) -> Floats:
    """Numbers of a column, NaN where there is none; a decimal comma is one too."""
    text = values.astype(str).str.strip()
    comma = text.str.fullmatch(r"[-+]?\d+,\d+").fillna(False).astype(bool)
    text = text.where(~comma, text.str.replace(",", ".", regex=False))
    found = pd.to_numeric(text, errors="coerce").to_numpy(dtype=np.float64)
    return np.where(np.isfinite(found), found, np.nan)


def texts(frame: pd.DataFrame, columns: Columns, name: str, limit: int | None = None) -> list[str]:
    """A field's values without outer blanks and control characters; empty when the file has no such column.

    Longer texts than `limit` are cut and end in an ellipsis.
    """
    if name not in columns:
        return [""] * len(frame)
    out = [_CONTROL.sub(" ", value).strip() for value in frame[columns[name]].astype(str).tolist()]
    if limit is not None:
        out = [value if len(value) <= limit else value[: limit - 1] + "…" for value in out]
    return out


def identifier(given: str) -> str:
    """A file's own id as the streams take it; one with other characters is replaced by its hash."""
    if not given or _IDENTIFIER.fullmatch(given):
        return given
    return f"h{_lettered(hashlib.blake2b(given.encode(errors='replace'), digest_size=10).hexdigest())}"


def _lettered(hexadecimal: str) -> str:
    return hexadecimal.translate(_LETTERS)


class MadeIds:
    """Ids for rows without one: the same content gets the same id in every import.

    Equal rows of one file are different cases, told apart by their count.
    """

    def __init__(self) -> None:
        self._seen: Counter[bytes] = Counter()

    def of(self, *content: str) -> str:
        """The id of the next row with this content."""
        digest = hashlib.blake2b("\x1f".join(content).encode(errors="replace"), digest_size=8).digest()
        self._seen[digest] += 1
        count = self._seen[digest]
        return f"i{_lettered(digest.hex())}" + (f"-{count}" if count > 1 else "")


def iso_times(ms: NDArray[np.int64]) -> list[str]:
    """ISO 8601 texts in UTC of epoch milliseconds."""
    return [f"{text}Z" for text in np.datetime_as_string(ms.astype("datetime64[ms]")).tolist()]


def moments(
    frame: pd.DataFrame, columns: Columns, timezone: str, order: DayOrder, notes: TimeNotes
) -> NDArray[np.int64]:
    """When each row happened (UTC ms), from whichever columns of time the file has."""
    day_order = order.settle("time")
    if "occurred_at" in columns:
        values = frame[columns["occurred_at"]]
    elif columns.has_parts and "date" not in columns:
        values = _joined_parts(frame, columns)
    elif "date" in columns and "time" in columns:
        values = _joined(frame[columns["date"]], frame[columns["time"]])
    else:
        values = frame[columns["date"] if "date" in columns else columns["time"]]
    return to_utc_ms(values, timezone, day_order, notes)


def _joined(date: pd.Series, time: pd.Series) -> pd.Series:
    """Day and time of day as one text; a `time` column that has the whole moment stands alone."""
    day, clock = date.astype(str).str.strip(), time.astype(str).str.strip()
    whole = clock.str.contains(r"\d{4}[-/.年]|[-/.]\d{4}", regex=True)
    # A datetime column reads as "2020-01-05 00:00:00": only its day counts.
    day = day.str.replace(r"[T ]00:00(:00(\.0+)?)?$", "", regex=True)
    return clock.where(whole, (day + " " + clock).str.strip())


def _joined_parts(frame: pd.DataFrame, columns: Columns) -> pd.Series:
    def part(name: str) -> NDArray[np.int64]:
        if name not in columns:
            return np.zeros(len(frame), dtype=np.int64)
        return np.nan_to_num(numbers(frame[columns[name]]), nan=-1).astype(np.int64)

    nothing = np.zeros(len(frame), dtype=np.int64)
    # A row that keeps its time of day back counts from midnight.
    hour, minute = np.maximum(part("hour"), 0), np.maximum(part("minute"), 0)
    return local_times(part("year"), part("month"), part("day"), hour, minute, nothing, nothing)
