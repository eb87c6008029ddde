"""What all tests share: one browser, as only one of its kind may run in a process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.parts import chromium


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium; contexts of their own keep tests apart."""
    with chromium() as running:
        yield running
