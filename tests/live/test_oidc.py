"""What a provider says is believed only when it proves it: a provider that lies, one lie at a time."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask, session
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from joserfc.jws import JWSRegistry

from dashboard.domain.access import Identity
from dashboard.live import oidc
from dashboard.live.oidc import Provider
from dashboard.live.oidc_settings import insist_on_usable
from dashboard.settings import Settings, SettingsError

KEY, OTHER_KEY = RSAKey.generate_key(2048, auto_kid=True), RSAKey.generate_key(2048, auto_kid=True)
CLIENT, SECRET = "kite", "s" * 32
BACK = "http://kite.example/sign-in/oidc/back"
GRANTS = "admins=administrator; 东城值班=officer@370702"


class Liar:
    """A provider on this machine whose answers a test may bend."""

    def __init__(self) -> None:
        self.metadata: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        self.header: dict[str, Any] = {"alg": "RS256", "kid": KEY.kid}
        self.key: Any = KEY
        self.userinfo: dict[str, Any] = {}
        self.token: dict[str, Any] = {}
        self.asked: list[tuple[str, dict[str, list[str]]]] = []
        self.nonce = ""
        liar = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = urlsplit(self.path).path
                self._answer(
                    {
                        "/.well-known/openid-configuration": liar.described,
                        "/jwks": lambda: {"keys": [KEY.as_dict(private=False)]},
                        "/userinfo": lambda: liar.userinfo,
                    }[path]()
                )

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                liar.asked.append((self.headers.get("Authorization", ""), parse_qs(body)))
                self._answer(liar.given())

            def _answer(self, said: dict[str, Any]) -> None:
                body = json.dumps(said).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def described(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
            "id_token_signing_alg_values_supported": ["none", "RS256", "HS256"],
            **self.metadata,
        }

    def given(self) -> dict[str, Any]:
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": "u-1", "iat": now, "exp": now + 600,
            "nonce": self.nonce, "groups": ["东城值班"], **self.claims,
        }  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        anything = JWSRegistry(algorithms=["none", "RS256", "HS256"])
        id_token = jwt.encode(self.header, claims, self.key, registry=anything)
        given = {"access_token": "a", "token_type": "Bearer", "id_token": id_token, **self.token}
        return {name: value for name, value in given.items() if value is not None}

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def liar() -> Iterator[Liar]:
    made = Liar()
    yield made
    made.close()


def settings_of(liar: Liar, **more: str) -> Settings:
    return Settings(
        oidc_issuer=liar.issuer, oidc_client_id=CLIENT, oidc_client_secret=SECRET, oidc_grants=GRANTS, **more
    )


def signed_in(liar: Liar, **more: str) -> Identity:
    """Who comes in; raises what the provider's lie is answered with."""
    server = Flask("test")
    server.secret_key = "x"
    provider = Provider(server, settings_of(liar, **more))
    with server.test_request_context("/sign-in/oidc"):
        location = provider.begin(BACK).headers["Location"]
        kept = dict(session)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
    liar.nonce = asked["nonce"]
    with server.test_request_context(f"/sign-in/oidc/back?code=c&state={asked['state']}"):
        session.update(kept)
        return provider.finish()


def test_an_honest_provider_is_believed(liar):
    assert signed_in(liar) == Identity("东城值班", "officer", "370702")
    ((authorization, sent),) = liar.asked
    assert authorization.startswith("Basic ")
    assert (sent["code"], sent["redirect_uri"]) == (["c"], [BACK])
    assert len(sent["code_verifier"][0]) >= 43  # RFC 7636


LIES: dict[str, dict[str, Any]] = {
    "another nonce": {"claims": {"nonce": "another"}},
    "no nonce": {"claims": {"nonce": None}},
    "for another client": {"claims": {"aud": "another"}},
    "for nobody": {"claims": {"aud": []}},
    "by another issuer": {"claims": {"iss": "http://127.0.0.1:1"}},
    "over since an hour": {"claims": {"exp": int(time.time()) - 3600}},
    "without an end": {"claims": {"exp": None}},
    "about nobody": {"claims": {"sub": None}},
    "signed with another key": {"key": OTHER_KEY},
    "not signed": {"header": {"alg": "none"}, "key": OctKey.import_key("x" * 32)},
    "signed with the client's secret": {"header": {"alg": "HS256"}, "key": OctKey.import_key(SECRET)},
    "no token of who it is": {"token": {"id_token": None}},
    "a token that is none": {"token": {"id_token": "x.y.z"}},
    "an error": {"token": {"error": "invalid_grant", "access_token": None}},
}


