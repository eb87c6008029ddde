"""Accounts of a whole Kite with two web processes: from its first start to the end of a session."""

from __future__ import annotations

import http.client
import re
import subprocess
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import CITY, Running, app, run_city
from tests.e2e.scopes.two_counties import OTHER, OWN, send
from tests.e2e.test_api import bearer, token

pytestmark = pytest.mark.valkey

HTML = {"Accept": "text/html,application/xhtml+xml"}
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PATIENCE_S = 60.0


@pytest.fixture(scope="module")
def city(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A Kite on which one must sign in, started for the first time."""
    folder = tmp_path_factory.mktemp("accounts")
    with run_city(built, folder, rate=0, sign_in="required", web_workers=2) as running:
        yield running


def user(city: Running, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`app.py user …` as on the machine of a Kite with a store of its own: no REDIS_URL."""
    environment = {"KITE_CITY": CITY, "KITE_DATA_DIR": str(city.kite.log.parent), "REDIS_URL": ""}
    return app("user", *arguments, **environment)


def post(city: Running, path: str, cookie: str = "", **fields: str) -> tuple[int, dict[str, str], bytes]:
    headers = {**FORM, **OWN_PAGE, **({"Cookie": cookie} if cookie else {})}
    return send(city, "POST", path, urllib.parse.urlencode(fields).encode(), **headers)


def cookie_of(city: Running, name: str, password: str, expected: str) -> str:
    """The session's cookie of who signs in and is led to `expected`."""
    link = http.client.HTTPConnection(city.kite.url.removeprefix("http://"), timeout=60)
    form = urllib.parse.urlencode({"name": name, "password": password})
    link.request("POST", "/sign-in", form, {**FORM, **OWN_PAGE})
    answer = link.getresponse()
    answer.read()
    link.close()
    assert (answer.status, answer.headers["Location"]) == (303, expected)
    (cookie,) = (
        text.partition(";")[0]
        for text in answer.headers.get_all("Set-Cookie", [])
        if text.startswith("kite_session=")
    )
    return cookie


def entered(city: Running, name: str, role: str, region: str = "*") -> str:
    """The session's cookie of a new account, with a password of its own."""
    made = user(city, "add", name, "--role", role, "--region", region)
    assert made.returncode == 0, made.stderr
    cookie = cookie_of(city, name, made.stdout.strip(), "/password")
    own = f"a password of {role}s"
    status, headers, _ = post(city, "/password", cookie, new=own, again=own)
    assert status == 303, headers
    return headers["Set-Cookie"].partition(";")[0]


def test_the_first_start_prints_one_account_that_must_get_a_password_of_its_own(city: Running) -> None:
    log = city.kite.log.read_text()
    (password,) = re.findall(r"^    password: (\S+)$", log, re.MULTILINE)
    assert log.count("has no account yet") == 1
    assert user(city, "list").stdout.split() == ["administrator", "*", "one-time", "administrator"]
    cookie = {"Cookie": cookie_of(city, "administrator", password, "/password")}
    assert send(city, "GET", "/live/snapshot", **cookie)[0] == 401
    assert send(city, "GET", "/dispatch/", **cookie, **HTML)[1]["Location"].startswith("/password")
    new = "kites over the hill"
    status, headers, _ = post(city, "/password", cookie["Cookie"], new=new, again=new)
    assert status == 303
    fresh = {"Cookie": headers["Set-Cookie"].partition(";")[0]}
    for _ in range(8):  # whichever of the two processes answers
        assert send(city, "GET", "/live/snapshot", **fresh)[0] == 200
        assert send(city, "GET", "/live/snapshot", **cookie)[0] == 401
    assert post(city, "/sign-in", name="administrator", password=password)[0] == 401
    assert user(city, "list").stdout.split() == ["administrator", "*", "open", "administrator"]


def test_nobody_gets_anything(city: Running) -> None:
    for path in ("/", "/dispatch/", "/wall/", "/province/", f"/region/{OWN}", "/admin/accounts"):
        status, headers, body = send(city, "GET", path, **HTML)
        assert (status, headers["Location"][:8], "东城" in body.decode()) == (303, "/sign-in", False), path
    for path in ("/live/snapshot", "/live/events", "/live/config.json", "/api/v1/cases", "/_dash-layout"):
        status, _, body = send(city, "GET", path)
        assert (status, b"/sign-in" in body) == (401, True), path
    assert send(city, "GET", "/healthz")[0] == 200


def test_an_account_that_is_locked_is_out_at_once_and_so_is_its_open_stream(city: Running) -> None:
    cookie = {"Cookie": entered(city, "东城值班", "officer", OWN)}
    assert send(city, "GET", "/live/snapshot", **cookie)[0] == 200
    link = http.client.HTTPConnection(city.kite.url.removeprefix("http://"), timeout=PATIENCE_S)
    link.request("GET", "/live/events", headers=cookie)
    stream = link.getresponse()
    assert stream.status == 200
    assert stream.readline().startswith(b"retry:")
    assert user(city, "lock", "东城值班").returncode == 0
    for _ in range(8):
        assert send(city, "GET", "/live/snapshot", **cookie)[0] == 401
    end_s = time.monotonic() + PATIENCE_S
    while stream.readline():
        assert time.monotonic() < end_s, "the stream goes on"
    link.close()
    assert user(city, "unlock", "东城值班").returncode == 0
    assert send(city, "GET", "/live/snapshot", **cookie)[0] == 401  # but it has to sign in again


def test_a_token_may_do_no_more_than_it_was_made_for(city: Running) -> None:
    limited = bearer(token(city, "简报程序", role="leader", action="brief"))
    whole = bearer(token(city, "领导终端", role="leader"))
    for path, limited_status in (("/live/snapshot", 403), ("/api/v1/cases", 403), (f"/brief/{OWN}", 200)):
        assert send(city, "GET", path, **limited)[0] == limited_status, path
        assert send(city, "GET", path, **whole)[0] == 200, path


def test_what_the_command_line_refuses_it_says_in_one_sentence(city: Running) -> None:
    for arguments, said in (
        (("add", "13812345678", "--role", "officer"), "personal data"),
        (("add", "new", "--role", "officer", "--region", "123"), "no region 123"),
        (("add", "administrator", "--role", "officer"), "already"),
        (("reset", "nobody"), "no account of this name"),
        (("lock", "nobody"), "no account of this name"),
        (("unlock", "nobody"), "no account of this name"),
        (("change", "administrator"), "Nothing to change"),
    ):
        run = user(city, *arguments)
        assert (run.returncode, run.stdout) == (2, "")
        assert said in run.stderr
        assert len(run.stderr.strip().splitlines()) == 1
    assert user(city, "add", "new", "--role", "producer").returncode == 2
    made = app("token", "add", "13812345678", "--role", "wall", **city.environment())
    assert (made.returncode, made.stdout, "personal data" in made.stderr) == (2, "", True)


@pytest.mark.browser
def test_an_officer_works_and_is_led_out_when_the_account_is_removed(browser: Browser, city: Running) -> None:
    """From the one-time password to the desk, with nothing in the console; only the own county is there."""
    made = user(city, "add", "西城值班", "--role", "officer", "--region", OTHER)
    page, errors = browser.new_context(viewport={"width": 1366, "height": 768}).new_page(), list[str]()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(f"{city.kite.url}/dispatch/")
    page.fill("[name=name]", "西城值班")
    page.fill("[name=password]", made.stdout.strip())
    page.keyboard.press("Enter")
    page.wait_for_url("**/password?next=*")
    page.fill("[name=new]", "a password of one's own")
    page.fill("[name=again]", "a password of one's own")
    page.keyboard.press("Enter")
    page.wait_for_url("**/dispatch/")
    page.wait_for_function("window.kite_desk?.desk && kite.stats.marks.firstMap > 0")
    expect(page.locator(".asking")).to_contain_text("西城值班")
    page.goto(f"{city.kite.url}/region/{OWN}")
    expect(page.locator("#notice")).to_contain_text("您没有查看这个地区的权限")
    page.goto(f"{city.kite.url}/dispatch/")
    page.wait_for_function("window.kite_desk?.desk && kite.stats.marks.firstMap > 0")
    assert errors == []
    with page.expect_navigation(url="**/sign-in?void=1*"):
        assert user(city, "remove", "西城值班").returncode == 0
    expect(page.locator("[role=alert]")).to_contain_text("登录已经失效")
    page.context.close()
