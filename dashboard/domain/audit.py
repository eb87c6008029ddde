"""Who did or saw what, when and from where: one entry each, chained by hash to the one before.

An entry is a line of JSON that holds its number and the hash of the entry before it; its own hash is the
SHA-256 of that line. So who changes, removes, adds or moves an entry has to make every later one again, and
the hash of the newest, which the logs of Kite's processes keep as well (`docs/audit.md`), tells even then.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from dashboard.domain.access import EVERYWHERE, Identity
from dashboard.domain.privacy import personal_text

SEEN, DID = "seen", "did"
ACTIONS: dict[str, str] = {
    # Who comes in
    "sign_in": DID,
    "sign_in_failed": DID,
    "sign_out": DID,
    "locked": DID,
    "unlocked": DID,
    # Who may come in
    "account_added": DID,
    "account_changed": DID,
    "account_removed": DID,
    "password_changed": DID,
    "token_added": DID,
    "token_revoked": DID,
    # What is done to cases and figures
    "case_reported": DID,
    "case_commanded": DID,
    "index_published": DID,
    "letter_resent": DID,
    "letter_dropped": DID,
    # Who is told of them
    "webhook_added": DID,
    "webhook_removed": DID,
    "webhook_tested": DID,
    # What is done to the data as a whole
    "backed_up": DID,
    "restored": DID,
    "upgraded": DID,
    # What is taken away or looked at
    "exported": DID,
    "brief_taken": DID,
    "page_seen": SEEN,
    "case_seen": SEEN,
    "cases_seen": SEEN,
    "figures_seen": SEEN,
    "snapshot_seen": SEEN,
    "events_followed": SEEN,
    "trail_seen": DID,
    "trail_archived": DID,
}
"""What can be noted. What somebody did is written before they are answered, what they saw soon after."""

DONE, REFUSED, FAILED = "done", "refused", "failed"
OUTCOMES = (DONE, REFUSED, FAILED)

TEXT_LIMIT = 200
"""Characters that are kept of a subject, a fact and the like."""
FACTS_LIMIT = 12
WITHHELD = "(withheld)"
"""Stands for what looks like personal data: neither kept nor repeated."""

START = "0" * 64
"""Stands before the first entry, where the others have the hash of the one before."""


@dataclass(frozen=True, slots=True)
class Happening:
    """What an entry says. Raises `KeyError` for an action that is not in `ACTIONS`."""

    at_ms: int
    """When, by the clock of the process that noted it, ms since 1970."""
    who: str
    """Name of the account or token; empty where nobody was signed in."""
    role: str
    bound: str
    """Code of the region that they are bound to, `*` for none."""
    action: str
    subject: str = ""
    """What it was done to: a case, a path, an account."""
    region: str = EVERYWHERE
    """Code of the region that it is about; `*` for all, which only who is bound to none may read."""
    where: str = ""
    """Network address that it was asked from, or the means, as `command line`."""
    outcome: str = DONE
    facts: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.action not in ACTIONS:
            raise KeyError(f"{self.action!r} is not in ACTIONS of dashboard/domain/audit.py")
        if self.outcome not in OUTCOMES:
            raise KeyError(f"{self.outcome!r} is no outcome; they are {', '.join(OUTCOMES)}")


def happening(
    at_ms: int,
    who: Identity | None,
    action: str,
    *,
    subject: str = "",
    region: str = "",
    where: str = "",
    outcome: str = DONE,
    facts: Mapping[str, str] | None = None,
) -> Happening:
    """A `Happening` with short texts and nothing personal; without a region it is about who's own."""
    of_whom = who or Identity("", "", EVERYWHERE)
    kept = {_kept(name): _kept(value) for name, value in list((facts or {}).items())[:FACTS_LIMIT]}
    return Happening(
        at_ms,
        _kept(of_whom.name),
        of_whom.role,
        of_whom.region_code,
        action,
        _kept(subject),
        _kept(region or of_whom.region_code),
        _kept(where),
        outcome,
        kept,
    )


