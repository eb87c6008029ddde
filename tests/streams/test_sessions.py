"""Sessions in a real store: they end when the account changes, when idle, and at their end."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import pytest
import redis

from dashboard.domain.access import Identity
from dashboard.domain.accounts import Account
from dashboard.streams.accounts import Accounts
from dashboard.streams.keys import Keys
from dashboard.streams.sessions import end_session, end_sessions_of, open_session, session_of, sessions_of
from tests.parts import free_port

pytestmark = pytest.mark.valkey

DUTY = Account("东城值班", "officer", "990101", "a hash")
HOUR_MS = 3_600_000


def now_ms() -> int:
    return int(time.time() * 1000)


@pytest.fixture
def account(client: redis.Redis, keys: Keys) -> Account:
    return Accounts(client, keys).add(DUTY)


def begun(client: redis.Redis, keys: Keys, account: Account, ends_ms: int | None = None) -> str:
    end = now_ms() + HOUR_MS if ends_ms is None else ends_ms
    return open_session(client, keys, account.identity, account.epoch, end, HOUR_MS)


def test_a_session_is_its_accounts(client: redis.Redis, keys: Keys, account: Account) -> None:
    text = begun(client, keys, account)
    found = session_of(client, keys, text, account.name, HOUR_MS)
    assert found is not None
    assert (found.identity, found.epoch) == (account.identity, account.epoch)
    assert text.encode() not in b"".join(client.keys()) + b"".join(client.mget(client.keys("*session*")))
    assert session_of(client, keys, text + "x", account.name, HOUR_MS) is None
    assert session_of(client, keys, text, "somebody else", HOUR_MS) is None


CHANGES: dict[str, Callable[[Accounts], object]] = {
    "locked": lambda accounts: accounts.change(DUTY.name, lambda a: replace(a, locked=True)),
    "another role": lambda accounts: accounts.change(DUTY.name, lambda a: replace(a, role="leader")),
    "another region": lambda accounts: accounts.change(DUTY.name, lambda a: replace(a, region_code="*")),
    "another password": lambda accounts: accounts.change(DUTY.name, lambda a: replace(a, password="new")),
    "removed": lambda accounts: accounts.remove(DUTY.name),
    "removed and made again": lambda accounts: (accounts.remove(DUTY.name), accounts.add(DUTY)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_the_account_ends_every_session_of_it(
    client: redis.Redis, keys: Keys, account: Account, change: str
) -> None:
    accounts = Accounts(client, keys)
    other = accounts.add(replace(DUTY, name="西城值班"))
    texts = [begun(client, keys, account), begun(client, keys, account)]
    others = begun(client, keys, other)
    CHANGES[change](accounts)
    assert [session_of(client, keys, text, account.name, HOUR_MS) for text in texts] == [None, None]
    assert session_of(client, keys, others, other.name, HOUR_MS) is not None


def test_who_signs_out_has_ended_that_session_alone(
    client: redis.Redis, keys: Keys, account: Account
) -> None:
    first, second = begun(client, keys, account), begun(client, keys, account)
    end_session(client, keys, first)
    assert session_of(client, keys, first, account.name, HOUR_MS) is None
    assert session_of(client, keys, second, account.name, HOUR_MS) is not None


def test_a_session_ends_however_busy_it_is(client: redis.Redis, keys: Keys, account: Account) -> None:
    text = begun(client, keys, account, ends_ms=now_ms() - 1)
    assert session_of(client, keys, text, account.name, HOUR_MS) is None


def test_asking_begins_the_idle_time_anew_but_does_not_write_each_time(
    client: redis.Redis, keys: Keys, account: Account
) -> None:
    text = begun(client, keys, account)
    (key,) = client.keys("*session*")
    client.pexpire(key, HOUR_MS - 30_000)  # as after half a minute
    session_of(client, keys, text, account.name, HOUR_MS)
    assert client.pttl(key) <= HOUR_MS - 30_000
    client.pexpire(key, HOUR_MS - 90_000)
    session_of(client, keys, text, account.name, HOUR_MS)
    assert client.pttl(key) > HOUR_MS - 30_000
    client.pexpire(key, 1)
    while client.exists(key):
        pass
    assert session_of(client, keys, text, account.name, HOUR_MS) is None


def test_who_signed_in_elsewhere_needs_no_account(client: redis.Redis, keys: Keys) -> None:
    who = Identity("值班长", "leader", "990101")
    text = open_session(client, keys, who, None, now_ms() + HOUR_MS, HOUR_MS)
    found = session_of(client, keys, text, who.name, HOUR_MS)
    assert found is not None
    assert (found.identity, found.epoch, found.must_change) == (who, None, False)
    assert session_of(client, keys, text, "somebody else", HOUR_MS) is None


def test_all_sessions_of_a_name_end_and_no_others(client: redis.Redis, keys: Keys, account: Account) -> None:
    other = Accounts(client, keys).add(replace(DUTY, name="东城值班2"))
    texts = [begun(client, keys, account), begun(client, keys, account)]
    texts.append(open_session(client, keys, account.identity, None, now_ms() + HOUR_MS, HOUR_MS))
    kept = begun(client, keys, other)
    assert end_sessions_of(client, keys, account.name) == 3
    assert [session_of(client, keys, text, account.name, HOUR_MS) for text in texts] == [None] * 3
    assert session_of(client, keys, kept, other.name, HOUR_MS) is not None
    assert end_sessions_of(client, keys, account.name) == 0


def test_a_store_that_takes_no_writes_still_says_who_has_signed_in(
    client: redis.Redis, keys: Keys, account: Account
) -> None:
    text = begun(client, keys, account)
    (key,) = client.keys("*session*")
    client.pexpire(key, HOUR_MS // 2)
    nobodys = free_port()  # a replica of nothing takes no writes
    client.replicaof("127.0.0.1", nobodys)
    try:
        with pytest.raises(redis.ReadOnlyError):
            client.set("x", "y")
        found = session_of(client, keys, text, account.name, HOUR_MS)
    finally:
        client.replicaof("NO", "ONE")
    assert found is not None
    assert found.identity == account.identity


def test_many_are_looked_up_at_once_each_for_itself(
    client: redis.Redis, keys: Keys, account: Account
) -> None:
    other = Accounts(client, keys).add(replace(DUTY, name="西城值班"))
    elsewhere = Identity("值班长", "leader", "990101")
    texts = {
        "mine": (begun(client, keys, account), account.name),
        "ended": (begun(client, keys, account, ends_ms=1), account.name),
        "other": (begun(client, keys, other), other.name),
        "not the other's": (begun(client, keys, account), other.name),
        "none": ("x", account.name),
        "elsewhere": (open_session(client, keys, elsewhere, None, now_ms() + HOUR_MS, HOUR_MS), "值班长"),
    }
    found = sessions_of(client, keys, list(texts.values()), HOUR_MS)
    held = {name: session.identity.name for name, session in zip(texts, found, strict=True) if session}
    assert held == {"mine": account.name, "other": other.name, "elsewhere": "值班长"}
    assert sessions_of(client, keys, [], HOUR_MS) == []
