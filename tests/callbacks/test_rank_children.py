"""The past of a region's parts, for the ranking."""

from __future__ import annotations

import pytest
from dash import no_update

from callbacks.rank_children import STEP_HOURS, children_past
from tests.views.fakes import CITY, CODES, COUNTY, NOW_MS, VILLAGE_CODE, services_of

HOUR_MS = 3_600_000


@pytest.fixture
def past(tmp_path):
    def ask(code, known=None, **replaced):
        return children_past(services_of(data_dir=tmp_path, **replaced), {"code": code}, known)

    return ask


def _hours(count, newest=90.0):
    """`count` hours of one child's scores that fall by one an hour into the past."""
    times = [NOW_MS - HOUR_MS * hour for hour in range(count, -1, -1)]
    return lambda code, hours: (times, {COUNTY: [newest - hour for hour in range(count, -1, -1)]})


def test_every_child_has_its_line_and_its_score_of_a_day_ago(past):
    told = past(CITY)
    assert told["until_ms"] == NOW_MS
    assert set(told["then"]) == set(told["lines"]) == set(CODES[1:3])


def test_a_day_ago_is_24_hours_before_the_newest(past):
    assert past(CITY, children_trend=_hours(168))["then"] == {COUNTY: 66.0}
    assert past(CITY, children_trend=_hours(24))["then"] == {COUNTY: 66.0}


@pytest.mark.parametrize("hours", [0, 1, 22])
def test_a_past_that_is_too_short_has_no_day_ago(past, hours):
    assert past(CITY, children_trend=_hours(hours))["then"] == {}


def test_lines_are_thinned_and_end_with_the_newest(past):
    line = past(CITY, children_trend=_hours(168))["lines"][COUNTY]
    assert len(line) == 168 // STEP_HOURS + 1
    assert line[-1] == 90.0
    assert line == sorted(line)


def test_grids_keep_no_hourly_records(past):
    assert past(VILLAGE_CODE) == {"code": VILLAGE_CODE, "until_ms": 0, "then": {}, "lines": {}}


def test_nothing_is_sent_again_before_the_hour_has_passed(past):
    assert past(CITY, known=past(CITY)) is no_update
    assert past(COUNTY, known=past(CITY)) is not no_update


def test_without_a_region_there_is_no_past(services):
    assert children_past(services, None, None) is None