def _kept(text: object) -> str:
    """A text as it may be kept. It is searched beyond its end: what is cut off there may be half a number."""
    plain = "".join(c if c.isprintable() else " " for c in str(text)[: 2 * TEXT_LIMIT])
    return WITHHELD if personal_text(plain) else plain[:TEXT_LIMIT]


@dataclass(frozen=True, slots=True)
class Link:
    """The end of the chain: number of the newest entry, and its hash."""

    number: int
    hash: str


BEFORE_ALL = Link(0, START)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it is stored: its line and its hash."""

    line: bytes
    hash: str

    def told(self) -> dict[str, Any]:
        """What the line says; raises `ValueError` for one that is no object."""
        told = orjson.loads(self.line)
        if not isinstance(told, dict):
            raise ValueError("not an object")
        return told


def chained(happened: Happening, after: Link) -> tuple[Entry, Link]:
    """The entry that comes next after `after`, and the end of the chain with it."""
    number = after.number + 1
    line = orjson.dumps(
        {
            "number": number,
            "at_ms": happened.at_ms,
            "who": happened.who,
            "role": happened.role,
            "bound": happened.bound,
            "action": happened.action,
            "subject": happened.subject,
            "region": happened.region,
            "where": happened.where,
            "outcome": happened.outcome,
            "facts": dict(happened.facts),
            "before": after.hash,
        }
    )
    digest = hash_of(line)
    return Entry(line, digest), Link(number, digest)


def hash_of(line: bytes) -> str:
    """SHA-256 of an entry's line, in hexadecimal digits."""
    return hashlib.sha256(line).hexdigest()


@dataclass(frozen=True, slots=True)
class Fault:
    """Where the chain does not hold; the sentence is for people. No id: it is about the whole."""

    id: str
    sentence: str


class Verifier:
    """Follows a chain from its beginning, entry by entry, and keeps what does not hold."""

    def __init__(self, heads: Iterable[str] = (), begin: Link = BEFORE_ALL) -> None:
        """`heads`: hashes that are known from elsewhere, as the logs; `begin`: what came before."""
        self.end = begin
        self.count = 0
        self.faults: list[Fault] = []
        self._missing = dict.fromkeys(heads)

    def take(self, stored_id: str, entry: Entry | None) -> None:
        """Look at the next entry, stored under this id; None for one of another form."""
        self.count += 1
        problem = self._problem(stored_id, entry)
        if problem:
            self.faults.append(Fault(stored_id, problem))
        # From here on as stored, or one fault would be told of every later entry.
        self.end = Link(number_of(stored_id), entry.hash if entry else "")
        if not problem and entry is not None:
            self._missing.pop(entry.hash, None)

    def _problem(self, stored_id: str, entry: Entry | None) -> str:
        if entry is None:
            return "it has not the two fields of an entry, and nothing else"
        if hash_of(entry.line) != entry.hash:
            return "its hash is not that of its content: one of them was changed"
        try:
            told = entry.told()
        except ValueError:
            return "it is not written as an entry"
        if stored_id != id_of(told.get("number")):
            return f"it says that it is number {told.get('number')}: it was moved"
        if told["number"] != self.end.number + 1:
            return f"it comes after number {self.end.number}: what was between is missing"
        if told.get("before") != self.end.hash:
            return "it does not continue the entry before it: one of them was exchanged"
        return ""

    def close(self) -> list[Fault]:
        """All faults, once every entry was taken; a head that was not met was cut off or exchanged."""
        sentence = "no entry has the hash {}: the chain was cut off before it, or made again"
        return [*self.faults, *(Fault("", sentence.format(head)) for head in self._missing)]


def id_of(number: object) -> str:
    """The id in the stream of the entry with this number."""
    return f"{number}-0"


def number_of(stored_id: str) -> int:
    """The number of the entry with this id in the stream."""
    return int(stored_id.partition("-")[0])
