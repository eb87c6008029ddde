"""The index of the open cases says what a look at all of them says."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.live.case_index import EDGE, CaseIndex
from dashboard.live.state import LiveState
from dashboard.streams import frame

places = st.integers(-3 * EDGE, 3 * EDGE)
case = st.fixed_dictionaries(
    {
        "id": st.sampled_from("abcdef"),
        "x": places,
        "y": places,
        "unit": st.sampled_from(("", "u-1", "u-2")),
        "closed": st.booleans(),
    }
)


def ids(found: Any) -> set[str]:
    return {case["id"] for case in found}


@given(upserts=st.lists(case, max_size=30), x=places, y=places, reach=st.floats(0, 2 * EDGE))
def test_it_follows_what_opens_moves_changes_hands_and_closes(
    upserts: list[dict[str, Any]], x: int, y: int, reach: float
) -> None:
    state = LiveState()
    for number, case in enumerate(upserts, 1):
        state.apply(f"{number}-0", frame.encode([frame.section("cases", "upserts", [case])]))
    cases, index = state.open_cases.values(), state.case_index
    within = {case["id"] for case in cases if abs(case["x"] - x) <= reach and abs(case["y"] - y) <= reach}
    assert within <= ids(index.near(x, y, reach)) <= ids(cases)
    units = [case["unit"] for case in cases if case["unit"]]
    assert dict(index.in_hand) == {unit: units.count(unit) for unit in units}


@pytest.mark.parametrize(
    ("x", "is_near"),
    [(0, True), (EDGE - 1, True), (EDGE, False), (-1, True), (-EDGE, True), (-EDGE - 1, False)],
)
def test_only_the_cells_about_are_looked_at(x: int, is_near: bool) -> None:
    index = CaseIndex()
    index.add({"id": "a", "x": x, "y": 10})
    assert ids(index.near(10, 10, EDGE - 20)) == ({"a"} if is_near else set())


def test_another_history_begins_without_cases() -> None:
    state = LiveState()
    case = {"id": "a", "x": 1, "y": 1, "unit": "u-1"}
    state.apply("1-0", frame.encode([frame.section("cases", "upserts", [case])]))
    state.reset()
    assert (ids(state.case_index.near(1, 1, 1)), dict(state.case_index.in_hand)) == (set(), {})
