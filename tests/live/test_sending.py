"""The answers that are handed to those who wait for them."""

from __future__ import annotations

from collections.abc import Mapping

import gevent
import pytest
import redis
from gevent.event import AsyncResult

from dashboard.live import sending
from dashboard.live.sending import UNANSWERED, Sender, UnansweredError
from dashboard.streams.errors import StreamsError


def test_of_two_answers_to_one_id_the_first_is_told() -> None:
    """Both senders of it wait for the same: the one that says that the command was done must not be lost."""
    sender = object.__new__(Sender)
    sender._waiting = {"c-1": AsyncResult()}
    waiting = sender._waiting["c-1"]
    sender.hear([{"id": "c-1", "version": 2}, {"id": "other"}, {"id": "c-1", "reason": "duplicate"}])
    assert waiting.get(timeout=1) == {"id": "c-1", "version": 2}


class Answering:
    """A writer that fails as a store does: before anything is sent, in words, or after it was sent."""

    def __init__(self, reach: Exception | None = None, append: Exception | None = None) -> None:
        self._reach, self._append = reach, append

    def reach(self) -> None:
        if self._reach:
            raise self._reach

    def append(self, kind: str, fields: Mapping[str, str]) -> str:
        if self._append:
            raise self._append
        return "1-0"


def sender_with(writer: Answering) -> Sender:
    sender = object.__new__(Sender)
    sender._writer, sender._waiting = writer, {}  # type: ignore[assignment]
    return sender


@pytest.mark.parametrize(
    ("writer", "reason", "says"),
    [
        (Answering(reach=redis.ConnectionError("refused")), "unwritten", "nothing was done"),
        (Answering(reach=redis.TimeoutError("slow")), "unwritten", "nothing was done"),
        (Answering(append=StreamsError("OOM command not allowed.")), "unwritten", "takes nothing"),
        (Answering(append=redis.ConnectionError("reset")), "unsure", "may have been written or not"),
        (Answering(append=redis.TimeoutError("slow")), "unsure", "may have been written or not"),
    ],
)
def test_nothing_is_said_of_what_is_not_known(writer: Answering, reason: str, says: str) -> None:
    """Only what was never sent, or was refused, was surely not written."""
    with pytest.raises(UnansweredError, match=says) as caught:
        sender_with(writer).append("reports", {"id": "r-1"})
    assert caught.value.reason == reason
    assert reason in UNANSWERED


def test_a_command_whose_receipt_was_lost_is_done_when_the_changes_say_so() -> None:
    sender = sender_with(Answering(append=redis.TimeoutError("slow")))
    answer = {"id": "c-1", "version": 2}
    gevent.spawn_later(0.05, lambda: sender.hear([answer]))
    assert sender.command({"id": "c-1"}) == answer


def test_a_command_whose_receipt_was_lost_is_unsure_when_nothing_says_more() -> None:
    with pytest.raises(UnansweredError) as caught:
        sender_with(Answering(append=redis.TimeoutError("slow"))).command({"id": "c-1"})
    assert caught.value.reason == "unsure"


def test_a_command_that_is_written_and_not_applied_is_not_to_be_sent_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sending, "PATIENCE_S", 0.05)
    with pytest.raises(UnansweredError, match="don't send it again") as caught:
        sender_with(Answering()).command({"id": "c-1"})
    assert caught.value.reason == "unapplied"
