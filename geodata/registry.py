"""Where packs and their sources are, and whether a built pack is still what its sources would give."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from geodata.errors import PackError
from geodata.pack import FORMAT

SOURCES = Path(__file__).parent / "packs"
# What decides about a pack's bytes, beside its sources.
_BUILDING = (
    "land_building/*.py", "content/*.py", "bits.py", "builder.py", "land.py", "lighten.py", "outlines.py",
    "pack.py", "shapes.py", "tables.py",
)  # fmt: skip


def pack_path(data_dir: Path, name: str) -> Path:
    """The folder of a built pack, whether it is there or not."""
    return data_dir / "packs" / name


def find_pack(data_dir: Path, name: str) -> Path:
    """The folder of a built pack by its name, or by a path to it; raises `PackError` with those there are."""
    for folder in (pack_path(data_dir, name), Path(name)):
        if name and (folder / "manifest.json").exists():
            return folder
    built = f"built are {', '.join(available(data_dir))}" if available(data_dir) else "none is built yet"
    raise PackError(f"There is no pack {name!r}: {built}; build it with: python app.py geodata build {name}.")


def known_sources() -> list[str]:
    """Names of the cities whose sources come with the project."""
    return sorted(path.parent.name for path in SOURCES.glob("*/pack.toml"))


def find_source(name: str) -> Path | None:
    """The folder with the sources of a city that comes with the project, None when there is none."""
    return SOURCES / name if name in known_sources() else None


def source_of(name: str) -> Path:
    """As `find_source`; raises `PackError` with the names that there are."""
    folder = find_source(name)
    if folder is None:
        raise PackError(
            f"There are no sources for {name!r}: name one of {', '.join(known_sources())}, or give boundary "
            f"files: python app.py geodata build {name} --boundaries FILE."
        )
    return folder


def available(data_dir: Path) -> list[str]:
    """Names of the built packs."""
    return sorted(path.parent.name for path in (data_dir / "packs").glob("[!.]*/manifest.json"))


def is_current(data_dir: Path, name: str) -> bool:
    """Whether the pack is built, and from what its sources and the builder are today.

    A pack from an operator's own boundary files counts as current for as long as the builder is the same.
    """
    manifest = _manifest(pack_path(data_dir, name))
    built_from = manifest.get("built_from", {})
    if manifest.get("format") != FORMAT or built_from.get("builder") != builder_digest():
        return False
    source = find_source(name)
    return bool(built_from.get("boundaries")) or (
        source is not None and built_from.get("sources") == digest_of(source.iterdir())
    )


def builder_digest() -> str:
    """SHA-256 of the code that builds packs: a version that nobody has to remember to raise."""
    here = Path(__file__).parent
    return digest_of(file for pattern in _BUILDING for file in here.glob(pattern))


def digest_of(files: Iterable[Path]) -> str:
    """SHA-256 of the files' names and contents, in order of name."""
    hashed = hashlib.sha256()
    for file in sorted(path for path in files if path.is_file()):
        content = file.read_bytes()
        hashed.update(f"{file.parent.name}/{file.name} {len(content)}\n".encode() + content)
    return hashed.hexdigest()


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((folder / "manifest.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return manifest if isinstance(manifest, dict) else {}
