"""The hub gives every screen every message after its place, and a slow one a reset instead of a queue."""

from itertools import islice

import gevent
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.live.hub import RESET, Hub


def hub_with(count: int, capacity: int = 1000, size: int = 1) -> Hub:
    hub = Hub(capacity=capacity, max_behind_bytes=10_000)
    for number in range(1, count + 1):
        hub.publish(f"{number}-0", f"<{number}>".encode() * size)
    return hub


@given(count=st.integers(1, 50), seen=st.integers(0, 50))
def test_a_screen_that_comes_back_misses_nothing_and_repeats_nothing(count: int, seen: int) -> None:
    seen = min(seen, count)
    hub = hub_with(count)
    screen = hub.follow(f"{seen}-0")
    hub.publish("999-0", b"<new>")
    expected = b"".join(b"<%d>" % number for number in range(seen + 1, count + 1)) + b"<new>"
    assert next(screen) == expected


def test_a_screen_whose_place_has_left_the_ring_is_told_to_load_the_snapshot() -> None:
    hub = hub_with(30, capacity=10)
    assert next(hub.follow("19-0")) == RESET
    screen = hub.follow("20-0")
    assert next(screen).startswith(b"<21>")


def test_a_screen_that_stalls_gets_a_reset_and_then_only_what_is_new() -> None:
    hub = hub_with(1)
    screen = hub.follow("0-0")
    assert next(screen) == b"<1>"
    for number in range(2, 200):
        hub.publish(f"{number}-0", b"x" * 200)
    assert next(screen) == RESET
    hub.publish("200-0", b"<200>")
    assert next(screen) == b"<200>"


def test_a_fresh_city_without_changes_does_not_reset_for_ever() -> None:
    hub = Hub()
    hub.publish("", b"beat")
    assert list(islice(hub.follow("0-0"), 1)) == [b"beat"]


def test_the_newest_heartbeat_greets_a_new_screen() -> None:
    hub = hub_with(3)
    hub.publish("", b"beat")
    assert next(hub.follow("3-0")) == b"beat"


def test_screens_are_counted_while_they_follow() -> None:
    hub = hub_with(2)
    screen = hub.follow("0-0")
    next(screen)
    assert hub.screens == 1
    screen.close()
    assert hub.screens == 0
    with pytest.raises(StopIteration):
        next(screen)


def test_a_screen_ahead_of_a_process_that_is_still_reading_gets_only_what_is_new_to_it() -> None:
    hub = hub_with(3)
    screen = hub.follow("5-0")
    reading = gevent.spawn(next, screen)
    gevent.sleep(0)
    for number in range(4, 7):
        hub.publish(f"{number}-0", b"<%d>" % number)
        gevent.sleep(0)
    assert reading.get(timeout=20) == b"<6>"


def test_a_screen_ahead_of_all_that_ever_comes_is_told_to_load_the_snapshot() -> None:
    assert next(hub_with(3).follow("99-0")) == RESET


def test_a_screen_with_much_to_catch_up_gets_it_in_parts() -> None:
    hub = Hub()
    for number in range(1, 11):
        hub.publish(f"{number}-0", b"x" * 60_000)
    assert [len(part) for part in islice(hub.follow("0-0"), 5)] == [120_000] * 5
