"""Screens of a region get every frame of theirs once, in order, whenever they come and wherever they were."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator

import gevent
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.domain.hierarchy import from_parents
from dashboard.live import screens as module
from dashboard.live.hub import RESET, Hub, frame_message, frame_of
from dashboard.live.scope import Scope
from dashboard.live.screens import Screens
from dashboard.live.state import LiveState
from dashboard.streams import frame

CITY = from_parents([[0, 0], [0, 1], [0, 1], [0, 0, 1]])
"""Two counties; grids 0 and 1 in the first, 2 in the second."""
NONE = np.zeros(0, dtype=np.int64)


def scope(region: int) -> Scope:
    return Scope(region, CITY, NONE, NONE)


def screens(**hub: int) -> Screens:
    return Screens(Hub(**hub), LiveState(), scope)


def heat(grid: int, value: float = 1.0) -> bytes:
    clock = frame.section("clock", "clock", {"clock_ms": 1})
    return frame.encode([frame.section("grids", "heat", [value], [grid]), clock])


def publish(to: Screens, number: int, grid: int) -> None:
    to._state.apply(f"{number}-0", heat(grid, number))
    to.publish(f"{number}-0", heat(grid, number))


def expected(region: int, grids: list[int], after: int) -> bytes:
    """What a screen of the region that has had `after` must get, by hand."""
    return b"".join(
        frame_message(f"{number}-0", scope(region).narrow(heat(grid, number)))
        for number, grid in enumerate(grids, 1)
        if number > after and (grid < 2) == (region == 1)
    )


def collected(stream: Iterator[bytes], wanted: bytes) -> bool:
    """Whether the stream's frames are these, heartbeats left out; waits until there are as many bytes."""
    got = b""
    while len(got) < len(wanted):
        got += next(stream).replace(b"beat", b"")
    return got == wanted


@settings(max_examples=100, deadline=None)
@given(grids=st.lists(st.integers(0, 2), min_size=1, max_size=30), data=st.data())
def test_a_screen_resumes_from_any_position_whenever_its_hub_was_made(
    grids: list[int], data: st.DataObject
) -> None:
    """Also from that of a change that had nothing for it: the position of a snapshot is any."""
    city = screens()
    born = data.draw(st.integers(0, len(grids)))
    for number, grid in enumerate(grids, 1):
        if number == born + 1:
            city.snapshot(1)  # makes the hub
        publish(city, number, grid)
    after = data.draw(st.integers(0, len(grids)))
    city.beat(b"beat")
    for region in (1, 2):
        assert collected(city.follow(region, f"{after}-0"), expected(region, grids, after))


def test_screens_of_the_city_get_the_bytes_of_old() -> None:
    city = screens()
    city.snapshot(1)
    publish(city, 1, 2)
    assert next(city.follow(0, "0-0")) == frame_message("1-0", heat(2, 1))


def test_what_has_left_the_citys_ring_is_a_reset_for_a_hub_made_later() -> None:
    city = screens(capacity=3)
    for number in range(1, 8):
        publish(city, number, 0)
    assert next(city.follow(1, "2-0")) == RESET
    assert next(city.follow(1, "4-0")) == expected(1, [0] * 7, 4)


def test_all_screens_of_a_region_share_one_hub_and_its_bytes() -> None:
    city = screens()
    first, second = city.follow(1, "0-0"), city.follow(1, "0-0")
    waiting = [gevent.spawn(next, first), gevent.spawn(next, second)]
    gevent.sleep(0)
    publish(city, 1, 0)
    one, other = (greenlet.get(timeout=20) for greenlet in waiting)
    assert one == other == expected(1, [0], 0)
    assert list(city._scoped) == [1]


def test_a_hub_without_screens_is_dropped_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = time.monotonic()
    monkeypatch.setattr(module.time, "monotonic", lambda: now_s)
    city = screens()
    publish(city, 1, 0)
    stream = city.follow(1, "0-0")
    next(stream)
    now_s += 2 * module.IDLE_S
    city.beat(b"beat")
    assert list(city._scoped) == [1]  # it has a screen
    stream.close()
    now_s += module.IDLE_S / 2
    city.beat(b"beat")
    assert list(city._scoped) == [1]  # one may come back
    now_s += module.IDLE_S
    city.beat(b"beat")
    assert list(city._scoped) == []
    assert collected(city.follow(1, "0-0"), expected(1, [0], 0))


def test_another_history_is_a_reset_for_all() -> None:
    city = screens()
    publish(city, 1, 0)
    stream = city.follow(1, "0-0")
    next(stream)
    city.restart("9-0")
    assert next(stream) == RESET


def test_a_regions_snapshot_is_the_citys_narrowed_and_made_once() -> None:
    city = screens()
    publish(city, 1, 0)
    publish(city, 2, 2)
    position, body = city.snapshot(1)
    assert position == "2-0"
    assert gzip.decompress(body) == scope(1).narrow(city._state.frame())
    assert city.snapshot(1)[1] is body
    publish(city, 3, 1)
    assert city.snapshot(1)[1] != body


def test_what_comes_while_a_hub_is_made_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Others have their turns while earlier messages are narrowed, and a change may be among them."""
    monkeypatch.setattr(module, "_AT_ONCE", 1)
    city = screens()
    grids = [0] * 6
    for number in range(1, 4):
        publish(city, number, 0)
    making = gevent.spawn(collected, city.follow(1, "0-0"), expected(1, grids, 0))
    for number in range(4, 7):
        gevent.sleep(0)
        publish(city, number, 0)
    assert making.get(timeout=20)


def test_a_message_gives_its_frame_back() -> None:
    assert frame_of(frame_message("1-0", heat(1))) == heat(1)
