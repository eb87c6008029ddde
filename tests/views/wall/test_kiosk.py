"""A screen's address with its token: signed in once, and the token gone from the address."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from dashboard.domain.access import Identity
from dashboard.live import identity as module
from dashboard.live.identity import COOKIE, Identities
from dashboard.live.signing_in import SigningIn
from dashboard.settings import Settings
from dashboard.streams.client import FAILED
from dashboard.streams.keys import Keys
from dashboard.streams.tokens import Token
from dashboard.views import sign_in
from dashboard.views.languages import install
from dashboard.views.wall import kiosk
from tests.views.fakes import COUNTY

WHO = {
    "kite_wall": Identity("wall-1", "wall", "*"),
    "kite_county": Identity("wall-2", "wall", COUNTY),
    "kite_elsewhere": Identity("wall-3", "wall", "990101"),
    "kite_officer": Identity("值班席", "officer", "*"),
    "kite_admin": Identity("管理员", "administrator", "*"),
}


@pytest.fixture
def client(services: Any, compiled: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    def token_of(client: object, keys: Keys, text: str) -> Token | None:
        if text == "kite_silent":
            raise FAILED[0]("no answer")
        return Token("1", WHO[text], int(time.time() * 1000) + 3_600_000) if text in WHO else None

    monkeypatch.setattr(module, "token_of", token_of)
    server = Flask("kite")
    install(server, "zh", compiled)
    settings = Settings(data_dir=tmp_path, redis_url="redis://127.0.0.1:1/0")
    identities = Identities(settings, Keys("370700"))
    identities.sessions.install(server)
    kiosk.install(server, services, identities)
    sign_in.install(server, services, identities, SigningIn(settings, Keys("370700")))
    server.add_url_rule("/wall/", "wall", lambda: "the wall")
    server.add_url_rule("/region/<code>", "region", lambda code: code)
    return server.test_client()


def test_a_screen_is_signed_in_and_led_to_the_address_without_the_token(client: Any) -> None:
    answer = client.get("/wall/?scene=rings&token=kite_wall&pause")
    assert answer.status_code == 303
    to = urlsplit(answer.headers["Location"])
    assert (to.path, to.query) == ("/wall/", "scene=rings&pause=")
    cookie = answer.headers["Set-Cookie"]
    assert f"{COOKIE}=kite_wall" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "strict-origin"
    assert client.get(answer.headers["Location"]).text == "the wall"


def test_a_new_token_takes_the_place_of_one_that_has_ended(client: Any) -> None:
    client.set_cookie(COOKIE, "kite_gone")
    answer = client.get("/wall/?token=kite_county", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/wall/")
    assert client.get_cookie(COOKIE).value == "kite_county"


@pytest.mark.parametrize(
    ("token", "status"),
    [
        ("kite_none", 401),
        ("kite_elsewhere", 403),
        ("kite_officer", 403),
        ("kite_admin", 403),
        ("kite_silent", 503),
    ],
)
def test_no_other_token_is_taken_from_an_address(client: Any, token: str, status: int) -> None:
    answer = client.get(f"/wall/?token={token}")
    assert answer.status_code == status
    assert "Set-Cookie" not in answer.headers
    assert token not in answer.text
    assert answer.headers["Referrer-Policy"] == "strict-origin"


def test_a_screen_asks_again_by_itself_while_the_store_is_silent(client: Any) -> None:
    assert client.get("/wall/?token=kite_silent").headers["Refresh"] == str(sign_in.AGAIN_S)
    assert "Refresh" not in client.get("/wall/?token=kite_none").headers


@pytest.mark.parametrize("path", ["/region/370700?token=kite_wall", "/sign-in?token=kite_wall"])
def test_other_addresses_take_no_token(client: Any, path: str) -> None:
    answer = client.get(path)
    assert "Set-Cookie" not in answer.headers


def test_who_signs_in_with_a_screens_token_is_led_to_the_wall(client: Any) -> None:
    answer = client.post("/sign-in", data={"token": "kite_wall"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/wall/")
    answer = client.post("/sign-in", data={"token": "kite_officer"})
    assert answer.headers["Location"].startswith("/region/")
