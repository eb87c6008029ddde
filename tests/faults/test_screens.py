"""Screens that are watched tell the silence that they are still in, too."""

from __future__ import annotations

import time

import pytest

from tests.faults.screens import Wall


def test_a_screen_that_has_heard_nothing_since_is_silent_and_not_only_one_that_was() -> None:
    """It is back by a change, and its heartbeats have stopped: nothing comes that could end the silence."""
    wall = Wall((1,), 2)
    now_s = time.monotonic()
    for screen, last_s, longest_s in zip(wall.screens, (now_s - 9.0, now_s), (2.0, 4.0), strict=True):
        screen.beat_at_s, screen.longest_silence_s, screen.back_at_s = last_s, longest_s, now_s
    assert wall.seen(now_s, 0).silence_s == pytest.approx(9.0, abs=0.5)
    assert wall.seen(now_s, 0, slice(1, 2)).silence_s == pytest.approx(4.0, abs=0.5)
