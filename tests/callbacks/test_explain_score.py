"""Why a score is what it is."""

from __future__ import annotations

import pytest
from dash import dcc

from callbacks.explain_score import SHOWN, explanation
from tests.views.fakes import CITY, CODE_OF_TIER, GRID_CODE, NOW_MS, services_of
from tests.views.pages import text_of

HOUR_MS = 3_600_000


@pytest.fixture
def explain(in_language, tmp_path):
    def ask(code, lang="en", **replaced):
        services = services_of(data_dir=tmp_path, **replaced)
        with in_language(lang):
            return explanation(services, {"code": code})

    return ask


def test_reasons_say_what_where_and_how_much(explain):
    _, reasons, formula, _ = explain(CITY)
    assert [text_of(reason) for reason in reasons] == [
        "Leak of a hazardous substancelevel 01 · 东风社区第1网格, 东风社区, 城关街道, "
        "Weicheng · Public safety−2.6",
        "Criminal incidents−1.3",
        "Social stability+0.4",
    ]
    assert [reason.className for reason in reasons] == ["worse", "worse", "better"]
    assert formula == "Formula 1"


def test_in_chinese_too(explain):
    _, reasons, _, _ = explain(CITY, "zh")
    assert text_of(reasons[0]) == (
        "危化品泄漏01 级 · 潍城区 城关街道 东风社区 东风社区第1网格 · 公共安全−2.6"
    )


def test_a_reason_at_one_place_leads_there(explain):
    links = [reason.children[0] for reason in explain(CITY)[1]]
    assert isinstance(links[0], dcc.Link)
    assert links[0].href == f"/region/{GRID_CODE}"
    assert not any(isinstance(link, dcc.Link) for link in links[1:])


@pytest.mark.parametrize("code", CODE_OF_TIER)
def test_the_profile_gives_families_in_the_tables_order(explain, code):
    profile, *_ = explain(code)
    assert profile["code"] == code
    assert profile["families"] == [91.2, 86.0, 78.3, None]
    assert profile["interval"] == (79.8, 82.5)


def test_the_day_before_is_known_where_the_past_reaches_back(explain):
    def past(hours):
        times = [NOW_MS - HOUR_MS * hour for hour in range(hours, -1, -1)]
        return lambda code, _: (times, [70.0 + hour for hour in range(hours + 1)])

    assert explain(CITY, region_trend=past(24))[0]["day_ago"] == 70.0
    assert explain(CITY, region_trend=past(23))[0]["day_ago"] == 70.0
    assert explain(CITY, region_trend=past(22))[0]["day_ago"] is None
    assert explain(CITY, region_trend=lambda *_: ([], []))[0]["day_ago"] is None


def test_a_score_that_nothing_moved_says_so(explain):
    quiet = {"code": CITY, "score": None, "interval": None, "families": [], "reasons": [], "formula": "1"}
    profile, reasons, *_ = explain(CITY, region_profile=lambda code: quiet)
    assert [text_of(reason) for reason in reasons] == ["Nothing in particular pulls the score down."]
    assert (profile["interval"], profile["families"]) == (None, [None] * 4)


def test_only_the_strongest_reasons_are_listed(explain):
    reason = {"family": "safety", "points": -1.0, "case_type": None, "level": None, "place": None}
    many = {
        "code": CITY,
        "score": 1.0,
        "interval": None,
        "families": [],
        "reasons": [reason] * 9,
        "formula": "1",
    }
    assert len(explain(CITY, region_profile=lambda code: many)[1]) == SHOWN


def test_rings_are_told_with_it(explain):
    *_, rings = explain(CITY, ring_integrity=lambda code: [0.968, None, 1.0])
    assert text_of(rings) == "Rings 96.8/—/100%"


@pytest.mark.parametrize("place", [None, {}, {"code": "999999", "missing": True}])
def test_without_a_region_there_is_nothing_to_explain(services, in_language, place):
    with in_language("zh"):
        assert explanation(services, place) == (None, [], "", "")
