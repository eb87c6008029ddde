"""The way in and the administration's pages of accounts over a real store, without the rest of a Kite."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import argon2
import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dashboard.domain import accounts
from dashboard.domain.accounts import Account
from dashboard.live import protection, route_table
from dashboard.live.identity import Identities, UnidentifiedError, UnknowableError
from dashboard.live.noting import EXTENSION
from dashboard.live.signing_in import SigningIn, _nobodys
from dashboard.settings import Settings
from dashboard.streams.accounts import Accounts
from dashboard.streams.keys import Keys
from dashboard.views import password, refusals, sign_in
from dashboard.views.admin import accounts as accounts_page
from dashboard.views.admin import tokens as tokens_page
from dashboard.views.languages import install
from dashboard.views.wall import kiosk
from tests.live.history import url_of
from tests.views.fakes import services_of

PASSWORD = "kites over the hill"
CHEAP = argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
"""What each of many sign-ins of a test costs; what it really costs `tests/domain/test_accounts.py` says."""
HASH = CHEAP.hash(PASSWORD)
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}
HTML = {"Accept": "text/html"}


@pytest.fixture
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hashes take no time."""
    monkeypatch.setattr(accounts, "_HASHER", CHEAP)
    _nobodys.cache_clear()
    yield
    _nobodys.cache_clear()


class Centre:
    """Kite's way in on one server: its browsers, its accounts, and what was noted."""

    def __init__(self, client: redis.Redis, folder: Path, catalogues: Path, url: str = "") -> None:
        settings = Settings(data_dir=folder, redis_url=url or url_of(client))
        bare = services_of(data_dir=folder)
        self.keys = Keys(bare.hierarchy.codes[0])
        self.identities = Identities(settings, self.keys)
        self.services = replace(bare, identity=self.identities.current)
        self.accounts, self.client = Accounts(client, self.keys), client
        self.noted: list[tuple[str, str, str, dict[str, str]]] = []
        self.server = server = Flask("kite")
        server.extensions[EXTENSION] = SimpleNamespace(note=self._note)
        signing_in = SigningIn(settings, self.keys)
        protection.install(server, settings)
        self.identities.sessions.install(server)
        install(server, "zh", catalogues)
        kiosk.install(server, self.services, self.identities)
        sign_in.install(server, self.services, self.identities, signing_in)
        password.install(server, self.services, self.identities, signing_in)
        route_table.install(server, self.identities.current)
        refusals.install(server)
        city: Any = SimpleNamespace(settings=settings, keys=self.keys, pack=bare.pack, signing_in=signing_in)
        accounts_page.register(server, city, self.services)
        tokens_page.register(server, city, self.services)
        for kind, status in ((UnidentifiedError, 401), (UnknowableError, 503)):
            server.register_error_handler(kind, lambda problem, status=status: (str(problem), status))
        for path, name in (("/wall/", "wall"), ("/dispatch/", "desk")):
            server.add_url_rule(path, name, lambda name=name: name)
        server.add_url_rule("/<path:path>", "page", lambda path: f"page of {self.identities.current().name}")
        server.add_url_rule("/live/snapshot", "snapshot", lambda: self.identities.current().name)

    def _note(
        self,
        action: str,
        *,
        subject: str = "",
        region: str = "",
        outcome: str = "done",
        who: Any = None,
        facts: Any = None,
    ) -> None:
        self.noted.append((action, subject, outcome, dict(facts or {})))

    def add(self, name: str, role: str = "officer", region: str = "*", **more: Any) -> Account:
        """An account with the password `PASSWORD`."""
        return self.accounts.add(Account(name, role, region, HASH, **more))

    def browser(self) -> FlaskClient:
        return self.server.test_client()

    def enter(
        self, browser: FlaskClient, name: str, secret: str = PASSWORD, query: str = "", **more: Any
    ) -> TestResponse:
        """What is answered to a name and a password."""
        given = {"name": name, "password": secret}
        return browser.post(f"/sign-in{query}", data=given, headers=OWN_PAGE, **more)

    def entered(self, name: str) -> FlaskClient:
        """A browser in which the account has signed in."""
        browser = self.browser()
        assert self.enter(browser, name).status_code == 303
        return browser


def post(browser: FlaskClient, path: str, **fields: Any) -> TestResponse:
    """What a form of Kite's own page gets."""
    return browser.post(path, data=fields, headers=OWN_PAGE)


def alert_in(answer: TestResponse) -> str:
    """The sentence that a page says in alarm."""
    found = re.search(r'role="alert">([^<]*)<', answer.text)
    return found[1] if found else ""
