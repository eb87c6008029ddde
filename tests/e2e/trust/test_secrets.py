"""No secret that a running Kite has made or was given stands in a page, an answer or a log."""

from __future__ import annotations

import hashlib
import http.client
import json
import re
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import Running, app, run_city
from tests.e2e.scopes.two_counties import OWN
from tests.e2e.test_api import token
from tests.e2e.trust.test_walk import asked, everything, filled
from tests.e2e.trust.walked import ROLES

pytestmark = pytest.mark.valkey

SECRET_KEY = "a-key-of-this-test-that-signs-sessions-0123456789"
CLIENT_SECRET = "a-secret-of-this-test-for-the-provider"
OWN_PASSWORD = "一个自己的口令-of-this-test-4711"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def told(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, str]]:
    """A Kite that logs all it can, and the one-time password that it has printed."""
    settings = {
        "rate": 0,
        "sign_in": "required",
        "log_level": "DEBUG",
        "log_format": "json",
        "secret_key": SECRET_KEY,
        "oidc_issuer": "http://127.0.0.1:9",
        "oidc_client_id": "kite",
        "oidc_client_secret": CLIENT_SECRET,
        "oidc_grants": "duty=officer",
        "limit_sign_in": "none",
    }
    with run_city(built, tmp_path_factory.mktemp("secrets"), **settings) as city:
        printed = re.search(r"password: (\S+)", log_of(city))
        assert printed, log_of(city)[:2000]
        yield city, printed[1]


def log_of(city: Running) -> str:
    return city.kite.log.read_text(encoding="utf-8", errors="replace")


def posted(city: Running, path: str, fields: dict[str, str], **headers: str) -> tuple[int, str, str]:
    """(status, where it leads, the session's cookie) of a form."""
    link = http.client.HTTPConnection(city.kite.url.removeprefix("http://"), timeout=60)
    link.request("POST", path, urllib.parse.urlencode(fields), {"Content-Type": FORM, **headers})
    answer = link.getresponse()
    answer.read()
    link.close()
    cookies = answer.headers.get_all("Set-Cookie") or []
    session = next((line.split(";")[0] for line in cookies if line.startswith("kite_session=")), "")
    return answer.status, answer.headers.get("Location", ""), session


def signed_in(city: Running, first: str) -> str:
    """The cookie of the administrator, who has chosen a password."""
    own = {"Origin": city.kite.url}
    status, place, session = posted(city, "/sign-in", {"name": "administrator", "password": first}, **own)
    assert (status, place) == (303, "/password")
    chosen = {"before": first, "new": OWN_PASSWORD, "again": OWN_PASSWORD}
    status, _, after = posted(city, "/password", chosen, Cookie=session, **own)
    assert status == 303
    return after or session


def kept_by_the_store(city: Running) -> set[str]:
    """Hashes of passwords, tokens and sessions."""
    found = set()
    for name in ("accounts", "tokens", "sessions"):
        for key in city.store.keys(f"{{{city.keys.city}}}:{name}*"):
            if city.store.type(key) == b"hash":
                for field, value in city.store.hgetall(key).items():
                    said = value.decode(errors="replace")
                    found |= set(re.findall(r"\$argon2[^\"]+", said))
                    if len(field) == 64:
                        found.add(field.decode())
    return found


def test_no_secret_is_in_a_page_or_a_log(told: tuple[Running, str]) -> None:
    city, first = told
    texts = {role: token(city, f"某某{role}", role=role) for role in ROLES.values()}
    hook = app("webhook", "add", "http://127.0.0.1:9/hook", **city.environment())
    assert hook.returncode == 0, hook.stderr
    session = signed_in(city, first)
    kept = kept_by_the_store(city)
    assert any(line.startswith("$argon2") for line in kept)
    assert {hashlib.sha256(text.encode()).hexdigest() for text in texts.values()} <= kept
    secrets = {
        SECRET_KEY, CLIENT_SECRET, OWN_PASSWORD, hook.stdout.strip(), session.partition("=")[2],
        urllib.parse.quote(OWN_PASSWORD), json.dumps(OWN_PASSWORD)[1:-1], *texts.values(), *kept,
    }  # fmt: skip

    def held(content: bytes) -> list[str]:
        said = content.decode("utf-8", errors="replace")
        return sorted(secret for secret in {*secrets, first} if secret in said)

    found, pages = {}, 0
    reading = {("GET", rule): row for (method, rule), row in everything().items() if method == "GET"}
    for (_, rule), row in reading.items():
        path = filled(row.path, city, OWN)
        for who in ({"Cookie": session}, {}, {"Authorization": f"Bearer {texts['wall']}"}):
            status, content = asked(city, "GET", path, None, None, Accept="text/html", **who)
            pages += 1
            if status == 500 or held(content):  # the provider is not there, which is a 503
                found[rule, *who] = (status, held(content))
    for page in (
        "/",
        "/dispatch/",
        "/wall/",
        "/province/",
    ):  # the first page of all was asked: what it is made of
        for part in ("_dash-layout", "_dash-dependencies"):
            _, content = asked(city, "GET", f"{page}{part}", None, None, Cookie=session)
            if held(content):
                found[page, part] = (200, held(content))
    assert found == {}
    assert pages > 150

    # What goes wrong with a secret in hand
    asked(city, "GET", f"/wall/?token={texts['officer']}", None, None)  # no screen's
    asked(city, "GET", f"/wall/?token={texts['wall']}", None, None)
    asked(city, "GET", "/api/v1/cases", None, texts["officer"], Authorization=f"Basic {texts['leader']}")
    posted(city, "/sign-in", {"token": texts["unit"] + "x"}, Origin=city.kite.url)
    posted(city, "/sign-in", {"name": "administrator", "password": OWN_PASSWORD + "x"}, Origin=city.kite.url)
    asked(city, "GET", f"/sign-in/oidc/back?code={CLIENT_SECRET}&state=x", None, None)
    asked(city, "POST", "/_dash-update-component", {"output": texts["leader"]}, texts["leader"])
    assert app("token", "list", **city.environment()).stdout.count("某某") == len(ROLES)
    log = log_of(city)
    assert [secret for secret in secrets if secret in log] == []
    assert log.count(first) == 1  # said once on purpose, by the first start
