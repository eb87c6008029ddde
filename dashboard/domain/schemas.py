"""The fields of every kind of entry on the raw streams, as one table.

Documentation is generated from it and held to it by a test; `events` parses by it.
"""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.domain import cameras, case_types, fields, units
from dashboard.domain.commands import (
    COMMANDS,
    MOST_TO_ASK_FOR,
    OUTCOMES,
    PAUSES,
    PHASES,
    PUBLISH,
    TEAMS,
)

PLACE_LIMIT, SUMMARY_LIMIT, NOTE_LIMIT, NAME_LIMIT = 200, 2000, 2000, 64
"""Characters that a place, a summary, a note and any name of a thing may have."""


@dataclass(frozen=True, slots=True)
class Field:
    """A row of a schema. `free` marks text that a person may have typed: it is searched for persons."""

    name: str
    required: bool
    parse: fields.Parser
    meaning: str
    example: str
    free: bool = False


_LON = Field("lon", False, fields.longitude, "degrees east, WGS 84; together with lat", "119.1072")
_LAT = Field("lat", False, fields.latitude, "degrees north, WGS 84; together with lon", "36.7093")
_SIMULATED = Field("simulated", False, fields.flag, "1: not real, and shown so everywhere", "1")
_NOTE = Field("note", False, fields.text_of(NOTE_LIMIT), "a sentence; no persons", "现场已处置", True)
_AT = Field("at", True, fields.instant_ms, "when, ISO 8601 with offset", "2026-11-24T09:30:00+08:00")

SCHEMAS: dict[str, tuple[Field, ...]] = {
    "report": (
        Field("id", True, fields.identifier, "the case's id; the same id again is an update or a duplicate",
              "370782-20261124-0117", True),
        Field("type", True, fields.case_type, "type: four digits, first level, or slug", "theft"),
        Field("level", False, fields.numbered(case_types.LEVELS),
              "01 特别重大, 02 重大, 03 较大, 04 一般; else the type's", "04"),
        Field("scale", False, fields.numbered(case_types.SCALES),
              "01 个体, 02 一般群体, 03 重大群体; else 01", "01"),
        Field("nature", False, fields.numbered(case_types.NATURES),
              "01 治安, 02 刑事, 03 民商事, 04 行政, 99 其他; else the type's", "01"),
        Field("origin", True, fields.one_of(case_types.ORIGINS), "where it was learned of", "grid_worker"),
        Field("occurred_at", True, fields.instant_ms, "when in the world, ISO 8601 with offset",
              "2026-11-24T09:30:00+08:00"),
        _LON,
        _LAT,
        Field("grid", False, fields.grid_code, "code of the grid, when there are no coordinates",
              "370782001003002"),
        Field("place", False, fields.text_of(PLACE_LIMIT), "the place in words; no persons",
              "密州街道东关社区", True),
        Field("summary", False, fields.text_of(SUMMARY_LIMIT), "what happened; no persons",
              "电动车在楼道充电", True),
        Field("source", False, fields.text_of(NAME_LIMIT), "the system that reports", "12345", True),
        _SIMULATED,
        Field("closed_at", False, fields.instant_ms, "when it was closed: an import of history",
              "2026-11-25T10:00:00+08:00"),
    ),
    "command": (
        Field("id", True, fields.identifier, "the command's id; the same id again is not applied",
              "c-7f3a", True),
        Field("case", True, fields.identifier, "the case's id", "370782-20261124-0117", True),
        Field("command", True, fields.one_of(COMMANDS), "what is done", "accept"),
        Field("version", False, fields.whole(1, 10**9), "version of the case that the sender saw", "1"),
        _AT,
        Field("by", True, fields.text_of(NAME_LIMIT), "role or call sign; no persons", "值班席01", True),
        Field("unit", False, fields.text_of(NAME_LIMIT), "call sign of the unit", "诸城-网格-0117", True),
        Field("departments", False, fields.listed(20, fields.text_of(NAME_LIMIT)),
              "departments, comma-separated", "住建局,消防大队", True),
        Field("level", False, fields.numbered(case_types.LEVELS), "the level as triaged", "03"),
        Field("type", False, fields.case_type, "the type as triaged", "2200"),
        Field("grid", False, fields.grid_code, "code of the grid as triaged", "370782001003002"),
        Field("into", False, fields.identifier, "id of the case that this one is merged into",
              "370782-20261124-0115", True),
        Field("to", False, fields.one_of(("village", "town", "county", "city")), "centre referred to",
              "county"),
        Field("card", False, fields.one_of(("normal", "yellow", "red")), "how it is supervised", "yellow"),
        Field("until", False, fields.instant_ms, "new end of the handling time", "2026-11-28T18:00:00+08:00"),
        Field("outcome", False, fields.one_of(OUTCOMES), "how it ended: " + ", ".join(OUTCOMES), "settled"),
        Field("reason", False, fields.one_of(PAUSES), "why the clocks stand: " + ", ".join(PAUSES), "court"),
        Field("within_min", False, fields.whole(1, 7 * 24 * 60),
              "minutes within which departments must report in; else the level's", "30"),
        Field("team", False, fields.one_of(TEAMS), "who hears the dispute: " + ", ".join(TEAMS), "grid"),
        Field("scheduled", False, fields.instant_ms, "when the hearing is", "2026-11-26T14:00:00+08:00"),
        Field("phase", False, fields.one_of(PHASES), "the overdue term: " + ", ".join(PHASES), "handle"),
        _NOTE,
        _SIMULATED,
    ),
    "publish": (
        Field("id", True, fields.identifier, "the publication's id; the same id again publishes nothing",
              "publish-20261207T0800", True),
        Field("command", True, fields.one_of((PUBLISH,)), "what is done", PUBLISH),
        _AT,
        Field("by", True, fields.text_of(NAME_LIMIT), "role or call sign; no persons", "市综治中心", True),
        Field("most", False, fields.whole(0, MOST_TO_ASK_FOR),
              "cases of rectification that it opens at most; else 100", "100"),
        _NOTE,
        _SIMULATED,
    ),
    "camera": (
        Field("camera", True, fields.whole(0, 2**31 - 1), "the camera's number in the pack", "18231"),
        Field("status", True, fields.numbers_of(cameras.REPORTED_STATUSES), "online, offline or fault",
              "offline"),
        _AT,
        _SIMULATED,
    ),
    "unit": (
        Field("unit", True, fields.text_of(NAME_LIMIT), "call sign, or number in the pack",
              "诸城-网格-0117", True),
        Field("state", True, fields.numbers_of({slug: number for slug, (number, _) in units.STATES.items()}),
              "off, free, busy, en_route or on_scene", "free"),
        _LON,
        _LAT,
        _AT,
        _SIMULATED,
    ),
    "heartbeat": (
        Field("kind", True, fields.one_of(("heartbeat",)), "marks the entry as a heartbeat", "heartbeat"),
        Field("source", True, fields.text_of(NAME_LIMIT), "the feed that is alive", "12345", True),
        _AT,
    ),
}  # fmt: skip
