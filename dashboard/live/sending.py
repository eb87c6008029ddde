"""Sending to the record, and waiting until it is said what became of a command.

What became of it comes back in the changes (`answers`), which every web process follows: so it makes no
difference which process was asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gevent
from gevent.event import AsyncResult

from dashboard.streams.client import FAILED, Client
from dashboard.streams.errors import NotReplicated, StreamsError
from dashboard.streams.keys import Keys
from dashboard.streams.writer import Writer

PATIENCE_S = 5.0
NO_REPLICA = (
    "It is written, but not yet copied to where it would survive the store; send it again in a moment, "
    "with the same id."
)
NO_STORE = "The store does not answer, so nothing was done; try again in a moment."
STORE_FULL = (
    "The store takes nothing (its memory or its disk is full, or it is read-only), so nothing was done; "
    "tell who runs it, and try again later."
)
UNSURE_S = 1.0
"""After the store's answer was lost it is waited so long for what shows that it was written."""

Answer = dict[str, Any]
"""What became of a command, as `answers` of docs/protocol.md has it."""


class UnansweredError(Exception):
    """Nobody says what became of it; the message is one sentence, `reason` one of `UNANSWERED`."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


UNANSWERED = {
    "unreplicated": "it is written, but not on as many replicas as it was to be: send it again, with its id",
    "unwritten": "the store does not answer or takes nothing, so nothing was written",
    "unsure": "the store's answer was lost, so it may have been written or not: send it again, with its id",
    "unapplied": "it is written and will be applied, but has not been yet",
}


class Sender:
    """Sends for one web process; `hear` must be told of every answer in the changes."""

    def __init__(self, client: Client, keys: Keys, wait_replicas: int = 0) -> None:
        self._writer = Writer(client, keys, wait_replicas)
        self._waiting: dict[str, AsyncResult] = {}

    def hear(self, answers: list[Answer]) -> None:
        """Hand answers to those who wait for them.

        An id that was sent twice at once has two answers and one that waits for both senders: the first says
        what became of the command, the second only that it was a duplicate.
        """
        for answer in answers:
            waiting = self._waiting.get(answer["id"])
            if waiting is not None and not waiting.ready():
                waiting.set(answer)

    def append(self, kind: str, entry: Mapping[str, str]) -> None:
        """Append an entry to a raw stream; raises `UnansweredError`."""
        try:
            self._writer.reach()
        except FAILED:
            raise UnansweredError("unwritten", NO_STORE) from None
        try:
            self._writer.append(kind, entry)
        except NotReplicated:
            raise UnansweredError("unreplicated", NO_REPLICA) from None
        except StreamsError:  # it has answered, in words of its own
            raise UnansweredError("unwritten", STORE_FULL) from None
        except FAILED:
            raise UnansweredError("unsure", _unsure(entry["id"])) from None

    def command(self, entry: Mapping[str, str]) -> Answer:
        """Append an entry to the commands, and wait for what becomes of it; raises `UnansweredError`."""
        sent_id = entry["id"]
        sentence = f"Command {sent_id} is written and not applied yet; it will be, don't send it again."
        late = UnansweredError("unapplied", sentence)
        waiting = self._waiting.setdefault(sent_id, AsyncResult())
        try:
            late = self.unsure("commands", entry) or late
            answer = waiting.get(timeout=UNSURE_S if late.reason == "unsure" else PATIENCE_S)
            return {name: value for name, value in answer.items() if name != "grid"}
        except gevent.Timeout:
            raise late from None
        finally:
            self._waiting.pop(sent_id, None)

    def unsure(self, kind: str, entry: Mapping[str, str]) -> UnansweredError | None:
        """Append as `append` does; what it raises where the store's answer was lost is given back instead.

        What was written shows soon in the changes all the same: to be raised where it doesn't.
        """
        try:
            self.append(kind, entry)
        except UnansweredError as problem:
            if problem.reason != "unsure":
                raise
            return problem
        return None


def _unsure(sent_id: str) -> str:
    return (
        f"The store's answer was lost, so {sent_id} may have been written or not; "
        "look whether it is there, or send it again with this id: it is applied once."
    )
