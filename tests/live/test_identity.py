"""Who asks: the header before the cookie before nobody, and no change from a page of another site."""

from __future__ import annotations

import time

import pytest
from flask import Flask

from dashboard.domain.access import LOCAL_ADMIN, Identity
from dashboard.live import identity as module
from dashboard.live.identity import (
    COOKIE,
    ForeignOriginError,
    Identities,
    UnidentifiedError,
    UnknowableError,
    VoidCookieError,
)
from dashboard.streams.client import FAILED
from dashboard.streams.keys import Keys
from dashboard.streams.tokens import Token

OFFICER, LEADER = Identity("值班席", "officer", "370702"), Identity("领导", "leader", "*")
TOKENS = {"kite_officer": OFFICER, "kite_leader": LEADER}
HOST = "kite.example:8050"


@pytest.fixture
def identities(monkeypatch: pytest.MonkeyPatch) -> Identities:
    """Identities over a store of two tokens."""

    def token_of(client: object, keys: Keys, text: str) -> Token | None:
        if text == "kite_silent":
            raise FAILED[0]("no answer")
        return Token("1", TOKENS[text], int(time.time() * 1000) + 1000) if text in TOKENS else None

    monkeypatch.setattr(module, "client_of", lambda url, keys: None)
    monkeypatch.setattr(module, "token_of", token_of)
    return Identities("", Keys("370700"))


def asking(
    identities: Identities, method: str = "GET", cookie: str | None = None, **headers: str
) -> Identity:
    if cookie is not None:
        headers["Cookie"] = f"{COOKIE}={cookie}"
    with Flask("kite").test_request_context("/", method=method, headers=headers, base_url=f"http://{HOST}"):
        return identities.current()


def test_the_header_comes_before_the_cookie(identities: Identities) -> None:
    assert asking(identities) == LOCAL_ADMIN
    assert asking(identities, cookie="kite_officer") == OFFICER
    assert asking(identities, Authorization="Bearer kite_leader") == LEADER
    assert asking(identities, cookie="kite_officer", Authorization="Bearer kite_leader") == LEADER
    assert asking(identities, cookie="void", Authorization="Bearer kite_leader") == LEADER


@pytest.mark.parametrize("header", ["Basic eDp5", "Bearer", "Bearer ", "Bearer void", "kite_leader"])
def test_a_header_that_names_nobody_is_not_the_local_administrator(
    identities: Identities, header: str
) -> None:
    with pytest.raises(UnidentifiedError) as raised:
        asking(identities, Authorization=header, cookie="kite_officer")
    assert not isinstance(raised.value, VoidCookieError)


@pytest.mark.parametrize("cookie", ["void", "", "kite_officer2"])
def test_a_void_cookie_is_not_the_local_administrator(identities: Identities, cookie: str) -> None:
    with pytest.raises(VoidCookieError):
        asking(identities, cookie=cookie)


def test_a_store_that_does_not_answer_is_not_a_void_token(identities: Identities) -> None:
    for given in ({"cookie": "kite_silent"}, {"Authorization": "Bearer kite_silent"}):
        with pytest.raises(UnknowableError):
            asking(identities, **given)


@pytest.mark.parametrize(
    ("origin", "foreign"),
    [
        (f"http://{HOST}", False),
        (f"https://{HOST}", False),
        ("http://kite.example", True),
        ("http://kite.example:8050.evil.example", True),
        ("https://evil.example", True),
        ("null", True),
        ("", True),
    ],
)
@pytest.mark.parametrize("cookie", ["kite_officer", None])
def test_a_page_of_another_site_changes_nothing(
    identities: Identities, origin: str, foreign: bool, cookie: str | None
) -> None:
    """Without the cookie neither: SameSite keeps it back, and that must not make an administrator."""
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        if foreign:
            with pytest.raises(ForeignOriginError):
                asking(identities, method, cookie, Origin=origin)
        else:
            assert asking(identities, method, cookie, Origin=origin) in (OFFICER, LOCAL_ADMIN)
    assert asking(identities, "GET", cookie, Origin=origin) in (OFFICER, LOCAL_ADMIN)


def test_a_program_with_a_token_may_come_from_anywhere(identities: Identities) -> None:
    """What no browser adds by itself nobody can make it send."""
    headers = {"Origin": "https://evil.example", "Authorization": "Bearer kite_leader"}
    assert asking(identities, "POST", "kite_officer", **headers) == LEADER
