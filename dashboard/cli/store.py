"""`backup`, `restore`, `upgrade`: a city's data taken away, put back, and brought to this release."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dashboard.cli.base import Command, load_settings
from dashboard.cli.packs import build_if_outdated

if TYPE_CHECKING:
    from dashboard.backing import BackedUp
    from dashboard.streams.backup_file import Manifest

_FILE = click.Path(path_type=Path)


@click.command(cls=Command)
@click.argument("file", type=_FILE)
def backup(file: Path) -> None:
    """Write all that can't be made again to FILE, or to a new file in that folder, while Kite runs.

    Without REDIS_URL it is of the embedded server, running or not. docs/backup.md says what is in it.
    """
    from dashboard import backing
    from dashboard.serving import reachable_store

    settings = load_settings()
    with reachable_store(settings) as with_url:
        _say(backing.back_up(with_url, file))


def _say(made: BackedUp) -> None:
    from dashboard.backing import utc

    summary = made.summary
    click.echo(
        f"{made.path}: {sum(summary.entries.values()):,} entries of {len(summary.entries)} streams and "
        f"{summary.keys} other keys as of {utc(summary.at_ms)}; {made.size:,} bytes, {made.took_s:.1f} s."
    )


@click.command(cls=Command)
@click.argument("file", type=_FILE)
@click.option("--check", "only_check", is_flag=True, help="Only read it through and say what it is.")
def restore(file: Path, only_check: bool) -> None:
    """Put the backup FILE back into a store that has nothing of its city, and make the state again.

    Stop Kite first. Without REDIS_URL it goes to the embedded server.
    """
    from dashboard import backing
    from dashboard.serving import reachable_store
    from dashboard.streams.backup_file import check

    settings = load_settings()
    manifest = check(file)
    click.echo(_described(file, manifest))
    if only_check:
        return
    build_if_outdated(settings)
    with reachable_store(settings) as with_url:
        done = backing.put_back(with_url, file, manifest)
        if not backing.is_same_pack(with_url, manifest):
            click.echo(
                "The pack is not the one of the backup: the state is what the record gives with this one."
            )
    click.echo(f"Restored: {done.entries:,} entries; the state was made again: {done.cases:,} cases.")
    if done.cases_then not in (None, done.cases):
        click.echo(f"When the backup was made there were {done.cases_then:,}.")


def _described(file: Path, manifest: Manifest) -> str:
    from dashboard.backing import utc

    entries = sum(length for length, _ in manifest.trailer["streams"].values())
    return (
        f"{file} is whole: {entries:,} entries of {manifest.city} as of {utc(manifest.trailer['at_ms'])}, "
        f"data of version {manifest.data_version}."
    )


@click.command(cls=Command)
@click.option("--no-backup", is_flag=True, help="Don't write a backup before it.")
def upgrade(no_backup: bool) -> None:
    """Bring the data of an earlier release to this one: pack, store and state. Stop Kite first.

    Writes a backup to the folder `backups` of the data folder before it changes anything.
    """
    from dashboard import backing
    from dashboard.serving import reachable_store

    settings = load_settings()
    build_if_outdated(settings)
    with reachable_store(settings) as with_url:
        if backing.needs_upgrade(with_url) and not no_backup:
            folder = settings.data_dir / backing.BACKUPS
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _say(backing.back_up(with_url, folder))
        done = backing.bring_up(with_url)
    if done is None:
        click.echo("The data are of this release; there is nothing to do.")
        return
    for sentence in done.done:
        click.echo(sentence)
    click.echo(f"Upgraded from version {done.version}; the state was made again: {done.cases:,} cases.")
