"""A web process's copy of all cases is what the store has, after whatever was told and was not."""

from __future__ import annotations

from typing import Any

import gevent
import numpy as np
import pytest
import redis

from dashboard.domain.case_columns import ROW_DTYPE, CaseColumns, row_of
from dashboard.domain.case_record import Case
from dashboard.live import case_history
from dashboard.streams.case_book import decode_case
from dashboard.streams.city import CityModel
from tests.live.history import Followed
from tests.streams.projecting import rebuild_with
from tests.streams.small_city import START_MS, command, iso, make_city, random_load, report

DAY_MS = 86_400_000


@pytest.fixture(scope="module")
def model() -> CityModel:
    return make_city()


@pytest.fixture
def followed(client: redis.Redis, model: CityModel) -> Followed:
    return Followed(client, model)


def load(model: CityModel, seed: int, prefix: str, count: int = 300) -> list[tuple[str, dict[str, str]]]:
    return random_load(model, np.random.default_rng(seed), count, START_MS + seed * DAY_MS, prefix)


def expected(city: Followed) -> dict[str, Case]:
    return {key.decode(): decode_case(data) for key, data in city.stored().items()}


def assert_same(city: Followed) -> None:
    """Every column of every case, but for the marks, which only tell of changes; and whistles."""
    columns, cases = city.history.columns, expected(city)
    assert set(columns.ids) == set(cases)
    assert len(columns) == len(cases)
    fresh = CaseColumns(city.model.grid_count)
    for case_id in columns.ids:
        fresh.put(case_id, row_of(cases[case_id], city.model.working_days))
    for name in ROW_DTYPE.names or ():
        if name != "mark":
            assert np.array_equal(columns[name], fresh[name]), name
    assert len(city.history.whistles) == sum(len(case.whistles) for case in cases.values())


def test_all_cases_are_read_and_followed(
    followed: Followed, model: CityModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        case_history, "COUNTED_S", 0.0
    )  # some cases begin and end in one batch of so fast a city
    followed.write(load(model, 1, "a"))
    assert not followed.history.ready
    followed.history.step(followed.client)
    assert not followed.history.ready  # no history is known of yet
    followed.begin()
    followed.history.step(followed.client)
    assert followed.history.ready
    assert_same(followed)
    marks = followed.history.columns.mark_of(0, model.grid_count)
    followed.write(load(model, 2, "b"))
    followed.follow()
    for _ in range(3):
        followed.history.step(followed.client)
    assert_same(followed)
    assert followed.history.columns.mark_of(0, model.grid_count) != marks


def test_only_what_changed_is_read_again(
    followed: Followed, model: CityModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed.write(load(model, 1, "a"))
    followed.begin()
    followed.history.step(followed.client)
    asked: list[list[str]] = []

    def noted(client: Any, keys: Any, ids: list[str]) -> list[tuple[str, bytes]]:
        asked.append(list(ids))
        return packed(client, keys, ids)

    packed = case_history.packed_cases
    monkeypatch.setattr(case_history, "packed_cases", noted)
    monkeypatch.setattr(case_history, "COUNTED_S", 1e9)
    followed.write([("reports", report("one", START_MS + 5 * DAY_MS, 3, model))])
    followed.follow()
    followed.history.step(followed.client)
    followed.history.step(followed.client)
    assert asked == [["one"]]


def test_what_no_screen_is_told_of_is_found(
    followed: Followed, model: CityModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A case that comes closed, and a further report about one that has ended."""
    monkeypatch.setattr(case_history, "COUNTED_S", 0.0)
    followed.write(load(model, 1, "a"))
    followed.begin()
    followed.history.step(followed.client)
    at_ms = START_MS + 5 * DAY_MS
    ended = report("closed", at_ms, 3, model, closed_at=iso(at_ms + 1000))
    followed.write([("reports", ended)])
    followed.follow()
    assert "closed" in expected(followed)
    for _ in range(3):
        followed.history.step(followed.client)
    assert_same(followed)
    further = report("closed", at_ms, 3, model, closed_at=iso(at_ms + 1000), summary="另有情况")
    followed.write([("reports", {**further, "occurred_at": iso(at_ms + 60)})])
    monkeypatch.setattr(case_history, "COMPARED_S", 0.0)
    followed.follow()
    for _ in range(2):
        followed.history.step(followed.client)
    assert_same(followed)
    assert expected(followed)["closed"].version == 2


def test_others_have_their_turns_while_cases_are_read(
    followed: Followed, model: CityModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With slices of no length at all, one after every case."""
    monkeypatch.setattr(case_history, "SLICE_S", 0.0)
    followed.write(load(model, 1, "a"))
    followed.begin()
    turns = 0

    def other() -> None:
        nonlocal turns
        while not followed.history.ready:
            turns += 1
            gevent.sleep(0)

    greenlet = gevent.spawn(other)
    followed.history.step(followed.client)
    greenlet.join()
    assert turns >= len(followed.history.columns) > 50


def test_another_history_is_read_anew(followed: Followed, model: CityModel) -> None:
    followed.write(load(model, 1, "a"))
    followed.begin()
    followed.history.step(followed.client)
    followed.client.flushall()
    followed.write([("reports", report("only", START_MS, 1, model))])
    followed.begin()
    assert not followed.history.ready
    followed.history.step(followed.client)
    assert followed.history.columns.ids == ["only"]
    assert_same(followed)


def test_a_store_that_was_projected_again_behind_its_back_is_read_anew(
    followed: Followed, model: CityModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_history, "COUNTED_S", 0.0)
    followed.write(load(model, 1, "a"))
    followed.begin()
    followed.history.step(followed.client)
    rebuild_with(followed.client, followed.keys, model)
    gone = followed.history.columns.ids[0]
    followed.client.hdel(followed.keys.state("cases"), gone)
    for _ in range(3):
        followed.history.step(followed.client)
    assert followed.history.ready
    assert_same(followed)


def test_a_history_that_begins_while_another_is_read_wins(followed: Followed, model: CityModel) -> None:
    followed.write(load(model, 1, "a"))
    followed.begin()
    history, pages = followed.history, 0
    take = history._take

    def interrupted(packed: Any) -> None:
        nonlocal pages
        pages += 1
        if pages == 1:
            history.forget()
        take(packed)

    history._take = interrupted  # type: ignore[method-assign]
    history.step(followed.client)
    assert not history.ready
    history.step(followed.client)
    assert history.ready
    assert_same(followed)


def test_what_was_told_is_not_lost_when_the_store_goes_away(
    followed: Followed, model: CityModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed.write(load(model, 1, "a"))
    followed.begin()
    followed.history.step(followed.client)
    opened = next(case for case in expected(followed).values() if case.state == "reported")
    late_ms = START_MS + 9 * DAY_MS
    followed.write([("commands", command(opened.id, "accept", late_ms))])
    followed.follow()
    with monkeypatch.context() as patch:
        patch.setattr(case_history, "packed_cases", _away)
        with pytest.raises(redis.ConnectionError):
            followed.history.step(followed.client)
    followed.history.step(followed.client)
    assert_same(followed)


def _away(*_: Any) -> Any:
    raise redis.ConnectionError("gone")
