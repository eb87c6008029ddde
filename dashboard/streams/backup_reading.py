"""What a backup reads at its instant: the answers to one transaction, by what they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Read(NamedTuple):
    """How a key of one type is read whole, by which request it is written, and what that one's items are."""

    command: tuple[str, ...]
    after: tuple[str, ...]
    write: str
    items: Callable[[Any], list[Any]]

    def request(self, key: str) -> tuple[str, ...]:
        """The request that reads it."""
        return (*self.command, key, *self.after)


def _pairs(flat: Sequence[Any]) -> list[Any]:
    return list(zip(flat[::2], flat[1::2], strict=True))


def _one_each(values: Sequence[Any]) -> list[Any]:
    return [(value,) for value in values]


READS = {
    b"hash": Read(("HGETALL",), (), "HSET", _pairs),
    b"string": Read(("GET",), (), "SET", lambda value: [] if value is None else [(value,)]),
    b"set": Read(("SMEMBERS",), (), "SADD", _one_each),
    b"list": Read(("LRANGE",), ("0", "-1"), "RPUSH", _one_each),
    b"zset": Read(
        ("ZRANGE",), ("0", "-1", "WITHSCORES"), "ZADD",
        lambda flat: [(score, member) for member, score in _pairs(flat)],
    ),
}  # fmt: skip


def items_of(kind: bytes, value: Any) -> list[Any]:
    """The words that write a key's value, item by item."""
    return READS[kind].items(value)


@dataclass
class Cut:
    """A city at one instant: `values` of small keys, `infos` and `tails` of streams, each by name."""

    at_ms: int
    owner: bytes | None
    meta: Mapping[bytes, bytes]
    cases: int | None
    types: dict[str, bytes]
    values: dict[str, Any] = field(default_factory=dict)
    infos: dict[str, dict[bytes, Any]] = field(default_factory=dict)
    tails: dict[str, Any] = field(default_factory=dict)
    expires: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, assumed: Mapping[str, bytes], answers: Sequence[Any]) -> Cut:
        """From the answers: clock, owner, meta hash, number of cases, all types; then each key."""
        clock, owner, meta, cases, *rest = answers
        types = dict(zip(assumed, rest, strict=False))
        at_ms, known = int(clock[0]) * 1000 + int(clock[1]) // 1000, dict(_pairs(meta))
        cut = cls(at_ms, owner, known, int(cases) if known.get(b"basis") else None, types)
        left = iter(rest[len(assumed) :])
        for name, kind in assumed.items():
            cut.expires[name] = int(next(left))
            if kind == b"stream":
                cut.infos[name] = dict(_pairs(next(left)))
                cut.tails[name] = next(left)
            elif kind in READS:
                cut.values[name] = next(left)
        return cut
