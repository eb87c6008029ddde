"""Delivering: a thread for each webhook, so that one that is slow or dead holds up no other."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from threading import Condition, Thread

from dashboard.domain.webhooks import Hook, delay_s
from dashboard.outgoing.posting import Outcome, new_pool, post
from dashboard.outgoing.schedule import Schedule
from dashboard.streams import outbox
from dashboard.streams.client import FAILED, Client
from dashboard.streams.keys import Keys
from dashboard.streams.outbox import Message

BODY_LIMIT_BYTES = 262_144
_STORE_PAUSE_S = 0.5
_LOG = logging.getLogger(__name__)


class Courier(Thread):
    """Delivers the messages of one webhook until it is stopped.

    `longest`: so many may wait; of more the oldest are given up. What goes wrong is said once, until a
    message is taken again.
    """

    def __init__(self, hook: Hook, client: Client, keys: Keys, longest: int) -> None:
        super().__init__(name=f"webhook {hook.id}", daemon=True)
        self._hook, self._client, self._keys, self._longest = hook, client, keys, longest
        self._schedule, self._changed = Schedule(), Condition()
        self._stopping = False
        self._said: set[str] = set()

    def add(self, messages: Iterable[Message]) -> None:
        """Deliver these too, in their order."""
        with self._changed:
            for message in messages:
                self._schedule.add(message)
            self._changed.notify()

    def stop(self) -> list[Message]:
        """Let go of everything; the messages that still waited."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
            return self._schedule.clear()

    def run(self) -> None:
        """Try what is due, for ever."""
        pool = new_pool()
        while (found := self._next()) is not None:
            message, reason = found
            if reason:
                self._give_up(message, reason)
            else:
                self._conclude(message, post(pool, self._hook, message.id, message.body))

    def _next(self) -> tuple[Message, str] | None:
        """The next message and, where it is not to be tried, why; waits for it. None when stopped."""
        with self._changed:
            while not self._stopping:
                if len(self._schedule) > self._longest:
                    return self._schedule.oldest(), f"more than {self._longest} messages waited"
                now_ms = time.time_ns() // 1_000_000
                message = self._schedule.take(now_ms)
                if message is not None:
                    is_large = len(message.body) > BODY_LIMIT_BYTES
                    return message, f"it is larger than {BODY_LIMIT_BYTES} bytes" if is_large else ""
                next_ms = self._schedule.next_ms()
                self._changed.wait(None if next_ms is None else (next_ms - now_ms) / 1000)
        return None

    def _conclude(self, message: Message, outcome: Outcome) -> None:
        if not outcome.reason:
            self._note(lambda: outbox.settle(self._client, self._keys, message))
            self._leave(message)
            if self._said:
                self._said.clear()
                _LOG.info("Webhook %s takes messages again.", self._hook.id)
            return
        tries = message.tries + 1
        wait_s = delay_s(tries, random.random(), outcome.retry_after_s)
        if wait_s is None:
            self._give_up(replace(message, tries=tries), f"{outcome.reason}; tried {tries} times")
            return
        due_ms = time.time_ns() // 1_000_000 + int(wait_s * 1000)
        later = replace(message, tries=tries, due_ms=due_ms)
        self._say("does not take messages", outcome.reason, "They are tried again.")
        if not self._stopping:
            self._note(lambda: outbox.postpone(self._client, self._keys, later))
        with self._changed:
            if not self._stopping:
                self._schedule.again(later)

    def _give_up(self, message: Message, reason: str) -> None:
        self._say("did not get a message", reason, "It is kept among the undelivered ones.")
        self._note(lambda: outbox.bury(self._client, self._keys, message, reason))
        self._leave(message)

    def _leave(self, message: Message) -> None:
        with self._changed:
            if not self._stopping:
                self._schedule.done(message)

    def _say(self, what: str, reason: str, then: str) -> None:
        if what not in self._said:
            self._said.add(what)
            _LOG.warning("Webhook %s %s (%s). %s", self._hook.id, what, reason, then)

    def _note(self, write: Callable[[], None]) -> None:
        """Write to the store, however long it is away: what it misses is done again after a restart."""
        while True:
            try:
                write()
                return
            except FAILED:
                if self._stopping:
                    return
                time.sleep(_STORE_PAUSE_S)


class Couriers:
    """The couriers of all webhooks there are."""

    def __init__(self, client: Client, keys: Keys, longest: int) -> None:
        self._client, self._keys, self._longest = client, keys, longest
        self._running: dict[str, Courier] = {}

    def hold(self, hooks: Iterable[Hook]) -> None:
        """Have a courier for each of these webhooks and no other; what waits for others is let go of."""
        wanted = {hook.id: hook for hook in hooks}
        for hook_id in self._running.keys() - wanted.keys():
            self._forget(self._running.pop(hook_id).stop())
        for hook_id in wanted.keys() - self._running.keys():
            courier = Courier(wanted[hook_id], self._client, self._keys, self._longest)
            self._running[hook_id] = courier
            courier.start()

    def add(self, messages: Iterable[Message]) -> None:
        """Deliver these; those for webhooks that are gone are let go of."""
        by_hook: dict[str, list[Message]] = {}
        for message in messages:
            by_hook.setdefault(message.hook, []).append(message)
        for hook_id, theirs in by_hook.items():
            courier = self._running.get(hook_id)
            if courier is None:
                self._forget(theirs)
            else:
                courier.add(theirs)

    def _forget(self, messages: Iterable[Message]) -> None:
        for message in messages:
            outbox.settle(self._client, self._keys, message)

    def stop(self, patience_s: float = 0.0) -> None:
        """End all of them, waiting for what is under way that long; nothing is forgotten."""
        for courier in self._running.values():
            courier.stop()
        end_s = time.monotonic() + patience_s
        for courier in self._running.values():
            courier.join(max(0.0, end_s - time.monotonic()))
        self._running = {}
