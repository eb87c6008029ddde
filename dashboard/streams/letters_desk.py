"""What is done about dead letters: corrected and sent again, or dropped with a reason; each once.

What was done stands in the hash `{city}:letters`: a letter's id → its `Mark`, and `>kind:entry` → the id of
the letter that an entry was sent for. The mark and the new entry are written by one script of the server: a
second click, or a crash at any moment, never sends a letter twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

import orjson
import redis

from dashboard.streams.dead_letters import DeadLetter, read_counts
from dashboard.streams.errors import StreamsError
from dashboard.streams.keys import Keys

RESENT, DROPPED = "resent", "dropped"
DROP_REASONS = ("mistaken", "outdated", "repeated", "test", "personal", "other")
"""Why a letter is dropped; a table and no free text, so that nothing personal is written here."""

_ID = re.compile(r"\d{1,16}-\d{1,16}")
_PAGE, _MOST_LOOKED_AT = 200, 4_000
_SETTLE = """
local known = redis.call('HGET', KEYS[1], ARGV[1])
if known then return {0, known} end
if #redis.call('XRANGE', KEYS[2], ARGV[1], ARGV[1]) == 0 then return {-1, ''} end
local entry = ''
if #ARGV > 5 then
  entry = redis.call('XADD', KEYS[4], '*', unpack(ARGV, 6))
  redis.call('HSET', KEYS[1], '>' .. ARGV[5] .. ':' .. entry, ARGV[1])
