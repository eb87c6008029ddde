"""`backup`, `restore` and `upgrade`: what they do, put together from pack, store and file."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from dashboard.feeds.progress import progress_bar
from dashboard.running import Place
from dashboard.settings import Settings, SettingsError
from dashboard.streams import backup, data_version, restore, upgrading
from dashboard.streams.audit import note_by_command_line
from dashboard.streams.backup_file import Manifest
from dashboard.streams.client import FAILED
from dashboard.streams.errors import StreamsError
from dashboard.streams.restore import Restored
from dashboard.streams.upgrading import Upgraded

BACKUPS = "backups"
"""Folder of the data folder for those that Kite makes by itself."""


@dataclass(frozen=True)
class BackedUp:
    """A backup that was made: its file, what it holds, its bytes, and the seconds it took."""

    path: Path
    summary: backup.Summary
    size: int
    took_s: float


@contextmanager
def _in_a_sentence(what: str) -> Iterator[None]:
    """Whatever the store says, or doesn't, as a `StreamsError`."""
    try:
        yield
    except StreamsError:
        raise
    except FAILED as problem:
        said = (str(problem).splitlines() or [type(problem).__name__])[0].rstrip(".")
        raise StreamsError(f"{what} ({said}).") from None


def back_up(settings: Settings, path: Path) -> BackedUp:
    """Write a backup of the city to a new file, or to one in a folder; only its owner may read it.

    Raises `SettingsError` when the file is there already or can't be written.
    """
    place, begun_s = Place.of(settings), time.monotonic()
    if path.is_dir():
        path = path / f"kite-{place.city.code}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.backup"
    if path.exists():
        raise SettingsError(f"{path} is there already; name a new file.")
    part = path.with_name(f"{path.name}.part")
    about = {"pack": place.pack.manifest["name"], "pack_digest": place.pack.digest}
    try:
        with (
            _in_a_sentence("The store went away, so there is no backup"),
            _private(part) as file,
            place.connect(settings) as client,
            progress_bar("backup", "entries") as tell,
        ):
            # First: who took all the data must stand in the data.
            note_by_command_line(client, place.keys, "backed_up", subject=path.name)
            summary = backup.write_backup(client, place.keys, file, about, tell)
        part.rename(path)
        _sync(path.parent)
    finally:
        part.unlink(missing_ok=True)
    return BackedUp(path, summary, path.stat().st_size, time.monotonic() - begun_s)


@contextmanager
def _private(path: Path) -> Iterator[BinaryIO]:
    """A new file for its owner alone, on disk when this ends; raises `SettingsError` when it can't be had."""
    try:
        path.unlink(missing_ok=True)  # of a backup that was cut off
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
    except OSError as problem:
        raise SettingsError(f"{path} can't be written ({problem.strerror or problem}).") from None


def _sync(folder: Path) -> None:
    """Put a folder's entries on disk: the name of a file is no part of the file."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def put_back(settings: Settings, path: Path, manifest: Manifest) -> Restored:
    """Restore a checked backup into a store that holds nothing of its city."""
    place = Place.of(settings)
    with (
        _in_a_sentence("The restore was cut off; run it again"),
        place.connect(settings, connections=1) as client,
        place.connect(settings) as others,
        progress_bar("restore", "entries") as tell,
    ):
        done = restore.restore(
            path, manifest, client, others, place.keys, place.city, tell, settings.wait_replicas
        )
        note_by_command_line(others, place.keys, "restored", subject=path.name, of=utc(done.at_ms))
        return done


def is_same_pack(settings: Settings, manifest: Manifest) -> bool:
    """Whether the backup was made with the very pack of the settings' city."""
    return bool(manifest.head.get("pack_digest") == Place.of(settings).pack.digest)


def needs_upgrade(settings: Settings) -> bool:
    """Whether the city's data are of an earlier release."""
    place = Place.of(settings)
    with _in_a_sentence("The store can't be asked"), place.connect(settings) as client:
        version = data_version.version_of(client, place.keys)
    return version is not None and version < data_version.VERSION


def bring_up(settings: Settings) -> Upgraded | None:
    """Upgrade the city's data to this release; None when they are of it."""
    place = Place.of(settings)
    with (
        _in_a_sentence("The upgrade was cut off; run it again"),
        place.connect(settings, connections=1) as client,
        place.connect(settings) as others,
        progress_bar("upgrade", "entries") as tell,
    ):
        done = upgrading.upgrade(client, place.keys, place.city, tell)
        if done is not None:
            versions = f"{done.version} → {data_version.VERSION}"
            note_by_command_line(others, place.keys, "upgraded", subject=versions)
        return done


def utc(at_ms: int) -> str:
    """A moment, ms since 1970, for people to read."""
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC):%Y-%m-%d %H:%M:%S} UTC"
