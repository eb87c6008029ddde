"""The independent ledger: what was acknowledged, refused or left open, held against what became of it.

It knows ids, not Kite: an id that was acknowledged must stand in the record once and in the state once; one
that was said not to be written must not stand anywhere; one whose answer was lost may, but not twice.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import redis

from dashboard.streams.case_book import decode_case
from dashboard.streams.dead_letters import read_dead
from dashboard.streams.keys import Keys

_PAGE = 5_000
_MOST_LETTERS = 100_000


@dataclass
class Ledger:
    """Ids by kind (`reports`, `commands`; of `cameras` the stream's own): acknowledged, denied, open.

    `cases`: command → the case that it was sent for.
    """

    acknowledged: dict[str, set[str]] = field(default_factory=lambda: {"reports": set(), "commands": set()})
    denied: dict[str, set[str]] = field(default_factory=lambda: {"reports": set(), "commands": set()})
    unsure: dict[str, set[str]] = field(default_factory=lambda: {"reports": set(), "commands": set()})
    telemetry: set[str] = field(default_factory=set)
    telemetry_unsure: int = 0
    cases: dict[str, str] = field(default_factory=dict)

    def counts(self) -> dict[str, int]:
        """How many of each."""
        return {
            "acknowledged": sum(map(len, self.acknowledged.values())) + len(self.telemetry),
            "answer lost": sum(map(len, self.unsure.values())) + self.telemetry_unsure,
            "denied": sum(map(len, self.denied.values())),
        }

    def check(self, client: redis.Redis, keys: Keys) -> dict[str, list[str]]:
        """What is wrong, by what it is: the ids; nothing where all is right. Needs a projector at the end."""
        written = {kind: _ids(client, keys.raw(kind)) for kind in ("reports", "commands")}
        ours = {kind: self._ours(kind) for kind in written}
        applied = {"reports": self._cases_there(client, keys), "commands": self._commands_there(client, keys)}
        letters = Counter((letter.kind, str(letter.entry), letter.position)
                          for _, letter in read_dead(client, keys, _MOST_LETTERS))  # fmt: skip
        wrong: dict[str, list[str]] = {}
        for kind, in_record in written.items():
            there = applied[kind]
            wrong[f"acknowledged {kind} not in the record"] = [*self.acknowledged[kind] - in_record.keys()]
            wrong[f"acknowledged {kind} not applied"] = [*self.acknowledged[kind] - there.keys()]
            wrong[f"{kind} of the record not applied"] = [*(in_record.keys() & ours[kind]) - there.keys()]
            wrong[f"{kind} said not to be written that are"] = [*self.denied[kind] & in_record.keys()]
            wrong[f"{kind} written twice"] = [one for one in ours[kind] if in_record[one] > 1]
            wrong[f"{kind} applied twice"] = [one for one in ours[kind] if there[one] > 1]
        wrong["acknowledged cameras' states not in the record"] = self._telemetry_lost(client, keys)
        wrong["letters written twice"] = [str(letter) for letter, count in letters.items() if count > 1]
        return {what: found for what, found in wrong.items() if found}

    def _ours(self, kind: str) -> set[str]:
        return self.acknowledged[kind] | self.unsure[kind] | self.denied[kind]

    def _cases_there(self, client: redis.Redis, keys: Keys) -> Counter[str]:
        known: Any = client.hkeys(keys.state("cases"))
        return Counter(case.decode() for case in known)

    def _commands_there(self, client: redis.Redis, keys: Keys) -> Counter[str]:
        """How often each of our commands stands in the history of its case."""
        cases = sorted(set(self.cases.values()))
        steps: Counter[str] = Counter()
        for first in range(0, len(cases), _PAGE):
            packed: Any = client.hmget(keys.state("cases"), cases[first : first + _PAGE])
            for data in packed:
                steps.update(step.id for step in (decode_case(data).history if data else ()))
        return steps

    def _telemetry_lost(self, client: redis.Redis, keys: Keys) -> list[str]:
        there = {entry.decode() for entry, _ in _entries(client, keys.raw("cameras"))}
        return sorted(self.telemetry - there)


def _ids(client: redis.Redis, stream: str) -> Counter[str]:
    """How often each id stands in a stream of flat entries."""
    return Counter(
        fields[b"id"].decode() for _, fields in _entries(client, stream) if fields and b"id" in fields
    )


def _entries(client: redis.Redis, stream: str) -> Any:
    start = "-"
    while True:
        page: Any = client.xrange(stream, min=start, count=_PAGE)
        yield from page
        if len(page) < _PAGE:
            return
        start = f"({page[-1][0].decode()}"
