"""The accounts of a city in its store: one hash, name → what is kept of it as JSON.

A change is read, made and written under WATCH, so of two at once none is lost, and of two processes that
start at once on an empty store one makes the first account.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import orjson
import redis
from redis.client import Pipeline

from dashboard.domain.access import EVERYWHERE
from dashboard.domain.accounts import FIRST, ONE_TIME_MS, Account, AccountError, hash_of, one_time_password
from dashboard.streams.keys import Keys


class Accounts:
    """The accounts of one city. Methods raise one of `client.FAILED` when the store doesn't answer."""

    def __init__(self, client: redis.Redis, keys: Keys) -> None:
        self._client, self._key = client, keys.accounts

    def get(self, name: str) -> Account | None:
        """The account of that name."""
        packed: Any = self._client.hget(self._key, name)
        return None if packed is None else unpacked(packed)

    def all(self) -> list[Account]:
        """Every account, by name."""
        kept: Any = self._client.hvals(self._key)
        return sorted(map(unpacked, kept), key=lambda account: account.name)

    def add(self, account: Account) -> Account:
        """Keep a new account; raises `AccountError` where the name is taken.

        Its epoch is none that an account of this name had before: that one's sessions stay void.
        """
        made = replace(account, epoch=_some_epoch(), changed_ms=_now_ms())
        if not self._client.hsetnx(self._key, account.name, _packed(made)):
            raise AccountError("name_taken")
        return made

    def change(self, name: str, how: Callable[[Account], Account]) -> Account:
        """Change an account: all its sessions are void from then on. Raises `AccountError` without one.

        `how` must not change the name. It may be called again where somebody changes any account meanwhile:
        what it looks up of others is still so when the change is made.
        """
        made: list[Account] = []

        def change(pipe: Pipeline) -> None:
            before = self._of(pipe, name)
            made[:] = [replace(how(before), epoch=before.epoch + 1, changed_ms=_now_ms())]
            pipe.multi()
            pipe.hset(self._key, name, _packed(made[0]))

        self._client.transaction(change, self._key)
        return made[0]

    def _of(self, pipe: Pipeline, name: str) -> Account:
        packed: Any = pipe.hget(self._key, name)
        if packed is None:
            raise AccountError("name_unknown")
        return unpacked(packed)

    def rehash(self, account: Account, hashed: str) -> Account:
        """Put a newer hash of the same password in place of the account's, which voids no session.

        Does nothing where the account has changed meanwhile. The account as it was, with the newer hash.
        """
        made = replace(account, password=hashed)

        def change(pipe: Pipeline) -> None:
            if pipe.hget(self._key, account.name) == _packed(account):
                pipe.multi()
                pipe.hset(self._key, account.name, _packed(made))

        self._client.transaction(change, self._key)
        return made

    def remove(self, name: str, insist: Callable[[Account], object] = bool) -> Account:
        """Forget an account: all its sessions are void from then on. Raises `AccountError` without one.

        `insist` raises for one that must stay, as it is then; it may be called again as `how` of `change`.
        """
        gone: list[Account] = []

        def remove(pipe: Pipeline) -> None:
            gone[:] = [self._of(pipe, name)]
            insist(gone[0])
            pipe.multi()
            pipe.hdel(self._key, name)

        self._client.transaction(remove, self._key)
        return gone[0]

    def first(self) -> str | None:
        """Make the administrator of a city that has no account at all; the one-time password, told once.

        None where there are accounts.
        """
        if self._client.exists(self._key):
            return None
        password = one_time_password()
        epoch, now_ms = _some_epoch(), _now_ms()
        bare = Account(FIRST, "administrator", EVERYWHERE, "", epoch=epoch, changed_ms=now_ms)
        account = with_one_time(bare, hash_of(password))
        is_first: list[bool] = []

        def make(pipe: Pipeline) -> None:
            is_first[:] = [not pipe.exists(self._key)]
            pipe.multi()
            if is_first[0]:
                pipe.hset(self._key, FIRST, _packed(account))

        self._client.transaction(make, self._key)
        return password if is_first[0] else None


def with_one_time(account: Account, hashed: str) -> Account:
    """The account with a password that somebody else made: to be changed at the first sign-in, and soon."""
    return replace(account, password=hashed, must_change=True, ends_ms=_now_ms() + ONE_TIME_MS)


def with_password(account: Account, hashed: str) -> Account:
    """The account with a password of its own."""
    return replace(account, password=hashed, must_change=False, ends_ms=0)


def unpacked(packed: bytes) -> Account:
    """The account that `Keys.accounts` holds as these bytes."""
    return Account(**orjson.loads(packed))


def _packed(account: Account) -> bytes:
    return orjson.dumps(asdict(account))


def _some_epoch() -> int:
    """To begin with: one that no earlier account of the name can have come to."""
    return secrets.randbits(52)


def _now_ms() -> int:
    return int(time.time() * 1000)
