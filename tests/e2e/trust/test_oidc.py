"""Signing in by OpenID Connect: the whole code flow in a real Chromium, against a real Canaille."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, TimeoutError, expect

from dashboard.streams.audit import read_audit
from tests.e2e.conftest import Running, run_city
from tests.e2e.scopes.two_counties import OTHER, OWN, send
from tests.e2e.trust import canaille_app_values as values
from tests.e2e.trust.provider import canaille_python, running_canaille
from tests.parts import free_port

pytestmark = [pytest.mark.browser, pytest.mark.valkey]

GRANTS = f"kite-administrators=administrator; kite-wall=wall; 东城值班=officer@{OWN}; kite-leaders=leader"
BACK = "/sign-in/oidc/back"


@dataclass
class Signing:
    """A Kite, its provider's address and a browser."""

    city: Running
    issuer: str
    browser: Browser

    @property
    def url(self) -> str:
        return self.city.kite.url


@pytest.fixture(scope="module")
def signing(built: Path, tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Signing]:
    python, port = canaille_python(), free_port()
    folder = tmp_path_factory.mktemp("oidc")
    settings = {
        "oidc_issuer": f"http://127.0.0.1:{port}",
        "oidc_client_id": values.CLIENT,
        "oidc_client_secret": values.SECRET,
        "oidc_grants": GRANTS,
    }
    with run_city(built, folder / "kite", rate=0, history_days=1, sign_in="required", **settings) as city:
        silent(city)
        back = city.kite.url + BACK
        with running_canaille(python, port, back, folder) as issuer:
            yield Signing(city, issuer, browser)


def silent(city: Running) -> None:
    """Before the provider runs: the page says so, and the other ways in are still there."""
    status, _, content = send(city, "GET", "/sign-in/oidc?lang=en")
    assert status == 503
    assert "does not answer" in content.decode()
    assert 'name="password"' in content.decode()


@contextmanager
def page_of(signing: Signing) -> Iterator[Page]:
    context = signing.browser.new_context(locale="en")
    yield context.new_page()
    context.close()


def go(signing: Signing, page: Page, seat: str, path: str = "", password: str = values.PASSWORD) -> None:
    """From Kite's sign-in page through the provider's, up to where it asks for consent, if it does."""
    page.goto(f"{signing.url}{path or '/sign-in'}")
    page.locator("a.way").click()
    assert page.url.startswith(signing.issuer)
    page.fill("input[name=login]", seat)
    page.locator("[type=submit]").first.click()
    page.fill("input[name=password]", password)
    page.locator("[type=submit]").first.click()


def arrive(page: Page, pattern: str) -> None:
    """Wait until the page's address has the pattern in it; says what there is instead."""
    try:
        page.wait_for_url(re.compile(pattern))
    except TimeoutError:
        raise AssertionError(f"{page.url}: {page.locator('body').inner_text()[:1000]}") from None


def consent(signing: Signing, page: Page, answer: str = "accept") -> None:
    """Agree, or not, where one is asked."""
    arrive(page, f"/oauth/authorize|^{re.escape(signing.url)}")
    if page.url.startswith(signing.issuer):
        page.locator(f"#{answer}").click()


def signs_in(city: Running) -> list[tuple[str, str, str]]:
    told = [entry.told() for _, entry in read_audit(city.store, city.keys) if entry]
    by_oidc = [row for row in told if row["facts"].get("with") == "oidc"]
    return [(row["action"], row["who"], row["role"]) for row in by_oidc]


def test_who_declines_at_the_provider_is_not_signed_in(signing: Signing) -> None:
    """First of this module: once one has agreed, Canaille's store in memory asks nobody any more."""
    with page_of(signing) as page:
        go(signing, page, "seat-e")
        consent(signing, page, "deny")
        arrive(page, re.escape(signing.url + BACK))
        expect(page.get_by_role("alert")).to_have_text("统一身份服务没有批准这次登录。")
        assert page.request.get(f"{signing.url}/live/snapshot").status == 401


