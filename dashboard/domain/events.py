"""What may stand on the raw streams: the events, and their parsing from flat entries.

An entry is flat: names and texts. `schemas.SCHEMAS` holds, for each kind of entry, its fields (name,
whether it must be there, parser, meaning, example); `parse_report`, `parse_command`, `parse_camera`,
`parse_unit` and `parse_heartbeat` turn a mapping into a frozen event or raise `Refused`. A field that
is not in the table is refused, and so is everything that points at a person.

`now_ms` is the entry's stream time: when we learned of it. It alone decides what is "in the future",
so parsing an entry again gives the same answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from dashboard.domain import privacy
from dashboard.domain.commands import COMMANDS, COMMON_FIELDS
from dashboard.domain.refused import Refused
from dashboard.domain.schemas import SCHEMAS

Event = TypeVar("Event")

FUTURE_TOLERANCE_MS = 5 * 60 * 1000
"""How far an entry's own time may run ahead of the stream's clock."""
ENTRY_LIMIT_BYTES = 65_536
"""Size of the largest entry: its names and values in UTF-8."""


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
    role or a call sign. The arguments that a command does not have are None or empty.
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
    note: str = ""
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


_BY_NAME = {kind: {row.name: row for row in rows} for kind, rows in SCHEMAS.items()}
_PARSE = {kind: {row.name: (row.parse, row.free) for row in rows} for kind, rows in SCHEMAS.items()}
_REQUIRED = {kind: tuple(row.name for row in rows if row.required) for kind, rows in SCHEMAS.items()}


def parse_report(entry: Mapping[str, str], now_ms: int) -> Report:
    """A report from a flat entry; raises `Refused`."""
    return _guarded("report", _report, entry, now_ms)


def parse_command(entry: Mapping[str, str], now_ms: int) -> Command:
    """A command from a flat entry; raises `Refused`. Whether the case allows it is `cases.apply`'s to say."""
    return _guarded("command", _command, entry, now_ms)


def parse_camera(entry: Mapping[str, str], now_ms: int) -> CameraStatus:
    """A camera's state from a flat entry; raises `Refused`."""
    return _guarded("camera", _camera, entry, now_ms)


def parse_unit(entry: Mapping[str, str], now_ms: int) -> UnitStatus:
    """A unit's state from a flat entry; raises `Refused`."""
    return _guarded("unit", _unit, entry, now_ms)


def parse_heartbeat(entry: Mapping[str, str], now_ms: int) -> Heartbeat:
    """A heartbeat from a flat entry; raises `Refused`."""
    return _guarded("heartbeat", _heartbeat, entry, now_ms)


def is_heartbeat(entry: Mapping[str, str]) -> bool:
    """Whether an entry of any raw stream is a heartbeat."""
    return entry.get("kind") == "heartbeat"


def _guarded(
    kind: str, build: Callable[[dict[str, Any], int], Event], entry: Mapping[str, str], now_ms: int
) -> Event:
    """Reads and builds; a refusal for any reason becomes "personal" when the entry holds a person too."""
    try:
        return build(_read(kind, entry), now_ms)
    except Refused as refusal:
        raise _most_serious(kind, entry, refusal) from None


def _most_serious(kind: str, entry: Mapping[str, str], refusal: Refused) -> Refused:
    size = sum(len(str(name).encode(errors="replace")) + len(str(value).encode(errors="replace"))
               for name, value in entry.items())  # fmt: skip
    personal = privacy.check(entry, frozenset(_BY_NAME[kind]))
    if personal is not None:
        return personal
    if size > ENTRY_LIMIT_BYTES:
        return Refused("too_large", f"An entry may hold {ENTRY_LIMIT_BYTES} bytes; this one holds {size}.")
    return _swapped(entry) or refusal


def _swapped(entry: Mapping[str, str]) -> Refused | None:
    """A refusal that helps when a latitude can't be one but would do as a longitude."""
    try:
        lon, lat = float(entry["lon"]), float(entry["lat"])
    except (KeyError, TypeError, ValueError):
        return None
    if abs(lon) <= 90 < abs(lat) <= 180:
        return Refused("bad_value", f"The fields 'lon' and 'lat' look swapped: {lat:g} can't be a latitude.")
    return None


def _read(kind: str, entry: Mapping[str, str]) -> dict[str, Any]:
    """The parsed values by field name; raises `Refused` for a field that is unknown, wrong or missing."""
    table = _PARSE[kind]
    values: dict[str, Any] = {}
    texts: list[str] = []
    try:
        for name, text in entry.items():
            parse, free = table[name]
            if type(text) is not str:
                text = _as_text(name, text)
            if free:
                texts.append(text)
            values[name] = parse(text)
    except ValueError as problem:
        raise Refused("bad_value", f"The field {name!r} {problem}.", field=name) from None
    except KeyError:
        shown, known = str(name)[:60], ", ".join(table)
        raise Refused("unknown_field", f"A {kind} has no field {shown!r}; it may have {known}.") from None
    for name in _REQUIRED[kind]:
        if values.get(name, "") == "":
            raise Refused("missing_field", f"A {kind} must have the field {name!r}.", field=name)
    if privacy.may_be_personal("\n".join(texts)):
        _refuse_personal(entry, kind)
    return values


def _refuse_personal(entry: Mapping[str, str], kind: str) -> None:
    """Looks closely at every free text."""
    for name, (_, free) in _PARSE[kind].items():
        if free and name in entry:
            found = privacy.personal_text(str(entry[name]))
            if found is not None:
                raise Refused("personal", f"The field {name!r} holds a {found}.", field=name)


def _as_text(name: str, value: object) -> str:
    """Numbers and booleans of packed JSON as the text that a flat entry would hold."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, int | float):
        return repr(value)
    raise Refused("bad_value", f"The field {name!r} must be a text or a number.", field=name)


def _past(name: str, at_ms: int, now_ms: int) -> int:
    if at_ms > now_ms + FUTURE_TOLERANCE_MS:
        ahead_s = (at_ms - now_ms) // 1000
        sentence = f"The field {name!r} lies {ahead_s} s ahead of the stream's clock."
        raise Refused("future", sentence, field=name)
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
    if "until" in values:
        values["until_ms"] = values.pop("until")
    return Command(at_ms=at_ms, **values)


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
