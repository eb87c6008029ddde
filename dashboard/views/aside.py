"""Work that would hold up a web worker's other screens: done beside them, or with a break for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import gevent
from gevent import monkey

Result = TypeVar("Result")


def aside(work: Callable[[], Result]) -> Result:
    """What `work` gives, done in a thread of the hub's pool while other greenlets go on.

    It must not ask for the current request: that stays with the greenlet. Outside of gevent's worker, as in
    tests, it is simply done.
    """
    if not monkey.is_module_patched("threading"):
        return work()
    result: Result = gevent.get_hub().threadpool.apply(work)
    return result


def pause() -> None:
    """Let other greenlets have their turn."""
    if monkey.is_module_patched("threading"):
        gevent.sleep(0)
