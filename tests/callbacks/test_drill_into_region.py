"""The address decides what the page is about."""

from __future__ import annotations

import pytest
from dash import no_update

from callbacks.drill_into_region import drill_into
from dashboard.views import tabs
from tests.views.fakes import CITY, CODE_OF_TIER, COUNTY, GRID_CODE
from tests.views.pages import text_of


@pytest.fixture
def drill(services, in_language):
    def ask(pathname, tab=tabs.CHILDREN, before=None, lang="en"):
        with in_language(lang):
            return drill_into(services, pathname, tab, before)

    return ask


@pytest.mark.parametrize("tier", range(5))
def test_every_tier_has_its_page(drill, tier):
    shown = drill(f"/region/{CODE_OF_TIER[tier]}")
    assert (shown["place"]["code"], shown["place"]["tier"]) == (CODE_OF_TIER[tier], tier)
    assert (shown["no_panels"], shown["no_notice"]) == (False, True)
    assert len(shown["breadcrumb"]) == 2 * tier + 1


def test_a_navigation_leaves_alone_what_stays_shown(drill):
    """Fails when Dash is made to render all panels anew although none of them appears or goes."""
    there = drill(f"/region/{COUNTY}", before={"code": CITY, "tier": 0})
    kept = ("notice", "no_notice", "no_panels", "children_tab_class", "tab")
    assert {there[name] for name in kept} == {no_update}
    back = drill(f"/region/{COUNTY}", before={"code": "999999", "missing": True})
    assert (back["notice"], back["no_notice"], back["no_panels"]) == ([], True, False)


def test_a_grid_has_no_parts_and_shows_its_facts_instead(drill):
    shown = drill(f"/region/{GRID_CODE}")
    assert shown["place"]["children"] == []
    assert shown["children_tab_class"] == "absent"
    assert shown["tab"] == tabs.FACTS


def test_on_the_way_up_from_a_grid_the_parts_come_back(drill):
    shown = drill(f"/region/{COUNTY}", tab=tabs.FACTS, before={"tier": 4})
    assert shown["tab"] == tabs.CHILDREN
    assert shown["children_tab_class"] == ""


@pytest.mark.parametrize("tab", [tabs.TREND, tabs.CASES])
def test_an_open_tab_stays_open_at_every_tier(drill, tab):
    assert {drill(f"/region/{code}", tab=tab)["tab"] for code in CODE_OF_TIER} == {no_update}


@pytest.mark.parametrize("code", ["999999", "370700x", "潍坊", "0", "..", "x" * 5000])
def test_an_unknown_code_gets_a_sentence_and_the_way_back(drill, code):
    shown = drill(f"/region/{code}")
    assert text_of(shown["notice"]) == f"There is no region with the code {code[:20]}.Back to Weifang"
    assert shown["place"] == {"code": code, "missing": True}
    assert (shown["no_panels"], shown["no_notice"]) == (True, False)


@pytest.mark.parametrize("path", ["/wall", "/dispatch", "/region/", "/region/370700/x", "/"])
def test_there_are_no_other_pages_yet(drill, path):
    assert text_of(drill(path)["notice"]) == "There is no such page.Back to Weifang"


@pytest.mark.parametrize("path", [None, ""])
def test_without_an_address_nothing_changes(drill, path):
    assert set(drill(path).values()) == {no_update}


def test_the_title_names_the_place(drill):
    assert drill(f"/region/{CITY}", lang="zh")["place"]["title"] == "潍坊市 · 平安地图"
    assert drill(f"/region/{CITY}")["place"]["title"] == "Weifang · Safety map"
