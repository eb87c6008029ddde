"""What one batch of entries did: what must be written, and what must be said."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.cases import Case
from dashboard.domain.events import Command, Publish
from dashboard.domain.publication import Publication
from dashboard.domain.refused import Refused
from dashboard.streams.codecs import EntryId
from dashboard.streams.dead_letters import DeadLetter
from dashboard.streams.heard import Heard


@dataclass
class Outcome:
    """The effects of a batch, to be written in one transaction.

    `cases`: those that changed, as they now stand. `cameras`, `units`: numbers of those that changed.
    `settled`: grids whose counts of ended disputes changed. `trend`: hour → row to write;
    `outdated_hours`: rows to delete. `dead`: letters. `forget`: raw entries to delete; `rewritten`: raw
    entries to append in their place. `accepted`, `refused`, `heartbeats`: events by raw stream. `heard`:
    what the batch says about its feeds; `feeds`: what of that is due to be written (see `feed_meter`).
    `evaluated`: the index was evaluated. `publications`: those that are new. `answers`: what became of each
    command, as `tables` has it.
    """

    cases: dict[str, Case] = field(default_factory=dict)
    cameras: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    units: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    settled: set[int] = field(default_factory=set)
    trend: dict[int, bytes] = field(default_factory=dict)
    outdated_hours: set[int] = field(default_factory=set)
    dead: list[DeadLetter] = field(default_factory=list)
    forget: list[tuple[str, EntryId]] = field(default_factory=list)
    rewritten: list[tuple[str, dict[bytes, bytes]]] = field(default_factory=list)
    accepted: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    heartbeats: Counter[str] = field(default_factory=Counter)
    heard: Heard = field(default_factory=Heard)
    feeds: dict[str, bytes] = field(default_factory=dict)
    evaluated: bool = False
    publications: list[Publication] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)

    def refuse(self, letter: DeadLetter) -> None:
        """Note one refused event."""
        self.dead.append(letter)
        self.refused[letter.kind] += 1

    def answer(self, command: Command, answer: Case | Refused, grid: int | None) -> None:
        """Note what became of a command; `grid`: where its case is, None where there is no such case."""
        named: dict[str, Any] = {"id": command.id, "case": command.case, "grid": grid}
        if isinstance(answer, Refused):
            named |= {"reason": answer.reason_code, "sentence": answer.sentence, "facts": answer.facts}
        else:
            named |= {"version": answer.version, "state": answer.state}
        self.answers.append(named)

    def answer_publish(self, event: Publish, answer: Publication | Refused) -> None:
        """Note what became of a command that publishes the index."""
        named: dict[str, Any] = {"id": event.id, "case": None, "grid": None}
        if isinstance(answer, Refused):
            named |= {"reason": answer.reason_code, "sentence": answer.sentence, "facts": answer.facts}
        else:
            named |= {"publication": answer.head.number, "at_ms": answer.head.at_ms}
        self.answers.append(named)
