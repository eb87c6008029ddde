"""From changes of cases to messages: which event it is, which webhooks are told, and what the body says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
import orjson

from dashboard.domain.cap_tables import ALERTED
from dashboard.domain.hierarchy import Hierarchy
from dashboard.domain.webhooks import ALERT, CHANGED, CLOSED, OPENED, Hook, Told, message_id, wants
from dashboard.streams.outbox import Message
from geodata import Pack

WireCase = Mapping[str, Any]
"""A case as the wire has it: see `cases.upserts` in docs/protocol.md."""
AlertOf = Callable[[WireCase], str | None]
"""The alert of a case as text; None where there is none."""


def told_of(wire: WireCase) -> Told:
    """What is remembered of a case that was told."""
    return Told(wire["version"], wire["level"], wire["grid"])


def event_of(wire: WireCase, before: Told | None) -> str | None:
    """The event that a case's change is; None for what was told already."""
    if wire["closed"]:
        return CLOSED
    if before is None:
        return OPENED
    return None if before.version == wire["version"] else CHANGED


def _is_alert(wire: WireCase, before: Told | None) -> bool:
    """Whether it is a message of the alert's kind: it is grave, or was so when it was told of last."""
    was_grave = before is not None and before.level in ALERTED
    return was_grave or (wire["level"] in ALERTED and not wire["closed"])


class MessageMaker:
    """Makes the messages of one city's cases."""

    def __init__(self, pack: Pack, hierarchy: Hierarchy, alert_of: AlertOf) -> None:
        self._pack, self._hierarchy, self._alert_of = pack, hierarchy, alert_of

    def of(self, wire: WireCase, before: Told | None, hooks: Iterable[Hook], at_ms: int) -> list[Message]:
        """The messages for a case that changed; `before`: what was told of it last; `at_ms`: when it did."""
        event, now = event_of(wire, before), told_of(wire)
        if event is None:
            return []
        events = [event, ALERT] if _is_alert(wire, before) else [event]
        made: list[Message] = []
        for name in events:
            told = [hook for hook in hooks if wants(hook, name, now, before, self._hierarchy)]
            if not told:
                continue
            text = self._alert_of(wire) if name == ALERT else None
            if name == ALERT and text is None:
                continue
            packed = self._body(name, wire, at_ms, text)
            case, version = wire["id"], wire["version"]
            for hook in told:
                identifier = message_id(hook.id, name, case, version)
                made.append(Message(hook.id, identifier, case, name, packed))
        return made

    def _body(self, event: str, wire: WireCase, at_ms: int, alert: str | None) -> bytes:
        lon, lat = self._pack.to_lonlat(np.array([wire["x"], wire["y"]]))
        code = self._hierarchy.codes[self._hierarchy.region_of_grid(wire["grid"])]
        data = {**wire, "grid_code": code, "lon": round(float(lon), 6), "lat": round(float(lat), 6)}
        return body(event, at_ms, data if alert is None else {**data, "cap": alert})


def body(event: str, at_ms: int, data: Mapping[str, Any]) -> bytes:
    """The body of a message about something that happened at `at_ms` (since 1970)."""
    at = datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds")
    return orjson.dumps({"type": event, "timestamp": at, "data": data})
