"""One projector per city: who may commit, and how the next one takes over.

The owner's token stands in `Keys.owner`, and its connection carries it as name. Whoever wants the city
waits until no connection has that name any more (the process has gone: the server sees that at once) or
until the token has expired (it hangs, or its machine is cut off). An owner that finds another token, or
none, must not go on: somebody may have committed since. Every commit checks this under WATCH.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any

import redis
from redis.client import Pipeline

from dashboard.streams.errors import NotOwner
from dashboard.streams.keys import Keys

EXPIRES_MS = 15_000
_RENEW_S = 3.0
_LOOK_S = 0.2


class Ownership:
    """The right of one process to commit to one city; taken anew after every lost connection."""

    def __init__(self, client: redis.Redis, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self.token = f"projector-{uuid.uuid4().hex[:16]}"
        self._renewed_s = 0.0

    def take(self, may_wait: Callable[[], bool], waiting: Callable[[], None] = lambda: None) -> None:
        """Become the owner, as soon as there is no other; `waiting` is called once if that takes a while.

        Raises `NotOwner` when there is another owner and `may_wait()` is, or becomes, False.
        """
        self._client.client_setname(self.token)
        said = False
        while not self._try():
            if not may_wait():
                raise NotOwner("Another projector is running for this city; stop it first.")
            if not said:
                waiting()
                said = True
            time.sleep(_LOOK_S)

    def _try(self) -> bool:
        with self._client.pipeline() as pipe:
            pipe.watch(self._keys.owner)  # type: ignore[no-untyped-call]
            holder: Any = pipe.get(self._keys.owner)
            if holder is not None and holder.decode() in self._connected():
                return False
            pipe.multi()
            pipe.set(self._keys.owner, self.token, px=EXPIRES_MS)
            try:
                pipe.execute()
            except redis.WatchError:
                return False
        self._renewed_s = time.monotonic()
        return True

    def _connected(self) -> set[str]:
        """Names of the connections that are there; where a server doesn't tell, only expiry frees a city."""
        try:
            clients: Any = self._client.client_list()
        except redis.ResponseError:
            holder: Any = self._client.get(self._keys.owner)
            return {(holder or b"").decode()}
        return {client["name"] for client in clients}

    def guard(self, pipe: Pipeline, *watched: str) -> None:
        """Begin a transaction that only an owner can end; raises `NotOwner` at once for another.

        `watched`: further keys that nobody may touch meanwhile. End it with `execute`.
        """
        pipe.watch(self._keys.owner, *watched)  # type: ignore[no-untyped-call]
        holder: Any = pipe.get(self._keys.owner)
        if holder is None or holder.decode() != self.token:
            raise NotOwner("Another projector has taken this city over.")
        pipe.multi()
        if time.monotonic() - self._renewed_s > _RENEW_S:
            pipe.pexpire(self._keys.owner, EXPIRES_MS)
            self._renewed_s = time.monotonic()

    def execute(self, pipe: Pipeline) -> list[Any]:
        """End a guarded transaction; raises `NotOwner` when somebody else came in between."""
        try:
            answers: list[Any] = pipe.execute()
        except redis.WatchError:
            raise NotOwner("Another projector has committed to this city meanwhile.") from None
        return answers

    def renew(self) -> None:
        """Say that we are still there; to be called often, costs a request every few seconds."""
        if time.monotonic() - self._renewed_s > _RENEW_S:
            with self._client.pipeline() as pipe:
                self.guard(pipe)
                self.execute(pipe)

    def release(self) -> None:
        """Let the next one in at once."""
        with self._client.pipeline() as pipe:
            self.guard(pipe)
            pipe.delete(self._keys.owner)
            self.execute(pipe)
