"""Signing a browser in and out, and what an officer then has before them."""

from __future__ import annotations

import json
import re
import urllib.parse

import pytest
from playwright.sync_api import Browser, expect

from dashboard.live.identity import COOKIE
from dashboard.streams.tables import SCORE_UNKNOWN
from tests.e2e.conftest import Running
from tests.e2e.scopes.two_counties import (
    CASES,
    COMMAND,
    OTHER,
    OWN,
    PLACES,
    callbacks_of,
    called,
    grids_of,
    report,
    send,
    sign_in,
    traces_in,
)
from tests.e2e.test_api import token

pytestmark = pytest.mark.valkey


HTML = {"Accept": "text/html,application/xhtml+xml"}


def test_a_browser_signs_in_and_out(quiet: Running, officer: str) -> None:
    status, headers, page = send(quiet, "GET", "/sign-in", **HTML)
    assert (status, 'name="token"' in page.decode()) == (200, True)
    status, headers, _ = sign_in(quiet, officer)
    assert (status, headers["Location"]) == (303, f"/region/{OWN}")
    set_cookie = headers["Set-Cookie"]
    assert re.search(r"Max-Age=(\d+)", set_cookie)
    assert 364 * 86_400 < int(re.findall(r"Max-Age=(\d+)", set_cookie)[0]) <= 365 * 86_400
    assert ("HttpOnly" in set_cookie, "SameSite=Strict" in set_cookie, "Secure" in set_cookie) == (
        True, True, False,
    )  # fmt: skip
    cookie = {"Cookie": set_cookie.partition(";")[0]}
    assert send(quiet, "GET", "/", **cookie, **HTML)[1]["Location"] == f"/region/{OWN}"
    assert traces_in(send(quiet, "GET", "/live/snapshot", **cookie)[2]) == []
    assert send(quiet, "GET", "/api/v1/cases", **cookie)[0] == 403
    for header, shown in ((cookie, True), ({}, False)):
        layout = json.dumps(json.loads(send(quiet, "GET", "/_dash-layout", **header)[2]), ensure_ascii=False)
        assert ("东城值班 · 东城区" in layout, "/sign-out" in layout) == (shown, shown)
    status, headers, _ = send(quiet, "GET", "/sign-out", **cookie, **HTML)
    assert (status, headers["Location"]) == (303, "/sign-in")
    assert "Max-Age=0" in headers["Set-Cookie"]
    assert "Set-Cookie" not in send(quiet, "GET", "/sign-out", **HTML)[1]  # another site's link


def test_a_token_that_is_none_signs_nobody_in(quiet: Running) -> None:
    blind = token(quiet, "热线", role="producer")
    for text, expected in (("", 401), ("kite_none", 401), (blind, 403)):
        status, headers, page = sign_in(quiet, text)
        assert (status, "Set-Cookie" in headers) == (expected, False)
        assert "令牌" in page.decode()
    status, headers, _ = sign_in(quiet, blind, Origin="https://evil.example")
    assert (status, "Set-Cookie" in headers) == (403, False)


def test_a_void_cookie_leads_pages_to_the_sign_in_and_is_refused_elsewhere(quiet: Running) -> None:
    cookie = {"Cookie": f"{COOKIE}=kite_gone"}
    for path in ("/", f"/region/{OWN}", "/dispatch/", "/province/"):
        status, headers, _ = send(quiet, "GET", path, **cookie, **HTML)
        back = "" if path == "/" else f"&next={urllib.parse.quote(path, safe='')}"
        assert (status, headers["Location"]) == (303, f"/sign-in?void=1{back}"), path
        assert "Max-Age=0" in headers["Set-Cookie"]
    assert "登录已经失效" in send(quiet, "GET", "/sign-in?void=1", **HTML)[2].decode()
    for path in ("/live/snapshot", "/live/events", "/live/config.json", "/api/v1/cases"):
        status, _, content = send(quiet, "GET", path, **cookie)
        assert (status, json.loads(content)["sentence"][-1]) == (401, "."), path
    (drill,) = (c for c in callbacks_of(quiet, "/") if "notice.children" in c["output"])
    own_page = {"Sec-Fetch-Site": "same-origin"}
    answer = called(quiet, "/", drill, OWN, "", status=401, **cookie, **own_page)
    assert "not one of this city" in answer


def test_a_page_of_another_site_commands_nothing(quiet: Running, officer: str) -> None:
    cookie = {"Cookie": f"{COOKIE}={officer}"}
    report(quiet, "own-cross", OWN, PLACES)
    path = "/api/v1/cases/own-cross/commands"
    for more in (cookie, {}):
        status, _, content = send(quiet, "POST", path, COMMAND, Origin="https://evil.example", **more)
        assert (status, "another site" in json.loads(content)["sentence"]) == (403, True)
    assert send(quiet, "POST", path, COMMAND, Origin=quiet.kite.url, **cookie)[0] == 200


@pytest.mark.browser
def test_an_officer_signs_in_and_has_the_county_before_them(browser: Browser, quiet: Running) -> None:
    """The queue, the map and its figures; nothing in the console; and out once the token is taken back."""
    text = token(quiet, "东城夜班", region=OWN)
    page, errors = browser.new_context(viewport={"width": 1920, "height": 1080}).new_page(), list[str]()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(f"{quiet.kite.url}/sign-in")
    page.click("summary")
    page.fill("input[name=token]", text)
    page.click("details button")
    page.wait_for_url(f"**/region/{OWN}")
    expect(page.locator(".asking")).to_have_text("东城夜班 · 东城区")
    page.goto(f"{quiet.kite.url}/region/{OTHER}")
    expect(page.locator("#notice")).to_contain_text("您没有查看这个地区的权限")
    page.goto(f"{quiet.kite.url}/dispatch/")
    page.wait_for_function("window.kite_desk?.desk && kite.stats.marks.firstMap > 0")
    expect(page.locator(f'.desk-grid [row-id="{CASES[OWN][0]}"]').first).to_be_visible()
    report(quiet, "foreign-browser", OTHER, PLACES)
    report(quiet, "own-browser", OWN, PLACES)
    expect(page.locator('.desk-grid [row-id="own-browser"]').first).to_be_visible()
    assert "邻县" not in page.content()
    low, high = grids_of(quiet, OWN)[0], grids_of(quiet, OWN)[-1]
    seen = page.evaluate("[...kite.store.cases.values()].map((item) => item.grid)")
    assert seen
    assert all(low <= grid <= high for grid in seen)
    box = quiet.pack.regions.bbox[quiet.pack.regions.code.index(OWN)].reshape(2, 2)
    (west, east), _ = quiet.pack.to_lonlat(box)
    centre = page.evaluate("kite.view.map.getCenter().lng")
    assert west < centre < east
    unknown = page.evaluate(
        "(code) => kite.store.columns.regions.score[kite.store.hierarchy.number(code)]", OTHER
    )
    assert unknown == SCORE_UNKNOWN
    page.wait_for_function("performance.getEntriesByName('kite:all-loaded').length > 0")
    page.wait_for_timeout(1500)  # rings and cameras paint once a second
    assert errors == []
    with page.expect_navigation(url="**/sign-in?void=1*"):
        take_back(quiet, "东城夜班")
    expect(page.locator("[role=alert]")).to_contain_text("登录已经失效")
    page.context.close()


def take_back(city: Running, name: str) -> None:
    from dashboard.streams.tokens import revoke_token, tokens

    for known in tokens(city.store, city.keys):
        if known.identity.name == name:
            assert revoke_token(city.store, city.keys, known.number)