def test_a_group_gives_role_and_region(signing: Signing) -> None:
    with page_of(signing) as page:
        go(signing, page, "seat-b")
        consent(signing, page)
        page.wait_for_url(f"{signing.url}/region/{OWN}")
        assert page.request.get(f"{signing.url}/api/v1/cases?region={OWN}").status == 200
        assert page.request.get(f"{signing.url}/api/v1/cases?region={OTHER}").status == 403
        expect(page.locator(".asking")).to_contain_text("东城值班")
        assert page.request.get(f"{signing.url}/admin/trail").status == 403
        assert signs_in(signing.city)[-1] == ("sign_in", "东城值班", "officer")
        # And out again.
        page.goto(f"{signing.url}/sign-out")
        page.goto(f"{signing.url}/region/{OWN}")
        assert urllib.parse.urlsplit(page.url).path == "/sign-in"


def test_one_is_led_back_to_where_one_wanted_to_go(signing: Signing) -> None:
    with page_of(signing) as page:
        go(signing, page, "seat-a", path="/admin/trail")
        consent(signing, page)
        page.wait_for_url(f"{signing.url}/admin/trail")
        expect(page.locator("h1")).to_be_visible()
        cookies = {cookie["name"]: cookie for cookie in page.context.cookies(signing.url)}
        assert cookies["kite_session"]["httpOnly"]


def test_the_first_row_that_fits_decides(signing: Signing) -> None:
    """Who is in two groups."""
    with page_of(signing) as page:
        go(signing, page, "seat-d")
        consent(signing, page)
        page.wait_for_url(f"{signing.url}/region/{OWN}")
    assert signs_in(signing.city)[-1] == ("sign_in", "东城值班", "officer")


@pytest.mark.parametrize("seat", ["seat-c", "seat-f"])
def test_who_is_in_no_group_of_the_table_is_refused_in_one_sentence(signing: Signing, seat: str) -> None:
    with page_of(signing) as page:
        go(signing, page, seat)
        consent(signing, page)
        arrive(page, re.escape(signing.url + BACK))
        expect(page.get_by_role("alert")).to_have_text("您在本市没有对应的岗位，请联系管理员开通。")
        assert page.request.get(f"{signing.url}/api/v1/cases").status == 401
    assert signs_in(signing.city)[-1][0] == "sign_in_failed"


def test_a_wrong_password_stays_at_the_provider(signing: Signing) -> None:
    with page_of(signing) as page:
        go(signing, page, "seat-b", password="wrong")
        assert page.url.startswith(signing.issuer)
        assert page.request.get(f"{signing.url}/live/snapshot").status == 401


def test_what_is_asked_of_the_provider_can_be_used_once_and_here_alone(signing: Signing) -> None:
    """State, nonce and PKCE; and the address that a browser comes back with opens nothing to another."""
    status, headers, _ = send(signing.city, "GET", "/sign-in/oidc")
    asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(headers["Location"]).query))
    assert status == 302
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert all(len(asked[name]) >= 20 for name in ("state", "nonce", "code_challenge"))
    with page_of(signing) as page:
        seen: list[str] = []
        page.on("request", lambda request: seen.append(request.url))
        go(signing, page, "seat-b")
        consent(signing, page)
        page.wait_for_url(f"{signing.url}/region/{OWN}")
        back = next(url for url in seen if url.startswith(signing.url + BACK)).removeprefix(signing.url)
        assert page.request.get(signing.url + back).status == 400
    noted = signs_in(signing.city)
    for path in (back, BACK, f"{BACK}?state=x&code=y"):
        assert send(signing.city, "GET", path)[0] == 400
    assert signs_in(signing.city) == noted  # or anybody could fill the audit stream
    for path in (back, BACK, f"{BACK}?state=x&code=y", f"{BACK}?error=access_denied"):
        status, headers, _ = send(signing.city, "GET", path)
        assert status in (400, 403), path
        assert "kite_session" not in headers.get("Set-Cookie", "").replace("kite_session=;", "")


@pytest.mark.parametrize("after", ["//evil.example/", "https://evil.example/", "/\\evil.example"])
def test_one_is_led_to_no_other_site(signing: Signing, after: str) -> None:
    with page_of(signing) as page:
        go(signing, page, "seat-b", path=f"/sign-in?{urllib.parse.urlencode({'next': after})}")
        consent(signing, page)
        page.wait_for_url(f"{signing.url}/region/{OWN}")


def test_the_clients_secret_is_on_no_page_and_in_no_log(signing: Signing) -> None:
    _, _, content = send(signing.city, "GET", "/sign-in")
    assert values.SECRET not in content.decode()
    assert values.SECRET not in signing.city.kite.log.read_text(errors="replace")
