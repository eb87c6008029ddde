"""A refused event as the fields of a form, and what is typed there as an entry that can be sent again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from dashboard.domain.cameras import REPORTED_STATUSES
from dashboard.domain.events import (
    is_heartbeat,
    is_publish,
    parse_camera,
    parse_command,
    parse_heartbeat,
    parse_publish,
    parse_report,
    parse_unit,
)
from dashboard.domain.schemas import SCHEMAS, Field
from dashboard.domain.units import STATES

_PARSERS: dict[str, Callable[[Mapping[str, str], int], object]] = {
    "report": parse_report,
    "command": parse_command,
    "publish": parse_publish,
    "camera": parse_camera,
    "unit": parse_unit,
    "heartbeat": parse_heartbeat,
}
_OF_STREAM = {"reports": "report", "commands": "command", "cameras": "camera", "units": "unit"}
_STATUS_OF = {number: slug for slug, number in REPORTED_STATUSES.items()}
_STATE_OF = {number: slug for slug, (number, _) in STATES.items()}
_SLUGS = {"status": _STATUS_OF, "state": _STATE_OF}


def schema_of(stream: str, values: Mapping[str, Any]) -> str:
    """The kind of entry (a key of `SCHEMAS`) that an event of a raw stream is read as."""
    texts = {name: str(value) for name, value in values.items()}
    if is_heartbeat(texts):
        return "heartbeat"
    return "publish" if stream == "commands" and is_publish(texts) else _OF_STREAM[stream]


def fields_of(schema: str) -> tuple[Field, ...]:
    """The fields that such an entry may have."""
    return SCHEMAS[schema]


def as_texts(values: Mapping[str, Any]) -> dict[str, str]:
    """A refused event as the texts of a flat entry: packed ones have numbers, and names of their own."""
    texts: dict[str, str] = {}
    for name, value in values.items():
        if name == "at_ms":
            texts["at"] = _iso(value)
        elif name in _SLUGS and isinstance(value, int):
            texts[name] = _SLUGS[name].get(value, str(value))
        elif isinstance(value, bool):
            texts[name] = str(int(value))
        elif value is not None:
            texts[name] = str(value)
    return texts


def _iso(at_ms: Any) -> str:
    try:
        return datetime.fromtimestamp(int(at_ms) / 1000, UTC).isoformat(timespec="milliseconds")
    except (ValueError, TypeError, OverflowError, OSError):
        return str(at_ms)


def typed(schema: str, given: Mapping[str, str]) -> dict[str, str]:
    """The entry of what was typed: fields of the schema alone, without those that were left empty."""
    return {row.name: given[row.name] for row in SCHEMAS[schema] if given.get(row.name, "") != ""}


def check(stream: str, fields: Mapping[str, str], now_ms: int) -> None:
    """Raises `Refused` for an entry that would be refused by itself, whatever the city's state."""
    _PARSERS[schema_of(stream, fields)](fields, now_ms)
