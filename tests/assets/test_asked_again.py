"""What a page is made of is asked for until it is answered."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.assets.pages import LOADED
from tests.assets.server import CityServer

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("part", ["_dash-layout", "_dash-dependencies"])
def test_a_page_that_is_opened_during_a_fault_is_there_after_it(
    new_page: Callable[[], Page], server: CityServer, part: str
) -> None:
    """Fails when one lost answer, or one that the store was away for, leaves the page waiting for ever."""
    page, asked = new_page(), list[str]()
    faults: list[Callable[[Route], None]] = [
        lambda route: route.abort(),
        lambda route: route.fulfill(status=503, json={"sentence": "The store does not answer."}),
        lambda route: route.fulfill(status=503, body="Kite is starting."),
    ]

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) <= len(faults):
            faults[len(asked) - 1](route)
        else:
            route.continue_()

    page.route(f"**/{part}", answer)
    page.goto(server.url)
    page.wait_for_function(f"window.kite?.marks.firstMap && {LOADED}")
    assert len(asked) == len(faults) + 1


def test_who_is_nobody_any_more_is_led_to_the_sign_in_by_the_page(
    new_page: Callable[[], Page], server: CityServer
) -> None:
    page, asked = new_page(), list[str]()

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) == 1:
            route.fulfill(status=401, json={"sentence": "The session has ended."})
        else:
            route.continue_()

    page.route("**/_dash-layout", answer)
    page.goto(server.url)
    page.wait_for_function(f"window.kite?.marks.firstMap && {LOADED}")
    assert len(asked) == 2


def test_a_page_whose_script_was_lost_is_loaded_again(browser: Browser, server: CityServer) -> None:
    """Not by `new_page`, as Chromium says of the first time that Dash is not there."""
    page, asked = browser.new_context(viewport={"width": 900, "height": 700}).new_page(), list[str]()

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) == 1:
            route.abort()
        else:
            route.continue_()

    page.route("**/dash_renderer*.js", answer)
    page.goto(server.url)
    page.wait_for_function(f"window.kite?.marks.firstMap && {LOADED}")
    assert len(asked) == 2
    page.context.close()
