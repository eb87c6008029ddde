"""From the entries of a batch to events, each with its place: nothing is applied here, nothing is lost.

Every event of an entry becomes an `Item`: read, or refused with its reason. Reports are located in one go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson

from dashboard.domain.events import (
    Command,
    Heartbeat,
    Publish,
    Report,
    is_heartbeat,
    is_publish,
    parse_command,
    parse_heartbeat,
    parse_publish,
    parse_report,
)
from dashboard.domain.refused import VALUES_NOT_KEPT, Refused
from dashboard.streams.city import CityModel
from dashboard.streams.codecs import (
    PACKED,
    SIMULATED,
    decode_texts,
    is_packed,
    lossy_texts,
    most_serious,
    unpack_objects,
)
from dashboard.streams.dead_letters import DeadLetter
from dashboard.streams.merge import Entry
from dashboard.streams.outcome import Outcome
from dashboard.streams.unforeseen import unforeseen
from geodata import gcj02

OUTSIDE = -1


Event = Report | Command | Publish | Heartbeat


@dataclass(slots=True)
class Item:
    """One event of an entry: the event itself, or why it was refused. `grid`: a report's grid number."""

    entry: Entry
    position: int | None
    raw: Any
    event: Event | Refused
    grid: int = OUTSIDE

    def letter(self, refusal: Refused) -> DeadLetter:
        """The dead letter of this event."""
        return DeadLetter.of(self.entry.kind, self.entry.id, self.position, refusal, self.raw)


_PARSERS: dict[str, Callable[[Mapping[str, str], int], Event]] = {
    "reports": parse_report,
    "commands": parse_command,
}


def _parser_of(kind: str, values: Mapping[str, str]) -> Callable[[Mapping[str, str], int], Event]:
    if is_heartbeat(values):
        return parse_heartbeat
    return parse_publish if kind == "commands" and is_publish(values) else _PARSERS[kind]


def parse_cases(entries: Iterable[Entry], city: CityModel, outcome: Outcome) -> list[Item]:
    """The events of the entries of reports and commands, in order; other kinds are skipped.

    Entries of which no value may be kept are put on `outcome`'s list of what to delete; a packed entry with
    such an event among good ones is not applied at all but rewritten without it.
    """
    items: list[Item] = []
    for entry in entries:
        if entry.kind in _PARSERS:
            items += _of_packed(entry, outcome) if is_packed(entry.fields) else _of_flat(entry, outcome)
    _locate(items, city)
    return items


def _of_flat(entry: Entry, outcome: Outcome) -> list[Item]:
    try:
        texts = decode_texts(entry.fields)
    except Refused as refusal:
        item = Item(entry, None, lossy_texts(entry.fields), refusal)
    else:
        item = Item(entry, None, texts, _parse(entry, texts))
    if isinstance(item.event, Refused) and item.event.reason_code in VALUES_NOT_KEPT:
        outcome.forget.append((entry.kind, entry.id))
    return [item]


def _parse(entry: Entry, values: Any) -> Event | Refused:
    try:
        if not isinstance(values, dict):
            sentence = "An event in the field 'packed' must be an object."
            return most_serious({"packed": values}, Refused("bad_value", sentence))
        return _parser_of(entry.kind, values)(values, entry.stamp_ms)
    except Refused as refusal:
        return refusal
    except Exception as problem:  # noqa: BLE001 - whatever it is, it must not stop the events behind it
        return unforeseen(problem, values)


def _of_packed(entry: Entry, outcome: Outcome) -> list[Item]:
    try:
        objects = unpack_objects(entry.fields)
    except Refused as refusal:
        if refusal.reason_code in VALUES_NOT_KEPT:
            outcome.forget.append((entry.kind, entry.id))
        return [Item(entry, None, lossy_texts(entry.fields), refusal)]
    items = [Item(entry, position, raw, _parse(entry, raw)) for position, raw in enumerate(objects)]
    unkept = [item for item in items if _unkept(item)]
    if not unkept:
        return items
    outcome.forget.append((entry.kind, entry.id))
    rest = [item.raw for item in items if not _unkept(item)]
    if rest:
        fields = {PACKED: orjson.dumps(rest)}
        if SIMULATED in entry.fields:
            fields[SIMULATED] = entry.fields[SIMULATED]
        outcome.rewritten.append((entry.kind, fields))
    return unkept


def _unkept(item: Item) -> bool:
    return isinstance(item.event, Refused) and item.event.reason_code in VALUES_NOT_KEPT


def _locate(items: list[Item], city: CityModel) -> None:
    """Give every report its grid; coordinates decide where both are given, unless known to be wrong."""
    pointed = [item for item in items if isinstance(item.event, Report) and item.event.lon is not None]
    if pointed:
        lon = np.array([item.event.lon for item in pointed], dtype=np.float64)  # type: ignore[union-attr]
        lat = np.array([item.event.lat for item in pointed], dtype=np.float64)  # type: ignore[union-attr]
        for item, grid in zip(pointed, np.asarray(city.locate(lon, lat)).tolist(), strict=True):
            item.grid = grid
    for item in items:
        event = item.event
        if isinstance(event, Report) and event.lon is None and event.grid is not None:
            grid_number = city.hierarchy.grid_of(event.grid)
            item.grid = OUTSIDE if grid_number is None else grid_number
    _explain_misplaced(pointed, city)


def _explain_misplaced(pointed: list[Item], city: CityModel) -> None:
    """Refuse points that lie wrong in a way that is known: swapped, or in GCJ-02, which lies some 500 m off.

    Inside the city that is only told where the report names its grid as well.
    """
    suspect = [item for item in pointed if _is_suspect(item, city)]
    if not suspect:
        return
    lon = np.array([item.event.lon for item in suspect], dtype=np.float64)  # type: ignore[union-attr]
    lat = np.array([item.event.lat for item in suspect], dtype=np.float64)  # type: ignore[union-attr]
    as_swapped = np.asarray(city.locate(lat, lon)).tolist()
    as_gcj02 = np.asarray(city.locate(*gcj02.to_wgs84(lon, lat))).tolist()
    for item, swapped, turned in zip(suspect, as_swapped, as_gcj02, strict=True):
        item.event = _misplaced(item, swapped, turned, city) or item.event


def _is_suspect(item: Item, city: CityModel) -> bool:
    report = item.event
    if item.grid == OUTSIDE:
        return True
    return isinstance(report, Report) and report.grid is not None and _named(report, city) != item.grid


def _named(report: Report, city: CityModel) -> int | None:
    return None if report.grid is None else city.hierarchy.grid_of(report.grid)


def _misplaced(item: Item, swapped: int, turned: int, city: CityModel) -> Refused | None:
    """The refusal of a point outside the city, or of one that only as GCJ-02 is where its report says."""
    report = item.event
    assert isinstance(report, Report)
    point = f"The point {report.lon}, {report.lat}"
    send = "it looks like GCJ-02 (AMap, Tencent); send WGS 84."
    if item.grid != OUTSIDE:
        if turned != _named(report, city):
            return None  # the report's point and grid differ for another reason: the point decides
        return Refused("bad_value", f"{point} is not in the grid {report.grid}: {send}", field="lon")
    if swapped != OUTSIDE:
        return Refused("outside", f"{point} is not in this city: 'lon' and 'lat' look swapped.")
    if turned != OUTSIDE:
        return Refused("outside", f"{point} is not in this city: {send}")
    return None
