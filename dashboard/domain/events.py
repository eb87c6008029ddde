"""What may stand on the raw streams: the events, and their parsing from flat entries.

An entry is flat: names and texts. `schemas.SCHEMAS` holds, for each kind of entry, its fields (name,
whether it must be there, parser, meaning, example); `parse_report`, `parse_command`, `parse_camera`,
`parse_unit`, `parse_publish` and `parse_heartbeat` turn a mapping into a frozen event or raise `Refused`. A
field that is not in the table is refused, and so is everything that points at a person.

`now_ms` is the entry's stream time: when we learned of it. It alone decides what is "in the future",
so parsing an entry again gives the same answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.domain.commands import COMMANDS, COMMON_FIELDS, PUBLISH
from dashboard.domain.entries import ENTRY_LIMIT_BYTES as ENTRY_LIMIT_BYTES
from dashboard.domain.entries import read_entry
from dashboard.domain.refused import Refused

FUTURE_TOLERANCE_MS = 5 * 60 * 1000
"""How far an entry's own time may run ahead of the stream's clock."""
EARLIEST_MS = 946_771_200_000
"""2000-01-02 UTC. A clock that was never set says 1970, 1980 or 2000-01-01."""
HORIZON_MS = 5 * 366 * 86_400_000
"""How far ahead a plan may lie: the end of an extension, a hearing."""


@dataclass(frozen=True, slots=True)
class Report:
    """Somebody reports a case, or what more is known of one that was reported under the same id.

    Times are milliseconds since 1970 UTC; `learned_at_ms` is the stream's. `type` is four digits;
    `level`, `scale` and `nature` are keys of the tables in `case_types`, None when not said. Either
    `lon` and `lat` (degrees, WGS 84), which decide, or `grid` (code) is there. With `closed_at_ms`
    it is history.
    """

    id: str
    type: str
    level: int | None
    scale: int | None
    nature: int | None
    origin: str
    occurred_at_ms: int
    learned_at_ms: int
    lon: float | None
    lat: float | None
    grid: str | None
    place: str
    summary: str
    source: str
    simulated: bool
    closed_at_ms: int | None


@dataclass(frozen=True, slots=True)
class Command:
    """Somebody does something with a case; see `commands.COMMANDS` for the commands and arguments.

    `version` is the version of the case that the sender saw, None when it does not say. `by` is a
    role or a call sign. The arguments that a command does not have are None or empty. `learned_at_ms` is the
    stream's time.
    """

    id: str
    case: str
    command: str
    at_ms: int
    by: str
    version: int | None = None
    unit: str | None = None
    departments: tuple[str, ...] = ()
    level: int | None = None
    type: str | None = None
    grid: str | None = None
    into: str | None = None
    to: str | None = None
    card: str | None = None
    until_ms: int | None = None
    outcome: str | None = None
    reason: str | None = None
    within_min: int | None = None
    team: str | None = None
    scheduled_ms: int | None = None
    phase: str | None = None
    note: str = ""
    simulated: bool = False
    learned_at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Publish:
    """Somebody publishes the index as it then stands; `most`: cases of rectification opened at most."""

    id: str
    at_ms: int
    by: str
    note: str = ""
    most: int | None = None
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class CameraStatus:
    """A camera's new state; `camera` is its number in the pack, `status` a number of `cameras.STATUSES`."""

    camera: int
    status: int
    at_ms: int
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class UnitStatus:
    """A unit's new state and, when known, position; `unit` is its call sign or its number in the pack."""

    unit: str
    state: int
    at_ms: int
    lon: float | None = None
    lat: float | None = None
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """A quiet feed says that it is alive."""

    source: str
    at_ms: int


def parse_report(entry: Mapping[str, str], now_ms: int) -> Report:
    """A report from a flat entry; raises `Refused`."""
    return read_entry("report", _report, entry, now_ms)


def parse_command(entry: Mapping[str, str], now_ms: int) -> Command:
    """A command from a flat entry; raises `Refused`. Whether the case allows it is `cases.apply`'s to say."""
    return read_entry("command", _command, entry, now_ms)


def parse_publish(entry: Mapping[str, str], now_ms: int) -> Publish:
    """A publication of the index from a flat entry; raises `Refused`."""
    return read_entry("publish", _publish, entry, now_ms)


def is_publish(entry: Mapping[str, str]) -> bool:
    """Whether an entry of the commands' raw stream publishes the index; all others are about a case."""
    return entry.get("command") == PUBLISH


def parse_camera(entry: Mapping[str, str], now_ms: int) -> CameraStatus:
    """A camera's state from a flat entry; raises `Refused`."""
    return read_entry("camera", _camera, entry, now_ms)


