"""Accounts in a real store: nothing is lost where two change at once, and the first is made once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any

import pytest
import redis

from dashboard.domain.access import EVERYWHERE, Identity
from dashboard.domain.accounts import FIRST, Account, AccountError, fits
from dashboard.streams import accounts as module
from dashboard.streams.accounts import Accounts, with_one_time, with_password
from dashboard.streams.keys import Keys

pytestmark = pytest.mark.valkey

DUTY = Account("东城值班", "officer", "990101", "a hash")


@pytest.fixture
def accounts(client: redis.Redis, keys: Keys) -> Accounts:
    return Accounts(client, keys)


def test_what_was_added_is_found_under_its_name_alone(accounts: Accounts) -> None:
    made = accounts.add(DUTY)
    assert accounts.get(DUTY.name) == made
    assert made.identity == Identity("东城值班", "officer", "990101")
    assert accounts.get("东城") is None
    with pytest.raises(AccountError, match="already"):
        accounts.add(replace(DUTY, role="administrator"))
    assert accounts.all() == [made]


def test_every_change_makes_a_new_epoch(accounts: Accounts) -> None:
    epochs = [accounts.add(DUTY).epoch]
    for change in ({"locked": True}, {"locked": False}, {"role": "leader"}, {"region_code": "990102"}):
        epochs.append(accounts.change(DUTY.name, lambda before, c=change: replace(before, **c)).epoch)
    assert epochs == sorted(set(epochs))
    assert accounts.all()[0].role == "leader"


def test_an_account_that_comes_again_has_no_epoch_of_the_one_before(accounts: Accounts) -> None:
    before = {accounts.add(DUTY).epoch}
    for _ in range(5):
        before.add(accounts.change(DUTY.name, lambda account: account).epoch)
    assert accounts.remove(DUTY.name).name == DUTY.name
    with pytest.raises(AccountError):
        accounts.change(DUTY.name, lambda account: account)
    with pytest.raises(AccountError):
        accounts.remove(DUTY.name)
    assert accounts.add(DUTY).epoch not in before


def test_of_changes_at_once_none_is_lost(accounts: Accounts) -> None:
    accounts.add(replace(DUTY, region_code=""))

    def append(letter: str) -> None:
        accounts.change(DUTY.name, lambda before: replace(before, region_code=before.region_code + letter))

    letters = "abcdefghijklmnopqrst"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(append, letters))
    found = accounts.get(DUTY.name)
    assert found is not None
    assert sorted(found.region_code) == list(letters)


@pytest.mark.parametrize("deed", ["change", "remove"])
def test_what_a_change_has_looked_up_of_other_accounts_is_still_so(accounts: Accounts, deed: str) -> None:
    """It is asked again where another account was changed after it had looked."""
    accounts.add(DUTY)
    accounts.add(replace(DUTY, name="another"))
    seen: list[bool] = []

    def look(account: Account) -> Account:
        other = accounts.get("another")
        assert other is not None
        seen.append(other.locked)
        if len(seen) == 1:
            accounts.change("another", lambda before: replace(before, locked=True))
        return account

    getattr(accounts, deed)(DUTY.name, look)
    assert seen == [False, True]


def test_what_must_stay_is_not_removed(accounts: Accounts) -> None:
    made = accounts.add(DUTY)

    def insist(account: Account) -> None:
        raise AccountError("name_unknown")

    with pytest.raises(AccountError):
        accounts.remove(DUTY.name, insist)
    assert accounts.get(DUTY.name) == made


def test_of_processes_that_start_at_once_one_makes_the_first_account(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_have_looked = Barrier(8)

    def hash_of(password: str) -> str:
        all_have_looked.wait(60)
        return f"hash of {password}"

    monkeypatch.setattr(module, "hash_of", hash_of)
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: accounts.first(), range(8)))
    (password,) = [text for text in told if text is not None]
    (only,) = accounts.all()
    assert (only.name, only.role, only.region_code) == (FIRST, "administrator", EVERYWHERE)
    assert only.password == f"hash of {password}"
    assert only.must_change
    assert only.ends_ms > only.changed_ms


def test_where_there_is_any_account_no_first_is_made(accounts: Accounts) -> None:
    accounts.add(DUTY)
    assert accounts.first() is None
    assert [account.name for account in accounts.all()] == [DUTY.name]


def test_the_password_that_is_told_opens_the_account_and_is_not_kept(
    accounts: Accounts, client: redis.Redis, keys: Keys
) -> None:
    password = accounts.first()
    made = accounts.get(FIRST)
    assert password is not None
    assert made is not None
    assert fits(made.password, password)
    kept: Any = client.hgetall(keys.accounts)
    assert password.encode() not in b"".join(kept.values())


def test_a_password_of_ones_own_ends_the_one_time_one() -> None:
    given = with_one_time(DUTY, "theirs")
    assert (given.password, given.must_change, given.ends_ms > 0) == ("theirs", True, True)
    own = with_password(given, "mine")
    assert (own.password, own.must_change, own.ends_ms) == ("mine", False, 0)


def test_a_newer_hash_voids_nothing_and_overwrites_nothing(accounts: Accounts) -> None:
    made = accounts.add(DUTY)
    assert accounts.rehash(made, "stronger").epoch == made.epoch
    assert accounts.get(DUTY.name) == replace(made, password="stronger")
    changed = accounts.change(DUTY.name, lambda before: replace(before, password="another's"))
    accounts.rehash(made, "too late")
    assert accounts.get(DUTY.name) == changed
