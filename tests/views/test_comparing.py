"""Regions side by side: who can be compared, and what is drawn of them."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from dash import html

from dashboard.views.comparing import DRAWING, FIRST, MOST, candidates, compared
from tests.views.fake_leaders import FakeLeaders
from tests.views.fakes import CITY, CODES, COUNTY, GRID_CODE, TOWN, VILLAGE_CODE
from tests.views.pages import components, text_of

ANYTHING = lambda code: True  # noqa: E731


@pytest.fixture
def compare(services, in_language):
    def ask(code, chosen=(), hours=168, may_view=ANYTHING, leaders=None):
        given = services if leaders is None else replace(services, leaders=leaders)
        with in_language("en"):
            return compared(given, services.hierarchy.number_of(code), chosen, hours, may_view)

    return ask


def on(shown) -> list[str]:
    return [chip["code"] for chip in shown["choice"] if chip["on"]]


def names_in_table(shown) -> list[str]:
    rows = [c for part in shown["parts"] for c in components(part) if isinstance(c, html.Tr)][1:]
    return [row.children[0].children.href.rsplit("/", 1)[1] for row in rows]


@pytest.mark.parametrize(
    ("code", "which"),
    [
        (CITY, CODES[1:3]),  # its counties
        (COUNTY, CODES[3:5]),  # its towns
        (TOWN, CODES[6:7]),  # its villages
        (VILLAGE_CODE, CODES[6:7]),  # the villages of its town: its own parts are grids
        (CODES[7], CODES[7:9]),
        (GRID_CODE, CODES[6:7]),
    ],
)
def test_what_can_be_compared(services, code, which):
    numbers = candidates(services, services.hierarchy.number_of(code), ANYTHING)
    assert [services.hierarchy.codes[one] for one in numbers] == list(which)


def test_with_nothing_chosen_the_lowest_are_compared(compare, services):
    rows = {row["code"]: row["score"] for row in services.leaders.children(CITY)["rows"]}
    lowest = sorted(rows, key=lambda code: rows[code])[:FIRST]
    shown = compare(CITY)
    assert sorted(on(shown)) == sorted(lowest)
    assert names_in_table(shown) == lowest


def test_a_village_is_compared_with_those_beside_it(compare):
    assert names_in_table(compare(CODES[7]))[0] == CODES[7]


def test_those_that_are_chosen_have_a_line_and_a_row(compare):
    shown = compare(CITY, [CODES[2], CODES[1]])
    assert names_in_table(shown) == [CODES[2], CODES[1]]
    lines = re.findall(r"<g><title>([^<]*)</title>", shown["svgs"][DRAWING])
    assert lines == ["Hanting", "Weicheng"]


def test_what_cannot_be_chosen_is_left_out(compare):
    shown = compare(CITY, [CODES[1], CODES[3], "999999", GRID_CODE])
    assert on(shown) == [CODES[1]]


def test_no_more_than_one_can_tell_apart(compare, services):
    assert MOST >= FIRST
    shown = compare(CITY, [*CODES[1:3], *["x"] * MOST, CODES[1]])
    assert len(on(shown)) <= MOST


def test_what_may_not_be_seen_is_neither_offered_nor_drawn(compare):
    """A county's leader at a village has none of the next county; a village's own has itself alone."""
    shown = compare(CITY, [CODES[1], CODES[2]], may_view=lambda code: code.startswith(CODES[1]))
    assert [chip["code"] for chip in shown["choice"]] == [CODES[1]]
    assert "Hanting" not in str(shown)
    assert "nothing to compare" in text_of(shown["parts"])


def test_the_score_in_the_table_can_be_explained(compare):
    buttons = [c for part in compare(CITY)["parts"] for c in components(part) if "data-explain" in vars(c)]
    assert {vars(button)["data-explain"] for button in buttons} == set(CODES[1:3])


def test_before_the_history_is_read_it_says_so(compare, services):
    shown = compare(CITY, leaders=FakeLeaders(services.hierarchy, ready=False))
    assert "still being read" in text_of(shown["parts"])
    assert len(shown["choice"]) == 2
