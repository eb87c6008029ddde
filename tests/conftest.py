"""What all tests share: one browser, as only one of its kind may run in a process; no limit on examples."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings
from playwright.sync_api import Browser

from tests.parts import chromium

# How long an example takes depends on what else the machine does.
settings.register_profile("kite", deadline=None)
settings.load_profile("kite")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium; contexts of their own keep tests apart."""
    with chromium() as running:
        yield running
