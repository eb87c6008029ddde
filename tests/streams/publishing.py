"""What tests of publications share: a city that turns red in one place, what was published, what was sent."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import redis

from dashboard.domain.case_record import Case
from dashboard.domain.publication import Publication
from dashboard.streams import frame, reader
from dashboard.streams.city import CityModel
from dashboard.streams.client import connect
from dashboard.streams.keys import Keys
from dashboard.streams.projector import Session
from dashboard.streams.published import publication_of, read_published
from dashboard.streams.publishing import Timetable
from dashboard.streams.writer import Writer
from tests.streams.projecting import step_until_caught_up, url_of
from tests.streams.small_city import command, iso, now_ms, report

DAY_MS = 86_400_000


ROBBERIES = tuple(f"robbery-{number}" for number in range(6))


BAD_GRID = 0


def named(city: CityModel) -> CityModel:
    """The small city with names, and a unit of grid workers in each of its first grids."""
    units = np.arange(city.unit_count)
    names = [f"地区{number}" for number in range(len(city.hierarchy))]
    return replace(city, names=names, unit_kind=np.zeros(len(units), np.uint8), unit_home=units)


def publish(name: str, at_ms: int, **more: str) -> dict[str, str]:
    """An entry that publishes the index."""
    return {"id": name, "command": "publish", "at": iso(at_ms), "by": "市领导", **more}


def trouble(writer: Writer, city: CityModel) -> None:
    """A quiet city with sixty days on record, but for one grid, which turns red."""
    writer.append("reports", report("old", now_ms() - 60 * DAY_MS, 30, city))
    for name in ROBBERIES:
        writer.append("reports", report(name, now_ms() - 1000, BAD_GRID, city, type="robbery", level="03"))


def recovery(writer: Writer) -> None:
    """It was all one matter, and elsewhere."""
    for name in ROBBERIES:
        writer.append("commands", command(name, "merge", now_ms(), into="old"))


def region(city: CityModel, tier: int) -> int:
    """The number of the region of that tier that the bad grid lies in."""
    grid = city.hierarchy.region_of_grid(BAD_GRID)
    return next(r for r in (grid, *city.hierarchy.ancestors(grid)) if city.hierarchy.tier[r] == tier)


def published(client: redis.Redis, keys: Keys) -> list[Publication]:
    return [publication_of(fields) for fields in read_published(client, keys)]


def sent_by_kite(client: redis.Redis, keys: Keys) -> Counter[str]:
    """Ids of what Kite appended itself, with how often each stands in the streams."""
    entries = [fields for kind in ("reports", "commands") for _, fields in client.xrange(keys.raw(kind))]
    own = [f for f in entries if b"kite" in (f.get(b"by"), f.get(b"source"))]
    return Counter(fields[b"id"].decode() for fields in own)


def rectification(client: redis.Redis, keys: Keys, city: CityModel, tier: int, number: int = 1) -> Case:
    case = reader.read_case(client, keys, f"rect-{number}-{city.hierarchy.codes[region(city, tier)]}")
    assert case is not None
    return case


def answers(client: redis.Redis, keys: Keys, name: str) -> list[dict[str, Any]]:
    """What screens were told of the command of that id."""
    told = []
    for _, fields in client.xrange(keys.changes):
        parts = frame.by_name(frame.decode(fields[b"frame"]))
        section = parts.get(("answers", "commands"))
        told += [] if section is None else [answer for answer in section.json() if answer["id"] == name]
    return told


def begin(own: redis.Redis, city: CityModel, timetable: Timetable | None = None) -> Session:
    session = Session(own, city, 10_000, 1_000_000, timetable or Timetable())
    session.begin(lambda: False)
    return session


def work(client: redis.Redis, keys: Keys, city: CityModel, timetable: Timetable | None = None) -> None:
    """Run a projector that has nothing to read at first, and may have something to send."""
    with connect(url_of(client), connections=1) as own:
        session = begin(own, city, timetable)
        for _ in range(3):
            session.step()
            step_until_caught_up(session, client, keys)
        session.end()
