"""`user`: who may sign in with a name and a password."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

from dashboard.cli.base import Command, Group, UnusableError, load_settings
from dashboard.domain.access import EVERYWHERE
from dashboard.domain.accounts import (
    ACCOUNT_ROLES,
    ONE_TIME_MS,
    Account,
    AccountError,
    checked_name,
    hash_of,
    one_time_password,
    plain_name,
)

if TYPE_CHECKING:
    from dashboard.running import Place
    from dashboard.streams.accounts import Accounts
    from dashboard.streams.attempts import Attempts
    from dashboard.streams.client import Client


@dataclass(frozen=True)
class _Store:
    """What a command works on."""

    client: Client
    place: Place
    accounts: Accounts
    attempts: Attempts

    def note(self, action: str, account: Account, **facts: str) -> None:
        """Write it into the audit stream, as done at the machine itself."""
        from dashboard.streams.audit import note_by_command_line

        subject, region = account.name, account.region_code
        note_by_command_line(self.client, self.place.keys, action, subject=subject, region=region, **facts)


@contextmanager
def _store() -> Iterator[_Store]:
    """The accounts of the city of the settings; what can't be done is said in one sentence."""
    from dashboard.running import Place
    from dashboard.serving import reachable_store
    from dashboard.streams.accounts import Accounts
    from dashboard.streams.attempts import Attempts

    with reachable_store(load_settings()) as settings:
        place = Place.of(settings)
        with place.connect(settings) as client:
            try:
                yield _Store(client, place, Accounts(client, place.keys), Attempts(client, place.keys))
            except AccountError as problem:
                raise UnusableError(str(problem)) from None


@click.group(cls=Group)
def user() -> None:
    """Accounts that sign in with a password: add, list, change, reset, lock, unlock, sign out, remove."""


@user.command(cls=Command)
@click.argument("name")
@click.option("--role", type=click.Choice(ACCOUNT_ROLES), required=True, help="what it may do")
@click.option("--region", default=EVERYWHERE, show_default=True, help="code of the region it is bound to")
def add(name: str, role: str, region: str) -> None:
    """Make the account NAME, a seat and no person, and print its one-time password."""
    from dashboard.streams.accounts import with_one_time

    with _store() as store:
        _insist_on_region(store.place, region)
        password = one_time_password()
        account = with_one_time(Account(checked_name(name), role, region, ""), hash_of(password))
        store.accounts.add(account)
        _tell(password)
        store.note("account_added", account, role=role)


@user.command("list", cls=Command)
def list_() -> None:
    """List the accounts: role, region, state."""
    with _store() as store:
        for account in store.accounts.all():
            click.echo(f"{account.role:<14} {account.region_code:<16} {_state(account):<14} {account.name}")


@user.command(cls=Command)
@click.argument("name")
@click.option("--role", type=click.Choice(ACCOUNT_ROLES), help="what it may do")
@click.option("--region", help="code of the region it is bound to; * for all")
def change(name: str, role: str | None, region: str | None) -> None:
    """Give the account NAME another role or region; it has to sign in again."""
    if role is None and region is None:
        raise UnusableError("Nothing to change; give --role, --region or both.")
    with _store() as store:
        if region is not None:
            _insist_on_region(store.place, region)
        account = store.accounts.change(
            plain_name(name),
            lambda before: replace(
                before, role=role or before.role, region_code=region or before.region_code
            ),
        )
        store.note("account_changed", account, role=account.role, bound_to=account.region_code)


@user.command(cls=Command)
@click.argument("name")
def reset(name: str) -> None:
    """Give the account NAME a new one-time password, print it, and forget wrong attempts."""
    from dashboard.streams.accounts import with_one_time

    with _store() as store:
        password = one_time_password()
        hashed = hash_of(password)
        account = store.accounts.change(plain_name(name), lambda before: with_one_time(before, hashed))
        store.attempts.forget("account", account.name)
        _tell(password)
        store.note("account_changed", account, password="one-time")


@user.command(cls=Command)
@click.argument("name")
def lock(name: str) -> None:
    """Keep the account NAME out; its sessions end at once."""
    with _store() as store:
        account = store.accounts.change(plain_name(name), lambda before: replace(before, locked=True))
        store.note("locked", account)


@user.command(cls=Command)
@click.argument("name")
def unlock(name: str) -> None:
    """Let the account NAME in again, and forget wrong attempts."""
    with _store() as store:
        account = store.accounts.get(plain_name(name))
        if account is None:
            raise AccountError("name_unknown")
        if account.locked:  # of one who only has to wait the sessions go on
            account = store.accounts.change(account.name, lambda before: replace(before, locked=False))
        store.attempts.forget("account", account.name)
        store.note("unlocked", account)


@user.command(cls=Command)
@click.argument("name")
def sign_out(name: str) -> None:
    """End every session of NAME, also of one who signed in by OpenID Connect."""
    from dashboard.streams.audit import note_by_command_line
    from dashboard.streams.sessions import end_sessions_of

    with _store() as store:
        ended = end_sessions_of(store.client, store.place.keys, plain_name(name))
        click.echo(f"Ended: {ended}")
        note_by_command_line(
            store.client, store.place.keys, "sign_out", subject=plain_name(name), sessions=str(ended)
        )


@user.command(cls=Command)
@click.argument("name")
def remove(name: str) -> None:
    """Remove the account NAME; its sessions end at once."""
    with _store() as store:
        account = store.accounts.remove(plain_name(name))
        store.note("account_removed", account)


def _insist_on_region(place: Place, region: str) -> None:
    if region != EVERYWHERE and region not in place.city.hierarchy.codes:
        raise UnusableError(f"There is no region {region} in {place.city.code}; give one of its codes.")


def _tell(password: str) -> None:
    """The password alone on standard output, so that a script can pass it on."""
    click.echo(password)
    hours = ONE_TIME_MS // 3_600_000
    click.echo(
        f"A one-time password: it holds for {hours} hours and must be changed at the sign-in.", err=True
    )


def _state(account: Account) -> str:
    if account.locked:
        return "locked"
    return "one-time" if account.must_change else "open"
