"""Times as people write them, to UTC milliseconds: many forms, a named zone for those without an offset."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashboard.feeds.errors import FeedError

NOT_A_TIME = np.iinfo(np.int64).min

_CLOCK = (
    r"(?:[T\s]*(?P<h>\d{1,2})\s*[:时点]\s*(?P<m>\d{1,2})?分?(?::?(?P<s>\d{1,2})(?:[.,](?P<f>\d+))?秒?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?|上午|下午)?)?\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?\s*$"
)
_YEAR_FIRST = re.compile(
    r"^\s*(?P<y>\d{4})\s*[-/.年]\s*(?P<a>\d{1,2})\s*[-/.月]\s*(?P<b>\d{1,2})\s*日?" + _CLOCK
)
_YEAR_LAST = re.compile(r"^\s*(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})[-/.](?P<y>\d{4})" + _CLOCK)
_COMPACT = re.compile(
    r"^\s*(?P<y>\d{4})(?P<a>\d{2})(?P<b>\d{2})[T\s]?(?:(?P<h>\d{2})(?P<m>\d{2})(?P<s>\d{2})?)?"
    r"(?P<f>)(?P<half>)(?P<zone>Z|[+-]\d{2}:?\d{2})?\s*$"
)
# Plain ISO 8601, which pandas reads by itself and much faster than the patterns above.
_ISO = r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)?"
_ISO_ZONE = r"(?:Z|[+-]\d{2}:\d{2})"
_EPOCH = re.compile(r"^\s*(\d{10})(\d{3})?(?:\.\d+)?\s*$")
_LEADING = re.compile(r"^\s*(\d{1,2})[-/.](\d{1,2})[-/.]\d{4}")


@dataclass
class TimeNotes:
    """What was decided for times that a zone leaves open; counts of rows."""

    without_offset: int = 0
    ambiguous: int = 0
    nonexistent: int = 0


@dataclass
class DayOrder:
    """Whether 03/04/2020 is the 3rd of April (`dmy`) or the 4th of March (`mdy`), told from all rows."""

    order: str | None = None
    seen: int = field(default=0, init=False)
    largest: tuple[int, int] = field(default=(0, 0), init=False)

    def look(self, texts: pd.Series) -> None:
        """Take in the leading two numbers of every year-last date."""
        parts = texts.astype(str).str.extract(_LEADING).dropna()
        if len(parts):
            first, second = (int(parts[i].astype(int).max()) for i in (0, 1))
            self.seen += len(parts)
            self.largest = (max(self.largest[0], first), max(self.largest[1], second))

    def settle(self, column: str) -> str:
        """`dmy` or `mdy`; raises `FeedError` when the rows don't tell and nothing was given."""
        if self.order is None and self.seen:
            over = (self.largest[0] > 12, self.largest[1] > 12)
            self.order = {(True, False): "dmy", (False, True): "mdy"}.get(over)
            if self.order is None:
                raise FeedError(
                    f"Column {column!r} doesn't tell day from month; say --date-order dmy or mdy."
                )
        return self.order or "dmy"


