"""Environments of their own for what can't live beside what Kite itself needs; made when first asked for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.parts import ROOT


def python_of(name: str) -> str:
    """The Python of `.venv-NAME`, which holds what `requirements-NAME.txt` pins; made on the first call.

    Raises `subprocess.CalledProcessError` when pip can't install it; pip has said why by then.
    """
    folder, requirements = ROOT / f".venv-{name}", ROOT / f"requirements-{name}.txt"
    python = folder / "bin" / "python"
    if not _is_made(folder, requirements):
        print(f"Installing the packages that {requirements.name} pins ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "-r", str(requirements)], check=True)
        stamp_of(folder, requirements).write_text(requirements.read_text(encoding="utf-8"), encoding="utf-8")
    return str(python)


def stamp_of(folder: Path, requirements: Path) -> Path:
    """The file that says what an environment was made from."""
    return folder / f".installed-{requirements.name}"


def _is_made(folder: Path, requirements: Path) -> bool:
    stamp = stamp_of(folder, requirements)
    return stamp.exists() and stamp.read_text(encoding="utf-8") == requirements.read_text(encoding="utf-8")
