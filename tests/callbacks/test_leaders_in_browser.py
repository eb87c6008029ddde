"""The leader's page in a real browser, with stand-ins for the live client and for the API."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.callbacks.test_in_browser import SIZES, at, go, tell
from tests.views.fakes import CITY, CODES, COUNTY, GRID_CODE, TOWN, VILLAGE_CODE
from tests.views.pages import CHINESE

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)

NUMBER = re.compile(r"[+−]?\d+\.\d\d")
CASE = {
    "id": "c1", "version": 3, "state": "handling", "level": 2, "type": "2101", "grid": 0, "place": "文化路",
}  # fmt: skip


def read(text: str) -> Decimal:
    return Decimal(text.replace("−", "-").replace("+", ""))


def the_explanation_adds_up(page: Page) -> Decimal:
    """The score of the equation that is seen, which its parts sum to."""
    told, score = page.locator("#explain-body .sum").inner_text().split(" = ")
    assert sum(read(number) for number in NUMBER.findall(told)) == read(NUMBER.findall(score)[0])
    return read(NUMBER.findall(score)[0])


@pytest.mark.parametrize("code", [CITY, COUNTY, TOWN, VILLAGE_CODE, GRID_CODE])
def test_the_card_explains_its_score_in_one_click(page, code):
    go(page, code)
    page.locator(".figure-button").click()
    expect(page.locator("#explain-title")).to_contain_text("为什么是")
    score = the_explanation_adds_up(page)
    expect(page.locator("#explain-title")).to_contain_text(f"{score:.1f}")
    expect(page.locator("#explain-body svg")).to_be_visible()


def test_escape_closes_the_explanation_and_the_focus_returns(page):
    go(page, CITY)
    button = page.locator(".figure-button")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#explain-body .sum")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#explain-body .sum")).to_be_hidden()
    expect(button).to_be_focused()


def test_an_explanation_that_lags_says_so_and_catches_up(page):
    """The sums are some seconds older than the live score."""
    go(page, CITY)
    page.locator(".figure-button").click()
    expect(page.locator("#explain-body .sum")).to_be_visible()
    explained = the_explanation_adds_up(page)
    page.keyboard.press("Escape")
    tell(page, CITY, score=float(explained) - 20)
    page.locator(".figure-button").click()
    expect(page.locator("#explain-body .behind")).to_contain_text(f"得分刚刚变为 {float(explained) - 20:.1f}")
    tell(page, CITY, score=float(explained))
    expect(page.locator("#explain-body .behind")).to_have_count(0)


def test_a_score_of_the_ranking_is_explained_and_the_row_still_leads_down(page):
    go(page, CITY)
    page.locator(f'[data-explain="{COUNTY}"]').first.click()
    expect(page.locator("#explain-title")).to_contain_text("潍城区")
    expect(page).to_have_url(at(CITY))
    page.keyboard.press("Escape")
    page.locator(f'#children a[href="/region/{COUNTY}"]').click()
    expect(page).to_have_url(at(COUNTY))


def test_the_button_over_a_score_lies_over_it(page):
    """At every size: it has no words of its own."""
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        go(page, CITY)
        score = page.locator("#children .child .score").first.bounding_box()
        button = page.locator("#children .score-button").first.bounding_box()
        assert score
        assert button
        middle = score["x"] + score["width"] - 4
        assert button["x"] <= middle <= button["x"] + button["width"]


def test_from_one_explanation_to_that_of_a_part_and_to_the_place(page):
    go(page, CITY)
    page.locator(".figure-button").click()
    page.locator(f'#explain-body [data-explain="{COUNTY}"]').first.click()
    expect(page.locator("#explain-title")).to_contain_text("潍城区")
    page.locator(f'#explain-body a[href="/region/{GRID_CODE}"]').first.click()
    expect(page).to_have_url(at(GRID_CODE))
    expect(page.locator("#explain-body .sum")).to_be_hidden()


def test_what_moved_the_score_is_drawn_and_its_cases_lead_there(page):
    go(page, CITY)
    expect(page.locator("#moved-graph svg rect").first).to_be_attached()
    expect(page.locator("#moved-note")).to_contain_text("较上周 ▼")
    expect(page.locator("#reasons")).to_be_hidden()
    page.locator("#moved-since").get_by_text("现在").click()
    expect(page.locator("#reasons a")).to_be_visible()
    page.locator("#moved-since").get_by_text("昨日").click()
    page.locator("#moved-cases a").first.click()
    expect(page).to_have_url(at(GRID_CODE))


def test_the_table_is_sorted_by_the_column_that_is_clicked(page):
    go(page, CITY)
    page.locator("#children-view").get_by_text("表格").click()
    rows = page.locator("#children-table .part")
    expect(rows).to_have_count(2)
    scores = [float(text.split()[-1]) for text in page.locator("#children-table .score").all_inner_texts()]
    assert scores == sorted(scores)
    head = page.locator('#children-table-head [data-column="name"]')
    head.click()
    first = page.locator("#children-table .name").first.inner_text()
    head.click()
    expect(page.locator("#children-table .name").last).to_have_text(first)
    page.locator("#children-table .score").first.click()
    expect(page.locator("#explain-body .sum")).to_be_visible()


def test_small_trends_of_all_parts(page):
    go(page, CITY)
    page.locator("#children-view").get_by_text("走势").click()
    expect(page.locator("#children-small .small-trend")).to_have_count(2)
    expect(page.locator("#children-small .line").first).to_have_attribute("d", re.compile(r"^M[\d.]+,"))
    page.locator("#children-small a").first.click()
    expect(page).to_have_url(re.compile(rf"/region/({CODES[1]}|{CODES[2]})"))


def test_counties_are_compared_in_one_click_and_others_chosen(page):
    go(page, CITY)
    page.get_by_role("tab", name="对比").click()
    expect(page.locator("#compare-body svg")).to_be_visible()
    expect(page.locator("#compare-body tbody tr")).to_have_count(2)
    page.locator("#compare-choice button").first.click()
    expect(page.locator("#compare-body tbody tr")).to_have_count(1)
    page.locator("#compare-choice button").first.click()
    expect(page.locator("#compare-body tbody tr")).to_have_count(2)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_way_to_look_is_filled(page, lang):
    """Statistics, days, hours: what is behind each is seen, in one language."""
    go(page, CITY, lang)
    tabs = page.get_by_role("tab")
    tabs.nth(3).click()
    page.locator("#cases-view label").nth(1).click()
    expect(page.locator("#case-counts .count-row").first).to_be_visible()
    expect(page.locator("#cases-table")).to_be_hidden()
    tabs.nth(2).click()
    page.locator("#trend-what label").nth(1).click()
    expect(page.locator("#daily-graph svg rect").first).to_be_visible()
    tabs.nth(4).click()
    expect(page.locator("#hours-body svg rect").first).to_be_visible()
    if lang == "en":
        text = page.evaluate("document.querySelector('.tabs').innerText")
        assert CHINESE.findall(text) == []


def test_the_trend_has_the_period_before(page):
    go(page, CITY)
    page.get_by_role("tab", name="走势").click()
    for kind in ("before", "year_ago"):
        line = page.locator(f"#trend-graph .past.{kind}").first
        expect(line).to_have_attribute("d", re.compile(r"^M[\d.]+,"))


def test_the_brief_is_of_the_region_that_is_looked_at(page):
    go(page, CITY)
    brief = page.locator(".joined > a")
    expect(brief).to_have_attribute("href", re.compile(rf"^/brief/{CITY}\.pdf\?period=week"))
    page.locator(f'#children a[href="/region/{COUNTY}"]').click()
    expect(brief).to_have_attribute("href", re.compile(rf"^/brief/{COUNTY}\.pdf\?period=week"))
    menu = page.locator(".joined .menu-list")
    expect(menu).to_be_hidden()
    page.locator(".joined summary").click()
    expect(menu.get_by_text("月报打印页")).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(page.locator(".joined summary")).to_be_focused()


@pytest.fixture
def sent(page: Page) -> list[dict[str, Any]]:
    """What is sent to the API, which does it."""
    commands: list[dict[str, Any]] = []

    def command(route: Route) -> None:
        commands.append(json.loads(route.request.post_data or ""))
        route.fulfill(json={"case": "c1", "version": 4, "state": "handling"})

    page.route("**/api/v1/cases/c1", lambda route: route.fulfill(json=CASE))
    page.route("**/api/v1/cases/c1/commands", command)
    return commands


def test_a_case_is_instructed_on_in_two_clicks(page, sent):
    go(page, CITY)
    page.locator('#moved-cases [data-deed="instruct"]').first.click()
    page.locator('.deeds-menu [data-preset="on_scene"]').click()
    expect(page.locator(".deeds-said")).to_have_text("已送达：批示 · 请到现场核实，今天内回报。")
    assert sent == [{"command": "instruct", "version": "3", "note": "请到现场核实，今天内回报。"}]
    expect(page.locator(".deeds-menu")).to_be_hidden()
    expect(page.locator('#moved-cases [data-deed="instruct"]').first).to_be_focused()


def test_a_case_is_supervised_in_two_clicks_in_english(page, sent):
    go(page, CITY, "en")
    page.locator('#moved-cases [data-deed="supervise"]').first.click()
    menu = page.locator(".deeds-menu")
    expect(menu.locator("[data-preset]")).to_have_text(["Supervise", "Yellow card", "Red card"])
    menu.locator('[data-preset="red"]').click()
    expect(page.locator(".deeds-said")).to_have_text("Sent: Supervise · Red card")
    assert sent == [{"command": "supervise", "version": "3", "card": "red"}]


@pytest.mark.parametrize("page", ["409"], indirect=True)
def test_who_was_first_is_said_in_place_and_nothing_is_sent_twice(page, sent):
    go(page, CITY)
    conflict = {
        "reason": "version", "sentence": "…",
        "facts": {"by": "值班员", "command": "resolve", "at_ms": 1_764_000_000_000, "state": "resolved"},
    }  # fmt: skip
    page.route("**/api/v1/cases/c1/commands", lambda route: route.fulfill(status=409, json=conflict))
    page.locator('#moved-cases [data-deed="supervise"]').first.click()
    page.locator('.deeds-menu [data-preset="red"]').click()
    expect(page.locator(".deeds-said.alarm")).to_contain_text("值班员")
    expect(page.locator(".deeds-said.alarm")).to_contain_text("没有改动")
    assert sent == []
    page.keyboard.press("Escape")
    expect(page.locator(".deeds-menu")).to_be_hidden()


def test_nothing_more_can_be_done_with_a_case_that_has_ended(page, sent):
    ended = {**CASE, "state": "closed"}
    page.route("**/api/v1/cases/c1", lambda route: route.fulfill(json=ended))
    go(page, CITY)
    page.locator('#moved-cases [data-deed="instruct"]').first.click()
    expect(page.locator(".deeds-said.alarm")).to_contain_text("已结案")
    expect(page.locator(".deeds-menu [data-preset]").first).to_be_disabled()


def test_each_open_case_has_its_buttons(page, sent):
    go(page, COUNTY)
    page.get_by_role("tab", name="案件").click()
    deeds = page.locator("#cases-table [data-deed]")
    expect(deeds).to_have_count(8)
    page.locator('#cases-table [data-case="c1"][data-deed="instruct"]').click()
    page.locator('.deeds-menu [data-preset="at_once"]').click()
    expect(page.locator(".deeds-said.done")).to_be_visible()
    assert len(sent) == 1
    expect(page).to_have_url(at(COUNTY))


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_nothing_runs_out_of_its_room(page, lang, size):
    """Neither the page scrolls, nor a tab's content sideways, nor does the menu leave the screen."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    go(page, CITY, lang)
    for number in range(page.get_by_role("tab").count()):
        page.get_by_role("tab").nth(number).click()
        panel = page.locator('[role="tabpanel"]:visible')
        expect(panel).not_to_be_empty()
        assert panel.evaluate("(element) => element.scrollWidth <= element.clientWidth + 1"), number
    assert page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == [
        *size
    ]
    page.locator('.leader-buttons [data-deed="instruct"]').click()
    box = page.locator(".deeds-menu").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= size[0]
    assert box["y"] + box["height"] <= size[1]
