"""Attempts in a real store: counted as they begin, so that many at once are as many."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from dashboard.domain.lockout import RULES
from dashboard.streams.attempts import Attempts
from dashboard.streams.keys import Keys

pytestmark = pytest.mark.valkey

ACCOUNT = {"account": "东城值班"}


@pytest.fixture
def attempts(client: redis.Redis, keys: Keys) -> Attempts:
    return Attempts(client, keys)


def over(client: redis.Redis) -> None:
    """As if all waits were over."""
    for key in client.keys("*attempts*"):
        client.hset(key, "until", "0")


def test_the_waits_are_those_of_the_rule(attempts: Attempts, client: redis.Redis) -> None:
    waits = []
    for _ in range(15):
        wait_ms, after_ms = attempts.begin(ACCOUNT)
        assert wait_ms == 0
        waits.append(after_ms // 1000)
        over(client)
    assert waits == [0, 0, 0, 0, 5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900]


def test_while_one_waits_nothing_is_counted(attempts: Attempts) -> None:
    for _ in range(5):
        assert attempts.begin(ACCOUNT)[0] == 0
    for _ in range(20):
        wait_ms, after_ms = attempts.begin(ACCOUNT)
        assert 0 < wait_ms <= 5000
        assert after_ms == 0
    assert attempts.begin({"account": "西城值班"}) == (0, 0)


def test_of_attempts_at_once_no_more_are_let_through(attempts: Attempts) -> None:
    with ThreadPoolExecutor(16) as pool:
        told = list(pool.map(lambda _: attempts.begin(ACCOUNT)[0], range(64)))
    assert told.count(0) == RULES["account"].free + 1


def test_a_right_password_forgets_the_accounts_but_not_the_addresss(
    attempts: Attempts, client: redis.Redis
) -> None:
    """Or who has an account could go on guessing others' from the same address."""
    free = RULES["address"].free
    for number in range(free):
        assert attempts.begin({"account": f"seat {number}", "address": "10.0.0.7"}) == (0, 0)
    own = {"account": "own", "address": "10.0.0.7"}
    wait_ms, after_ms = attempts.begin(own)
    assert (wait_ms, after_ms) == (0, 1000)
    attempts.succeeded(own)
    over(client)
    assert attempts.begin({"account": "another", "address": "10.0.0.7"}) == (0, 1000)
    assert attempts.begin({"account": "own", "address": "10.0.0.8"}) == (0, 0)


def test_the_longer_wait_of_several_holds(attempts: Attempts) -> None:
    for _ in range(5):
        attempts.begin(ACCOUNT)
    assert attempts.begin({**ACCOUNT, "address": "10.0.0.7"})[0] > 4000
    assert attempts.begin({"account": "another", "address": "10.0.0.7"}) == (0, 0)


def test_what_was_counted_is_forgotten_after_a_day_and_by_hand(
    attempts: Attempts, client: redis.Redis
) -> None:
    for _ in range(5):
        attempts.begin(ACCOUNT)
    (key,) = client.keys("*attempts*")
    assert 86_000_000 < client.pttl(key) <= 86_400_000
    waits = attempts.waits_ms("account", ["东城值班", "西城值班"])
    assert list(waits) == ["东城值班"]
    attempts.forget("account", "东城值班")
    assert attempts.waits_ms("account", ["东城值班"]) == {}
    assert attempts.begin(ACCOUNT) == (0, 0)


def test_a_clock_that_is_put_back_makes_nobody_wait_for_longer_than_the_longest(
    attempts: Attempts, client: redis.Redis
) -> None:
    for _ in range(5):
        attempts.begin(ACCOUNT)
    (key,) = client.keys("*attempts*")
    now_ms = client.time()[0] * 1000
    client.hset(key, "until", now_ms + RULES["account"].longest_s * 1000 - 5000)
    assert attempts.begin(ACCOUNT)[0] > 0
    client.hset(key, "until", now_ms + 3 * 86_400_000)
    assert attempts.waits_ms("account", ["东城值班"]) == {}
    assert attempts.begin(ACCOUNT) == (0, 10_000)


def test_any_text_may_be_a_name(attempts: Attempts) -> None:
    for name in ("", "x" * 100_000, "\udc80", "a}{b"):
        assert attempts.begin({"account": name}) == (0, 0)