end
local mark = entry .. ' ' .. ARGV[2]
redis.call('HSET', KEYS[1], ARGV[1], mark)
redis.call('HINCRBY', KEYS[3], ARGV[3] .. ':' .. ARGV[4], 1)
return {1, mark}
"""


class LetterError(StreamsError):
    """A letter that can't be dealt with so; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What was done about a letter: `RESENT` or `DROPPED`, when (ms), by which seat.

    `entry`: id of the entry that was sent, of `reason` one of `DROP_REASONS` for a dropped one; else empty.
    """

    done: str
    at_ms: int
    by: str
    reason: str = ""
    entry: str = ""

    def to_json(self) -> bytes:
        """As it is stored, but for the entry, which the server adds."""
        return orjson.dumps({"done": self.done, "at_ms": self.at_ms, "by": self.by, "reason": self.reason})

    @classmethod
    def from_stored(cls, stored: bytes) -> Mark:
        """The mark that is stored."""
        entry, _, told = stored.partition(b" ")
        return cls(**orjson.loads(told), entry=entry.decode())


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter with its id, what was done about it, and the letter that it was sent for (else empty)."""

    id: str
    letter: DeadLetter
    mark: Mark | None = None
    again: str = ""

    @property
    def came_ms(self) -> int:
        """When it was refused, ms."""
        return int(self.id.partition("-")[0])

    @property
    def can_be_sent(self) -> bool:
        """Whether its values were kept, and are those of one event."""
        values = self.letter.values
        if values is None or set(values) == {"value"}:  # what stood in the place of an event
            return False
        return not {"packed", "checkpoint"} & set(values)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which letters are asked for; an empty text: all. `done`: `waiting`, `RESENT` or `DROPPED`."""

    kind: str = ""
    reason: str = ""
    done: str = ""

    def holds(self, letter: Letter) -> bool:
        """Whether it is one of them."""
        done = letter.mark.done if letter.mark else "waiting"
        wanted = ((self.kind, letter.letter.kind), (self.reason, letter.letter.reason), (self.done, done))
        return all(asked in ("", has) for asked, has in wanted)


@dataclass(frozen=True, slots=True)
class Found:
    """A page of letters, newest first; `further`: the id before which to look on, empty at the end."""

    letters: list[Letter]
    further: str


class LettersDesk:
    """The letters of one city; raises one of `client.FAILED` when the store doesn't answer."""

    def __init__(self, client: redis.Redis, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._settle = client.register_script(_SETTLE)

    def counts(self) -> dict[tuple[str, str, str], int]:
        """See `dead_letters.read_counts`."""
        return read_counts(self._client, self._keys)

    def letter(self, letter_id: str) -> Letter:
        """The letter of that id; raises `LetterError` where there is none."""
        if not _ID.fullmatch(letter_id):
            raise LetterError("That is not the id of a dead letter.")
        found: Any = self._client.xrange(self._keys.dead, letter_id, letter_id)
        if not found:
            raise LetterError(f"There is no dead letter {letter_id} (any more).")
        return next(self._marked(found))

    def page(self, asked: Asked, before: str = "", most: int = 50) -> Found:
        """The newest letters that are asked for, before the id where one is given.

        Looks at some thousand letters; where they hold too few, `further` says where to look on.
        """
        letters: list[Letter] = []
        end, looked_at = f"({before}" if _ID.fullmatch(before) else "+", 0
        while looked_at < _MOST_LOOKED_AT:
            entries: Any = self._client.xrevrange(self._keys.dead, max=end, count=_PAGE)
            for letter in self._marked(entries):
                if asked.holds(letter):
                    letters.append(letter)
                if len(letters) == most:
                    return Found(letters, letter.id)
            if len(entries) < _PAGE:
                return Found(letters, "")
            looked_at += len(entries)
            end = f"({entries[-1][0].decode()}"
        return Found(letters, end.removeprefix("("))

    def all(self, asked: Asked) -> Iterator[Letter]:
        """All letters that are asked for, newest first."""
        before = ""
        while True:
            found = self.page(asked, before, 1_000)
            yield from found.letters
            before = found.further
            if not before:
                return

    def _marked(self, entries: list[tuple[bytes, Mapping[bytes, bytes]]]) -> Iterator[Letter]:
        if not entries:
            return
        letters = [(entry_id.decode(), DeadLetter.from_entry(fields)) for entry_id, fields in entries]
        asked = [
            name for letter_id, letter in letters for name in (letter_id, f">{letter.kind}:{letter.entry}")
        ]
        told: Any = self._client.hmget(self._keys.letters, asked)
        for (letter_id, letter), mark, again in zip(letters, told[::2], told[1::2], strict=True):
            known = None if mark is None else Mark.from_stored(mark)
            yield Letter(letter_id, letter, known, "" if again is None else again.decode())

    def resend(
        self, letter: Letter, fields: Mapping[str, str], by: str, at_ms: int,
        check: Callable[[str, Mapping[str, str], int], None],
    ) -> tuple[Mark, bool]:  # fmt: skip
        """Append the corrected fields to the letter's raw stream; (what holds now, whether this was it).

        `check(kind, fields, at_ms)` raises `Refused` for what would be refused again; nothing is sent then.
        A letter that somebody has dealt with before stays as it is. Raises `LetterError` for one of which
        nothing was kept.
        """
        if not letter.can_be_sent:
            raise LetterError("Of this entry no single event was kept; it can only be dropped.")
        check(letter.letter.kind, fields, at_ms)
        return self._done(letter, Mark(RESENT, at_ms, by), fields)

    def drop(self, letter: Letter, reason: str, by: str, at_ms: int) -> tuple[Mark, bool]:
        """Mark the letter as one that is not needed; as `resend`. Raises `LetterError` for another reason."""
        if reason not in DROP_REASONS:
            raise LetterError(f"The reason must be one of {', '.join(DROP_REASONS)}.")
        return self._done(letter, Mark(DROPPED, at_ms, by, reason), {})

    def _done(self, letter: Letter, mark: Mark, fields: Mapping[str, str]) -> tuple[Mark, bool]:
        keys, of = self._keys, letter.letter
        answer: Any = self._settle(
            keys=[keys.letters, keys.dead, keys.letter_counts, keys.raw(of.kind)],
            args=[
                letter.id,
                mark.to_json(),
                mark.done,
                of.key,
                of.kind,
                *chain.from_iterable(fields.items()),
            ],
        )
        outcome, stored = answer
        if outcome < 0:
            raise LetterError(f"There is no dead letter {letter.id} (any more).")
        return Mark.from_stored(stored), outcome == 1
