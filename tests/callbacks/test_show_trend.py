"""A region's score over time."""

from __future__ import annotations

import pytest
from dash import no_update

from callbacks.show_trend import trend
from dashboard.domain.access import Identity
from tests.views.fakes import CITY, CODE_OF_TIER, GRID_CODE, services_of


@pytest.fixture
def show(in_language, tmp_path):
    def ask(code, hours="168", known=None, **replaced):
        services = services_of(data_dir=tmp_path, **replaced)
        with in_language("en"):
            return trend(services, {"code": code}, hours, known)

    return ask


@pytest.mark.parametrize("code", CODE_OF_TIER[:4])
@pytest.mark.parametrize("hours", ["24", "168"])
def test_a_region_shows_its_own_hours(show, code, hours):
    told, note = show(code, hours)
    assert len(told["drawing"]["x"]) == int(hours) + 1
    assert note.endswith("hour by hour")


def test_a_grid_shows_its_villages(show):
    told, note = show(GRID_CODE)
    assert len(told["drawing"]["x"]) == 169
    assert note == "Grids keep no hourly records of their own; this is the index of 东风社区."


def test_who_is_bound_to_a_grid_does_not_see_its_villages(show):
    told, note = show(GRID_CODE, identity=Identity("网格员", "unit", GRID_CODE))
    assert told is None
    assert note == "No hourly records of this time yet."


def test_an_empty_past_says_so(show):
    told, note = show(CITY, region_trend=lambda code, hours: ([], []))
    assert note == "No hourly records of this time yet."
    assert len(told["drawing"]["x"]) == 0


def test_nothing_is_sent_again_before_the_hour_has_passed(show):
    told, _ = show(CITY)
    assert show(CITY, known=told) == (no_update, no_update)
    assert show(CITY, "24", known=told)[0] is not no_update


@pytest.mark.parametrize("hours", ["25", "-1", "x"])
def test_what_cannot_be_chosen_is_not_answered(show, hours):
    assert show(CITY, hours) == (no_update, no_update)


def test_without_a_region_nothing_is_drawn(services, in_language):
    with in_language("en"):
        assert trend(services, {"code": "999999"}, "24", None) == (None, "")
