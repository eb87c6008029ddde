"""The outbox: messages that wait for webhooks, written together with how far the changes have been read.

| key | holds |
|---|---|
| `{city}:outbox` | stream of messages: `hook`, `id`, `case`, `event`, `body`; what is delivered is deleted |
| `{city}:outbox:tries` | hash: entry → JSON of how often it was tried, and when it is to be tried again, ms |
| `{city}:outbox:told` | hash: id of an open case → JSON of the version, level and grid told last |
| `{city}:outbox:at` | hash: `position` in the changes, and the `generation` that it belongs to |
| `{city}:outbox:owner` | token of the one process that writes messages |
| `{city}:outbox:undelivered` | stream of messages given up: as above, with `reason` and `tries` |

One MULTI holds the messages, what was told, and the position: so a crash at any instant neither loses a
message nor makes it twice. Delivering comes after, and is at least once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import orjson
import redis

from dashboard.domain.webhooks import Told
from dashboard.streams.client import as_fields
from dashboard.streams.keys import Keys
from dashboard.streams.ownership import Ownership

UNDELIVERED_MAX = 10_000
"""Messages kept that were given up, about."""
_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Message:
    """One message for one webhook; `entry` is its place in the outbox, "" before it has one."""

    hook: str
    id: str
    case: str
    event: str
    body: bytes
    entry: str = ""
    tries: int = 0
    due_ms: int = 0

    def fields(self) -> dict[str, str | bytes]:
        """As the streams hold it."""
        return {"hook": self.hook, "id": self.id, "case": self.case, "event": self.event, "body": self.body}


class Reached(NamedTuple):
    """How far the changes were read, and what was told of the cases that are open there."""

    position: str
    generation: str
    told: dict[str, Told]


def ownership(client: redis.Redis, keys: Keys) -> Ownership:
    """The right to write messages; `client` as of `connect(..., connections=1)`."""
    return Ownership(client, keys, "deliverer", keys.outbox("owner"), keys.outbox("at"))


def reached(client: redis.Redis, keys: Keys) -> Reached | None:
    """Where the last commit stopped; None before the first."""
    at: Any = client.hgetall(keys.outbox("at"))
    if not at:
        return None
    told: Any = client.hgetall(keys.outbox("told"))
    known = {case.decode(): Told(*orjson.loads(packed)) for case, packed in told.items()}
    return Reached(at[b"position"].decode(), at[b"generation"].decode(), known)


def commit(
    owner: Ownership, keys: Keys, position: str, generation: str,
    messages: Iterable[Message], told: Mapping[str, Told | None],
) -> list[Message]:  # fmt: skip
    """Write all of it or nothing; the messages with their places. `told`: by case, None for one that ended.

    Raises `NotOwner`.
    """
    waiting = list(messages)
    pipe = owner.transaction()
    first = len(pipe.command_stack)
    for message in waiting:
        pipe.xadd(keys.outbox(), as_fields(message.fields()))
    ended = [case for case, last in told.items() if last is None]
    if ended:
        pipe.hdel(keys.outbox("told"), *ended)
    packed = {case: orjson.dumps(list(last)) for case, last in told.items() if last is not None}
    if packed:
        pipe.hset(keys.outbox("told"), mapping=as_fields(packed))
    pipe.hset(keys.outbox("at"), mapping=as_fields({"position": position, "generation": generation}))
    answers = owner.execute(pipe)[first:]
    return [replace(message, entry=entry.decode()) for message, entry in zip(waiting, answers, strict=False)]


def waiting(client: redis.Redis, keys: Keys) -> list[Message]:
    """All messages that wait, the oldest first, with how often each was tried."""
    tries: Any = client.hgetall(keys.outbox("tries"))
    found: list[Message] = []
    start = "-"
    while True:
        page: Any = client.xrange(keys.outbox(), min=start, count=_PAGE)
        for entry, fields in page:
            count, due_ms = orjson.loads(tries.get(entry, b"[0,0]"))
            found.append(_message(entry.decode(), fields, count, due_ms))
        if len(page) < _PAGE:
            return found
        start = f"({page[-1][0].decode()}"


def _message(entry: str, fields: Mapping[bytes, bytes], tries: int, due_ms: int) -> Message:
    hook, identifier, case, event = (fields[name].decode() for name in (b"hook", b"id", b"case", b"event"))
    return Message(hook, identifier, case, event, fields[b"body"], entry, tries, due_ms)


def settle(client: redis.Redis, keys: Keys, message: Message) -> None:
    """It was taken, or nobody wants it any more: it waits no longer."""
    with client.pipeline() as pipe:
        pipe.xdel(keys.outbox(), message.entry)
        pipe.hdel(keys.outbox("tries"), message.entry)
        pipe.execute()


def postpone(client: redis.Redis, keys: Keys, message: Message) -> None:
    """Keep how often it was tried, and when it is to be tried again."""
    client.hset(keys.outbox("tries"), message.entry, orjson.dumps([message.tries, message.due_ms]))


def bury(client: redis.Redis, keys: Keys, message: Message, reason: str) -> None:
    """Give it up: a letter among the undelivered ones, with the reason, and it waits no longer."""
    letter = {**message.fields(), "tries": str(message.tries), "reason": reason}
    with client.pipeline() as pipe:
        pipe.xadd(keys.outbox("undelivered"), as_fields(letter), maxlen=UNDELIVERED_MAX, approximate=True)
        pipe.xdel(keys.outbox(), message.entry)
        pipe.hdel(keys.outbox("tries"), message.entry)
        pipe.execute()


def undelivered(client: redis.Redis, keys: Keys, newest: int = 100) -> list[tuple[Message, str]]:
    """(message, reason) of the newest ones that were given up, newest first."""
    found: Any = client.xrevrange(keys.outbox("undelivered"), count=newest)
    return [
        (_message(entry.decode(), fields, int(fields[b"tries"]), 0), fields[b"reason"].decode())
        for entry, fields in found
    ]
