"""The targets by name, how many of the inputs are each one's, and running them."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from tests.fuzz.api import fuzz_api
from tests.fuzz.bytes import fuzz_bytes
from tests.fuzz.callbacks import fuzz_callbacks
from tests.fuzz.entries import fuzz_entries
from tests.fuzz.files import fuzz_files
from tests.fuzz.routes import fuzz_routes
from tests.fuzz.served import Served, served
from tests.fuzz.tally import Tally, say

SHARES: Mapping[str, float] = MappingProxyType(
    {"entries": 0.12, "bytes": 0.50, "files": 0.12, "api": 0.11, "routes": 0.11, "callbacks": 0.04}
)
"""Target → its share of the inputs."""
ALONE: Mapping[str, Callable[[int, int], Tally]] = MappingProxyType(
    {"bytes": fuzz_bytes, "files": fuzz_files, "entries": fuzz_entries}
)
SERVED: Mapping[str, Callable[[Served, int, int], Tally]] = MappingProxyType(
    {"api": fuzz_api, "routes": fuzz_routes, "callbacks": fuzz_callbacks}
)
"""Targets that ask a whole Kite."""


def run(targets: Sequence[str], inputs: int, seed: int, built: Path | None = None) -> list[Tally]:
    """The tallies of the targets, each printed as it ends; `built`: where the small city's pack is.

    Where there is no atheris for the machine, which says so, the other targets have its inputs too.
    """
    if "bytes" in targets and importlib.util.find_spec("atheris") is None:
        say("bytes        left out: there is no atheris for this Python or machine")
        targets = [name for name in targets if name != "bytes"]
    whole = sum(SHARES[name] for name in targets)
    wanted = {name: max(1, round(inputs * SHARES[name] / whole)) for name in targets}
    tallies = [_told(make(wanted[name], seed)) for name, make in ALONE.items() if name in targets]
    asked = [name for name in targets if name in SERVED]
    if asked:
        with served(built) as kite:
            tallies += [_told(SERVED[name](kite, wanted[name], seed)) for name in asked]
            if "Traceback" in kite.log():
                tallies[-1].fail(f"Kite's log has a traceback: {_first_trace(kite.log())}")
    return tallies


def _told(tally: Tally) -> Tally:
    for line in tally.lines():
        say(line)
    return tally


def _first_trace(log: str) -> str:
    place = log.index("Traceback")
    return log[max(0, place - 300) : place + 3000]
