"""Accounts are seats; passwords are hashed so that each guess costs something."""

from __future__ import annotations

import time

import argon2
import pytest

from dashboard.domain.access import ROLES_BY_ACTION
from dashboard.domain.accounts import (
    ACCOUNT_ROLES,
    REASONS,
    Account,
    AccountError,
    check_password,
    checked_name,
    fits,
    hash_of,
    is_outdated,
    one_time_password,
    plain_name,
)


@pytest.mark.parametrize("name", ["东城值班", "east-duty", "Wall 1", "a", "值" * 40])
def test_a_seats_name_is_taken_as_it_is(name: str) -> None:
    assert checked_name(f"  {name} ") == name


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "name_empty"),
        ("   ", "name_empty"),
        ("a" * 41, "name_empty"),
        ("line\nbreak", "name_empty"),
        ("\x00", "name_empty"),
        ("13812345678", "name_personal"),
        ("11010519491231002X", "name_personal"),
    ],
)
def test_what_is_no_seats_name_is_refused_with_the_reason(name: str, reason: str) -> None:
    with pytest.raises(AccountError) as raised:
        checked_name(name)
    assert (raised.value.reason, str(raised.value)) == (reason, REASONS[reason])


def test_full_width_letters_are_the_others() -> None:
    assert plain_name("ｅａｓｔ－ｄｕｔｙ ") == "east-duty"
    assert len(plain_name("x" * 1_000_000)) <= 160


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("elevenchars", "password_short"),
        ("abcdefghijkl" * 22, "password_long"),
        ("ababababababab", "password_plain"),
        ("the EAST-duty desk", "password_named"),
        ("the one before it", "password_same"),
    ],
)
def test_passwords_that_are_easily_guessed_are_refused(password: str, reason: str) -> None:
    with pytest.raises(AccountError) as raised:
        check_password(password, "east-duty", "the one before it")
    assert raised.value.reason == reason


@pytest.mark.parametrize("password", ["twelve chars", "平安潍坊社会治理综合中心", "x y z 1 2 3 4" * 19])
def test_other_passwords_are_taken(password: str) -> None:
    check_password(password, "east-duty", "the one before it")


def test_a_hash_is_argon2id_salted_and_fits_its_password_alone() -> None:
    first, second = hash_of("kites over the hill"), hash_of("kites over the hill")
    assert first.startswith("$argon2id$")
    assert first != second
    assert "kites" not in first
    assert fits(first, "kites over the hill")
    for wrong in ("kites over the hil", "kites over the hill ", "", "x" * 300):
        assert not fits(first, wrong)
    assert not fits("no hash", "kites over the hill")
    assert not fits("", "")


def test_a_password_is_the_same_however_a_keyboard_composes_it() -> None:
    assert fits(hash_of("caf\u00e9 on the corner"), "cafe\u0301 on the corner")


def test_a_hash_of_less_work_is_outdated() -> None:
    cheap = argon2.PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash("kites over the hill")
    assert is_outdated(cheap)
    assert fits(cheap, "kites over the hill")
    assert not is_outdated(hash_of("kites over the hill"))


def test_a_hash_costs_memory_and_passes_as_the_standard_says() -> None:
    """RFC 9106, section 4, second recommended option: t=3, p=4, 64 MiB."""
    assert hash_of("kites over the hill").split("$")[3] == "m=65536,t=3,p=4"


def test_one_time_passwords_are_random_and_can_be_read_out() -> None:
    made = {one_time_password() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        assert len(password) == 23
        assert not set(password) & set("01IO")
        check_password(password, "administrator")


def test_a_locked_account_and_an_ended_password_open_nothing() -> None:
    now_ms = int(time.time() * 1000)
    assert Account("a", "officer", "*", "").may_enter(now_ms)
    assert not Account("a", "officer", "*", "", locked=True).may_enter(now_ms)
    assert Account("a", "officer", "*", "", ends_ms=now_ms + 1).may_enter(now_ms)
    assert not Account("a", "officer", "*", "", ends_ms=now_ms).may_enter(now_ms)


def test_programs_have_no_accounts() -> None:
    roles = {role for roles in ROLES_BY_ACTION.values() for role in roles}
    assert set(ACCOUNT_ROLES) == roles - {"producer", "monitor"}
