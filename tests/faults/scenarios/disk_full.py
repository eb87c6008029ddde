"""The disk fills up to the last byte under a running Kite, and is emptied again."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.report import Finding
from tests.faults.scene import Scene, settle, whole
from tests.faults.spell import Spell, endure

SIZE_MB = 256
BALLAST = "ballast"
WHY_NOT = "a small file system (tmpfs) can't be mounted here: that takes root"


def run(built: Path, folder: Path, quick: bool) -> Finding:
    """See above."""
    seconds = 5.0 if quick else 25.0
    finding = Finding("disk-full", f"a file system of {SIZE_MB} MB filled to its last byte for {seconds:g} s")
    with small_disk(folder / "disk") as disk:
        if disk is None:
            finding.skipped = WHY_NOT
            return finding
        with whole(built, disk / "kite", "disk") as (scene, _):
            endure(scene, finding, spell(scene, disk, seconds))
            settle(scene, finding, folder / "scratch")
    return finding


def spell(scene: Scene, disk: Path, seconds: float) -> Spell:
    """No byte left on `disk` for so long."""
    return Spell("disk full", seconds, lambda: fill(disk), lambda: empty(disk), meanwhile=lambda: fill(disk))


@contextmanager
def small_disk(folder: Path) -> Iterator[Path | None]:
    """A file system of `SIZE_MB` at `folder`; None where none can be mounted."""
    folder.mkdir(parents=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", str(folder)], capture_output=True
    )
    if mounted.returncode:
        yield None
        return
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def empty(disk: Path) -> None:
    """Give all of it back."""
    (disk / BALLAST).unlink()


def fill(disk: Path) -> None:
    """Write until there is no byte left."""
    with (disk / BALLAST).open("ab", buffering=0) as file:
        piece = bytes(1 << 20)
        while piece:
            try:
                os.write(file.fileno(), piece)
            except OSError as problem:
                if problem.errno != errno.ENOSPC:
                    raise
                piece = piece[: len(piece) // 2]
