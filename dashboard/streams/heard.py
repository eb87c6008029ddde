"""What a batch says about its feeds, noted while its entries are applied: nothing of it is state."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from dashboard.domain.events import Heartbeat, Report

OfSource = tuple[str, str]
"""(raw stream, source)."""


@dataclass
class Heard:
    """Counts of one batch. `repeats`: events by raw stream that said nothing new.

    `history`: those that tell of what is over, as an import does: nothing is learned of a feed from them.
    `sources`: reports, `echoes`: those of them that said nothing new, `alive`: heartbeats, all by
    `OfSource`. `places`: reports by grid. `contents`: (source, hash of what it says) of each new case.
    """

    repeats: Counter[str] = field(default_factory=Counter)
    history: Counter[str] = field(default_factory=Counter)
    sources: Counter[OfSource] = field(default_factory=Counter)
    echoes: Counter[OfSource] = field(default_factory=Counter)
    alive: Counter[OfSource] = field(default_factory=Counter)
    places: Counter[int] = field(default_factory=Counter)
    contents: list[tuple[str, int]] = field(default_factory=list)

    def report(self, kind: str, report: Report, grid: int, is_new: bool, said_anything: bool) -> None:
        """An accepted report: of a new case, or of a known one that it may have said nothing new about."""
        if report.closed_at_ms is not None:
            self.history[kind] += 1
            return
        if report.source:
            self.sources[kind, report.source] += 1
        self.places[grid] += 1
        if not said_anything:
            self.repeat(kind, report.source)
        elif is_new and (report.place or report.summary):
            said = (report.type, report.lon, report.lat, report.grid, report.place, report.summary)
            self.contents.append((report.source, hash(said)))

    def repeat(self, kind: str, source: str = "", count: int = 1) -> None:
        """Events that said nothing new."""
        if count:
            self.repeats[kind] += count
            if source:
                self.echoes[kind, source] += count

    def heartbeat(self, kind: str, heartbeat: Heartbeat) -> None:
        """A feed says that it is alive."""
        self.alive[kind, heartbeat.source] += 1
