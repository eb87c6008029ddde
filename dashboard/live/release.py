"""Which release a server runs: a name that changes with the code, what browsers load, and the pack.

A page that stays open for months compares it with the one it came from (`assets/wall/release.mjs`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

CODE = ("app.py", "assets", "callbacks", "dashboard", "layers")
"""What a release is made of, in the project's folder."""
_SUFFIXES = frozenset({".py", ".js", ".mjs", ".css", ".po"})


def release_of(root: Path, statics: Iterable[str] = ()) -> str:
    """The name of the release in the folder `root` (16 hexadecimal digits).

    `statics`: names of the pack's files, which are hashes of their content. Two servers of the same code and
    pack have the same release, whatever they have answered before.
    """
    digest = hashlib.sha256()
    for path in _files(root):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    for name in sorted(statics):
        digest.update(name.encode() + b"\0")
    return digest.hexdigest()[:16]


def _files(root: Path) -> list[Path]:
    found: list[Path] = []
    for name in CODE:
        path = root / name
        found += [path] if path.is_file() else [file for file in path.rglob("*") if file.suffix in _SUFFIXES]
    return sorted(found)
