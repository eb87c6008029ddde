"""What a leader asks of the region's page, as its callbacks answer."""

from __future__ import annotations

import json

import pytest
from plotly.utils import PlotlyJSONEncoder

from callbacks.compare_regions import comparison
from callbacks.count_cases import counted, daily_of, hours_of
from callbacks.explain_in_full import explanation_in_full
from callbacks.open_tab import published_asked, systems_asked
from callbacks.show_movement import movement
from callbacks.tabulate_children import children_table
from dashboard.domain.access import Identity
from dashboard.views.ids import LeaderId
from tests.views.fake_leaders import FakeLeaders
from tests.views.fakes import CITY, CODE_OF_TIER, CODES, COUNTY, NAMES, hierarchy_of, services_of
from tests.views.pages import CHINESE, text_of

ABROAD = Identity("邻县领导", "leader", CODES[2])
ANSWERS = {
    "movement": lambda services, asked: movement(services, asked, "week"),
    "explained": explanation_in_full,
    "table": children_table,
    "comparison": lambda services, asked: comparison(services, asked, None, "168"),
    "counts": lambda services, asked: counted(services, asked, "month"),
    "hours": lambda services, asked: hours_of(services, asked, "month"),
    "daily": lambda services, asked: daily_of(services, asked, "168"),
}


@pytest.fixture
def ask(in_language, tmp_path):
    def answer(name, code, lang="en", **replaced):
        services = services_of(data_dir=tmp_path, **replaced)
        with in_language(lang):
            return ANSWERS[name](services, {"code": code})

    return answer


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("code", CODE_OF_TIER)
def test_every_tier_is_answered_with_what_a_store_can_hold(ask, name, code):
    told = ask(name, code)
    assert told
    assert json.dumps(told, cls=PlotlyJSONEncoder)


@pytest.mark.parametrize("name", ANSWERS)
def test_who_may_not_see_a_region_is_told_nothing_of_it(ask, name):
    assert ask(name, COUNTY, identity=ABROAD) is None
    assert ask(name, CITY, identity=ABROAD) is None
    assert ask(name, CODES[2], identity=ABROAD)


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("asked", [None, {}, {"code": "999999"}])
def test_without_a_region_there_is_no_answer(services, in_language, name, asked):
    with in_language("en"):
        assert ANSWERS[name](services, asked) is None


@pytest.mark.parametrize("name", ANSWERS)
def test_an_unread_history_is_said_and_no_figure_is_made_up(ask, name):
    told = ask(name, CITY, leaders=FakeLeaders(hierarchy_of(), ready=False))
    said = json.dumps(told, cls=PlotlyJSONEncoder)
    assert "still being read" in said or name == "explained"


@pytest.mark.parametrize("name", ANSWERS)
def test_english_answers_hold_no_chinese_but_names(ask, name):
    said = json.dumps(ask(name, CITY), cls=PlotlyJSONEncoder, ensure_ascii=False)
    for place in sorted(NAMES, key=len, reverse=True):
        said = said.replace(place, "")
    assert CHINESE.findall(said) == []


@pytest.mark.parametrize("since", ["now", "day", "week", "month"])
def test_each_time_can_be_compared_with(services, in_language, since):
    with in_language("en"):
        assert movement(services, {"code": CITY}, since)["code"] == CITY


@pytest.mark.parametrize("since", ["year", "", "x"])
def test_what_cannot_be_chosen_is_not_answered(services, in_language, since):
    with in_language("en"):
        assert movement(services, {"code": CITY}, since) is None
        assert counted(services, {"code": CITY}, since + "!") is None
        assert comparison(services, {"code": CITY}, None, since) is None


def test_a_role_that_may_not_supervise_has_no_buttons(in_language, tmp_path):
    def deeds(role):
        services = services_of(data_dir=tmp_path, identity=Identity("某人", role, "*"))
        with in_language("en"):
            told = [movement(services, {"code": CITY}, "week"), explanation_in_full(services, {"code": CITY})]
        return json.dumps(told, cls=PlotlyJSONEncoder).count("data-deed")

    assert deeds("leader") > 0
    assert deeds("officer") == 0


def test_what_was_chosen_elsewhere_does_not_count(services, in_language):
    chosen = {"code": COUNTY, "codes": [CODES[1]]}
    with in_language("en"):
        told = comparison(services, {"code": CITY}, chosen, "24")
        kept = comparison(services, {"code": CITY}, {**chosen, "code": CITY}, "24")
    assert {chip["code"] for chip in told["choice"] if chip["on"]} == set(CODES[1:3])
    assert [chip["code"] for chip in kept["choice"] if chip["on"]] == [CODES[1]]


def test_the_table_names_the_parts_in_the_language_of_the_page(ask):
    assert [row["name"] for row in ask("table", CITY)["rows"]] == ["Weicheng", "Hanting"]
    assert [row["name"] for row in ask("table", CITY, "zh")["rows"]] == ["潍城区", "寒亭区"]
    assert ask("table", CITY)["note"] == "As of 11-25 00:00:00"


def test_days_are_drawn_into_their_room(ask):
    assert list(ask("daily", CITY)) == [LeaderId.DAILY_GRAPH]


def test_without_the_figures_of_a_tab_it_says_so(in_language, tmp_path):
    services = services_of(data_dir=tmp_path, systems=None, publications=None)
    with in_language("en"):
        for answer in (systems_asked, published_asked):
            assert text_of(answer(services, {"code": CITY})["parts"]).startswith("—")
            assert answer(services, {"code": "999999"}) is None
