"""Old entries of the audit stream moved into a file, which the chain goes through as before.

The stream lies in the store's memory and grows; a file does not. A line of it is the hash, a blank and the
entry's line as it was stored, so `verify` follows files and stream as one chain.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import redis

from dashboard.domain.audit import Entry, Link, Verifier, id_of
from dashboard.streams.audit import read_audit
from dashboard.streams.audit_trail import time_of
from dashboard.streams.errors import StreamsError
from dashboard.streams.keys import Keys


def archive_audit(client: redis.Redis, keys: Keys, path: Path, before_ms: int) -> Link | None:
    """Move what happened before `before_ms`, up to the first entry that didn't, into a new file.

    The last one that was moved; None where there is nothing to move: the newest entry always stays. Raises
    `StreamsError` for a file that there is, and for a chain that does not hold: then nothing is moved.
    """
    if path.exists():
        raise StreamsError(f"{path} exists; name a file that does not.")
    part = path.with_name(path.name + ".part")
    try:
        end = _write(part, _older(client, keys, before_ms))
        if end is None:
            return None
        os.link(part, path)  # which does not write over a file that has come meanwhile
        _keep_names(path.parent)
    except OSError as problem:
        raise StreamsError(f"{path} can't be written ({problem.strerror}).") from None
    finally:
        part.unlink(missing_ok=True)
    client.xtrim(keys.audit, minid=id_of(end.number + 1), approximate=False)
    return end


def _keep_names(folder: Path) -> None:
    """Have the disk know the folder's new file before the store forgets what is in it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _older(client: redis.Redis, keys: Keys, before_ms: int) -> Iterator[tuple[str, Entry]]:
    """The entries that are old enough; the newest never is."""
    held: tuple[str, Entry] | None = None
    for stored_id, entry in read_audit(client, keys):
        if held is not None:
            yield held
        at_ms = time_of(entry)
        if entry is None or at_ms is None or at_ms >= before_ms:
            return
        held = (stored_id, entry)


def _write(part: Path, entries: Iterable[tuple[str, Entry]]) -> Link | None:
    verifier: Verifier | None = None
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        for stored_id, entry in entries:
            verifier = verifier or _from(entry)
            verifier.take(stored_id, entry)
            if verifier.faults:
                raise StreamsError(
                    f"Entry {stored_id} does not hold, so nothing was moved: see 'audit verify'."
                )
            file.write(entry.hash.encode() + b" " + entry.line + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return verifier.end if verifier else None


def _from(first: Entry) -> Verifier:
    """One that begins with this entry, whatever came before it: that is in an older file."""
    told = first.told()
    return Verifier(begin=Link(int(told["number"]) - 1, str(told["before"])))


def read_archive(path: Path) -> Iterator[tuple[str, Entry | None]]:
    """(id, entry) of a file; None for a line of another form. Raises `StreamsError` for no such file."""
    try:
        with path.open("rb") as file:
            for line in file:
                digest, _, rest = line.removesuffix(b"\n").partition(b" ")
                entry = Entry(rest, digest.decode(errors="replace"))
                yield _id_said(entry), entry
    except OSError as problem:
        raise StreamsError(f"{path} can't be read ({problem.strerror}).") from None


def _id_said(entry: Entry) -> str:
    """A file has no ids of its own: the place is proven by the number before and the hash."""
    try:
        return id_of(int(entry.told()["number"]))
    except (ValueError, KeyError, TypeError):
        return id_of(0)
