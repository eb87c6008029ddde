"""`audit`: who did or saw what, and whether anybody has changed that since."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dashboard.cli.base import Command, Group, UnusableError, load_settings

if TYPE_CHECKING:
    from dashboard.streams.client import Client
    from dashboard.streams.keys import Keys

_SHOWN = 20
_DAY_MS = 24 * 3600 * 1000


@contextmanager
def _store() -> Iterator[tuple[Client, Keys]]:
    """A client of the store that holds the city of the settings, and its keys."""
    from dashboard.running import Place
    from dashboard.serving import reachable_store

    with reachable_store(load_settings()) as settings:
        place = Place.of(settings)
        with place.connect(settings) as client:
            yield client, place.keys


@click.group(cls=Group)
def audit() -> None:
    """The audit stream: verify it, list it, move what is old into a file."""


@audit.command(cls=Command)
@click.option(
    "--head", "heads", multiple=True, metavar="HASH", help="a hash that a log says the stream had; repeatable"
)
@click.option(
    "--archive",
    "archives",
    multiple=True,
    type=click.Path(path_type=Path),
    help="a file that 'audit archive' made; all of them, the oldest first",
)
def verify(heads: tuple[str, ...], archives: tuple[Path, ...]) -> None:
    """Follow the chain of hashes from the first entry to the newest; exit code 1 where it does not hold.

    What was cut off at the end, or made again whole, shows only against a hash from elsewhere: the logs of
    Kite's processes have one now and then ("Audit head NUMBER HASH").
    """
    from dashboard.streams.audit import verify_audit
    from dashboard.streams.audit_archive import read_archive

    before = chain.from_iterable(map(read_archive, archives))
    with _store() as (client, keys):
        verified = verify_audit(client, keys, [head.strip().lower() for head in heads], before)
    faults = verified.close()
    for fault in faults[:_SHOWN]:
        click.echo(f"Entry {fault.id}: {fault.sentence}." if fault.id else f"{fault.sentence}.")
    if len(faults) > _SHOWN:
        click.echo(f"And {len(faults) - _SHOWN} more.")
    if faults:
        raise NotWholeError(
            f"The audit stream does not hold: {len(faults)} faults in {verified.count} entries."
        )
    end = verified.end
    click.echo(f"The audit stream holds: {verified.count} entries, head {end.number} {end.hash}")


class NotWholeError(UnusableError):
    """The chain is broken; exit code 1, so that what runs this every night can tell it from a failure."""

    exit_code = 1


@audit.command(cls=Command)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--days", default=365, show_default=True, type=click.IntRange(1, 36_500), help="how old at least"
)
def archive(file: Path, days: int) -> None:
    """Move entries older than so many days out of the store into FILE, which must be kept.

    From then on the chain is followed by 'audit verify --archive FILE'.
    """
    from dashboard.streams.audit import note_by_command_line
    from dashboard.streams.audit_archive import archive_audit

    with _store() as (client, keys):
        end = archive_audit(client, keys, file, int(time.time() * 1000) - days * _DAY_MS)
        if end is None:
            click.echo(f"There are no entries older than {days} days.")
            return
        note_by_command_line(client, keys, "trail_archived", subject=file.name, last=str(end.number))
    click.echo(f"Moved up to number {end.number} into {file}; its hash is {end.hash}")


@audit.command("list", cls=Command)
@click.option("--about", "subject", default="", help="a case, an account, an address: what it was done to")
@click.option("--who", default="", help="name of an account or a token")
@click.option("--action", default="", help="as case_seen; docs/audit.md lists them")
@click.option("--newest", default=50, show_default=True, type=click.IntRange(1, 100_000), help="how many")
def list_(subject: str, who: str, action: str, newest: int) -> None:
    """List the newest entries, newest first."""
    from dashboard.domain.audit import ACTIONS
    from dashboard.streams.audit_trail import Wanted, find

    if action and action not in ACTIONS:
        raise UnusableError(f"There is no action {action}; they are {', '.join(ACTIONS)}.")
    left, begin = newest, ""
    with _store() as (client, keys):
        while left:
            found = find(client, keys, Wanted(subject, who, action), begin, left)
            for told in found.entries:
                click.echo(_line(told))
            left -= len(found.entries)
            if found.next_id is None:
                return
            begin = found.next_id


def _line(told: dict[str, Any]) -> str:
    at = datetime.fromtimestamp(told["at_ms"] / 1000, UTC)
    from dashboard.streams.audit_trail import facts_of

    facts = " ".join(f"{name}={value}" for name, value in facts_of(told).items())
    cells = (
        str(told.get("number")),
        f"{at:%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z",
        told.get("action", ""),
        told.get("outcome", ""),
        told.get("who") or "-",
        told.get("role") or "-",
        told.get("where") or "-",
        told.get("region", ""),
        told.get("subject", ""),
        facts,
    )
    return "  ".join(str(cell) for cell in cells if cell)
