"""A unit's page at the size of a phone, in a real browser: the whole way, also without a connection."""

from __future__ import annotations

import json
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from dashboard.domain import cases
from dashboard.domain.fields import identifier
from dashboard.domain.privacy import personal_text
from dashboard.domain.unit_tasks import BY_UNIT, allowed_to_unit, done_by_unit
from tests.domain.test_unit_tasks import after
from tests.e2e.conftest import Running, run_city
from tests.e2e.test_api import ask, reported, send

pytestmark = [pytest.mark.browser, pytest.mark.valkey]

PHONE = {"width": 390, "height": 844}
GUARD_MS = 800
"""A little longer than the page takes no press after another, or after other buttons have come."""
LABELS = {"take_on": "接单", "en_route": "出发", "on_scene": "到场", "resolve": "办结", "return_back": "回退"}


@pytest.fixture(scope="module")
def quiet(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A Kite without a simulator."""
    with run_city(built, tmp_path_factory.mktemp("unit"), rate=0) as city:
        yield city


@dataclass
class Phone:
    """A unit's page on a phone of its own, and what its console says."""

    city: Running
    context: BrowserContext
    page: Page
    unit: str
    errors: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.city.kite.url}/unit/{urllib.parse.quote(self.unit)}"

    def watch(self, page: Page) -> Page:
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        self.page = page
        return page

    def open_case(self, case_id: str) -> None:
        self.page.locator(f'.item[href="#{case_id}"]').click()
        expect(self.page.locator(".task")).to_be_visible()

    def press(self, command: str, label: str = "") -> float:
        """Press a command's button once it is there; when, in ms."""
        button = self.page.locator(f'.task .buttons [data-command="{command}"]')
        expect(button).to_have_text(label or LABELS[command])
        self.page.wait_for_timeout(GUARD_MS)
        pressed_ms = time.time() * 1000
        button.click()
        return pressed_ms

    def resolve(self, note: str) -> None:
        self.press("resolve")
        self.page.get_by_role("radio", name="已处置").check()
        self.page.locator("dialog textarea").fill(note)
        self.page.locator("dialog button.first").click()

    def offline(self) -> None:
        self.context.set_offline(True)
        expect(self.page.locator("#unit-status")).to_contain_text("没有连接")

    def waiting(self, count: int) -> None:
        """So many commands wait, by the page itself."""
        status = self.page.locator("#unit-status")
        expect(status).to_contain_text(f"{count} 条指令待发送")

    def settled(self) -> None:
        """Nothing waits any more."""
        expect(self.page.locator("#unit-status")).to_be_hidden()
        self.page.wait_for_function("kite_unit.sync.queue.length === 0")


@contextmanager
def phone_of(browser: Browser, city: Running, unit: str, **size: int) -> Iterator[Phone]:
    context = browser.new_context(viewport={**PHONE, **size}, has_touch=True, is_mobile=True)
    phone = Phone(city, context, context.new_page(), unit)
    phone.watch(phone.page).goto(phone.url)
    phone.page.wait_for_function("window.kite_unit?.sync.kept && navigator.serviceWorker.controller")
    yield phone
    context.close()


_units = iter(range(1000))


@pytest.fixture
def phone(browser: Browser, quiet: Running) -> Iterator[Phone]:
    """The phone of a unit that no other test has."""
    with phone_of(browser, quiet, quiet.pack.units.call_sign[next(_units)]) as made:
        yield made


def given(phone: Phone, case_id: str, **fields: str) -> None:
    """A case that the phone's unit has, and the phone shows."""
    reported(phone.city, case_id, **fields)
    for name, more in (("accept", {}), ("assign", {"unit": phone.unit})):
        assert send(phone.city, case_id, name, **more)[0] == 200
    expect(phone.page.locator(f'.item[href="#{case_id}"]')).to_be_attached(timeout=15_000)


def steps(city: Running, case_id: str) -> list[list[Any]]:
    """The history after the assignment."""
    return list(ask(city, f"cases/{case_id}")[1]["history"][3:])


def names(city: Running, case_id: str) -> list[str]:
    return [step[1] for step in steps(city, case_id)]


def wait_for_names(phone: Phone, case_id: str, *expected: str) -> None:
    for _ in range(200):
        if names(phone.city, case_id) == list(expected):
            return
        phone.page.wait_for_timeout(100)
    assert names(phone.city, case_id) == list(expected)


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
    """Neither does the same button count twice, nor the next step's, which stands where the last one stood."""
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


