"""What the requirements files pin, read from their text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from tests.parts import ROOT

_PIN = re.compile(r"(?P<name>[A-Za-z0-9_.-]+)==(?P<version>\S+)(?: ; (?P<marker>[^\\]+?))? \\$")


class Pin(NamedTuple):
    """One pinned package: its plain name, version, the machines that it is for ("": all), and its hashes."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]


def pins(file: str) -> list[Pin]:
    """The pins of `file` in order; raises `ValueError` for a line that is none and no comment."""
    found: list[Pin] = []
    for line in (ROOT / file).read_text(encoding="utf-8").splitlines():
        pin, digest = _PIN.fullmatch(line), re.fullmatch(r"    --hash=(sha256:[0-9a-f]{64})(?: \\)?", line)
        if pin:
            found.append(Pin(plain(pin["name"]), pin["version"], pin["marker"] or "", ()))
        elif digest:
            found[-1] = found[-1]._replace(hashes=(*found[-1].hashes, digest[1]))
        elif line.strip() and not line.strip().startswith("#"):
            raise ValueError(f"{file}: {line}")
    return found


def named(file: str) -> set[str]:
    """Plain names of the packages that an .in file asks for itself."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    wanted = [re.match(r"[A-Za-z0-9_.-]+", line) for line in lines if not line.startswith(("#", "-"))]
    return {plain(name[0]) for name in wanted if name}


def plain(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def requirement_files() -> list[Path]:
    """All .in files of the project."""
    return sorted(ROOT.glob("requirements*.in"))
