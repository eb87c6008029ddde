"""Reading a flat entry by the table of its kind: the parsed values, or the most serious reason against it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from dashboard.domain import privacy
from dashboard.domain.nested import DEPTH_LIMIT, is_deep, size_bytes
from dashboard.domain.refused import Refused
from dashboard.domain.schemas import SCHEMAS

Event = TypeVar("Event")

ENTRY_LIMIT_BYTES = 65_536
"""Size of the largest entry: its names and values in UTF-8."""

_NAMES = {kind: frozenset(row.name for row in rows) for kind, rows in SCHEMAS.items()}
_PARSE = {kind: {row.name: (row.parse, row.free) for row in rows} for kind, rows in SCHEMAS.items()}
_REQUIRED = {kind: tuple(row.name for row in rows if row.required) for kind, rows in SCHEMAS.items()}


def read_entry(
    kind: str, build: Callable[[dict[str, Any], int], Event], entry: Mapping[str, str], now_ms: int
) -> Event:
    """What `build` makes of the values by field name and of `now_ms`; raises `Refused`.

    A refusal for any reason becomes "personal" when the entry holds a person too.
    """
    try:
        return build(_read(kind, entry), now_ms)
    except Refused as refusal:
        raise _most_serious(kind, entry, refusal) from None


def _most_serious(kind: str, entry: Mapping[str, str], refusal: Refused) -> Refused:
    return gravest(entry, _NAMES[kind]) or _swapped(entry) or refusal


def gravest(entry: Mapping[str, Any], known: frozenset[str] = frozenset()) -> Refused | None:
    """The reason for which nothing of an entry may be kept: it holds a person, or can't be searched for one.

    `known`: names of fields that are no sign of a person.
    """
    personal = privacy.check(entry, known)
    if personal is not None:
        return personal
    size = sum(len(str(name).encode(errors="replace")) + _size(value) for name, value in entry.items())
    if size > ENTRY_LIMIT_BYTES:
        return Refused("too_large", f"An entry may hold {ENTRY_LIMIT_BYTES} bytes; this one holds more.")
    if any(is_deep(value) for value in entry.values()):
        sentence = f"A value may be nested in {DEPTH_LIMIT} levels; this entry has one that is deeper."
        return Refused("too_large", sentence)
    return None


def _size(value: object) -> int:
    if isinstance(value, str):
        return len(value.encode(errors="replace"))
    return size_bytes(value, ENTRY_LIMIT_BYTES)


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
