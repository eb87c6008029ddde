"""A grave case as a message of the Common Alerting Protocol (OASIS CAP 1.2), for those who have no Kite.

Everything follows from the case: the message of a version has the identifier `<case>.<version>`, was sent
when we learned of the step that made that version, and refers to the messages of the versions before it. So
whoever asks twice, or asks two processes, gets the same bytes. Times are the city's, with their offset; UTC
is -00:00 and never Z, as section 3.3.2 of the standard wants it.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dashboard.domain import cap_tables as tables
from dashboard.domain.case_record import Case
from dashboard.domain.case_types import LEVELS, ORIGINS, TYPE_BY_CODE
from dashboard.domain.commands import ENDED, STATES
from dashboard.domain.deadlines import TERMS

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
MIMETYPE = "application/cap+xml"
POLYGON_POINTS_MAX = 500
"""Points of polygons in one message; an area with more is given as its circle."""

_NOT_IN_AN_IDENTIFIER = re.compile(r"[\s,<&]")
_NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Point = tuple[float, float]
"""Degrees east and north, WGS 84."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: a globally unique id, the name (zh, en), and the time zone that times are told in.

    Raises `ValueError` for an id with what CAP forbids in one: blanks, commas, < and &.
    """

    id: str
    name: tables.Text
    timezone: str

    def __post_init__(self) -> None:
        if not self.id or _NOT_IN_AN_IDENTIFIER.search(self.id):
            shown = self.id[:60]
            raise ValueError(f"A sender of alerts has no blanks, commas, < and &; {shown!r} can't be one.")


@dataclass(frozen=True, slots=True)
class Place:
    """Where: the regions from the city down to the grid, and the grid's outline.

    `names` (zh, en) and `codes` in that order. `polygons`: outlines, the first point not repeated. `circle`:
    a centre and km that hold them.
    """

    names: tuple[tables.Text, ...]
    codes: tuple[str, ...]
    polygons: tuple[tuple[Point, ...], ...]
    circle: tuple[Point, float]


class Message(NamedTuple):
    """Which message a version of a case is: `kind` is CAP's msgType, `earlier` the versions it refers to."""

    kind: str
    version: int
    earlier: tuple[int, ...]


def message_of(case: Case) -> Message | None:
    """The message of the case as it stands; None when it never was an open case of level 01 or 02.

    Alert: the first one; Update: a further one; Cancel: the case has ended or is of a lesser level now.
    """
    chain: list[int] = []
    stands = False
    for version, (level, step) in enumerate(zip(case.levels, case.history, strict=True), 1):
        stood, stands = stands, level in tables.ALERTED and step.state not in ENDED
        if stands and not stood:
            chain = []
        if stands:
            chain.append(version)
    if not chain:
        return None
    if not stands:
        return Message("Cancel", case.version, tuple(chain))
    earlier = tuple(chain[:-1])
    return Message("Update" if earlier else "Alert", case.version, earlier)


def identifier(case_id: str, version: int) -> str:
    """Of the message of a version: unique, as the version follows the last dot; a case's id has no blanks."""
    return f"{case_id}.{version}"


def sent_ms(case: Case, version: int) -> int:
    """When the message of a version was sent: when we learned of the step that made it."""
    return case.history[version - 1].learned_ms


def alert_xml(case: Case, place: Place, sender: Sender) -> bytes | None:
    """The message of the case as it stands, as UTF-8 XML; None where there is none (see `message_of`)."""
    message = message_of(case)
    if message is None:
        return None
    clock = _Clock(sender.timezone)
    root = ET.Element(f"{{{NAMESPACE}}}alert")
    sent = clock.text(sent_ms(case, case.version))
    _add(root, "identifier", identifier(case.id, case.version))
    _add(root, "sender", sender.id)
    _add(root, "sent", sent)
    _add(root, "status", tables.STATUS[case.simulated])
    _add(root, "msgType", message.kind)
    _add(root, "source", case.source)
    _add(root, "scope", tables.SCOPE)
    _add(root, "restriction", tables.RESTRICTION)
    _add(root, "references", _references(case, message, sender, clock))
    _add(root, "incidents", case.id)
    for language in range(len(tables.LANGUAGES)):
        _add_info(root, case, message, place, sender, language)
    encoded: bytes = ET.tostring(root, "utf-8", xml_declaration=True, default_namespace=NAMESPACE)
    return encoded


def _references(case: Case, message: Message, sender: Sender, clock: _Clock) -> str:
    return " ".join(
        f"{sender.id},{identifier(case.id, version)},{clock.text(sent_ms(case, version))}"
        for version in message.earlier
    )


