"""Instructions and supervisions of a region, told from the record of a real store."""

from __future__ import annotations

import pytest
import redis

from dashboard.live.supervision import Supervision
from dashboard.streams.city import CityModel
from dashboard.streams.keys import Keys
from dashboard.streams.writer import Writer
from tests.streams.projecting import append_all, project, url_of
from tests.streams.small_city import START_MS, command, grid_code, make_city, report

pytestmark = pytest.mark.valkey

MINUTE_MS = 60_000
AFTER_MS = START_MS + 1000 * MINUTE_MS


@pytest.fixture(scope="module")
def city() -> CityModel:
    return make_city()


@pytest.fixture
def writer(client: redis.Redis, city: CityModel) -> Writer:
    return Writer(client, Keys(city.code))


def supervision_of(client: redis.Redis, city: CityModel) -> Supervision:
    return Supervision(url_of(client), Keys(city.code), city.hierarchy)


def codes(city: CityModel) -> tuple[str, str, str]:
    """The city, its first county and its second."""
    return tuple(city.hierarchy.codes[:3])  # type: ignore[return-value]


def case_in(city: CityModel, case: str, grid: int) -> tuple[str, dict[str, str]]:
    return "reports", report(case, START_MS, grid, city)


def said(case: str, name: str, minute: int, **more: str) -> tuple[str, dict[str, str]]:
    return "commands", command(case, name, START_MS + minute * MINUTE_MS, **more)


def test_they_are_counted_where_the_cases_are_and_when_they_were_given(
    client: redis.Redis, city: CityModel, writer: Writer
) -> None:
    last = city.hierarchy.grid_count - 1
    append_all(
        writer,
        [
            case_in(city, "west", 0),
            case_in(city, "east", last),
            said("west", "accept", 1),
            said("west", "instruct", 2, note="请立即处置。"),
            said("west", "supervise", 30, card="yellow"),
            said("east", "instruct", 5, note="请回报。"),
        ],
    )
    project(client, city)
    whole, west, east = codes(city)
    found = supervision_of(client, city).of(whole, START_MS, AFTER_MS)
    assert found is not None
    assert (found["instruct"], found["supervise"]) == (2, 1)
    assert [(row["case"], row["command"]) for row in found["rows"]] == [
        ("west", "supervise"), ("east", "instruct"), ("west", "instruct"),
    ]  # fmt: skip
    assert found["rows"][-1]["note"] == "请立即处置。"
    assert found["rows"][-1]["place"] == grid_code(city, 0)

    by_county = [supervision_of(client, city).of(code, START_MS, AFTER_MS) for code in (west, east)]
    assert [(row["instruct"], row["supervise"]) for row in by_county if row] == [(1, 1), (1, 0)]
    early = supervision_of(client, city).of(whole, START_MS, START_MS + 10 * MINUTE_MS)
    assert early is not None
    assert (early["instruct"], early["supervise"]) == (2, 0)


def test_what_was_refused_is_not_counted_and_what_comes_later_is_read_on(
    client: redis.Redis, city: CityModel, writer: Writer
) -> None:
    append_all(writer, [case_in(city, "c", 0), said("none", "instruct", 1, note="无此案。")])
    project(client, city)
    asked, whole = supervision_of(client, city), codes(city)[0]
    none = asked.of(whole, START_MS, AFTER_MS)
    assert none == {"instruct": 0, "supervise": 0, "rows": []}
    append_all(writer, [said("c", "instruct", 2, note="请回报。")])
    project(client, city)
    later = asked.of(whole, START_MS, AFTER_MS)
    assert later is not None
    assert later["instruct"] == 1
    # An earlier window than before is read from its own beginning.
    assert (asked.of(whole, START_MS - 10**9, AFTER_MS) or {})["instruct"] == 1


def test_commands_that_came_packed_are_read_too(client: redis.Redis, city: CityModel, writer: Writer) -> None:
    append_all(writer, [case_in(city, "c", 0)])
    writer.append_many("commands", [said("c", "instruct", 2, note="请回报。")[1]])
    project(client, city)
    found = supervision_of(client, city).of(codes(city)[0], START_MS, AFTER_MS)
    assert found is not None
    assert found["instruct"] == 1


def test_a_store_that_is_away_makes_it_unknown(city: CityModel) -> None:
    away = Supervision("redis://127.0.0.1:1/0", Keys(city.code), city.hierarchy)
    assert away.of(codes(city)[0], START_MS, AFTER_MS) is None