@pytest.mark.parametrize("lie", list(LIES))
def test_what_is_not_proven_is_not_believed(liar, lie):
    for name, value in LIES[lie].items():
        setattr(liar, name, value)
    with pytest.raises(oidc.UnprovenError):
        signed_in(liar)


def test_a_provider_that_calls_itself_by_another_name_is_none(liar):
    liar.metadata = {"issuer": "https://another.example"}
    with pytest.raises(oidc.SilentProviderError):
        signed_in(liar)


@pytest.mark.parametrize("offered", [["HS256"], ["none"], "RS256", [[]]])
def test_a_provider_that_signs_by_no_public_key_is_none(liar, offered):
    """Fails where the library's own choice of methods, a shared secret among them, takes their place."""
    liar.metadata = {"id_token_signing_alg_values_supported": offered}
    with pytest.raises(oidc.SilentProviderError):
        signed_in(liar)


@pytest.mark.parametrize("said", [[], "issuer", None, 7, {}])
def test_a_provider_that_says_nothing_of_itself_is_silent(liar, monkeypatch, said):
    server = Flask("test")
    server.secret_key = "x"
    provider = Provider(server, settings_of(liar))
    with server.test_request_context("/sign-in/oidc"):
        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(liar, "described", lambda: said)
            with pytest.raises(oidc.SilentProviderError):
                provider.begin(BACK)
        assert provider.begin(BACK).status_code == 302  # once it is mended, without a new start


def test_a_provider_that_is_away_is_silent(liar):
    liar.close()
    with pytest.raises(oidc.SilentProviderError):
        signed_in(liar)


def test_groups_that_the_token_leaves_out_are_asked_for(liar):
    liar.claims = {"groups": None}
    liar.userinfo = {"sub": "u-1", "groups": ["admins"]}
    assert signed_in(liar) == Identity("admins", "administrator", "*")


def test_what_is_said_of_somebody_else_is_not_believed(liar):
    liar.claims = {"groups": None}
    liar.userinfo = {"sub": "u-2", "groups": ["admins"]}
    with pytest.raises(oidc.UnprovenError):
        signed_in(liar)


@pytest.mark.parametrize("groups", [[], ["others"], "others", None, 7, [7], {"admins": 1}, ["admins "]])
def test_who_is_in_no_group_of_the_table_has_no_post(liar, groups):
    liar.claims = {"groups": groups}
    liar.userinfo = {"sub": "u-1"}
    with pytest.raises((oidc.UngrantedError, oidc.UnprovenError)):
        signed_in(liar)


def test_a_claim_of_one_text_is_a_group_too(liar):
    liar.claims = {"groups": "admins"}
    assert signed_in(liar).role == "administrator"


def test_another_claim_may_name_the_seat_but_no_person(liar):
    liar.claims = {"post": "东城二号席"}
    assert signed_in(liar, oidc_name="post").name == "东城二号席"
    for name in ("someone@example.com", "13912345678", "", "x" * 200, "a\nb"):
        liar.claims = {"post": name}
        with pytest.raises(oidc.UngrantedError):
            signed_in(liar, oidc_name="post")


def test_coming_back_without_having_begun_opens_nothing(liar):
    server = Flask("test")
    server.secret_key = "x"
    provider = Provider(server, settings_of(liar))
    for query in ("code=c&state=x", "code=c", "", "state=x"):
        with server.test_request_context(f"/sign-in/oidc/back?{query}"), pytest.raises(oidc.StaleError):
            provider.finish()
    assert liar.asked == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"oidc_issuer": "http://sso.example"}, "https://"),
        ({"oidc_issuer": "sso.example"}, "https://"),
        ({"oidc_client_id": ""}, "KITE_OIDC_CLIENT_ID"),
        ({"oidc_client_secret": ""}, "KITE_OIDC_CLIENT_SECRET"),
        ({"oidc_grants": ""}, "KITE_OIDC_GRANTS"),
        ({"oidc_scopes": "profile"}, "openid"),
    ],
)
def test_settings_that_could_sign_nobody_in_are_refused(change, said):
    good = {
        "oidc_issuer": "https://sso.example", "oidc_client_id": "k", "oidc_client_secret": "s",
        "oidc_grants": GRANTS,
    }  # fmt: skip
    insist_on_usable(Settings(**good))
    with pytest.raises(SettingsError, match=said):
        insist_on_usable(Settings(**{**good, **change}))
