"""Waiting in a page until something is so, under a Content-Security-Policy.

Playwright's own `wait_for_function` asks again by `eval` within the page, which Kite's policy forbids; and
with its `bypass_csp` no test would run under that policy. This one asks again from outside.
"""

from __future__ import annotations

import time
from typing import Any

from playwright.sync_api import Error, Page, TimeoutError

AGAIN_MS = 15
DEFAULT_MS = 30_000
_LEFT = ("context was destroyed", "navigat")
"""What is said of a page that is being left; the next one is asked."""


def wait_for_function(
    page: Page, expression: str, *, arg: Any = None, timeout: float | None = None, polling: Any = None
) -> None:
    """Block until the expression is true in the page; `TimeoutError` after `timeout` ms."""
    patience_ms = DEFAULT_MS if timeout is None else timeout
    end_s = time.monotonic() + patience_ms / 1000
    while not _is_so(page, expression, arg):
        if time.monotonic() > end_s:
            raise TimeoutError(f"after {patience_ms} ms still not so: {expression}")
        page.wait_for_timeout(AGAIN_MS)


def _is_so(page: Page, expression: str, arg: Any) -> bool:
    try:
        found = page.evaluate(expression, arg)
    except Error as problem:
        if any(words in str(problem) for words in _LEFT):
            return False
        raise
    return bool(found) or isinstance(found, dict | list)  # a page's objects are true, also empty ones
