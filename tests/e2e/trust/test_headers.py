"""Every page under the Content-Security-Policy, in a real Chromium: it works, and the console is empty."""

from __future__ import annotations

import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.e2e.conftest import Running, run_city
from tests.e2e.screens import PATIENCE_MS, loaded
from tests.e2e.test_api import token

pytestmark = [pytest.mark.browser, pytest.mark.valkey]

CODE = "990100"
LISTEN = """document.addEventListener('securitypolicyviolation', event => console.error(
  `refused by ${event.effectiveDirective}: ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));"""


@pytest.fixture(scope="module")
def trusted(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A Kite where one must sign in, with a simulator."""
    with run_city(built, tmp_path_factory.mktemp("headers"), rate=20, sign_in="required") as city:
        yield city


@pytest.fixture(scope="module")
def administrator(trusted: Running) -> str:
    return token(trusted, "总值班", role="administrator")


def mapped(page: Page) -> None:
    loaded(page)


def with_tabs(page: Page) -> None:
    """The map, and every tab of a region opened."""
    loaded(page)
    for tab in page.get_by_role("tab").all():
        tab.click()
        expect(tab).to_have_attribute("aria-selected", "true")
        for choice in page.locator("label.mantine-SegmentedControl-label").all():
            if choice.is_visible():
                choose(choice)


def choose(choice: Locator) -> None:
    """Click it, unless what was chosen before it takes it away just now."""
    try:
        choice.click(timeout=5000)
    except PlaywrightTimeout:
        if choice.is_visible():
            raise


def with_a_case(page: Page) -> None:
    """The desk, and the first case of its queue opened."""
    loaded(page)
    page.locator(".desk-grid .ag-row").first.click(timeout=PATIENCE_MS)
    expect(page.locator(".desk-grid .ag-row-selected").first).to_be_visible(timeout=PATIENCE_MS)


def shown(selector: str) -> Callable[[Page], None]:
    def wait(page: Page) -> None:
        expect(page.locator(selector).first).to_be_visible(timeout=PATIENCE_MS)

    return wait


VIEWS: dict[str, Callable[[Page], None]] = {
    f"/region/{CODE}": with_tabs,
    "/dispatch/": with_a_case,
    "/wall/": mapped,
    "/province/": shown(".ag-row"),
    "/unit/{unit}": shown("#unit-list"),
    f"/brief/{CODE}": shown("svg"),
    "/api/v1/docs/": shown(".opblock"),
    "/sign-in": shown("form"),
    **{f"/admin/{name}": shown("h1") for name in ("accounts", "tokens", "trail", "letters", "feeds")},
}


@contextmanager
def watched(browser: Browser, city: Running, text: str | None) -> Iterator[tuple[Page, list[str]]]:
    """A page of who has this token, and what the browser says on its console."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    if text is not None:
        context.add_cookies([{"name": "kite_token", "value": text, "url": city.kite.url}])
    page, said = context.new_page(), []
    page.add_init_script(LISTEN)
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"error: {error}"))
    try:
        yield page, said
    finally:
        context.close()


def address(city: Running, view: str) -> str:
    call_sign = urllib.parse.quote(str(city.pack.units.call_sign[0]))
    return city.kite.url + view.replace("{unit}", call_sign)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_view_works_and_the_console_is_empty(
    trusted: Running, administrator: str, browser: Browser, lang: str
) -> None:
    complaints = {}
    for view, wait in VIEWS.items():
        with watched(browser, trusted, administrator) as (page, said):
            answer = page.goto(f"{address(trusted, view)}?lang={lang}")
            assert answer is not None
            assert answer.status == 200, view
            assert "script-src 'self'" in answer.headers["content-security-policy"]
            try:
                wait(page)
            except AssertionError as problem:
                said.append(str(problem))
            if said:
                complaints[view] = said
    assert complaints == {}
