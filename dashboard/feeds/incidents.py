"""Incident files as reports: checked as a whole first, then read in batches with every row accounted for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashboard.domain.privacy import personal_name
from dashboard.domain.schemas import PLACE_LIMIT, SUMMARY_LIMIT
from dashboard.feeds.columns import Columns, find_columns
from dashboard.feeds.errors import FeedError
from dashboard.feeds.mapping import (
    MAPPED_FIELDS,
    GivenMapping,
    category_types,
    check_keys,
    folded,
    resolve_category,
    words,
)
from dashboard.feeds.reading import CHUNK_ROWS, Chunk, Table, open_table
from dashboard.feeds.times import NOT_A_TIME, DayOrder, TimeNotes, to_utc_ms, zone
from dashboard.feeds.values import MadeIds, identifier, iso_times, moments, numbers, texts, transformer

NO_TIME = "the time can't be read"
NO_PLACE = "no coordinates"
OUT_OF_RANGE = "coordinates out of range"
NO_CATEGORY = "no category"


@dataclass(frozen=True)
class IncidentOptions:
    """How to read a file; everything has a default that fits a plain file.

    `timezone` is for times without an offset (the city's own when None), `crs` anything pyproj reads,
    `date_order` dmy or mdy; `drop_columns` are left out before anything looks at them. `origin` is for rows
    that don't say who told the centre, `source` names the file's system (the file's own name when None).
    """

    mapping: GivenMapping = field(default_factory=GivenMapping)
    default_type: str | None = None
    timezone: str | None = None
    crs: str | None = None
    gcj02: bool = False
    date_order: str | None = None
    drop_columns: tuple[str, ...] = ()
    origin: str = "resident"
    source: str | None = None
    simulated: bool = False


@dataclass
class Survey:
    """What a first pass over the file found: its rows, its categories with their counts, and their types."""

    rows: int = 0
    categories: Counter[str] = field(default_factory=Counter)
    types: dict[str, str] = field(default_factory=dict)


@dataclass
class Batch:
    """Reports of some rows, in the file's order, and (row, reason) of those that are none.

    `rows`, `occurred_ms`, `lon` and `lat` (NaN where a grid code stands for the point) go with `reports`.
    """

    rows: NDArray[np.int64]
    occurred_ms: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    reports: list[dict[str, str]]
    refused: list[tuple[int, str]]


@dataclass
class _Points:
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    known: NDArray[np.bool_]


class IncidentFile:
    """A file of incidents, checked as a whole before its first row is used.

    Raises `FeedError` for what one row can't answer for: no such column, personal columns, categories without
    a type, dates that don't tell day from month, coordinates of an unnamed system.
    """

    def __init__(self, path: Path, options: IncidentOptions, default_timezone: str) -> None:
        self.path = path
        self.options = options
        self.timezone = options.timezone or default_timezone
        zone(self.timezone)
        if options.date_order not in (None, "dmy", "mdy"):
            raise FeedError(f"{options.date_order!r} is no date order; say dmy or mdy.")
        self._table: Table = open_table(path)
        header = _without(self._table.header, options.drop_columns)
        _refuse_personal(header)
        self.columns: Columns = find_columns(header, {**self._table.points, **options.mapping.columns})
        check_keys(options.mapping, self.columns.of)
        self._unused = [name for name in header if name not in self.columns.of.values()]
        self._notes = TimeNotes()
        self._left_open = 0
        self._transform = transformer(options.crs or self._table.crs, options.gcj02)
        self._codes = {
            name: words(name, options.mapping, self.columns[name])
            for name in MAPPED_FIELDS
            if name in self.columns
        }
        self._order = DayOrder(options.date_order)
        self._ids = MadeIds()
        self.survey = self._survey()

    def batches(self, size: int = CHUNK_ROWS) -> Iterator[Batch]:
        """The whole file from its beginning, every row once, either in `reports` or in `refused`."""
        self._ids = MadeIds()
        self._notes = TimeNotes()
        self._left_open = 0
        for chunk in self._table.chunks(size):
            yield self._batch(chunk)

    def remarks(self) -> list[str]:
        """What was decided on the way, as lines for the account; complete after the last batch."""
        notes, zone_name = self._notes, self.timezone
        rows = (
            (notes.without_offset, f"times without an offset were read as {zone_name}."),
            (notes.ambiguous, "of them happen twice as clocks go back: the first was taken."),
            (
                notes.nonexistent,
                "of them are skipped as clocks go forward: the moment of the change was taken.",
            ),
            (self._left_open, "cases have no closing time in the file: they are open."),
        )
        out = [f"{count:,} {text}" for count, text in rows if count]
        return out + ([f"Columns not used: {', '.join(self._unused)}."] if self._unused else [])

    def _survey(self) -> Survey:
        survey = Survey()
        far = known = 0
        for chunk in self._table.chunks():
            survey.rows += len(chunk.rows) + len(chunk.bad)
            survey.categories.update(texts(chunk.frame, self.columns, "category"))
            for name in ("occurred_at", "date", "time", "closed_at"):
                if name in self.columns:
                    self._order.look(chunk.frame[self.columns[name]])
            if self.columns.has_point:
                lon, lat = (numbers(chunk.frame[self.columns[name]]) for name in ("lon", "lat"))
                point = np.isfinite(lon + lat)
                known += int(point.sum())
                far += int((point & ((np.abs(lon) > 180) | (np.abs(lat) > 90))).sum())
        if self._transform is None and far > known / 2:
            raise FeedError(
                f"{self.path.name} has projected coordinates in {self.columns['lon']!r} and "
                f"{self.columns['lat']!r}; name their system, for example --crs EPSG:32610."
            )
        self._order.settle(self.columns.of.get("occurred_at") or self.columns.of.get("date") or "time")
        survey.types = category_types(
            survey.categories, self._codes["category"], self.options.default_type, resolve_category
        )
        return survey

    def _batch(self, chunk: Chunk) -> Batch:
        frame, columns = chunk.frame, self.columns
        points = self._points(frame)
        grid = texts(frame, columns, "grid")
        occurred = moments(frame, columns, self.timezone, self._order, self._notes)
        types = [self.survey.types.get(value, "") for value in texts(frame, columns, "category")]
        # The first check that fails gives the reason.
        checks = (
            (occurred != NOT_A_TIME, NO_TIME),
            (points.known | _present(grid), NO_PLACE),
            (~points.known | ((np.abs(points.lon) <= 180) & (np.abs(points.lat) <= 90)), OUT_OF_RANGE),
            (_present(types), NO_CATEGORY),
        )
        reasons = np.full(len(frame), "", dtype=object)
        for passed, reason in reversed(checks):
            reasons[~passed] = reason
        good = np.flatnonzero(reasons == "")
        refused = [(int(chunk.rows[i]), str(reasons[i])) for i in np.flatnonzero(reasons != "")]
        # In full: a point beside a border must not change sides by being rounded.
        where = [
            {"lon": repr(float(points.lon[i])), "lat": repr(float(points.lat[i]))}
            if points.known[i]
            else {"grid": grid[i]}
            for i in good.tolist()
        ]
        reports = self._reports(frame.iloc[good], occurred[good], where, [types[i] for i in good.tolist()])
        return Batch(
            chunk.rows[good], occurred[good], points.lon[good], points.lat[good], reports,
            sorted(refused + chunk.bad),
        )  # fmt: skip

    def _points(self, frame: pd.DataFrame) -> _Points:
        if not self.columns.has_point:
            nothing = np.full(len(frame), np.nan)
            return _Points(nothing, nothing, np.zeros(len(frame), dtype=bool))
        lon, lat = (numbers(frame[self.columns[name]]) for name in ("lon", "lat"))
        # Systems write 0, 0 where they know nothing.
        known = np.isfinite(lon) & np.isfinite(lat) & ~((lon == 0) & (lat == 0))
        lon, lat = np.where(known, lon, np.nan), np.where(known, lat, np.nan)
        if self._transform is not None:
            lon, lat = self._transform(lon, lat)
        return _Points(lon, lat, known)

    def _reports(
        self, frame: pd.DataFrame, occurred: NDArray[np.int64], where: list[dict[str, str]], types: list[str]
    ) -> list[dict[str, str]]:
        options, columns = self.options, self.columns
        place, summary = (
            texts(frame, columns, "place", PLACE_LIMIT),
            texts(frame, columns, "summary", SUMMARY_LIMIT),
        )
        category, given = texts(frame, columns, "category"), texts(frame, columns, "id")
        content = zip(occurred.tolist(), where, category, place, summary, strict=True)
        ids = [
            identifier(own) or self._ids.of(str(at), *point.values(), *said)
            for own, (at, point, *said) in zip(given, content, strict=True)
        ]
        fields: dict[str, list[str]] = {
            "id": ids, "type": types, "occurred_at": iso_times(occurred), "place": place, "summary": summary,
            "closed_at": self._closing_times(frame, occurred),
        }  # fmt: skip
        for name, codes in self._codes.items():
            if name != "category":
                fields[name] = [codes.get(folded(value), value) for value in texts(frame, columns, name)]
        same = {"origin": options.origin, "source": options.source or self.path.stem[:64]}
        if options.simulated:
            same["simulated"] = "1"
        return [
            same | point | {name: column[k] for name, column in fields.items() if column[k]}
            for k, point in enumerate(where)
        ]

    def _closing_times(self, frame: pd.DataFrame, occurred: NDArray[np.int64]) -> list[str]:
        if "closed_at" not in self.columns:
            # The file doesn't say when, only that it is past: no duration is made up.
            return iso_times(occurred)
        values = frame[self.columns["closed_at"]]
        closed = to_utc_ms(values, self.timezone, self._order.settle("closed_at"), TimeNotes())
        known = closed != NOT_A_TIME
        self._left_open += int((~known).sum())
        closed = np.maximum(np.where(known, closed, occurred), occurred)
        return [text if here else "" for text, here in zip(iso_times(closed), known, strict=True)]


def _present(values: list[str]) -> NDArray[np.bool_]:
    return np.array([bool(value) for value in values], dtype=bool)


def _without(header: list[str], dropped: tuple[str, ...]) -> list[str]:
    for name in dropped:
        if name not in header:
            have = ", ".join(map(repr, header))
            raise FeedError(f"There is no column {name!r} to drop; the file has {have}.")
    return [name for name in header if name not in dropped]


def _refuse_personal(header: list[str], is_personal: Callable[[str], bool] = personal_name) -> None:
    found = [name for name in header if is_personal(name)]
    if found:
        raise FeedError(
            f"Columns about persons are not read: drop {', '.join(map(repr, found))} from the file, or pass "
            f"{' '.join(f'--drop {name!r}' for name in found)}."
        )
