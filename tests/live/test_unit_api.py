"""When a unit's phone is told that the server is behind."""

from __future__ import annotations

import pytest

from dashboard.live.unit_api import is_behind

NOW_MS = 1_790_000_000_000
STALE_S = 9.0


@pytest.mark.parametrize(
    ("last_ago_s", "applied_ago_s", "behind"),
    [
        (5, 5, False),  # all that came is applied
        (3600, 3600, False),  # a quiet hour is no delay
        (0.1, 4, False),  # it will be, in a moment
        (0.1, 60, True),
        (50, 60, True),
        (50, None, True),  # none ever was
        (None, None, False),  # and none ever came
    ],
)
@pytest.mark.parametrize("kind", ["reports", "commands"])
def test_what_waits_and_is_not_applied_is_behind(kind, last_ago_s, applied_ago_s, behind) -> None:
    def at(ago_s: float | None) -> int | None:
        return None if ago_s is None else int(NOW_MS - ago_s * 1000)

    feeds = {kind: {"last_ms": at(last_ago_s), "applied_ms": at(applied_ago_s)}}
    feeds["cameras"] = {"last_ms": NOW_MS, "applied_ms": None}  # which no task comes from
    assert is_behind({"now_ms": NOW_MS, "feeds": feeds}, STALE_S) is behind
