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
from dashboard.streams.keys import Keys
from dashboard.streams.writer import Writer

PATIENCE_S = 5.0
NO_STORE = "The store does not answer, so nothing was done; try again in a moment."

Answer = dict[str, Any]
"""What became of a command, as `answers` of docs/protocol.md has it."""


class UnansweredError(Exception):
    """Nobody says what became of it; the message is one sentence, `reason` one of `UNANSWERED`."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


UNANSWERED = {
    "unwritten": "the store does not answer, so nothing was written",
    "unapplied": "it is written and will be applied, but has not been yet",
}


class Sender:
    """Sends for one web process; `hear` must be told of every answer in the changes."""

    def __init__(self, client: Client, keys: Keys) -> None:
        self._writer = Writer(client, keys)
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
            self._writer.append(kind, entry)
        except FAILED:
            raise UnansweredError("unwritten", NO_STORE) from None

    def command(self, entry: Mapping[str, str]) -> Answer:
        """Append an entry to the commands, and wait for what becomes of it; raises `UnansweredError`."""
        sent_id = entry["id"]
        waiting = self._waiting.setdefault(sent_id, AsyncResult())
        try:
            self.append("commands", entry)
            answer = waiting.get(timeout=PATIENCE_S)
            return {name: value for name, value in answer.items() if name != "grid"}
        except gevent.Timeout:
            sentence = f"Command {sent_id} is written and not applied yet; it will be, don't send it again."
            raise UnansweredError("unapplied", sentence) from None
        finally:
            self._waiting.pop(sent_id, None)
