"""The wall in a real browser: what interrupts it, what it says when it is not true any more, how it lasts."""

from __future__ import annotations

import base64
import io
import json
import os
import re
import signal
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from dashboard.domain.commands import COMMANDS, KITES_OWN
from layers import palette
from tests.e2e.conftest import Running, run_city
from tests.e2e.screens import PATIENCE_MS
from tests.e2e.test_api import ask, bearer, token
from tests.e2e.test_living_map import report
from tests.e2e.test_roles import body
from tests.e2e.walls import LEAST_PX, alive, wall

pytestmark = [pytest.mark.browser, pytest.mark.valkey]


@pytest.fixture(scope="module")
def city(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A Kite with its simulator, of this module's own: it gets hurt."""
    with run_city(built, tmp_path_factory.mktemp("wall")) as running:
        yield running


def send(city: Running, case_id: str, command: str) -> None:
    status, said = ask(city, f"cases/{case_id}/commands", {"command": command})
    assert status == 200, said


def test_a_new_case_of_level_01_comes_to_the_front_until_it_is_taken_up(
    browser: Browser, city: Running
) -> None:
    with wall(browser, city) as page:
        page.wait_for_function("document.documentElement.dataset.scene !== 'case'", timeout=PATIENCE_MS)
        begun = time.monotonic()
        report(city, 5, "wall-grave")
        page.wait_for_function(
            """kite_wall.interruption.current === 'wall-grave'
              && document.querySelector('#wall-held h1').checkVisibility()
              && document.querySelector('.wall-held-place').textContent.includes('测试地点')""",
            timeout=PATIENCE_MS,
        )
        print(f"entry of a level-01 case → on the wall: {time.monotonic() - begun:.2f} s")
        expect(page.locator("#wall-held .wall-held-level")).to_contain_text("01 特别重大")
        expect(page.locator("#wall-held h1")).to_have_text("消防安全")
        expect(page.locator("#wall-held .wall-held-state")).to_have_text("等待受理")
        expect(page.locator("#wall-case h3")).to_have_text("消防安全")
        assert page.evaluate("kite.view.map.getZoom()") > 11
        send(city, "wall-grave", "accept")
        expect(page.locator("#wall-held .wall-held-state")).to_contain_text("已受理")
        page.wait_for_function("document.documentElement.dataset.scene !== 'case'", timeout=PATIENCE_MS)
        expect(page.locator("#wall-held")).to_be_hidden()


def test_a_feed_that_dies_is_said_in_large_type(browser: Browser, city: Running) -> None:
    with wall(browser, city) as page:
        expect(page.locator("#wall-banner")).to_be_hidden(timeout=PATIENCE_MS)
        hung = city.process("simulate")
        os.kill(hung, signal.SIGSTOP)
        begun = time.monotonic()
        try:
            expect(page.locator("#wall-banner b")).to_contain_text("数据已停", timeout=PATIENCE_MS)
            print(f"feed killed → the wall says so: {time.monotonic() - begun:.1f} s")
            size = page.evaluate(
                "parseFloat(getComputedStyle(document.querySelector('#wall-banner b')).fontSize)"
            )
            assert size >= 3 * LEAST_PX
            expect(page.locator("#wall-banner span")).to_have_text(
                re.compile(r"屏幕上是 \d\d:\d\d:\d\d 的情况")
            )
            expect(page.locator(".wall-feed[data-stale]").first).to_be_visible()
            page.wait_for_function("kite_wall.alarms.standing.size > 0")
        finally:
            os.kill(hung, signal.SIGCONT)
        expect(page.locator("#wall-banner")).to_be_hidden(timeout=PATIENCE_MS)


def test_a_server_that_dies_is_said_and_found_again(browser: Browser, city: Running) -> None:
    with wall(browser, city) as page:
        page.evaluate("window.same = true")
        hung = city.process("app.py web")
        os.kill(hung, signal.SIGSTOP)
        try:
            expect(page.locator("#wall-banner b")).to_contain_text("连接已断", timeout=PATIENCE_MS)
        finally:
            os.kill(hung, signal.SIGCONT)
        expect(page.locator("#wall-banner")).to_be_hidden(timeout=PATIENCE_MS)
        os.kill(city.process("app.py web"), signal.SIGKILL)
        page.wait_for_function("kite.live.reopened >= 0 && !kite.link.connected", timeout=PATIENCE_MS)
        page.wait_for_function("kite.link.connected", timeout=PATIENCE_MS)
        expect(page.locator("#wall-banner")).to_be_hidden(timeout=PATIENCE_MS)
        assert page.evaluate("window.same"), "no reload was needed"


def watched(page: Page, seconds: float, hang_s: float) -> list[tuple[float, np.ndarray]]:
    """What is seen while the page's thread hangs: (seconds since it began, pixels) of each new picture."""
    session, begun = page.context.new_cdp_session(page), time.monotonic()
    frames: list[tuple[float, np.ndarray]] = []

    def take(event: dict[str, Any]) -> None:
        image = Image.open(io.BytesIO(base64.b64decode(event["data"]))).convert("RGB")
        frames.append((time.monotonic() - begun, np.asarray(image)))
        session.send("Page.screencastFrameAck", {"sessionId": event["sessionId"]})

    session.on("Page.screencastFrame", take)
    session.send("Page.startScreencast", {"format": "png", "everyNthFrame": 1})
    page.wait_for_timeout(500)
    page.evaluate(
        """(ms) => {
          const hang = () => { for (const end = performance.now() + ms; performance.now() < end;); };
          setTimeout(hang, 100);
        }""",
        1000 * hang_s,
    )
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        page.wait_for_timeout(200)
    session.detach()
    return frames


def share_of(pixels: np.ndarray, colour: str) -> float:
    """Of the middle band of a picture, the share that has this colour."""
    wanted = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)])
    band = pixels[pixels.shape[0] // 2 : pixels.shape[0] * 3 // 4]
    return float((np.abs(band.astype(int) - wanted).max(axis=2) < 12).mean())


def test_a_page_that_hangs_says_so_itself(browser: Browser, city: Running, tmp_path: Path) -> None:
    """The thread is kept busy for fourteen seconds: what is seen meanwhile is the worker's."""
    with wall(browser, city) as page:
        frames = watched(page, seconds=13, hang_s=14)
        alarm = [(at, share_of(pixels, palette.ALARM)) for at, pixels in frames]
        warned = [at for at, share in alarm if share > 0.02]
        assert warned, alarm[-5:]
        print(f"page hangs → its own warning is seen: {warned[0]:.1f} s")
        Image.fromarray(frames[-1][1]).save(tmp_path / "frozen.png")
        page.wait_for_function("performance.now() - kite_wall.watchdog.roundAt < 1000", timeout=PATIENCE_MS)
        page.wait_for_timeout(1500)
        calm = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
        assert share_of(calm, palette.ALARM) < 0.01


def test_it_loads_itself_into_a_new_release_once(browser: Browser, city: Running) -> None:
    """As the browser meets it: another release in every answer, and the page that comes with it."""
    with wall(browser, city) as page:
        own = page.evaluate("kite_wall.release.own")
        new, loads = "f" * 16, list[str]()

        def answer(route: Route) -> None:
            response = route.fetch()
            route.fulfill(response=response, body=response.text().replace(own, new))

        page.context.route(re.compile(r"/wall/(\?.*)?$|/live/wall\.json"), answer)
        page.on("load", lambda: loads.append("load"))
        page.wait_for_function("kite_wall.release.other !== null", timeout=PATIENCE_MS)
        page.evaluate("kite_wall.release.other.sinceMs -= 60_000; window.old = true")
        page.wait_for_function("!window.old && window.kite_wall?.round > 3", timeout=PATIENCE_MS)
        assert page.evaluate("kite_wall.release.own") == new
        page.wait_for_timeout(12_000)
        assert page.evaluate("kite_wall.release.other") is None
        assert len(loads) == 1


def test_a_release_that_never_comes_makes_no_loop(browser: Browser, city: Running) -> None:
    """A page that stays the old one however often it is loaded, as behind a cache that keeps it."""
    with wall(browser, city) as page:
        own, loads = page.evaluate("kite_wall.release.own"), list[str]()
        page.on("load", lambda: loads.append("load"))

        def answer(route: Route) -> None:
            response = route.fetch()
            route.fulfill(response=response, body=response.text().replace(own, "e" * 16))

        page.context.route(re.compile(r"/live/wall\.json"), answer)
        for _ in range(2):
            page.wait_for_function("window.kite_wall?.release.other", timeout=PATIENCE_MS)
            page.evaluate("kite_wall.release.other.sinceMs -= 60_000")
            page.wait_for_timeout(8000)
        assert len(loads) == 1


def test_a_page_that_never_came_to_life_is_loaded_anew_and_not_again_at_once(
    browser: Browser, city: Running
) -> None:
    """The guard stands in the page itself; its minute of patience is taken from it."""
    page, loads = browser.new_context().new_page(), list[str]()
    blocked = re.compile(r"/assets/wall/wall\.mjs")
    page.route(blocked, lambda route: route.abort())
    page.goto(f"{city.kite.url}/wall/")
    page.on("load", lambda: loads.append("load"))
    page.evaluate("kiteWallGuard.aliveAt = -1e9; window.old = true")
    page.wait_for_function("!window.old && window.kiteWallGuard", timeout=PATIENCE_MS)
    page.evaluate("kiteWallGuard.aliveAt = -1e9")
    page.wait_for_timeout(20_000)
    assert len(loads) == 1
    page.unroute(blocked)
    page.evaluate("sessionStorage.clear()")
    page.wait_for_function("window.kite_wall?.round > 3", timeout=PATIENCE_MS)
    assert page.evaluate("performance.now() - kiteWallGuard.aliveAt") < 5000
    page.context.close()


def test_a_panel_that_fails_takes_no_other_with_it(browser: Browser, city: Running) -> None:
    with wall(browser, city, "scene=city") as page:
        page.evaluate(
            """() => {
              console.error = () => {};
              kite_wall.panels[1].panel.tick = () => { throw new Error('broken'); };
              document.querySelector('.wall-ranking-rows b, .wall-ranking-rows .score').textContent = '?';
            }"""
        )
        page.wait_for_function("!document.querySelector('.wall-ranking').textContent.includes('?')")
        page.wait_for_function("kite_wall.panels[1].failingSince > 0")
        assert page.evaluate("performance.now() - kiteWallGuard.aliveAt") < 5000
        page.evaluate("kite_wall.panels[1].failingSince = -1e9; kiteWallGuard.aliveAt = 0")
        page.wait_for_timeout(1500)
        assert page.evaluate("kiteWallGuard.aliveAt") == 0, (
            "a panel that fails for long is a wall that is not well"
        )


def test_a_screens_token_stands_in_no_address_and_commands_nothing(browser: Browser, city: Running) -> None:
    text = token(city, "wall-1", role="wall")
    report(city, 9, "wall-mute", level="03")
    page = browser.new_context().new_page()
    page.goto(f"{city.kite.url}/wall/?scene=rings&token={text}")
    alive(page)
    assert page.url == f"{city.kite.url}/wall/?scene=rings"
    assert page.evaluate("history.length") <= 2
    assert page.evaluate("document.cookie") == "" or text not in page.evaluate("document.cookie")
    found = [
        entry["name"] for entry in page.evaluate("performance.getEntries().map(({ name }) => ({ name }))")
    ]
    assert not [name for name in found if text in name]
    for command in (slug for slug, rule in COMMANDS.items() if rule.action != KITES_OWN):
        sent = page.evaluate(
            """async (body) => (await fetch('/api/v1/cases/wall-mute/commands', {
              method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body),
            })).status""",
            body(command),
        )
        assert sent == 403, command
    fire = {"type": "fire", "origin": "hotline", "lon": "119.05", "lat": "36.65"}
    for path, sent in (("reports", fire), ("publications", {"note": ""})):
        assert ask(city, path, sent, **bearer(text))[0] == 403, path
    page.context.close()


def test_a_screen_of_a_county_shows_the_county(browser: Browser, city: Running) -> None:
    text = token(city, "wall-2", role="wall", region="990101")
    with wall(browser, city, cookie=text) as page:
        expect(page.locator("#wall-title")).to_contain_text("东城区")
        expect(page.locator("#wall-index h2").first).to_contain_text("东城区")
        assert page.evaluate("kite_wall.figures.of('990101') !== null")
        assert page.evaluate("[...kite_wall.figures.kept.keys()]") != ["990100"]


def test_what_the_wall_is_told_is_what_the_city_has(city: Running) -> None:
    with urllib.request.urlopen(f"{city.kite.url}/live/wall.json", timeout=30) as answer:
        told = json.load(answer)
    assert answer.headers["Cache-Control"] == "no-store"
    assert told["code"] == "990100"
    assert re.fullmatch("[0-9a-f]{16}", told["release"])
    assert {ring["ring"] for ring in told["rings"]} == {1, 2, 3}
    assert set(told["day_ago"]) == {"990100", "990101", "990102"}
