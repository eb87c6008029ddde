"""The table of how a place's disputes are settled, against the figures behind it."""

from __future__ import annotations

import pytest

from dashboard.domain.settling import RESULTS
from dashboard.views.settling import _COLUMNS, settling
from tests.views.fakes import CITY, CODES, GRID_CODE, services_of
from tests.views.pages import CHINESE, text_of, words


def rows(table) -> list[list[str]]:
    """The cells of each row, the head first."""
    head, body = table.children[0].children
    return [[text_of(cell) for cell in row.children] for row in (head.children, *body.children)]


def test_the_citys_table_says_what_the_figures_say(services, in_language):
    with in_language("en"):
        table = settling(services, services.hierarchy.number_of(CITY))
    assert rows(table) == [
        ["Disputes", "Settled", "Not settled", "Other ends", "No result", "Success rate"],
        ["In the grid", "54", "6", "0", "6", "90.0% (79.9–95.3)"],
        ["By a centre above", "0", "0", "0", "0", "—"],
        ["By the grid's hearing", "0", "0", "0", "0", "—"],
        ["By a joint hearing", "6", "0", "0", "0", "100.0% (61.0–100.0)"],
        ["All", "60", "6", "0", "6", "90.9% (81.6–95.8)"],
    ]
    assert text_of(table.children[1]) == (
        "12 open · hearings to come: 6 · waiting for up to 3 d · past their date: 1"
    )


def test_with_too_few_there_is_no_rate(services, in_language):
    with in_language("zh"):
        table = settling(services, services.hierarchy.number_of(GRID_CODE))
    assert rows(table)[4] == ["联合听证", "1", "0", "0", "0", "—"]
    assert rows(table)[5][:5] == ["合计", "10", "1", "0", "1"]


@pytest.mark.parametrize("found", [None, {"open": 0, "ended": 0}])
def test_where_nothing_was_disputed_or_can_be_read_there_is_no_table(tmp_path, in_language, found):
    services = services_of(data_dir=tmp_path, settling=lambda code: found)
    with in_language("zh"):
        assert settling(services, 0) is None


@pytest.mark.parametrize("code", CODES)
def test_it_speaks_english(services, in_language, code):
    with in_language("en"):
        table = settling(services, services.hierarchy.number_of(code))
    assert [text for text in words(table) if CHINESE.search(text)] == []


def test_the_columns_count_every_result_once():
    assert sorted(result for _, counted in _COLUMNS for result in counted) == sorted(RESULTS)
