"""Publications on a real server: made once, never changed, and what follows sent once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import redis

from dashboard.domain.hierarchy import GRID, TOWN, VILLAGE
from dashboard.domain.publication_schedule import Schedule, scheduled_id
from dashboard.streams.city import CityModel
from dashboard.streams.client import connect
from dashboard.streams.dead_letters import read_dead
from dashboard.streams.keys import Keys
from dashboard.streams.published import last_number, read_publication
from dashboard.streams.publishing import Timetable
from dashboard.streams.rebuild import rebuild
from dashboard.streams.writer import Writer
from tests.streams.projecting import project, rebuild_with, state, url_of
from tests.streams.publishing import (
    BAD_GRID,
    DAY_MS,
    answers,
    named,
    publish,
    published,
    recovery,
    rectification,
    region,
    sent_by_kite,
    trouble,
    work,
)
from tests.streams.small_city import command, grid_code, now_ms, report

pytestmark = pytest.mark.valkey


@pytest.fixture(scope="session")
def city(city: CityModel) -> CityModel:
    return named(city)


def test_a_publication_holds_what_screens_show_and_sends_its_cases(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer
) -> None:
    trouble(writer, city)
    project(client, city)
    writer.append("commands", publish("p-1", now_ms(), note="第四季度"))
    project(client, city)
    (made,) = published(client, keys)
    assert (made.head.number, made.head.id, made.head.by, made.head.note) == (1, "p-1", "市领导", "第四季度")
    assert (made.head.formula, made.head.simulated) == (city.parameters.version, False)
    assert list(made.standing.codes) == city.hierarchy.codes
    grid, village = region(city, GRID), region(city, VILLAGE)
    assert made.standing.level[[grid, village]].min() >= 3
    assert {item.region for item in made.head.raised} == {
        city.hierarchy.codes[r]
        for r in np.flatnonzero((made.standing.level >= 3) & ~made.standing.hatched).tolist()
        if city.hierarchy.tier[r] in (VILLAGE, GRID)
    }
    (answer,) = answers(client, keys, "p-1")
    assert (answer["publication"], answer["at_ms"], answer["grid"]) == (1, made.head.at_ms, None)
    # The grid's case is with its own workers, the village's with the town's centre.
    case = rectification(client, keys, city, GRID)
    assert (case.state, case.unit, case.departments) == ("assigned", "网格-0000", ())
    assert (case.type, case.origin, case.level, case.grid) == ("4100", "publication", 3, BAD_GRID)
    assert case.occurred_at_ms == made.head.at_ms
    assert "抢劫" in case.summary
    assert case.place.split()[-1] == city.names[grid]
    assert [step.command for step in case.history] == ["report", "accept", "assign"]
    assert {step.by for step in case.history[1:]} == {"kite"}
    case = rectification(client, keys, city, VILLAGE)
    assert (case.centre, case.unit) == (TOWN, "")
    assert case.departments == (f"{city.names[region(city, TOWN)]}综治中心",)
    assert not client.exists(keys.dead)


def test_projecting_again_changes_nothing_and_sends_nothing(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer
) -> None:
    """Also when the publications themselves are lost: they follow from the record, to the byte."""
    trouble(writer, city)
    writer.append("commands", publish("p-1", now_ms()))
    project(client, city)
    writer.append("commands", publish("p-2", now_ms()))
    project(client, city)
    first, stream, sent = state(client, keys), client.xrange(keys.published), sent_by_kite(client, keys)
    assert len(stream) == 2
    rebuild_with(client, keys, city)
    assert (state(client, keys), client.xrange(keys.published)) == (first, stream)
    client.delete(keys.published)
    rebuild_with(client, keys, city)
    assert (state(client, keys), client.xrange(keys.published)) == (first, stream)
    project(client, city)
    assert sent_by_kite(client, keys) == sent
    assert max(sent.values()) == 1


def test_what_was_published_stands_under_another_formula(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer
) -> None:
    trouble(writer, city)
    writer.append("commands", publish("p-1", now_ms()))
    project(client, city)
    before, levels, sent = client.xrange(keys.published), state(client, keys), sent_by_kite(client, keys)
    gentle = replace(city.parameters, version="gentle", points_per_doubling=1.0)
    other = replace(city, parameters=gentle)
    other.__dict__.pop("basis", None)
    project(client, other)
    assert state(client, keys)[keys.state("levels")] != levels[keys.state("levels")]
    assert client.xrange(keys.published) == before
    assert sent_by_kite(client, keys) == sent
    writer.append("commands", publish("p-2", now_ms()))
    project(client, other)
    assert [made.head.formula for made in published(client, keys)] == [city.parameters.version, "gentle"]


def test_an_id_publishes_once(client: redis.Redis, keys: Keys, city: CityModel, writer: Writer) -> None:
    trouble(writer, city)
    for _ in range(2):
        writer.append("commands", publish("p-1", now_ms()))
        project(client, city)
    writer.append_many("commands", [publish("p-2", now_ms())] * 2)
    project(client, city)
    assert [made.head.id for made in published(client, keys)] == ["p-1", "p-2"]
    first, again = answers(client, keys, "p-1")
    assert (again["reason"], again["facts"]["publication"]) == ("duplicate", first["publication"])
    assert [letter.reason for _, letter in read_dead(client, keys, 10)] == ["duplicate"] * 2


def test_nobody_can_write_over_a_number(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer
) -> None:
    writer.append("commands", publish("p-1", now_ms()))
    project(client, city)
    with pytest.raises(redis.ResponseError, match="equal or smaller"):
        client.xadd(keys.published, {"id": "other"}, id="1-0")
    assert last_number(client, keys) == 1
    assert read_publication(client, keys, 2) is None


def test_the_bound_of_the_entry_holds_and_the_rest_follow(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer
) -> None:
    trouble(writer, city)
    writer.append("commands", publish("p-1", now_ms(), most="1"))
    project(client, city)
    writer.append("commands", publish("p-2", now_ms(), most="100"))
    project(client, city)
    first, second = published(client, keys)
    assert len(first.head.raised) == 1
    assert {item.region for item in second.head.raised} == set(first.head.left) != set()
    assert second.head.left == ()


def test_closing_is_said_by_the_next_publication(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer
) -> None:
    trouble(writer, city)
    writer.append("commands", publish("p-1", now_ms()))
    project(client, city)
    name = rectification(client, keys, city, GRID).id
    for step, more in (("take_on", {}), ("resolve", {"outcome": "handled"}), ("verify", {}), ("close", {})):
        writer.append("commands", command(name, step, now_ms(), **more))
    recovery(writer)
    writer.append("commands", publish("p-2", now_ms()))
    project(client, city)
    second = published(client, keys)[1]
    states = {item.case: (item.state, item.ended) for item in second.head.rectifications}
    assert states[name] == ("closed", 2)
    assert states[rectification(client, keys, city, VILLAGE).id] == ("assigned", 0)
    assert second.head.raised == ()
    assert second.standing.level[region(city, GRID)] < 3


def cards(client: redis.Redis, keys: Keys, name: str) -> list[tuple[str, str]]:
    """(id, card) of the commands on the stream that supervise a case."""
    entries = [fields for _, fields in client.xrange(keys.raw("commands"))]
    return [
        (fields[b"id"].decode(), fields[b"card"].decode())
        for fields in entries
        if fields[b"command"] == b"supervise" and fields[b"case"] == name.encode()
    ]


def test_three_reds_in_a_row_show_a_yellow_card_once(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer
) -> None:
    trouble(writer, city)
    for number in (1, 2, 3):
        writer.append("commands", publish(f"p-{number}", now_ms()))
        project(client, city)
    case = rectification(client, keys, city, GRID)
    assert case.card == "yellow"
    assert cards(client, keys, case.id) == [(f"{case.id}-card-3", "yellow")]
    for number in (4, 5, 6):
        writer.append("commands", publish(f"p-{number}", now_ms()))
        project(client, city)
    assert rectification(client, keys, city, GRID).card == "red"
    assert cards(client, keys, case.id)[1:] == [(f"{case.id}-card-6", "red")]
    assert published(client, keys)[-1].standing.reds[region(city, GRID)] == 6


def test_red_three_times_with_its_case_closed_a_place_gets_a_new_one_with_its_card(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer
) -> None:
    trouble(writer, city)
    writer.append("commands", publish("p-1", now_ms()))
    project(client, city)
    name = rectification(client, keys, city, GRID).id
    for step, more in (("take_on", {}), ("resolve", {"outcome": "handled"}), ("verify", {}), ("close", {})):
        writer.append("commands", command(name, step, now_ms(), **more))
    for number in (2, 3):
        writer.append("commands", publish(f"p-{number}", now_ms()))
        project(client, city)
    again = rectification(client, keys, city, GRID, number=3)
    assert (again.card, again.state) == ("yellow", "assigned")


def local(city: CityModel) -> datetime:
    return datetime.now(ZoneInfo(city.timezone))


def begins_before(client: redis.Redis, keys: Keys, city: CityModel, by_ms: int) -> None:
    """A first report that came so long ago."""
    fields: Any = report("first", now_ms() - by_ms, 5, city)
    client.xadd(keys.raw("reports"), fields, id=f"{now_ms() - by_ms}-0")


@pytest.mark.parametrize(("ago_ms", "ids"), [(3 * DAY_MS, 1), (60_000, 0)])
def test_a_missed_moment_is_made_up_for_once_if_anything_was_on_record(
    client: redis.Redis, keys: Keys, city: CityModel, ago_ms: int, ids: int
) -> None:
    """The moment was five minutes ago; the record begins days before it, or after it."""
    begins_before(client, keys, city, ago_ms)
    moment = local(city).replace(second=0, microsecond=0) - timedelta(minutes=5)
    timetable = Timetable(Schedule("daily", 0, moment.time()), most=9)
    for _ in range(3):
        work(client, keys, city, timetable)
    made = published(client, keys)
    assert [one.head.id for one in made] == [scheduled_id(moment)] * ids
    assert [(one.head.by, one.head.most) for one in made] == [("kite", 9)] * ids
    assert not client.exists(keys.dead)


def test_names_that_look_like_a_persons_data_are_left_out(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer
) -> None:
    """A case is opened all the same, by codes."""
    odd = replace(city, names=["热线13812345678"] * len(city.hierarchy))
    trouble(writer, city)
    writer.append("commands", publish("p-1", now_ms()))
    project(client, odd)
    case = rectification(client, keys, city, GRID)
    assert (case.state, case.place.split()[-1]) == ("assigned", grid_code(city, BAD_GRID))
    assert not client.exists(keys.dead)


def test_a_rebuild_is_of_the_record_alone(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer
) -> None:
    """What `rebuild` gives back knows its publications as one that was running does."""
    trouble(writer, city)
    names: Sequence[str] = ("p-1", "p-2")
    for name in names:
        writer.append("commands", publish(name, now_ms()))
        project(client, city)
    with connect(url_of(client), connections=1) as own:
        projection = rebuild(own, keys, city)
    assert list(projection.publications.heads) == list(names)
