"""Grave cases come to the front and stay as long as the rules say; floods are grouped."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page

from dashboard.views.wall.scenes import INTERRUPTION

pytestmark = pytest.mark.browser
settings.load_profile("browser")

RULES = asdict(INTERRUPTION)
FOLLOW = """async ([rules, steps]) => {
  const { Interruption } = await import('/assets/wall/interruption.mjs');
  const one = new Interruption(rules), seen = [];
  for (const [ms, cases] of steps) {
    one.follow(new Map(cases.map((item) => [item.id, item])), ms);
    const { shown, held, done } = one;
    seen.push([shown?.item.id ?? null, [...held.keys()], shown?.settledMs ?? null, done.size]);
  }
  return seen;
}"""
START_MS = 1_790_000_000_000


def case(
    name: str, level: int = 1, state: str = "reported", occurred_s: float = 0, **more: Any
) -> dict[str, Any]:
    return {
        "id": name,
        "level": level,
        "state": state,
        "occurred_at_ms": START_MS + 1000 * occurred_s,
        **more,
    }


def followed(page: Page, steps: list[tuple[float, list[dict[str, Any]]]]) -> list[list[Any]]:
    """[shown, held, since when it is settled, how many had their time] after each (seconds, open cases)."""
    timed = [[START_MS + 1000 * seconds, cases] for seconds, cases in steps]
    return page.evaluate(FOLLOW, [RULES, timed])


def shown(page: Page, steps: list[tuple[float, list[dict[str, Any]]]]) -> list[str | None]:
    return [row[0] for row in followed(page, steps)]


def test_a_new_grave_case_is_shown_at_once_and_others_are_not(modules: Page) -> None:
    quiet = [case("c", 3), case("d", 4), case("e", 1, "accepted")]
    assert shown(modules, [(0, quiet), (1, [*quiet, case("a", 2)])]) == [None, "a"]


def test_it_is_held_until_it_is_acknowledged_and_a_moment_longer(modules: Page) -> None:
    settled = INTERRUPTION.settled_s
    steps = [
        (0, []),
        (1, [case("a")]),
        (200, [case("a")]),
        (201, [case("a", state="accepted")]),
        (201 + settled - 1, [case("a", state="accepted")]),
        (201 + settled, [case("a", state="accepted")]),
    ]
    assert shown(modules, steps) == [None, "a", "a", "a", "a", None]


def test_it_goes_when_its_time_is_over_and_does_not_come_back(modules: Page) -> None:
    hold = INTERRUPTION.hold_s
    steps = [(0, []), *((second, [case("a")]) for second in (1, hold, hold + 1, hold + 2, hold + 600))]
    assert shown(modules, steps) == [None, "a", "a", None, None, None]


def test_what_was_there_at_the_start_is_held_from_when_it_occurred(modules: Page) -> None:
    """So that a reload begins nothing anew."""
    hold = INTERRUPTION.hold_s
    old, young = case("old", occurred_s=-hold - 1), case("young", occurred_s=-hold + 10)
    assert shown(modules, [(0, [old, young]), (9, [old, young]), (10, [old, young])]) == [
        "young",
        "young",
        None,
    ]


def test_an_acknowledgement_that_is_taken_back_shows_it_again(modules: Page) -> None:
    steps = [
        (0, []),
        (1, [case("a")]),
        (2, [case("a", state="accepted")]),
        (3, [case("a")]),
        (60, [case("a")]),
    ]
    rows = followed(modules, steps)
    assert [row[0] for row in rows] == [None, "a", "a", "a", "a"]
    assert [row[2] is None for row in rows] == [True, True, False, True, True]


def test_a_newer_one_comes_to_the_front_and_all_have_their_turn(modules: Page) -> None:
    turn = INTERRUPTION.turn_s
    both = [case("a"), case("b")]
    steps = [(0, []), (1, [case("a")]), (2, both), (2 + turn, both), (2 + 2 * turn, both)]
    assert shown(modules, steps) == [None, "a", "b", "a", "b"]


def test_a_lesser_one_waits_for_its_turn_unless_the_graver_is_taken_up(modules: Page) -> None:
    turn = INTERRUPTION.turn_s
    both, taken = [case("a"), case("b", 2)], [case("a", state="accepted"), case("b", 2)]
    waits = [(0, []), (1, [case("a")]), (2, both), (1 + turn, both)]
    assert shown(modules, waits) == [None, "a", "a", "b"]
    free = [(0, []), (1, [case("a")]), (2, taken[:1]), (3, taken)]
    assert shown(modules, free) == [None, "a", "a", "b"]


def test_a_case_that_became_grave_before_anybody_took_it_up_is_shown(modules: Page) -> None:
    assert shown(modules, [(0, [case("a", 3)]), (1, [case("a", 1)])]) == [None, "a"]


@given(
    st.lists(
        st.tuples(
            st.floats(0.2, 120),
            st.sets(st.sampled_from("abcde")),
            st.sets(st.sampled_from("abcde")),
        ),
        min_size=1,
        max_size=25,
    )
)
def test_what_is_shown_waits_for_somebody(
    modules: Page, moves: list[tuple[float, set[str], set[str]]]
) -> None:
    """Each move: seconds later, which cases are there and which of them are acknowledged."""
    at, steps = 0.0, [(0.0, list[dict[str, Any]]())]
    since: dict[str, float] = {}
    for wait, there, accepted in moves:
        at += wait
        steps.append(
            (at, [case(n, state="accepted" if n in accepted else "reported") for n in sorted(there)])
        )
    for (second, cases), (front, held, settled, done) in zip(steps, followed(modules, steps), strict=True):
        reported = {row["id"] for row in cases if row["state"] == "reported"}
        for name in list(since):
            if name not in held:
                del since[name]
        for name in held:
            since.setdefault(name, second)
            assert second - since[name] < INTERRUPTION.hold_s
        assert (front is None) == (not held)
        assert front is None or front in held
        assert done <= len(cases)
        if front in reported:
            assert settled is None


def test_a_flood_is_told_by_type_and_place(modules: Page) -> None:
    items = [
        case(f"{n}", 1 + n % 2, type="fire" if n % 3 else "leak", place="东" if n < 8 else "西", occurred_s=n)
        for n in range(12)
    ]
    found = modules.evaluate(
        """async (items) => {
          const { grouped } = await import('/assets/wall/interruption.mjs');
          const groups = grouped(items, ({ place }) => place);
          return groups.map((row) => [row.level, row.type, row.place, row.count, row.newest.id]);
        }""",
        items,
    )
    plain: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for item in items:
        plain.setdefault((item["type"], item["place"]), []).append(item)
    assert {(row[1], row[2]): (row[0], row[3], row[4]) for row in found} == {
        key: (min(i["level"] for i in rows), len(rows), max(rows, key=lambda i: i["occurred_at_ms"])["id"])
        for key, rows in plain.items()
    }
    assert sum(row[3] for row in found) == len(items)
    assert [(row[0], -row[3]) for row in found] == sorted((row[0], -row[3]) for row in found)
