"""Which column of an incident file is which field: by known names (Chinese and English), or as given."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from dashboard.feeds.errors import FeedError

# field → (its names in files, best first; what it is). The order of a row decides when a file has several.
# fmt: off
FIELDS: Mapping[str, tuple[tuple[str, ...], str]] = MappingProxyType({
    "id": (
        ("id", "case_id", "incident_id", "event_id", "case_number", "incident_number", "report_number",
         "编号", "案件编号", "事件编号", "警情编号", "工单编号", "案号", "objectid"),
        "the case's own identifier; without one it is made from the row's content",
    ),
    "occurred_at": (
        ("occurred_at", "occurred", "occurrence_date", "occurred_date", "incident_datetime", "incident_date",
         "incident_time", "event_time", "event_date", "发生时间", "案发时间", "发案时间", "事发时间",
         "事件时间", "datetime", "timestamp", "date_of_occurrence", "reported_at", "reported",
         "reported_date", "report_date", "report_time", "report_datetime", "报案时间", "报警时间", "接警时间",
         "上报时间", "受理时间",
         "created_at", "created_date", "创建时间", "登记时间", "发生日期", "案发日期", "日期时间"),
        "when it happened",
    ),
    "date": (("date", "日期", "day_date"), "the day, when the time of day is in a column of its own"),
    "time": (("time", "时间", "时刻", "time_of_day"), "the time of day; alone, when it happened"),
    "year": (("year", "年", "年份"), "year, when the time is in parts"),
    "month": (("month", "月", "月份"), "month, when the time is in parts"),
    "day": (("day", "日"), "day of the month, when the time is in parts"),
    "hour": (("hour", "时", "小时"), "hour, when the time is in parts"),
    "minute": (("minute", "分", "分钟"), "minute, when the time is in parts"),
    "closed_at": (
        ("closed_at", "closed", "closed_date", "close_date", "resolved_at",
         "结案时间", "办结时间", "关闭时间"),
        "when the case was closed",
    ),
    "lon": (
        ("lon", "lng", "long", "longitude", "经度", "point_x", "x", "x_coord", "x_coordinate", "easting"),
        "longitude, or the first coordinate of the CRS",
    ),
    "lat": (
        ("lat", "latitude", "纬度", "point_y", "y", "y_coord", "y_coordinate", "northing"),
        "latitude, or the second coordinate of the CRS",
    ),
    "grid": (("grid", "grid_code", "网格", "网格编码", "网格代码"),
             "15-digit code of the grid, when there is no point"),
    "category": (
        ("category", "type", "case_type", "incident_type", "event_type", "offence", "offense", "offence_type",
         "primary_type", "crime_type", "crime", "类型", "类别", "案由", "案件类型", "案件类别",
         "事件类型", "事件类别", "警情类别", "纠纷类型"),
        "kind of case, mapped to a case type",
    ),
    "level": (("level", "severity", "priority", "等级", "级别", "案件等级", "事件等级"), "level 01 to 04"),
    "scale": (("scale", "规模"), "scale 01 to 03"),
    "nature": (("nature", "性质"), "nature 01 to 04 or 99"),
    "origin": (("origin", "channel", "source_channel", "来源", "信息来源", "受理渠道"),
               "who told the centre"),
    "place": (
        ("place", "location", "block", "hundred_block", "地点", "案发地点", "事发地点", "发生地点", "位置"),
        "where, in words, without a person's name or door number",
    ),
    "summary": (("summary", "description", "摘要", "简要", "简要案情", "案情", "内容", "描述"),
                "what, in a few words"),
})
# fmt: on

_BRACKETS = re.compile(r"[(（\[【].*?[)）\]】]")
_NOT_WORD = re.compile(r"[\s_\-./·]+")


def plain(name: str) -> str:
    """A column name for comparison: lower case, without spaces, dashes, dots and bracketed remarks."""
    return _NOT_WORD.sub("", _BRACKETS.sub("", name.strip("\ufeff \t\"'"))).lower()


@dataclass(frozen=True)
class Columns:
    """Field → column of one file; fields without a column are not in it."""

    of: Mapping[str, str]

    def __contains__(self, field: str) -> bool:
        return field in self.of

    def __getitem__(self, field: str) -> str:
        return self.of[field]

    @property
    def has_point(self) -> bool:
        """Whether the file has both coordinates."""
        return "lon" in self.of and "lat" in self.of

    @property
    def has_parts(self) -> bool:
        """Whether the time is in parts: year, month and day."""
        return {"year", "month", "day"} <= set(self.of)

    @property
    def has_time(self) -> bool:
        """Whether there is a time in any of its forms."""
        return bool({"occurred_at", "date", "time"} & set(self.of)) or self.has_parts


def parse_pairs(text: str) -> dict[str, str]:
    """`"occurred_at=When,lon=X"` as a mapping; raises `FeedError` for what is not a pair or not a field."""
    pairs: dict[str, str] = {}
    for part in (piece for piece in text.split(",") if piece.strip()):
        field, equals, column = (piece.strip() for piece in part.partition("="))
        if not equals or not column:
            raise FeedError(f"{part.strip()!r} is not FIELD=COLUMN, as in occurred_at=When,lon=X.")
        if field not in FIELDS:
            raise FeedError(f"{field!r} is not a field; the fields are {', '.join(FIELDS)}.")
        pairs[field] = column
    return pairs


def find_columns(header: Sequence[str], given: Mapping[str, str] = MappingProxyType({})) -> Columns:
    """The fields of a file with this header.

    `given` (field → column) comes before what the names tell. Raises `FeedError` when a given column is not
    there, or when the file has no time, no place (point or grid) or no category.
    """
    found: dict[str, str] = {}
    for field, column in given.items():
        if field not in FIELDS:
            raise FeedError(f"{field!r} is not a field; the fields are {', '.join(FIELDS)}.")
        found[field] = _named(header, column)
    taken = set(found.values())
    by_plain: dict[str, str] = {}
    for column in header:
        by_plain.setdefault(plain(column), column)
    for field, (names, _) in FIELDS.items():
        if field not in found:
            match = _first(names, by_plain, taken)
            if match is not None:
                found[field] = match
                taken.add(match)
    columns = Columns(found)
    _require(columns, header)
    return columns


def _named(header: Sequence[str], column: str) -> str:
    if column in header:
        return column
    same = [name for name in header if plain(name) == plain(column)]
    if len(same) != 1:
        raise FeedError(f"There is no column {column!r}; the file has {_listed(header)}.")
    return same[0]


def _first(names: Iterable[str], by_plain: Mapping[str, str], taken: set[str]) -> str | None:
    for name in names:
        column = by_plain.get(plain(name))
        if column is not None and column not in taken:
            return column
    return None


def _require(columns: Columns, header: Sequence[str]) -> None:
    wanted = (
        (columns.has_time, "a time", "--column occurred_at=COLUMN"),
        (columns.has_point or "grid" in columns, "coordinates", "--column lon=COLUMN --column lat=COLUMN"),
        ("category" in columns, "a category", "--column category=COLUMN"),
    )
    for there, what, example in wanted:
        if not there:
            raise FeedError(
                f"No column is known as {what}; name it with {example}. The file has {_listed(header)}."
            )


def _listed(header: Sequence[str]) -> str:
    return ", ".join(repr(name) for name in header) or "no columns"
