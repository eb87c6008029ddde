"""A web process's state equals the last value of every element, and its snapshot carries all of it."""

import gzip

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.live.state import LiveState
from dashboard.streams import frame

REGIONS = 20


def frame_of(*sections: frame.Section) -> bytes:
    return frame.encode(sections)


updates = st.lists(st.dictionaries(st.integers(0, REGIONS - 1), st.integers(0, 1000), min_size=1), max_size=8)


@given(updates=updates)
def test_last_value_wins_and_a_snapshot_gives_another_process_the_same(updates: list[dict[int, int]]) -> None:
    state, expected = LiveState(), [0] * REGIONS
    state.apply("1-0", frame_of(frame.section("regions", "score", expected)))
    for number, update in enumerate(updates, 2):
        state.apply(
            f"{number}-0", frame_of(frame.section("regions", "score", list(update.values()), list(update)))
        )
        for region, score in update.items():
            expected[region] = score
    position, body = state.snapshot()
    other = LiveState()
    other.apply(position, gzip.decompress(body))
    assert position == f"{len(updates) + 1}-0"
    assert state.column("regions", "score").tolist() == expected
    assert other.column("regions", "score").tolist() == expected


def test_cases_open_change_and_close() -> None:
    state = LiveState()
    state.apply("1-0", frame_of(frame.section("cases", "upserts", [{"id": "a", "level": 4}, {"id": "b"}])))
    state.apply("2-0", frame_of(frame.section("cases", "upserts", [{"id": "a", "level": 1}])))
    state.apply("3-0", frame_of(frame.section("cases", "upserts", [{"id": "b", "closed": True}])))
    assert state.open_cases == {"a": {"id": "a", "level": 1}}


def test_a_snapshot_is_made_again_only_after_a_change() -> None:
    state = LiveState()
    state.apply("1-0", frame_of(frame.section("cameras", "status", [1, 2])))
    first = state.snapshot()
    assert state.snapshot()[1] is first[1]
    state.apply("2-0", frame_of(frame.section("cameras", "status", [2], [0])))
    assert state.snapshot()[1] != first[1]


def test_rubbish_changes_nothing() -> None:
    state = LiveState()
    state.apply("1-0", frame_of(frame.section("cameras", "status", np.arange(4))))
    with pytest.raises(frame.FrameError):
        state.apply("2-0", b"not a frame at all")
    assert state.position == "1-0"
    assert state.column("cameras", "status").tolist() == [0, 1, 2, 3]
