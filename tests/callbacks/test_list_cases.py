"""The table of open cases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from callbacks.list_cases import LIMIT, age, cases
from tests.views.fakes import CITY, CODE_OF_TIER, GRID_CODE, NOW_MS, VILLAGE_CODE, open_case, services_of

NOW_AT = datetime.fromtimestamp(NOW_MS / 1000, UTC) + timedelta(minutes=5)


@pytest.fixture
def listed(in_language, tmp_path):
    def ask(code, lang="zh", **replaced):
        services = services_of(data_dir=tmp_path, **replaced)
        with in_language(lang):
            return cases(services, {"code": code}, NOW_AT)

    return ask


def test_a_case_is_said_in_words_and_in_the_citys_time(listed):
    row = listed(CITY)[0][0]
    assert row["level_name"] == "01 特别重大"
    assert (row["type"], row["state"]) == ("扒窃", "待受理")
    assert row["place"] == "潍城区 城关街道 东风社区 · 文化路"
    assert row["occurred"] == "11-25 00:00"
    assert (row["age"], row["age_s"]) == ("5 分", 300)
    assert row["grid"] == GRID_CODE


def test_and_in_english(listed):
    row = listed(CITY, "en")[0][0]
    assert (row["level_name"], row["type"], row["state"]) == (
        "01 Especially serious",
        "Theft from a person",
        "Reported",
    )
    assert row["age"] == "5 min"


@pytest.mark.parametrize("code", CODE_OF_TIER)
def test_every_tier_lists_its_own_cases(listed, code):
    rows, more = listed(code)
    assert rows
    assert all(row["grid"].startswith(code) or code == CITY for row in rows)
    assert more == ""


def test_inside_a_village_its_own_name_is_not_repeated(listed):
    assert {row["place"] for row in listed(VILLAGE_CODE)[0]} == {"文化路"}


def test_a_list_that_is_cut_says_so(listed):
    many = [open_case(number, 0) for number in range(LIMIT + 1)]
    rows, more = listed(CITY, "en", open_cases=lambda code, limit: many[:limit])
    assert len(rows) == LIMIT
    assert more == "Only the 500 most pressing are listed."
    assert listed(CITY, open_cases=lambda code, limit: many[:LIMIT])[1] == ""


def test_a_case_from_the_future_is_new_not_negative(listed):
    early = open_case(0, 0) | {"occurred_at_ms": NOW_MS + 10**9}
    assert listed(CITY, open_cases=lambda code, limit: [early])[0][0]["age_s"] == 0


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (86_400, "1 d"),
        (10**7, "115 d"),
    ],
)
def test_an_age_is_said_in_its_largest_whole_unit(in_language, seconds, words):
    with in_language("en"):
        assert age(seconds) == words
