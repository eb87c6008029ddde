"""Who asks: the header before the token's cookie before the session before nobody."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from flask import Flask

from dashboard.domain.access import LOCAL_ADMIN, Identity
from dashboard.live import identity as module
from dashboard.live.identity import (
    COOKIE,
    Credential,
    Identities,
    NobodyError,
    UnidentifiedError,
    UnknowableError,
    VoidCookieError,
)
from dashboard.settings import Settings
from dashboard.streams.client import FAILED
from dashboard.streams.keys import Keys
from dashboard.streams.tokens import Token

OFFICER, LEADER = Identity("值班席", "officer", "370702"), Identity("领导", "leader", "*")
TOKENS = {"kite_officer": OFFICER, "kite_leader": LEADER}


@pytest.fixture(params=["off", "required"])
def identities(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Identities:
    """Identities over a store of two tokens."""

    def token_of(client: object, keys: Keys, text: str) -> Token | None:
        if text == "kite_silent":
            raise FAILED[0]("no answer")
        return Token("1", TOKENS[text], int(time.time() * 1000) + 1000) if text in TOKENS else None

    monkeypatch.setattr(module, "token_of", token_of)
    monkeypatch.setattr(module, "void_tokens", lambda client, keys, texts: set(texts) - set(TOKENS))
    settings = Settings(data_dir=tmp_path, redis_url="redis://127.0.0.1:1/0", sign_in=request.param)
    return Identities(settings, Keys("370700"))


def asking(identities: Identities, cookie: str | None = None, **headers: str) -> Identity:
    server = Flask("kite")
    identities.sessions.install(server)
    if cookie is not None:
        headers["Cookie"] = f"{COOKIE}={cookie}"
    with server.test_request_context("/", headers=headers):
        return identities.current()


def test_the_header_comes_before_the_cookie(identities: Identities) -> None:
    assert asking(identities, cookie="kite_officer") == OFFICER
    assert asking(identities, Authorization="Bearer kite_leader") == LEADER
    assert asking(identities, cookie="kite_officer", Authorization="Bearer kite_leader") == LEADER
    assert asking(identities, cookie="void", Authorization="Bearer kite_leader") == LEADER


def test_whoever_comes_with_nothing_is_nobody_unless_nobody_has_to_sign_in(identities: Identities) -> None:
    if identities.is_required:
        with pytest.raises(NobodyError, match="sign-in"):
            asking(identities)
    else:
        assert asking(identities) == LOCAL_ADMIN


@pytest.mark.parametrize("header", ["Basic eDp5", "Bearer", "Bearer ", "Bearer void", "kite_leader", ""])
def test_a_header_that_names_nobody_is_nobody(identities: Identities, header: str) -> None:
    with pytest.raises(UnidentifiedError) as raised:
        asking(identities, Authorization=header, cookie="kite_officer")
    assert not isinstance(raised.value, VoidCookieError | NobodyError)


@pytest.mark.parametrize("cookie", ["void", "", "kite_officer2"])
def test_a_void_cookie_is_nobody(identities: Identities, cookie: str) -> None:
    with pytest.raises(VoidCookieError):
        asking(identities, cookie=cookie)


@pytest.mark.parametrize("cookie", ["", "x", "eyJfdXNlcl9pZCI6ImEifQ.abc.def"])
def test_a_session_that_kite_has_not_signed_is_none(identities: Identities, cookie: str) -> None:
    headers = {"Cookie": f"kite_session={cookie}"}
    if identities.is_required:
        with pytest.raises(NobodyError):
            asking(identities, **headers)
    else:
        assert asking(identities, **headers) == LOCAL_ADMIN


def test_a_store_that_does_not_answer_is_not_a_void_token(identities: Identities) -> None:
    with pytest.raises(UnknowableError):
        asking(identities, cookie="kite_silent")
    with pytest.raises(UnknowableError):
        asking(identities, Authorization="Bearer kite_silent")


def test_a_silent_store_is_asked_once_a_request(
    identities: Identities, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def token_of(client: object, keys: Keys, text: str) -> Token | None:
        asked.append(text)
        raise FAILED[0]("no answer")

    monkeypatch.setattr(module, "token_of", token_of)
    server = Flask("kite")
    identities.sessions.install(server)
    with server.test_request_context("/", headers={"Authorization": "Bearer kite_officer"}):
        for _ in range(3):
            with pytest.raises(UnknowableError):
                identities.current()
    assert asked == ["kite_officer"]


def test_a_monitor_is_known_while_the_store_is_away_and_nobody_else_is(
    identities: Identities, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or whoever watches would not be told that it is away. It holds no longer than the token."""
    monitor, soon_ms = Identity("prometheus", "monitor", "*"), int(time.time() * 1000) + 60_000
    kept = {"kite_monitor": Token("2", monitor, soon_ms), "kite_officer": Token("1", OFFICER, soon_ms)}
    away = False

    def token_of(client: object, keys: Keys, text: str) -> Token | None:
        if away:
            raise FAILED[0]("no answer")
        return kept.get(text)

    def asks(text: str) -> Identity:
        return asking(identities, Authorization=f"Bearer {text}")

    monkeypatch.setattr(module, "token_of", token_of)
    assert [asks(text) for text in kept] == [monitor, OFFICER]
    away = True
    assert asks("kite_monitor") == monitor
    for other in ("kite_officer", "kite_unseen"):
        with pytest.raises(UnknowableError):
            asks(other)
    monkeypatch.setattr(module.time, "time", lambda: soon_ms / 1000 + 1)
    with pytest.raises(UnknowableError):
        asks("kite_monitor")


def test_a_monitor_that_was_taken_back_is_not_known_again(
    identities: Identities, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [Token("2", Identity("prometheus", "monitor", "*"), int(time.time() * 1000) + 60_000), None]

    def token_of(client: object, keys: Keys, text: str) -> Token | None:
        if not answers:
            raise FAILED[0]("no answer")
        return answers.pop(0)

    monkeypatch.setattr(module, "token_of", token_of)
    asking(identities, Authorization="Bearer kite_monitor")
    with pytest.raises(UnidentifiedError):
        asking(identities, Authorization="Bearer kite_monitor")
    with pytest.raises(UnknowableError):
        asking(identities, Authorization="Bearer kite_monitor")


def test_of_what_streams_were_opened_with_the_void_is_told(identities: Identities) -> None:
    good, bad = Credential("kite_officer"), Credential("kite_gone")
    assert identities.void([good, bad]) == {bad}