def parse_unit(entry: Mapping[str, str], now_ms: int) -> UnitStatus:
    """A unit's state from a flat entry; raises `Refused`."""
    return read_entry("unit", _unit, entry, now_ms)


def parse_heartbeat(entry: Mapping[str, str], now_ms: int) -> Heartbeat:
    """A heartbeat from a flat entry; raises `Refused`."""
    return read_entry("heartbeat", _heartbeat, entry, now_ms)


def is_heartbeat(entry: Mapping[str, str]) -> bool:
    """Whether an entry of any raw stream is a heartbeat."""
    return entry.get("kind") == "heartbeat"


def _past(name: str, at_ms: int, now_ms: int) -> int:
    if at_ms > now_ms + FUTURE_TOLERANCE_MS:
        ahead_s = (at_ms - now_ms) // 1000
        sentence = f"The field {name!r} lies {ahead_s} s ahead of the stream's clock."
        raise Refused("future", sentence, field=name)
    if at_ms < EARLIEST_MS:
        sentence = f"The field {name!r} lies before 2000-01-02, as a clock says that was not set."
        raise Refused("bad_value", sentence, field=name)
    return at_ms


def _planned(name: str, at_ms: int, now_ms: int) -> int:
    if at_ms > now_ms + HORIZON_MS:
        years = HORIZON_MS // (366 * 86_400_000)
        raise Refused("future", f"The field {name!r} lies more than {years} years ahead.", field=name)
    return at_ms


def _position(values: dict[str, Any]) -> tuple[float | None, float | None]:
    lon, lat = values.get("lon"), values.get("lat")
    if (lon is None) != (lat is None):
        raise Refused("no_position", "The fields 'lon' and 'lat' must both be there, or neither.")
    return lon, lat


def _report(values: dict[str, Any], now_ms: int) -> Report:
    lon, lat = _position(values)
    grid = values.get("grid")
    if lon is None and grid is None:
        raise Refused("no_position", "A report must have the fields 'lon' and 'lat', or 'grid'.")
    occurred_at_ms = _past("occurred_at", values["occurred_at"], now_ms)
    closed_at_ms = values.get("closed_at")
    if closed_at_ms is not None and _past("closed_at", closed_at_ms, now_ms) < occurred_at_ms:
        sentence = "The field 'closed_at' must not lie before 'occurred_at'."
        raise Refused("bad_value", sentence, field="closed_at")
    return Report(
        values["id"],
        values["type"],
        values.get("level"),
        values.get("scale"),
        values.get("nature"),
        values["origin"],
        occurred_at_ms,
        now_ms,
        lon,
        lat,
        grid,
        values.get("place", ""),
        values.get("summary", ""),
        values.get("source", ""),
        values.get("simulated", False),
        closed_at_ms,
    )


def _command(values: dict[str, Any], now_ms: int) -> Command:
    rule = COMMANDS[values["command"]]
    for name in rule.required:
        if not any(values.get(choice) for choice in name.split("|")):
            wanted = name.replace("|", "' or '")
            sentence = f"The command {rule.slug!r} must have the field '{wanted}'."
            raise Refused("missing_field", sentence, field=name)
    at_ms = _past("at", values.pop("at"), now_ms)
    extra = values.keys() - rule.fields
    if extra:
        allowed = ", ".join(sorted(rule.fields - COMMON_FIELDS)) or "none of its own"
        raise Refused(
            "unknown_field", f"The command {rule.slug!r} has no field {min(extra)!r}; it may have {allowed}."
        )
    for name in ("until", "scheduled"):
        if name in values:
            values[f"{name}_ms"] = _planned(name, values.pop(name), now_ms)
    return Command(at_ms=at_ms, learned_at_ms=now_ms, **values)


def _publish(values: dict[str, Any], now_ms: int) -> Publish:
    at_ms = _past("at", values["at"], now_ms)
    note, simulated = values.get("note", ""), values.get("simulated", False)
    return Publish(values["id"], at_ms, values["by"], note, values.get("most"), simulated)


def _camera(values: dict[str, Any], now_ms: int) -> CameraStatus:
    return CameraStatus(
        values["camera"], values["status"], _past("at", values["at"], now_ms), values.get("simulated", False)
    )


def _unit(values: dict[str, Any], now_ms: int) -> UnitStatus:
    lon, lat = _position(values)
    at_ms = _past("at", values["at"], now_ms)
    return UnitStatus(values["unit"], values["state"], at_ms, lon, lat, values.get("simulated", False))


def _heartbeat(values: dict[str, Any], now_ms: int) -> Heartbeat:
    return Heartbeat(values["source"], _past("at", values["at"], now_ms))
