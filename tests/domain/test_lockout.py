"""Waiting grows with every wrong password, to a limit."""

from __future__ import annotations

import pytest

from dashboard.domain.lockout import RULES, Rule, network_of


def test_the_waits_of_an_account_by_hand() -> None:
    waits = [RULES["account"].wait_s(attempt) for attempt in range(1, 16)]
    assert waits == [0, 0, 0, 0, 5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900]


@pytest.mark.parametrize("kind", RULES)
def test_the_table_of_waits_says_the_same_for_all_attempts(kind: str) -> None:
    rule = RULES[kind]
    waits = rule.waits_ms()
    assert waits == sorted(waits)
    for attempt in range(1, 200):
        assert waits[min(attempt, len(waits)) - 1] == rule.wait_s(attempt) * 1000


@pytest.mark.parametrize("kind", RULES)
def test_a_guesser_gets_few_tries_a_day(kind: str) -> None:
    rule, now_s, tries = RULES[kind], 0, 0
    while now_s < 24 * 3600:
        tries += 1
        now_s += rule.wait_s(tries)
    assert tries <= {"account": 110, "known": 110, "address": 1500}[kind]


def test_the_longest_wait_is_kept_to_for_ever() -> None:
    assert Rule(0, 7, 50, 60).wait_s(10**9) == 50


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2::7", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::7", "2001:db8:1:3::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_whoever_has_a_network_of_addresses_is_one(address: str, counted: str) -> None:
    assert network_of(address) == counted