def zone(name: str) -> ZoneInfo:
    """The zone of an IANA name; raises `FeedError` for a name there isn't."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise FeedError(f"{name!r} is not a time zone; give an IANA name like Asia/Shanghai.") from None


def to_utc_ms(
    values: pd.Series, tz: str, day_order: str = "dmy", notes: TimeNotes | None = None
) -> NDArray[np.int64]:
    """UTC milliseconds of a column of times, `NOT_A_TIME` where a value can't be read.

    Values may be texts (ISO 8601 and the forms of offices and spreadsheets), epoch seconds or
    milliseconds, or already datetimes. Those without an offset are local times of `tz`: an hour that
    happens twice counts as the first, one that the clock skips as the first instant after it; `notes`
    counts both.
    """
    notes = notes if notes is not None else TimeNotes()
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return _instants(values.dt.tz_convert("UTC").dt.tz_localize(None))
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return _localise(values.reset_index(drop=True), tz, notes)
    return _read_texts(values.fillna("").astype(str).reset_index(drop=True), tz, day_order, notes)


def _read_texts(texts: pd.Series, tz: str, day_order: str, notes: TimeNotes) -> NDArray[np.int64]:
    out = np.full(len(texts), NOT_A_TIME, dtype=np.int64)
    left = np.ones(len(texts), dtype=bool)
    _read_iso(texts, tz, notes, out, left)
    for pattern, order in ((_YEAR_FIRST, "mdy"), (_YEAR_LAST, day_order), (_COMPACT, "mdy")):
        rows = np.flatnonzero(left)
        if not len(rows):
            return out
        parts = texts.iloc[rows].str.extract(pattern)
        hit = parts["y"].notna().to_numpy()
        left[rows[hit]] = False
        if hit.any():
            out[rows[hit]] = _from_parts(parts[hit].reset_index(drop=True), order, tz, notes)
    epochs = texts[left].str.extract(_EPOCH)
    found = epochs[0].notna().to_numpy()
    seconds = epochs[0][found].astype(np.int64).to_numpy()
    out[np.flatnonzero(left)[found]] = seconds * 1000 + pd.to_numeric(epochs[1][found].fillna("0")).to_numpy()
    return out


def _read_iso(
    texts: pd.Series, tz: str, notes: TimeNotes, out: NDArray[np.int64], left: NDArray[np.bool_]
) -> None:
    """Fill `out` where the text is plain ISO 8601 and names a moment; the rest stays `left`."""
    for form, aware in ((_ISO + _ISO_ZONE, True), (_ISO, False)):
        rows = np.flatnonzero(left & texts.str.fullmatch(form).to_numpy(dtype=bool))
        if len(rows):
            moments = pd.to_datetime(texts.iloc[rows], format="ISO8601", utc=True, errors="coerce")
            rows, naive = rows[moments.notna()], moments.dropna().dt.tz_localize(None)
            left[rows] = False
            out[rows] = _instants(naive) if aware else _localise(naive.reset_index(drop=True), tz, notes)


def _from_parts(parts: pd.DataFrame, order: str, tz: str, notes: TimeNotes) -> NDArray[np.int64]:
    def number(name: str) -> NDArray[np.int64]:
        found = pd.to_numeric(parts[name].replace("", np.nan), errors="coerce")
        return found.fillna(0).to_numpy(dtype=np.int64)

    first, second = number("a"), number("b")
    month, day = (first, second) if order == "mdy" else (second, first)
    half = parts["half"].fillna("").str.lower().str.replace(".", "", regex=False)
    hour = number("h")
    late, early = half.isin(["pm", "下午"]).to_numpy(), half.isin(["am", "上午"]).to_numpy()
    hour = np.where(late & (hour < 12), hour + 12, np.where(early & (hour == 12), 0, hour))
    thousandths = pd.to_numeric(parts["f"].fillna("").str.pad(3, "right", "0").str[:3], errors="coerce")
    local = local_times(
        number("y"),
        month,
        day,
        hour,
        number("m"),
        number("s"),
        thousandths.fillna(0).to_numpy(dtype=np.int64),
    )
    zones = parts["zone"].replace("", np.nan)
    aware = zones.notna().to_numpy()
    out = np.full(len(parts), NOT_A_TIME, dtype=np.int64)
    if aware.any():
        instants = _instants(local[aware])
        shifted = instants - _offset_ms(zones[aware])
        out[aware] = np.where(instants == NOT_A_TIME, NOT_A_TIME, shifted)
    if not aware.all():
        out[~aware] = _localise(local[~aware].reset_index(drop=True), tz, notes)
    return out


def local_times(
    year: NDArray[np.int64],
    month: NDArray[np.int64],
    day: NDArray[np.int64],
    hour: NDArray[np.int64],
    minute: NDArray[np.int64],
    second: NDArray[np.int64],
    millisecond: NDArray[np.int64],
) -> pd.Series:
    """Naive datetimes of calendar parts, NaT where they name no moment (a 30th of February, a 25th hour)."""
    # 24:00 is how some systems write the end of a day.
    end_of_day = (hour == 24) & (minute == 0) & (second == 0)
    sound = (
        (year >= 1900)
        & (year < 2200)
        & (month >= 1)
        & (month <= 12)
        & (day >= 1)
        & (minute < 60)
        & (second < 60)
        & ((hour < 24) | end_of_day)
    )
    safe_year, safe_month = np.where(sound, year, 1970), np.where(sound, month, 1)
    months = (safe_year - 1970) * 12 + safe_month - 1
    start = months.astype("datetime64[M]").astype("datetime64[D]")
    days_in_month = ((months + 1).astype("datetime64[M]").astype("datetime64[D]") - start).astype(np.int64)
    sound &= day <= days_in_month
    ms = ((hour * 60 + minute) * 60 + second) * 1000 + millisecond
    moments = (start + np.where(sound, day - 1, 0)).astype("datetime64[ms]") + np.where(sound, ms, 0)
    return pd.Series(np.where(sound, moments, np.datetime64("NaT", "ms")))


def _localise(local: pd.Series, tz: str, notes: TimeNotes) -> NDArray[np.int64]:
    place = zone(tz)
    present = local.notna().to_numpy()
    notes.without_offset += int(present.sum())
    first = np.ones(len(local), dtype=bool)
    sure = local.dt.tz_localize(place, ambiguous="NaT", nonexistent="NaT")
    if (sure.isna().to_numpy() == ~present).all():
        return _instants(sure.dt.tz_convert("UTC").dt.tz_localize(None))
    twice_or_sure = local.dt.tz_localize(place, ambiguous=first, nonexistent="NaT")
    settled = local.dt.tz_localize(place, ambiguous=first, nonexistent="shift_forward")
    notes.nonexistent += int((twice_or_sure.isna().to_numpy() & present).sum())
    notes.ambiguous += int((sure.isna() & twice_or_sure.notna()).sum())
    return _instants(settled.dt.tz_convert("UTC").dt.tz_localize(None))


def _offset_ms(zones: pd.Series) -> NDArray[np.int64]:
    plain = zones.where(~zones.isin(["Z", "UTC", "GMT"]), "+00:00").str.replace(":", "", regex=False)
    sign = np.where(plain.str[0] == "-", -1, 1)
    minutes = pd.to_numeric(plain.str[3:5].replace("", "0")).to_numpy(dtype=np.int64)
    hours = pd.to_numeric(plain.str[1:3]).to_numpy(dtype=np.int64)
    return np.asarray(sign * (hours * 60 + minutes) * 60_000, dtype=np.int64)


def _instants(naive_utc: pd.Series) -> NDArray[np.int64]:
    ms = naive_utc.to_numpy(dtype="datetime64[ms]").astype(np.int64)
    return np.where(naive_utc.isna().to_numpy(), NOT_A_TIME, ms)
