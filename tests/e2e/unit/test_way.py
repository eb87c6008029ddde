"""A unit's page at the size of a phone, in a real browser: the whole way, and how it fits."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.domain import cases
from dashboard.domain.fields import identifier
from dashboard.domain.privacy import personal_text
from dashboard.domain.unit_tasks import BY_UNIT, allowed_to_unit, done_by_unit
from tests.domain.test_unit_tasks import after
from tests.e2e.conftest import Running
from tests.e2e.unit.phones import (
    GUARD_MS,
    Phone,
    fresh_units,
    given,
    phone_of,
    steps,
    wait_for_names,
)

pytestmark = [pytest.mark.browser, pytest.mark.valkey]


def test_the_whole_way(phone: Phone) -> None:
    """Take on, en route, on scene, resolve; then it is done and awaits its verification."""
    page = phone.page
    expect(page.locator("#unit-list")).to_contain_text("现在没有任务")
    given(phone, "way", summary="楼道冒烟", place="东关社区")
    item = page.locator(".item")
    for said in ("02", "消防安全", "东关社区", "已交办", "到场 剩"):
        expect(item).to_contain_text(said)
    phone.open_case("way")
    expect(page.locator(".task h2")).to_have_text("楼道冒烟")
    expect(page.locator(".task dl")).to_contain_text("东城区")
    assert page.locator(".map").get_attribute("href").startswith("geo:36.650000,119.050000?q=")  # type: ignore[union-attr]
    for command in ("take_on", "en_route", "on_scene"):
        phone.press(command)
        expect(page.locator(f'[data-command="{command}"]')).to_have_count(0)
    phone.resolve("明火已扑灭")
    expect(page.locator(".task dl")).to_contain_text("待验证")
    expect(page.locator(".task .buttons")).to_have_count(0)
    phone.settled()
    wait_for_names(phone, "way", "take_on", "en_route", "on_scene", "resolve")
    assert steps(phone.city, "way")[-1][5] == "明火已扑灭"
    page.locator(".back").click()
    expect(page.locator("#unit-list h2")).to_have_text("已办结，待验证 1")
    assert phone.errors == []


def test_a_return_says_why(phone: Phone) -> None:
    given(phone, "return")
    phone.open_case("return")
    phone.press("return_back")
    phone.page.locator("dialog button.first").click()  # nothing is sent without a reason
    expect(phone.page.locator("dialog")).to_be_visible()
    phone.page.get_by_text("地点不在本网格").click()
    phone.page.locator("dialog button.first").click()
    expect(phone.page.locator("#unit-task")).to_contain_text("这项任务已不在列表中")
    wait_for_names(phone, "return", "return_back")
    assert steps(phone.city, "return")[0][5] == "地点不在本网格"
    assert phone.errors == []


def test_a_double_tap_is_one_press(phone: Phone) -> None:
    """Neither does the same button count twice, nor the next step's, which stands where the last stood."""
    given(phone, "double")
    phone.open_case("double")
    phone.page.wait_for_timeout(GUARD_MS)
    taps = """async () => {
      const button = () => document.querySelector('.way .first');
      const { command } = button().dataset;
      button().click();
      button().click();
      while (button().dataset.command === command) await new Promise(requestAnimationFrame);
      button().click();
    }"""
    phone.page.evaluate(taps)
    phone.settled()
    wait_for_names(phone, "double", "take_on")


def test_a_person_in_a_note_is_refused_and_can_be_worded_otherwise(phone: Phone) -> None:
    given(phone, "person")
    phone.open_case("person")
    phone.press("on_scene")
    phone.resolve("已联系 13812345678")
    card = phone.page.locator(".card")
    expect(card).to_contain_text("内容里有个人信息")
    card.get_by_text("改写").click()
    expect(phone.page.locator("dialog textarea")).to_have_value("已联系 13812345678")
    phone.page.locator("dialog textarea").fill("已联系当事方")
    phone.page.locator("dialog button.first").click()
    wait_for_names(phone, "person", "on_scene", "resolve")
    phone.settled()
    assert steps(phone.city, "person")[-1][5] == "已联系当事方"


@pytest.mark.parametrize(("width", "height"), [(360, 640), (412, 915)])
def test_it_fits_a_phone_and_a_thumb(browser: Browser, quiet: Running, width: int, height: int) -> None:
    """No scrolling sideways, and nothing to press that is lower than 48 px, in both languages."""
    unit = quiet.pack.units.call_sign[next(fresh_units)]
    with phone_of(browser, quiet, unit, width=width, height=height) as phone:
        given(phone, f"fit-{width}", summary="楼道冒烟" * 30, place="x" * 90)
        for lang in ("en", "zh"):
            phone.page.goto(f"{phone.url}?lang={lang}")
            expect(phone.page.locator(".item")).to_be_visible()
            _insist_on_fit(phone.page)
            phone.open_case(f"fit-{width}")
            _insist_on_fit(phone.page)
            buttons = phone.page.locator(".task .way")
            box = buttons.bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= height + 1  # under the thumb, however long the task is
            phone.press("return_back", "回退" if lang == "zh" else "Return")
            _insist_on_fit(phone.page)
            phone.page.locator("dialog button:not(.first)").last.click()
        assert phone.errors == []


def _insist_on_fit(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    low = page.evaluate(
        """[...document.querySelectorAll('button, a, .choice, textarea, input:not([type=radio])')]
        .filter((element) => element.checkVisibility())
        .map((element) => [element.textContent, element.getBoundingClientRect()])
        .filter(([, box]) => box.height < 48 || box.width < 48).map(([text]) => text)"""
    )
    assert low == []


def test_no_id_of_the_phone_s_is_taken_for_something_of_a_person(phone: Phone) -> None:
    """Of hexadecimal ones some thirty in so many are."""
    run = """async () => {
      const base = document.querySelector('link[rel=stylesheet]').href.replace('unit.css', '');
      const { freshId } = await import(`${base}sync.mjs`);
      return Array.from({ length: 5000 }, freshId);
    }"""
    ids = phone.page.evaluate(run)
    assert len(set(ids)) == 5000
    assert [found for found in ids if personal_text(found)] == []
    assert all(identifier(found) == found for found in ids)


def test_the_phone_runs_the_commands_ahead_as_the_server_will(phone: Phone) -> None:
    """Every way of up to four commands from the assignment on, by both tables."""

    def told(one: cases.Case) -> dict[str, Any]:
        return {"state": one.state, "done": list(done_by_unit(one)), "allowed": list(allowed_to_unit(one))}

    ways: list[tuple[str, ...]] = [()]
    for way in ways:
        if len(way) < 4:
            ways += [(*way, slug) for slug in allowed_to_unit(after(*way)) if slug != "return_back"]
    assert len(ways) > 40
    run = """async ([start, ways]) => {
      const base = document.querySelector('link[rel=stylesheet]').href.replace('unit.css', '');
      const { after } = await import(`${base}replay.mjs`);
      const rules = kite_unit.view.page.rules;
      const run = (task, command) => after(rules, task, command);
      return ways.map((way) => way.reduce(run, { ...start, version: 1 }))
        .map(({ state, done, allowed }) => ({ state, done, allowed }));
    }"""
    ahead = phone.page.evaluate(run, [told(after()), [list(way) for way in ways]])
    assert ahead == [told(after(*way)) for way in ways]
    assert set(BY_UNIT) - {slug for way in ways for slug in way} == {"report_in", "return_back"}
