"""A headless Chromium for the whole run, a small city, and pages that were watched for errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, Page

from geodata import Pack
from tests.assets.city import make_city
from tests.assets.pages import open_page, watched
from tests.assets.server import CityServer
from tests.assets.values import first_sections

settings.register_profile(
    "browser",
    deadline=None,  # the machine is shared: slow is not wrong
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="session")
def city() -> Pack:
    return make_city()


@pytest.fixture
def server(city: Pack) -> Iterator[CityServer]:
    running = CityServer(city, first_sections(city)).start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def quiet_server(city: Pack) -> Iterator[CityServer]:
    """For tests that change nothing."""
    running = CityServer(city, first_sections(city)).start()
    yield running
    running.stop()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[[], Page]]:
    """Makes pages with an empty memory; a test in which one of them met an error fails."""
    made = []

    def make() -> Page:
        page = browser.new_context(viewport={"width": 900, "height": 700}).new_page()
        made.append((page, watched(page)))
        return page

    yield make
    for page, _ in made:
        page.context.close()
    assert [error for _, errors in made for error in errors] == []


@pytest.fixture
def page(new_page: Callable[[], Page], server: CityServer) -> Page:
    """The map with everything loaded."""
    return open_page(new_page(), server)


@pytest.fixture(scope="module")
def modules(browser: Browser, quiet_server: CityServer) -> Iterator[Page]:
    """A page that can import the modules of the assets, and shows the map of a city at rest."""
    context = browser.new_context(viewport={"width": 900, "height": 700})
    yield open_page(context.new_page(), quiet_server)
    context.close()
