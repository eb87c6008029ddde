"""What moved a score: the waterfall's parts lead from one end to the other, and the cases have names."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest

from dashboard.views.ids import LeaderId
from dashboard.views.moved import SINCES, moved, steps_between, unread
from tests.views.fake_leaders import FakeLeaders
from tests.views.fakes import CITY, CODE_OF_TIER, COUNTY, GRID_CODE
from tests.views.pages import components, text_of

BAR = re.compile(r"<rect[^>]*><title>([^<]*) ([+−]?[\d.]+)</title>")


def bars(shown) -> list[tuple[str, Decimal]]:
    """Name and value of each bar of the drawing, as a person reads them."""
    svg = shown["drawing"][LeaderId.MOVED_GRAPH]
    return [(name, Decimal(value.replace("−", "-"))) for name, value in BAR.findall(svg)]


@pytest.fixture
def show(services, in_language):
    def ask(code, since, lang="en", supervises=True, leaders=None):
        given = services if leaders is None else replace(services, leaders=leaders)
        with in_language(lang):
            return moved(given, services.hierarchy.number_of(code), since, supervises)

    return ask


@pytest.mark.parametrize("code", CODE_OF_TIER)
@pytest.mark.parametrize("since", SINCES)
def test_the_parts_that_are_shown_lead_from_the_first_score_to_the_last(show, code, since):
    (_, first), *parts, (_, last) = bars(show(code, since))
    assert len(parts) >= 4
    assert first + sum(value for _, value in parts) == last


def test_the_waterfall_names_its_ends_and_the_families(show):
    names = [name for name, _ in bars(show(COUNTY, "week"))]
    assert names[0] == "Week"
    assert names[1:5] == ["Social stability", "Public order", "Criminal incidents", "Public safety"]
    assert names[-1] == "Now"


def test_the_note_says_by_how_much(show):
    shown = show(COUNTY, "week")
    (_, first), *_, (_, last) = bars(shown)
    assert shown["note"] == f"Week: ▼{first - last}"


def test_the_cases_behind_it_are_links_with_what_may_be_done(show):
    rows = show(CITY, "day")["rows"]
    assert [row.className for row in rows] == ["worse", "better", "worse", "worse"]
    link = rows[0].children[0]
    assert (link.href, text_of(link)) == (f"/region/{GRID_CODE}", "Theft from a person")
    assert "level 02" in text_of(rows[0])
    assert "东风社区" in text_of(rows[0])
    assert "New" in text_of(rows[0])
    deeds = [vars(c) for c in components(rows[0]) if "data-deed" in vars(c)]
    assert [(each["data-deed"], each["data-case"]) for each in deeds] == [
        ("instruct", "c1"),
        ("supervise", "c1"),
    ]


def test_places_stand_among_the_cases_by_how_much_is_theirs(show):
    rows = show(CITY, "day")["rows"]
    told = [(row.children[0].href, row.children[-1].children) for row in rows]
    grid = f"/region/{GRID_CODE}"
    assert told == [(grid, "−1.2"), (grid, "+0.3"), ("/region/370703", "−0.01"), ("/region/370702", "−0.004")]
    assert show(CITY, "day")["when"] == "11-24 00:00 to 11-25 00:00"


def test_who_may_not_supervise_has_no_buttons(show):
    rows = show(CITY, "day", supervises=False)["rows"]
    assert [c for row in rows for c in components(row) if "data-deed" in vars(c)] == []


def test_against_the_reference_the_reasons_stand_below(show):
    shown = show(CITY, "now")
    assert (shown["rows"], shown["reasons"]) == ([], True)
    assert bars(shown)[0] == ("Reference", Decimal("85.0"))


def test_a_record_that_is_too_short_says_so(show, services):
    class Young(FakeLeaders):
        def moved(self, code, since):
            return None

    shown = show(CITY, "month", leaders=Young(services.hierarchy))
    assert "The record does not reach back a month." in shown["drawing"][LeaderId.MOVED_GRAPH]
    assert (shown["note"], shown["reasons"]) == ("—", True)


def test_a_history_that_is_still_being_read_says_so(in_language):
    with in_language("en"):
        shown = unread()
    assert "still being read" in shown["drawing"][LeaderId.MOVED_GRAPH]
    assert shown["note"] == "—"


def test_small_parts_are_shared_out_not_lost():
    steps = steps_between(("a", 85.04), [("x", -0.04), ("y", -0.04), ("z", -0.04)], ("b", 84.92))
    first, *parts, last = [step.points for step in steps]
    assert (first, sorted(parts), last) == (85.0, pytest.approx([-0.1, 0.0, 0.0]), 84.9)