def _add_info(
    root: ET.Element, case: Case, message: Message, place: Place, sender: Sender, language: int
) -> None:
    """The `info` of one language (position in `LANGUAGES`), in the schema's order."""
    row, clock = TYPE_BY_CODE[case.type], _Clock(sender.timezone)
    event = (row.zh, row.en)[language]
    response, instruction = tables.ALL_CLEAR if message.kind == "Cancel" else tables.RESPONSES[case.state]
    sent = sent_ms(case, case.version)
    info = _add_group(root, "info")
    _add(info, "language", tables.LANGUAGES[language])
    _add(info, "category", tables.category(case.type, case.family))
    _add(info, "event", event)
    _add(info, "responseType", response)
    _add(info, "urgency", tables.URGENCY[case.state])
    _add(info, "severity", tables.SEVERITY[case.level])
    _add(info, "certainty", tables.CERTAINTY[case.origin])
    _add_value(info, "eventCode", "kite:type", case.type)
    _add(info, "effective", clock.text(sent))
    _add(info, "onset", clock.text(case.occurred_at_ms))
    _add(info, "expires", clock.text(sent + VALID_MS[case.level]))
    _add(info, "senderName", sender.name[language])
    _add(info, "headline", _headline(case, message, place, event, language))
    _add(info, "description", _description(case, place, language))
    _add(info, "instruction", instruction[language])
    for name, value in PARAMETERS.items():
        _add_value(info, "parameter", f"kite:{name}", value(case))
    _add_area(info, place, language)


VALID_MS: dict[int, int] = {
    level: TERMS[min(level, max(tables.ALERTED))]["handle"].red_ms for level in LEVELS
}
"""How long a message holds: the level's term of handling, by which there is a new version at the latest, as
what is overdue goes up. A Cancel for a lesser level holds as long as one of level 02."""

PARAMETERS: dict[str, Callable[[Case], str]] = {
    "case": lambda case: case.id,
    "version": lambda case: str(case.version),
    "state": lambda case: case.state,
    "level": lambda case: f"{case.level:02d}",
    "scale": lambda case: f"{case.scale:02d}",
    "nature": lambda case: f"{case.nature:02d}",
    "origin": lambda case: case.origin,
    "simulated": lambda case: str(int(case.simulated)),
    "point": lambda case: "" if case.lon is None or case.lat is None else _pair((case.lon, case.lat)),
}
"""Kite's own codes, as docs/protocol.md has them; an empty one is left out."""


def _headline(case: Case, message: Message, place: Place, event: str, language: int) -> str:
    mark = tables.SIMULATED[language] if case.simulated else ""
    kind, level = tables.KINDS[message.kind][language], LEVELS[case.level][language]
    where = area_description(place, language)
    return (f"{mark}{kind}：{level} {event}，{where}", f"{mark}{kind}: {level}: {event}, {where}")[language]


def _description(case: Case, place: Place, language: int) -> str:
    lines = {
        "summary": case.summary,
        "place": case.place,
        "state": STATES[case.state][language],
        "origin": ORIGINS[case.origin][language],
    }
    return "\n".join(tables.LABELS[name][language] + text for name, text in lines.items() if text)


def area_description(place: Place, language: int) -> str:
    """The regions in words: coarse to fine in Chinese, fine to coarse in English."""
    names = [name[language] or name[0] for name in place.names]
    return "".join(names) if language == 0 else ", ".join(reversed(names))


def _add_area(info: ET.Element, place: Place, language: int) -> None:
    area = _add_group(info, "area")
    _add(area, "areaDesc", area_description(place, language))
    if 0 < sum(map(len, place.polygons)) <= POLYGON_POINTS_MAX:
        for ring in place.polygons:
            _add(area, "polygon", " ".join(map(_pair, (*ring, ring[0]))))
    else:
        centre, km = place.circle
        _add(area, "circle", f"{_pair(centre)} {km:.3f}")
    *regions, grid = place.codes
    for code in regions:
        _add_value(area, "geocode", "national-statistical-code", code)
    _add_value(area, "geocode", "kite:grid", grid)


def _pair(point: Point) -> str:
    """CAP's order is latitude, longitude; six decimals are a tenth of a metre."""
    return f"{point[1]:.6f},{point[0]:.6f}"


class _Clock:
    """Writes moments (ms since 1970 UTC) as CAP has them: to the second, with the offset of a time zone."""

    def __init__(self, timezone: str) -> None:
        self._zone = ZoneInfo(timezone)

    def text(self, at_ms: int) -> str:
        text = datetime.fromtimestamp(at_ms // 1000, self._zone).isoformat(timespec="seconds")
        return text.replace("+00:00", "-00:00")


def _add_group(parent: ET.Element, tag: str) -> ET.Element:
    return ET.SubElement(parent, f"{{{NAMESPACE}}}{tag}")


def _add(parent: ET.Element, tag: str, text: str) -> None:
    """An element with a text; nothing for an empty one. What no XML may hold becomes a blank."""
    if text:
        _add_group(parent, tag).text = _NOT_IN_XML.sub(" ", text)


def _add_value(parent: ET.Element, tag: str, name: str, value: str) -> None:
    if value:
        pair = _add_group(parent, tag)
        _add(pair, "valueName", name)
        _add(pair, "value", value)
