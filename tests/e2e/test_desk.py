"""The duty desk in a real browser: the whole loop with keys only, and two officers at one case."""

from __future__ import annotations

import json
import re
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.streams.writer import Writer
from tests.e2e.conftest import Running, run_city

pytestmark = [pytest.mark.browser, pytest.mark.valkey]

PLACE = {"lon": "119.05", "lat": "36.65"}
SCREEN = {"width": 1920, "height": 1080}


@pytest.fixture(scope="module")
def quiet(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A Kite without a simulator, all of whose units are free."""
    with run_city(built, tmp_path_factory.mktemp("desk"), rate=0) as city:
        now = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
        units = [
            {"unit": str(number), "state": "free", "at": now} for number in range(len(city.pack.units.kind))
        ]
        Writer(city.store, city.keys).append_many("units", units)
        yield city


def report(city: Running, case_id: str, **fields: str) -> None:
    body = {"id": case_id, "type": "fire", "level": "03", "origin": "hotline", **PLACE, **fields}
    request = urllib.request.Request(f"{city.kite.url}/api/v1/reports", json.dumps(body).encode())
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 201


def command(city: Running, case_id: str, **fields: str) -> None:
    address = f"{city.kite.url}/api/v1/cases/{case_id}/commands"
    request = urllib.request.Request(address, json.dumps(fields).encode())
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 200


def history(city: Running, case_id: str) -> list[str]:
    with urllib.request.urlopen(f"{city.kite.url}/api/v1/cases/{case_id}", timeout=30) as answer:
        return [step[1] for step in json.load(answer)["history"]]


def opened(browser: Browser, city: Running, path: str = "/dispatch/") -> tuple[Page, list[str]]:
    """The desk in a profile of its own, and what its console says."""
    page, errors = browser.new_context(viewport=SCREEN).new_page(), list[str]()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(city.kite.url + path)
    page.wait_for_function("window.kite_desk?.desk")
    return page, errors


def row(page: Page, case_id: str):  # type: ignore[no-untyped-def]
    return page.locator(f'.desk-grid [row-id="{case_id}"]').first


def test_the_whole_loop_with_keys_only(browser: Browser, quiet: Running) -> None:
    """From a new entry to closed: acknowledge 1 key, assign 1, verify and close 2; and never the mouse."""
    page, errors = opened(browser, quiet)
    report(quiet, "keys", summary="楼道冒烟")
    expect(row(page, "keys")).to_be_visible()
    pressed = {"choose": "j", "acknowledge": "a", "assign": "1"}
    page.keyboard.press(pressed["choose"])
    expect(page.locator(".desk-facts h1")).to_have_text("楼道冒烟")
    expect(page.locator(".desk-units button").first).to_be_visible()
    page.keyboard.press(pressed["acknowledge"])
    expect(row(page, "keys")).to_contain_text("已受理")
    expect(page.locator(".desk-units button.first")).to_be_enabled()
    page.keyboard.press(pressed["assign"])
    expect(row(page, "keys")).to_contain_text("已交办")
    for key, state in (("t", "办理中"), ("o", "办理中")):
        page.keyboard.press(key)
        expect(row(page, "keys")).to_contain_text(state)
        expect(page.locator(".desk-said")).to_contain_text("完成")
    page.wait_for_function("kite.store.cases.get('keys').version === 5")
    page.keyboard.press("r")
    expect(page.locator(".desk-form select")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(row(page, "keys")).to_contain_text("待验证")
    page.keyboard.press("v")
    expect(row(page, "keys")).to_contain_text("待结案")
    page.keyboard.press("c")
    expect(row(page, "keys")).to_have_count(0)
    assert history(quiet, "keys") == [
        "report", "accept", "assign", "take_on", "on_scene", "resolve", "verify", "close",
    ]  # fmt: skip
    assert errors == []
    page.context.close()


def test_a_key_is_about_the_case_it_was_pressed_for(browser: Browser, quiet: Running) -> None:
    """However fast the officer goes on to the next one."""
    for name in ("hasty", "spared"):
        report(quiet, name, level="04")
    page, errors = opened(browser, quiet)
    for name in ("hasty", "spared"):
        expect(row(page, name)).to_be_attached()
    page.evaluate(
        """() => {
            kite_desk.desk.choose('hasty');
            document.dispatchEvent(new KeyboardEvent('keydown', { key: 'a' }));
            kite_desk.desk.choose('spared');
        }"""
    )
    expect(page.locator(".desk-said")).to_contain_text("完成")
    assert (history(quiet, "hasty"), history(quiet, "spared")) == (["report", "accept"], ["report"])
    assert errors == []
    page.context.close()


def test_what_was_just_done_is_undone_by_z(browser: Browser, quiet: Running) -> None:
    page, errors = opened(browser, quiet)
    report(quiet, "undo")
    expect(row(page, "undo")).to_be_visible()
    page.evaluate("kite_desk.desk.choose('undo')")
    page.keyboard.press("a")
    expect(row(page, "undo")).to_contain_text("已受理")
    page.keyboard.press("z")
    expect(row(page, "undo")).to_contain_text("待受理")
    assert history(quiet, "undo") == ["report", "accept", "undo"]
    assert errors == []
    page.context.close()


def test_the_later_of_two_officers_learns_who_was_first(browser: Browser, quiet: Running) -> None:
    """Both have the case before them; one's page hears nothing more until it has sent its command."""
    report(quiet, "race")
    first, _ = opened(browser, quiet)
    second, _ = opened(browser, quiet)
    for page in (first, second):
        expect(row(page, "race")).to_be_visible()
        page.evaluate("kite_desk.desk.choose('race')")
    second.evaluate("kite_desk.desk.tick = () => {}; window.stale = kite_desk.desk.item")
    first.keyboard.press("a")
    expect(row(first, "race")).to_contain_text("已受理")
    second.evaluate("kite_desk.desk.item = window.stale")
    second.keyboard.press("a")
    expect(second.locator(".desk-said.alarm")).to_contain_text("您看到的是旧版本")
    assert history(quiet, "race") == ["report", "accept"]
    for page in (first, second):
        page.context.close()


def test_a_grave_case_brings_itself_forward(browser: Browser, quiet: Running) -> None:
    """No click: chosen, on the map, with units; the sentence says what and where."""
    page, errors = opened(browser, quiet)
    page.wait_for_timeout(500)
    report(quiet, "grave", level="01", type="hazardous_leak")
    expect(page.locator(".desk-said.alarm")).to_contain_text("新案 01 危化品泄漏")
    expect(page.locator(".desk-facts h1")).to_have_text("危化品泄漏")
    page.wait_for_function("kite.view.map.getZoom() >= 13")
    expect(page.locator(".desk-units button").first).to_be_visible()
    assert errors == []
    page.context.close()


def test_sound_is_off_until_it_is_allowed(browser: Browser, quiet: Running) -> None:
    page, errors = opened(browser, quiet)
    button = page.locator("#desk-sound")
    expect(button).to_have_text("声音：关")
    report(quiet, "silent", level="02")
    expect(page.locator(".desk-said.alarm")).to_contain_text("新案 02")
    assert page.evaluate("kite_desk.desk.alarm.rung") == 0
    page.keyboard.press("0")
    expect(button).to_have_text("声音：开")
    report(quiet, "loud", level="02")
    page.wait_for_function("kite_desk.desk.alarm.rung === 1")
    page.reload()  # a browser lets no page sound before it was touched
    page.wait_for_function("window.kite_desk?.desk")
    expect(button).to_have_text("声音：按任意键")
    page.keyboard.press("j")
    expect(button).to_have_text("声音：开")
    assert errors == []
    page.context.close()


def test_a_grave_case_tells_how_the_cameras_around_are(browser: Browser, quiet: Running) -> None:
    page, errors = opened(browser, quiet)
    page.wait_for_timeout(500)
    report(quiet, "watched", level="01")
    expect(page.locator(".desk-id")).to_contain_text("watched")
    with urllib.request.urlopen(f"{quiet.kite.url}/api/v1/cases/watched/cameras", timeout=30) as answer:
        cameras = json.load(answer)
    expect(page.locator(".desk-cameras")).to_contain_text("500 米内")
    expect(page.locator(".desk-cameras li")).to_have_count(len(cameras["nearest"]))
    assert errors == []
    page.context.close()


def test_what_a_case_waits_for_is_told_with_its_clocks(browser: Browser, quiet: Running) -> None:
    """吹哨报到: who has reported in, and who hasn't; 听证: team and date."""
    report(quiet, "waits", type="neighbour_dispute", level="04")
    page, errors = opened(browser, quiet)
    expect(row(page, "waits")).to_be_attached()
    page.evaluate("kite_desk.desk.choose('waits')")
    pending = page.locator(".desk-pending li")
    for fields in (
        {"command": "accept"},
        {"command": "to_hearing", "team": "grid", "scheduled": "2027-01-12T14:00:00+08:00"},
        {"command": "whistle", "departments": "司法所,派出所", "within_min": "60"},
        {"command": "report_in", "departments": "司法所"},
    ):
        command(quiet, "waits", **fields)
    expect(pending).to_have_count(3)
    expect(pending.nth(0)).to_contain_text("司法所")
    expect(pending.nth(0)).to_contain_text("已报到")
    expect(pending.nth(1)).to_have_text(re.compile(r"派出所 应在 .* 前报到，还有 (1:00:00|59:\d\d)"))
    expect(pending.nth(2)).to_have_text("听证：本网格听证团，01/12 14:00")
    assert errors == []
    page.context.close()


def at(page: Page, lon: float, lat: float) -> tuple[float, float]:
    """Where a place lies on the page; the map is brought there first."""
    page.evaluate("([lon, lat]) => kite.view.map.setView([lat, lon], 15, { animate: false })", [lon, lat])
    x, y = page.evaluate(
        """([lon, lat]) => {
            const box = kite.view.map.getContainer().getBoundingClientRect();
            const point = kite.view.map.latLngToContainerPoint([lat, lon]);
            return [box.left + point.x, box.top + point.y];
        }""",
        [lon, lat],
    )
    return x, y


def test_a_case_is_reported_by_a_click_on_the_map(browser: Browser, quiet: Running) -> None:
    """Grid, place and units come by themselves; what is clicked on the map meanwhile is not chosen."""
    page, errors = opened(browser, quiet)
    page.keyboard.press("+")
    expect(page.locator(".desk-report select").first).to_be_focused()
    page.mouse.click(*at(page, 119.05, 36.65))
    page.keyboard.press("Escape")  # with the focus on the map
    expect(page.locator(".desk-report")).to_have_count(0)
    page.mouse.click(*at(page, 119.05, 36.65), button="right")
    grid = page.locator('.desk-report input[name="grid"]')
    expect(grid).to_have_value(re.compile(r"\d{15}"))
    expect(page.locator(".desk-around")).to_contain_text("米内")
    page.locator('.desk-report select[name="type"]').select_option(label="盗窃")
    page.locator('.desk-report select[name="origin"]').select_option("resident")
    expect(page.locator(".desk-around p").nth(2)).to_be_visible()  # units
    page.locator('.desk-report textarea[name="summary"]').fill("仓库门被撬")
    page.locator('.desk-report button[type="submit"]').click()
    expect(page.locator(".desk-facts h1")).to_have_text("仓库门被撬")
    case_id = page.evaluate("kite_desk.desk.item.id")
    with urllib.request.urlopen(f"{quiet.kite.url}/api/v1/cases/{case_id}", timeout=30) as answer:
        case = json.load(answer)
    assert (case["lon"], case["lat"]) == pytest.approx((119.05, 36.65), abs=2e-4)
    assert case["type"] == "2100"
    assert errors == []
    page.context.close()


def test_a_case_is_reported_by_form(browser: Browser, quiet: Running) -> None:
    """With keys only: the grid by its code; one that is not there is refused, nothing is lost."""
    page, errors = opened(browser, quiet)
    code = quiet.pack.regions.code[-1]
    page.keyboard.press("+")
    page.locator('.desk-report select[name="type"]').select_option("2101")
    page.locator('.desk-report select[name="origin"]').select_option("hotline")
    page.locator('.desk-report input[name="grid"]').fill("999999999999999")
    page.locator('.desk-report input[name="place"]').fill("东门")
    page.keyboard.press("Enter")
    expect(page.locator(".desk-said.alarm")).to_contain_text("不在本市")
    expect(page.locator('.desk-report input[name="place"]')).to_have_value("东门")
    page.locator('.desk-report input[name="grid"]').fill(code)
    page.keyboard.press("Enter")
    expect(page.locator(".desk-facts")).to_contain_text("东门")
    page.keyboard.press("+")
    page.keyboard.press("Escape")
    expect(page.locator(".desk-facts")).to_contain_text("东门")
    assert [line for line in errors if "422" not in line] == []
    page.context.close()


def test_the_map_and_the_queue_show_the_same_part(browser: Browser, quiet: Running) -> None:
    """Drilled into a county, both have its cases alone; a filter of the queue holds on the map too."""
    for name, level in (("part", "03"), ("other", "04")):
        report(quiet, name, level=level, summary=name)
    page, errors = opened(browser, quiet)
    expect(row(page, "part")).to_be_visible()
    counties = page.evaluate("kite.store.hierarchy.children(0)")
    codes = [page.evaluate(f"kite.store.hierarchy.code({number})") for number in range(*counties)]
    grid = page.evaluate("kite.store.cases.get('part').grid")
    inside = page.evaluate(f"kite.store.hierarchy.code(kite.store.hierarchy.ofGrid({grid}, 1))")
    outside = next(code for code in codes if code != inside)
    page.evaluate(f"kite.navigate('{outside}')")  # as a click on the map does
    expect(row(page, "part")).to_have_count(0)
    assert page.evaluate("kite.store.wanted(kite.store.cases.get('part'))") is False
    assert outside in page.url
    page.reload()
    page.wait_for_function("window.kite_desk?.desk")
    expect(page.locator("#desk-area button")).to_have_count(2)
    expect(row(page, "part")).to_have_count(0)
    page.locator("#desk-area button").first.click()  # back to the whole city
    expect(row(page, "part")).to_be_visible()
    assert page.evaluate("kite.store.wanted(kite.store.cases.get('part'))") is True
    level = "{level: {filterType: 'number', type: 'equals', filter: 3}}"
    page.evaluate(f"kite_desk.desk.queue.grid.setFilterModel({level})")
    expect(row(page, "other")).to_have_count(0)
    wanted = "['part', 'other'].map((id) => kite.store.wanted(kite.store.cases.get(id)))"
    assert page.evaluate(wanted) == [True, False]
    assert errors == []
    page.context.close()


def test_silent_feeds_are_said_over_the_map_alone(browser: Browser, quiet: Running) -> None:
    """Nothing that an officer works with lies under the sentence, however small the screen is."""
    page, _ = opened(browser, quiet)
    for width, height in ((1366, 768), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        banner = page.locator("#dead-feed")
        expect(banner).to_be_visible(timeout=30_000)
        said, shown = banner.bounding_box(), page.locator(".map-panel").bounding_box()
        assert said
        assert shown
        assert shown["x"] <= said["x"]
        assert said["x"] + said["width"] <= shown["x"] + shown["width"]
    page.context.close()
