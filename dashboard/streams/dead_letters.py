"""Dead letters: what could not be applied, kept with its reason; of what may point at a person, no value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import orjson
import redis
from redis.client import Pipeline

from dashboard.domain import privacy
from dashboard.domain.refused import VALUES_NOT_KEPT, Refused
from dashboard.streams.codecs import EntryId
from dashboard.streams.keys import Keys

_NAME_LIMIT, _NAMES_LIMIT = 60, 100
_AT_ONCE = 1_000
ARRIVED, LOST = "arrived", "lost"
"""Of the counts: letters that were written, and those that were trimmed away before anybody had dealt with
them. What was done about the others is counted by `letters_desk`."""
_TRIM = """
local over = redis.call('XLEN', KEYS[1]) - ARGV[1]
if over * 100 < tonumber(ARGV[1]) then return 0 end
local left = over
while left > 0 do
  local oldest = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', math.min(left, 100))
  for _, letter in ipairs(oldest) do
    if redis.call('HEXISTS', KEYS[2], letter[1]) == 0 then
      local of = {}
      for at = 1, #letter[2], 2 do of[letter[2][at]] = letter[2][at + 1] end
      local key = (of['stream'] or '') .. ':' .. (of['reason'] or '')
      redis.call('HINCRBY', KEYS[3], ARGV[2] .. ':' .. key, 1)
    end
    redis.call('XDEL', KEYS[1], letter[1])
  end
  left = left - #oldest
end
return over
"""
"""Cut off the oldest letters, once there are 1 % too many."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One event that was refused: of which raw stream and entry, why, and what it held.

    `position` is its place inside a packed entry, None for a flat one. `values` is None where the reason
    forbids keeping any (`refused.VALUES_NOT_KEPT`); the raw entry is then deleted too.
    """

    kind: str
    entry: EntryId
    position: int | None
    reason: str
    sentence: str
    fields: tuple[str, ...]
    values: Mapping[str, Any] | None

    @classmethod
    def of(cls, kind: str, entry: EntryId, position: int | None, refusal: Refused, values: Any) -> DeadLetter:
        """The letter for a refusal; `values` is the event: a mapping, or whatever stood in its place."""
        event = values if isinstance(values, dict) else {"value": values}
        if refusal.reason_code in VALUES_NOT_KEPT:
            names = tuple(_harmless(name) for name in islice(event, _NAMES_LIMIT))
            names += ("…",) if len(event) > _NAMES_LIMIT else ()
            return cls(kind, entry, position, refusal.reason_code, refusal.sentence, names, None)
        return cls(kind, entry, position, refusal.reason_code, refusal.sentence, tuple(event), event)

    @property
    def key(self) -> str:
        """By which it is counted."""
        return f"{self.kind}:{self.reason}"

    def to_entry(self) -> dict[str, str | bytes]:
        """The fields of the entry in the dead-letter stream."""
        entry: dict[str, str | bytes] = {
            "stream": self.kind,
            "entry": str(self.entry),
            "reason": self.reason,
            "sentence": self.sentence,
            "fields": ",".join(self.fields),
        }
        if self.position is not None:
            entry["position"] = str(self.position)
        if self.values is not None:
            entry["values"] = orjson.dumps(self.values, default=str)
        return entry

    @classmethod
    def from_entry(cls, entry: Mapping[bytes, bytes]) -> DeadLetter:
        """The letter that `to_entry` wrote."""
        names = entry[b"fields"].decode()
        position = entry.get(b"position")
        return cls(
            entry[b"stream"].decode(),
            EntryId.parse(entry[b"entry"]),
            None if position is None else int(position),
            entry[b"reason"].decode(),
            entry[b"sentence"].decode(),
            tuple(names.split(",")) if names else (),
            orjson.loads(entry[b"values"]) if b"values" in entry else None,
        )


def _harmless(name: str) -> str:
    """A field's name, unless that is itself a personal text."""
    return "…" if privacy.personal_text(name) is not None else name[:_NAME_LIMIT].replace(",", " ")


def read_dead(client: redis.Redis, keys: Keys, newest: int = 100) -> Iterator[tuple[str, DeadLetter]]:
    """(id, letter) of the newest dead letters, newest first."""
    entries: Any = client.xrevrange(keys.dead, count=newest)
    for entry_id, entry in entries:
        yield entry_id.decode(), DeadLetter.from_entry(entry)


def count_dead(client: redis.Redis, keys: Keys) -> int:
    """How many dead letters there are."""
    return int(client.xlen(keys.dead))


def trim_dead(pipe: Pipeline, keys: Keys, most: int) -> None:
    """Let the stream keep about `most` letters, and count those that nobody has dealt with as lost.

    A part of the commit that writes letters: none is cut off uncounted.
    """
    pipe.eval(_TRIM, 3, keys.dead, keys.letters, keys.letter_counts, str(most), LOST)


def count_fields(letters: Iterable[DeadLetter]) -> Counter[str]:
    """Field of the counts → by how much it grows with these letters."""
    return Counter(f"{ARRIVED}:{letter.key}" for letter in letters)


def read_counts(client: redis.Redis, keys: Keys) -> dict[tuple[str, str, str], int]:
    """(what, raw stream, reason) → how many letters; what: arrived, resent, dropped or lost.

    Letters count as long as the city is there, also when the stream has been cut to its length since.
    """
    stored: Any = client.hgetall(keys.letter_counts)
    counts: dict[tuple[str, str, str], int] = {}
    for field, number in stored.items():
        what, kind, reason = field.decode().split(":", 2)
        counts[what, kind, reason] = int(number)
    return counts


def count_again(client: redis.Redis, keys: Keys) -> Counter[str]:
    """The counts of the letters of a store in which none were counted yet; empty where they are."""
    if client.exists(keys.letter_counts) or not client.exists(keys.dead):
        return Counter()
    counts: Counter[str] = Counter()
    after = "-"
    while True:
        entries: Any = client.xrange(keys.dead, min=after, count=_AT_ONCE)
        counts += count_fields(DeadLetter.from_entry(fields) for _, fields in entries)
        if len(entries) < _AT_ONCE:
            return counts
        after = f"({entries[-1][0].decode()}"
