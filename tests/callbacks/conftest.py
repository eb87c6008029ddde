"""The fixtures of the pages' own tests, and small pages in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.views.conftest import compiled, in_language, services
from tests.views.fake_app import Serving, create_fake_app
from tests.views.fakes import services_of

__all__ = ["compiled", "in_language", "page", "served", "services"]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the small city's pages."""
    with Serving(create_fake_app(services_of(data_dir=tmp_path_factory.mktemp("data")))) as serving:
        yield serving.url


@pytest.fixture
def page(request: pytest.FixtureRequest, browser: Browser, served: str) -> Iterator[Page]:
    """A page of its own session; whatever it complains of fails the test, but for what it brings about
    itself (given as the fixture's parameter).
    """
    but = getattr(request, "param", None)
    context = browser.new_context(base_url=served, viewport={"width": 1366, "height": 768})
    page, complaints = context.new_page(), []
    page.set_default_timeout(15_000)
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert [each for each in complaints if but is None or but not in each] == []
