"""Cases counted, per day, and by weekday and hour."""

from __future__ import annotations

import re

import pytest
from dash import html

from dashboard.views.calendar_of_hours import DRAWING, hours
from dashboard.views.case_statistics import PERIODS, SHOWN_TYPES, counts
from dashboard.views.daily import daily
from tests.views.fakes import CITY
from tests.views.pages import CHINESE, components, text_of


@pytest.fixture
def counted(services, in_language):
    def ask(lang="en", period="month", **replaced):
        found = {**services.leaders.cases(CITY, period), **replaced}
        with in_language(lang):
            return counts(services, found)

    return ask


def section(parts, title) -> html.Section:
    sections = [c for part in parts for c in components(part) if isinstance(c, html.Section)]
    return next(one for one in sections if text_of(one.children[0]) == title)


def rows_of(part) -> list[list[str]]:
    """The texts of a section's rows: name, bar, count, what is beside it."""
    return [[text_of(cell) for cell in c.children] for c in components(part) if _is_row(c)]


def _is_row(component) -> bool:
    return getattr(component, "className", None) == "count-row"


def test_the_figures_stand_beside_the_period_before(counted):
    said = text_of(counted()[0])
    assert "New64before: ▲6" in said
    assert "A year ago—" in said
    assert "Open24overdue 3" in said
    assert "93.8%" in said
    assert "5.2 h" in said


def test_what_a_year_ago_was_is_said_where_it_is_known(counted):
    assert "A year ago50year ago: ▲14" in text_of(counted(new_year_ago=50)[0])


def test_a_record_that_begins_inside_the_period_before_is_unknown_not_nought(counted, services):
    young = [{**row, "before": None} for row in services.leaders.cases(CITY, "month")["by_type"]]
    parts = counted(new_before=None, by_type=young)
    assert "New64before: —" in text_of(parts[0])
    assert {row[3].split(" · ")[0] for row in rows_of(section(parts, "Type"))[:-1]} == {"—"}


def test_types_are_ranked_and_all_are_counted(counted, services):
    rows = rows_of(section(counted(), "Type"))
    told = services.leaders.cases(CITY, "month")["by_type"]
    assert len(rows) == SHOWN_TYPES + 1
    assert sum(int(row[2]) for row in rows) == sum(row["new"] for row in told)
    numbers = [int(row[2]) for row in rows[:-1]]
    assert numbers == sorted(numbers, reverse=True)
    assert rows[0][0] == "Marriage and family dispute"
    assert rows[-1][0] == "Other types"


def test_the_longest_bar_is_the_largest_count(counted):
    widths = [
        c.style["width"]
        for c in components(section(counted(), "Level"))
        if getattr(c, "className", "") == "fill"
    ]
    assert widths == ["25.0%", "50.0%", "75.0%", "100.0%"]


def test_stages_say_what_is_overdue(counted):
    rows = rows_of(section(counted(), "Stage (open)"))
    assert [(row[0], row[2], row[3]) for row in rows] == [
        ("Reported", "20", "overdue 1"),
        ("Being handled", "4", "overdue 2"),
    ]


def test_deadlines_kept_and_missed(counted):
    (table,) = [c for part in counted() for c in components(part) if isinstance(c, html.Table)]
    rows = [[text_of(cell) for cell in row.children] for row in table.children[1].children]
    assert rows == [["Accept", "60", "4", "93.8%", "20", "1"], ["On scene", "0", "0", "—", "0", "0"]]


def test_nothing_counted_says_so(counted):
    empty = {"by_type": [], "by_stage": [], "by_level": [], "by_origin": []}
    assert text_of(counted(**empty)).count("No cases.") == 4


@pytest.mark.parametrize("period", PERIODS)
def test_english_holds_no_chinese(counted, period):
    assert CHINESE.findall(text_of(counted("en", period))) == []


def test_the_busiest_hour_is_the_one_with_the_most(services, in_language):
    found = services.leaders.calendar(CITY, "month")
    found["counts"][2][9] = 99
    with in_language("en"):
        shown = hours(services, found)
    assert text_of(shown["parts"][0]).startswith("Most on Wednesday at 09:00, 99 cases")
    cells = re.findall(r"<title>(\w+) (\d\d) · ([\d,]+)</title>", shown["svgs"][DRAWING])
    told = {(day, hour): int(n) for day, hour, n in cells}
    assert len(told) == 7 * 24
    assert told["Wednesday", "09"] == 99
    assert sum(told.values()) == sum(map(sum, found["counts"]))


def test_of_two_hours_alike_the_earlier_is_named(services, in_language):
    found = {**services.leaders.calendar(CITY, "month"), "counts": [[1] * 24 for _ in range(7)]}
    with in_language("en"):
        assert "Monday at 00:00" in text_of(hours(services, found)["parts"][0])


def test_a_time_without_a_case_says_so(services, in_language):
    found = {**services.leaders.calendar(CITY, "month"), "counts": [[0] * 24 for _ in range(7)]}
    with in_language("en"):
        assert text_of(hours(services, found)["parts"][0]) == "No case in this time."


def test_days_are_columns_beside_the_period_before(services, in_language):
    found = services.leaders.daily(CITY, "week")
    with in_language("en"):
        drawing = daily(services, 0, found)
        waiting = daily(services, 0, None)
    columns = re.findall(r"<rect[^>]*><title>(\d\d-\d\d) (\d+)</title>", drawing)
    assert [(day, int(n)) for day, n in columns] == [
        (day[5:], new) for day, new in zip(found["days"], found["new"], strict=True)
    ]
    assert "Period before" in drawing
    assert "A year ago" not in drawing  # of which nothing is known
    assert "still being read" in waiting
