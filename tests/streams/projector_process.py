"""A projector as a process of its own, for tests that kill it."""

from __future__ import annotations

import multiprocessing
import signal
from multiprocessing.context import ForkServerContext, ForkServerProcess

from dashboard.streams import projector
from tests.streams.small_city import make_city


def main(url: str) -> None:
    """Project the small city until SIGTERM."""
    asked: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: asked.append(number))
    projector.run(url, make_city(), changes_max=100_000, telemetry_max=1_000_000, stop=lambda: bool(asked))


def starter() -> ForkServerContext:
    """A context whose processes start in no time: everything has been imported before they fork."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


def start(context: ForkServerContext, url: str) -> ForkServerProcess:
    """Start a projector's process."""
    process = context.Process(target=main, args=(url,), daemon=True)
    process.start()
    return process
