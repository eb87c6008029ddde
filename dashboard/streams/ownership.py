"""One projector per city: who may commit, and how the next one takes over.

The owner's token stands in `Keys.owner`, and its connection carries it as name. Whoever wants the city
waits until no connection has that name any more (the process has gone: the server sees that at once) or
until the token has expired (it hangs, or its machine is cut off). An owner that finds another token, or
none, must not go on: somebody may have committed since. Every transaction checks this under WATCH.

WATCH belongs to a connection, so the client must have only one (`connect(..., connections=1)`). In return
it can travel with whatever is read before: a commit costs one round trip. A connection that is lost takes
its WATCH along, and the client would make another by itself: between a read and its commit it may not.
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

EXPIRES_MS = 30_000
_RENEW_S = 3.0
_LOOK_S = 0.2


class Ownership:
    """The right of one process to commit to one city; taken anew after every lost connection.

    `name`: what such a process is called; `owner`: the key of its token, the projector's where it is not
    said; `guarded`: the key that only the owner writes, the state's where it is not said.
    """

    def __init__(
        self, client: redis.Redis, keys: Keys, name: str = "projector", owner: str = "", guarded: str = ""
    ) -> None:
        self._client = client
        self._name, self._owner = name, owner or keys.owner
        self._guarded = guarded or keys.state("meta")
        self.token = f"{name}-{uuid.uuid4().hex[:16]}"
        self._renewed_s = 0.0
        self._is_watching = False

    def take(self, may_wait: Callable[[], bool], waiting: Callable[[], None] = lambda: None) -> None:
        """Become the owner, as soon as there is no other; `waiting` is called once if that takes a while.

        Raises `NotOwner` when there is another owner and `may_wait()` is, or becomes, False.
        """
        self._client.client_setname(self.token)
        self._refuse_to_reconnect()
        said = False
        while not self._try():
            if not may_wait():
                raise NotOwner(f"Another {self._name} is running for this city.")
            if not said:
                waiting()
                said = True
            time.sleep(_LOOK_S)

    def _refuse_to_reconnect(self) -> None:
        pool = self._client.connection_pool
        connection = pool.get_connection()
        connection.register_connect_callback(self._connected_again)  # type: ignore[no-untyped-call]
        pool.release(connection)

    def _connected_again(self, _: Any) -> None:
        """Called by the connection once it has been made again; what is raised reaches who wanted to send."""
        if self._is_watching:
            raise redis.ConnectionError("The connection was lost between a read and its commit.")

    def _try(self) -> bool:
        holder = self._holder()
        if holder is not None and holder in self._connected():
            return False
        watch = self._client.pipeline(transaction=False)
        self.watch(watch)
        if _text(watch.execute()[-1]) != holder:
            return False
        self._is_watching = True
        with self._client.pipeline() as pipe:
            pipe.set(self._owner, self.token, px=EXPIRES_MS)
            if self.attempt(pipe) is None:
                return False
        self._renewed_s = time.monotonic()
        return True

    def _holder(self) -> str | None:
        return _text(self._client.get(self._owner))

    def _connected(self) -> set[str | None]:
        """Names of the connections that are there; where a server doesn't tell, only expiry frees a city."""
        try:
            clients: Any = self._client.client_list()
        except redis.ResponseError:
            return {self._holder()}
        return {client["name"] for client in clients}

    def watch(self, pipe: Pipeline) -> None:
        """Queue the check on a pipeline that only reads: two commands; the second answer goes to `check`.

        Whoever touches the owner's token or the state afterwards makes the next transaction fail.
        """
        # In small letters, which the server takes as well: a pipeline that knows that it watches something
        # sends UNWATCH when it is done, and then nothing would guard the transaction that follows.
        pipe.pipeline_execute_command("watch", self._owner, self._guarded)
        pipe.get(self._owner)

    def check(self, answer: Any) -> None:
        """Take the answer to `watch`; raises `NotOwner` when the city is no longer ours."""
        if _text(answer) != self.token:
            raise NotOwner(f"Another {self._name} has taken this city over.")
        self._is_watching = True

    def transaction(self) -> Pipeline:
        """Begin a transaction that only the owner can end, with `execute`; raises `NotOwner` for another."""
        if not self._is_watching:
            pipe = self._client.pipeline(transaction=False)
            self.watch(pipe)
            self.check(pipe.execute()[-1])
        pipe = self._client.pipeline()
        if time.monotonic() - self._renewed_s > _RENEW_S:
            pipe.pexpire(self._owner, EXPIRES_MS)
            self._renewed_s = time.monotonic()
        return pipe

    def execute(self, pipe: Pipeline) -> list[Any]:
        """End a transaction; raises `NotOwner` when somebody else came in between."""
        answers = self.attempt(pipe)
        if answers is None:
            raise NotOwner(f"Another {self._name} has committed to this city meanwhile.")
        return answers

    def attempt(self, pipe: Pipeline) -> list[Any] | None:
        """End a transaction; None, and nothing is done, when something watched was touched."""
        try:
            answers: list[Any] = pipe.execute()
        except redis.WatchError:
            return None
        finally:
            self._is_watching = False
        return answers

    def renew(self) -> None:
        """Say that we are still there; to be called often, costs a request every few seconds."""
        if time.monotonic() - self._renewed_s > _RENEW_S:
            self.execute(self.transaction())

    def release(self) -> None:
        """Let the next one in at once."""
        pipe = self.transaction()
        pipe.delete(self._owner)
        self.execute(pipe)


def _text(answer: Any) -> str | None:
    return None if answer is None else str(answer.decode())
