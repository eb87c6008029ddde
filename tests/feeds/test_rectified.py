"""The simulator takes up what publications of the index have opened, and works it to its end."""

from __future__ import annotations

from dataclasses import replace

import pytest
import redis

from dashboard.domain.case_record import Case
from dashboard.domain.cases import apply, new_case
from dashboard.domain.events import parse_command, parse_report
from dashboard.feeds.rectified import Rectified
from dashboard.streams.city import CityModel
from dashboard.streams.keys import Keys
from dashboard.streams.writer import Writer
from tests.feeds.living import MORNING_S, WORLD, lived
from tests.feeds.parts import START_MS
from tests.streams.conftest import city, client, keys, server, writer
from tests.streams.projecting import project
from tests.streams.small_city import iso, now_ms
from tests.streams.test_publications import publish, published, trouble

__all__ = ["city", "client", "keys", "server", "writer"]


def rectification(name: str, at_ms: int) -> Case:
    """A simulated case of rectification, assigned by Kite to the unit of its grid."""
    fields = {"id": name, "type": "4100", "origin": "publication", "occurred_at": iso(at_ms),
              "simulated": "1", "grid": WORLD.pack.regions.code[-1]}  # fmt: skip
    case = new_case(parse_report(fields, at_ms), WORLD.grid_count - 1)
    for command, more in (("accept", {}), ("assign", {"unit": WORLD.pack.units.call_sign[0]})):
        sent = {"id": f"{name}-{command}", "case": name, "command": command, "by": "kite", "at": iso(at_ms)}
        case = apply(case, parse_command({**sent, **more}, at_ms))
    return case


def test_what_was_opened_meanwhile_is_worked_to_its_end() -> None:
    """Two simulated days with hardly any other case."""
    case = rectification("rect-1-1", START_MS + int(MORNING_S * 1000))
    given = [[case]]
    memory = lived(
        2 * 86_400, rate=0.0, cases_per_day=0.001, stretch=40.0,
        rectified=lambda: given.pop() if given else [],
    )  # fmt: skip
    assert given == []
    cases = {case.id: case}
    own = [command for command in memory.flat("commands") if command["case"] == case.id]
    for command in own:
        cases[case.id] = apply(cases[case.id], parse_command(command, START_MS + 3 * 86_400_000))
    assert (cases[case.id].state, {command["simulated"] for command in own}) == ("closed", {"1"})


@pytest.mark.valkey
def test_each_case_is_given_once_as_soon_as_somebody_has_it(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer
) -> None:
    trouble(writer, city)
    writer.append("commands", publish("p-1", now_ms()))
    project(client, city)
    rectified = Rectified(client, keys)
    assert rectified() == []  # what was there before is known
    plain = replace(city, unit_kind=city.unit_kind[:0], unit_home=city.unit_home[:0])
    for name in ("p-2", "p-3"):
        writer.append("commands", publish(name, now_ms(), most="100"))
        project(client, plain)
    expected = [item.case for made in published(client, keys)[1:] for item in made.head.raised]
    assert [case.id for case in rectified()] == expected
    assert rectified() == []
