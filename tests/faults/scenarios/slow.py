"""Everything that the parts and the store say to each other takes long."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.proxy import Proxy, Weather
from tests.faults.report import Finding
from tests.faults.scene import apart, settle
from tests.faults.spell import Spell, endure

_ROUND_TRIPS = 5  # that an answer takes at least: so much longer it may take


def run(built: Path, folder: Path, quick: bool) -> Finding:
    """See above."""
    seconds, delays_s = (4.0, (0.25,)) if quick else (20.0, (0.05, 0.25, 1.0))
    told = ", ".join(f"{1000 * delay:.0f}" for delay in delays_s)
    finding = Finding("slow", f"{told} ms added each way between the store and all parts, {seconds:g} s each")
    with one_way() as way, apart(built, folder, "slow", way, projector=way) as scene:
        for delay_s in delays_s:
            endure(scene, finding, spell(way.weather, delay_s, seconds))
        settle(scene, finding, folder / "scratch")
    return finding


def spell(weather: Weather, delay_s: float, seconds: float) -> Spell:
    """So slow for so long."""

    def be(delay_s: float) -> None:
        weather.delay_s = delay_s

    what = f"{1000 * delay_s:.0f} ms each way"
    patience_s = 10.0 + _ROUND_TRIPS * 2 * delay_s
    return Spell(what, seconds, lambda: be(delay_s), lambda: be(0.0), False, patience_s)


class Way:
    """The way to a store that is known only later: its address in, that of the line to it out."""

    def __init__(self) -> None:
        self.weather = Weather()
        self.line: Proxy | None = None

    def __call__(self, address: str) -> str:
        if self.line is None:
            self.line = Proxy(address, weather=self.weather)
            self.line.start()
        return self.line.address


@contextmanager
def one_way() -> Iterator[Way]:
    """One line for all who ask for it."""
    way = Way()
    try:
        yield way
    finally:
        if way.line is not None:
            way.line.stop()