def test_what_is_pressed_without_a_connection_is_done_once_and_in_its_order(phone: Phone) -> None:
    """Three commands, the page loaded anew and closed and opened again meanwhile, each with its own time."""
    page = phone.page
    given(phone, "dark")
    phone.open_case("dark")
    phone.offline()
    pressed_ms = {command: phone.press(command) for command in ("take_on", "en_route", "on_scene")}
    phone.waiting(3)
    expect(page.locator(".history .waiting")).to_have_count(3)
    page.reload()
    phone.waiting(3)
    expect(page.locator(".task dl")).to_contain_text("办理中")
    expect(page.locator("#unit-status")).to_contain_text("以下是")
    page.close()
    phone.watch(phone.context.new_page()).goto(phone.url)
    expect(phone.page.locator(".item .mark").first).to_have_text("待发送 3")
    phone.page.wait_for_timeout(max(0, 6_000 - (time.time() * 1000 - pressed_ms["on_scene"])))
    assert names(phone.city, "dark") == []
    phone.context.set_offline(False)
    phone.settled()
    wait_for_names(phone, "dark", "take_on", "en_route", "on_scene")
    for step in steps(phone.city, "dark"):
        at_ms, command, late_ms = step[0], step[1], step[6]
        assert abs(at_ms - pressed_ms[command]) < 1_500, command
        assert late_ms > 5_000
    expect(phone.page.locator("body.stale")).to_have_count(0)
    assert phone.errors == []


def test_an_answer_that_was_lost_does_not_double_what_was_done(phone: Phone) -> None:
    """The server takes the command and the phone never hears of it: the same id is sent again."""
    sent: list[dict[str, Any]] = []

    def lose(route: Route) -> None:
        sent.append(json.loads(route.request.post_data or "{}"))
        if len(sent) == 1:
            assert route.fetch().status == 200
            route.abort()
        else:
            route.continue_()

    given(phone, "lost")
    phone.open_case("lost")
    phone.page.route("**/commands", lose)
    phone.press("take_on")
    phone.page.wait_for_function("kite_unit.sync.queue.length === 0")
    phone.page.wait_for_function("kite_unit.sync.kept.tasks[0].version === 4")
    wait_for_names(phone, "lost", "take_on")
    assert [command["id"] for command in sent] == [sent[0]["id"]] * 2
    phone.press("en_route")
    phone.settled()
    wait_for_names(phone, "lost", "take_on", "en_route")


def test_a_case_that_changed_meanwhile_is_shown_and_sent_again_with_one_tap(phone: Phone) -> None:
    given(phone, "changed")
    phone.open_case("changed")
    phone.offline()
    for command in ("take_on", "on_scene"):
        phone.press(command)
    assert send(phone.city, "changed", "supervise", card="yellow", note="请尽快")[0] == 200
    phone.context.set_offline(False)
    card = phone.page.locator(".card")
    for said in ("有了变化", "local · 督办", "请尽快", "接单", "到场"):
        expect(card).to_contain_text(said)
    assert names(phone.city, "changed") == ["supervise"]
    expect(phone.page.locator(".task .buttons")).to_have_count(0)
    phone.page.reload()  # it stays until it has been decided
    card.get_by_text("按最新情况发送 2 条").click()
    wait_for_names(phone, "changed", "supervise", "take_on", "on_scene")
    phone.settled()
    expect(card).to_have_count(0)
    expect(phone.page.locator('[data-command="resolve"]')).to_be_visible()


def test_what_the_change_made_needless_is_let_go_with_the_rest_sent(phone: Phone) -> None:
    """The desk has taken it on for the unit: that can't be done again, the arrival can."""
    given(phone, "partly")
    phone.open_case("partly")
    phone.offline()
    for command in ("take_on", "on_scene"):
        phone.press(command)
    assert send(phone.city, "partly", "take_on")[0] == 200
    phone.context.set_offline(False)
    card = phone.page.locator(".card")
    expect(card.locator(".stays")).to_contain_text("接单")
    expect(card.locator(".goes")).to_contain_text("到场")
    card.get_by_text("按最新情况发送 1 条").click()
    wait_for_names(phone, "partly", "take_on", "on_scene")
    phone.settled()


def test_what_is_dropped_is_not_done(phone: Phone) -> None:
    given(phone, "dropped")
    phone.open_case("dropped")
    phone.offline()
    phone.press("take_on")
    assert send(phone.city, "dropped", "supervise", card="red")[0] == 200
    phone.context.set_offline(False)
    phone.page.locator(".card").get_by_text("放弃").click()
    expect(phone.page.locator(".card")).to_have_count(0)
    phone.settled()
    assert names(phone.city, "dropped") == ["supervise"]
    expect(phone.page.locator('[data-command="take_on"]')).to_be_visible()


def test_a_case_that_was_given_to_another_says_so_until_it_is_seen(phone: Phone) -> None:
    other = phone.city.pack.units.call_sign[-1]
    given(phone, "gone", place="东关社区")
    phone.open_case("gone")
    phone.offline()
    phone.press("take_on")
    assert send(phone.city, "gone", "reassign", unit=other)[0] == 200
    phone.context.set_offline(False)
    card = phone.page.locator(".card")
    for said in ("东关社区", "已不是本队伍的任务", "改派", "接单"):
        expect(card).to_contain_text(said)
    phone.page.reload()
    card.get_by_text("知道了").click()
    expect(card).to_have_count(0)
    phone.settled()
    assert names(phone.city, "gone") == ["reassign"]


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
    unit = quiet.pack.units.call_sign[next(_units)]
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
