"""What a browser gets when it signs in, and the key that it is signed with."""

from __future__ import annotations

import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient

from dashboard.domain.access import Identity
from dashboard.domain.accounts import Account
from dashboard.live.identity import Identities, MustChangeError, UnidentifiedError, UnknowableError
from dashboard.live.sessions import COOKIE, kept_secret
from dashboard.settings import Settings
from dashboard.streams.accounts import Accounts
from dashboard.streams.keys import Keys
from tests.live.history import url_of

DUTY = Account("东城值班", "officer", "990101", "a hash")
ELSEWHERE = Identity("值班长", "leader", "990102")


class Page:
    """A server on which one signs in as whoever `who` is, and which says who one is."""

    def __init__(self, settings: Settings, keys: Keys) -> None:
        self.who: Account | Identity = DUTY
        self.server = Flask("kite")
        identities = Identities(settings, keys)
        identities.sessions.install(self.server)
        for kind, status in ((MustChangeError, 409), (UnidentifiedError, 401), (UnknowableError, 503)):
            self.server.register_error_handler(kind, lambda problem, status=status: (str(problem), status))

        @self.server.get("/in")
        def sign_in() -> str:
            identities.sessions.begin(self.who)
            return identities.current().name

        @self.server.get("/out")
        def sign_out() -> str:
            identities.sessions.end()
            return "out"

        @self.server.get("/")
        def root() -> str:
            return identities.current().name

        self.server.add_url_rule("/file", "file", lambda: "a file")

    def browser(self) -> FlaskClient:
        return self.server.test_client()


@pytest.fixture
def page(client: redis.Redis, tmp_path: Path) -> Page:
    keys = Keys("990100")
    page = Page(Settings(data_dir=tmp_path, redis_url=url_of(client)), keys)
    page.who = Accounts(client, keys).add(DUTY)
    return page


@pytest.mark.valkey
def test_who_has_signed_in_is_their_account_until_they_sign_out(page: Page) -> None:
    browser = page.browser()
    assert browser.get("/").status_code == 401
    answer = browser.get("/in")
    assert answer.text == "东城值班"
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    copied = browser.get_cookie(COOKIE).value
    assert browser.get("/").text == "东城值班"
    answer = browser.get("/out")
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert browser.get("/").status_code == 401
    browser.set_cookie(COOKIE, copied)
    assert browser.get("/").status_code == 401  # a copy of the cookie is none either


@pytest.mark.valkey
def test_by_https_the_cookie_is_for_https_only(page: Page) -> None:
    answer = page.browser().get("/in", base_url="https://kite.example")
    assert "; Secure" in answer.headers["Set-Cookie"]


@pytest.mark.valkey
def test_files_are_not_told_apart_by_cookie(page: Page) -> None:
    """`Vary: Cookie` would make browsers load them again."""
    browser = page.browser()
    browser.get("/in")
    for path in ("/file", "/"):
        answer = browser.get(path)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
        assert "Vary" not in answer.headers


CHANGES: dict[str, Callable[[Account], Account]] = {
    "locked": lambda account: replace(account, locked=True),
    "another role": lambda account: replace(account, role="leader"),
    "another password": lambda account: replace(account, password="new"),
}


@pytest.mark.valkey
@pytest.mark.parametrize("change", CHANGES)
def test_a_change_holds_with_the_next_request(page: Page, client: redis.Redis, change: str) -> None:
    browser = page.browser()
    browser.get("/in")
    assert browser.get("/").status_code == 200
    Accounts(client, Keys("990100")).change(DUTY.name, CHANGES[change])
    assert browser.get("/").status_code == 401


@pytest.mark.valkey
def test_who_must_change_their_password_gets_nothing_else(page: Page, client: redis.Redis) -> None:
    accounts = Accounts(client, Keys("990100"))
    page.who = accounts.change(DUTY.name, lambda account: replace(account, must_change=True))
    browser = page.browser()
    assert browser.get("/in").status_code == 409
    answer = browser.get("/")
    assert (answer.status_code, "/password" in answer.text) == (409, True)


@pytest.mark.valkey
def test_who_signed_in_elsewhere_is_who_was_said_there(page: Page) -> None:
    page.who = ELSEWHERE
    browser = page.browser()
    assert browser.get("/in").text == ELSEWHERE.name
    assert browser.get("/").text == ELSEWHERE.name


@pytest.mark.valkey
def test_whoever_signs_in_again_is_only_who_they_are_then(page: Page) -> None:
    browser = page.browser()
    browser.get("/in")
    before = browser.get_cookie(COOKIE).value
    page.who = ELSEWHERE
    assert browser.get("/in").text == ELSEWHERE.name
    browser.set_cookie(COOKIE, before)
    assert browser.get("/").status_code == 401


def test_while_the_store_is_silent_nobody_is_signed_out(tmp_path: Path) -> None:
    page = Page(Settings(data_dir=tmp_path, redis_url="redis://127.0.0.1:1/0"), Keys("990100"))
    browser = page.browser()
    with browser.session_transaction() as session:
        session.update({"_user_id": "a text", "kite_name": DUTY.name})
    answer = browser.get("/")
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (503, False)


def test_the_key_is_made_once_and_is_nobody_elses_to_read(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made: set[Any] = set(pool.map(lambda _: kept_secret(tmp_path / "new"), range(32)))
    (key,) = made
    assert len(key) >= 43
    (file,) = (tmp_path / "new").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert kept_secret(tmp_path / "other") != key


def test_a_key_of_the_setting_leaves_no_file(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, redis_url="redis://127.0.0.1:1/0", secret_key="x" * 40)
    server = Flask("kite")
    Identities(settings, Keys("990100")).sessions.install(server)
    assert server.secret_key == "x" * 40
    assert list(tmp_path.iterdir()) == []
