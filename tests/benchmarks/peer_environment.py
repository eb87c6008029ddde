"""The peers' own environment, `.venv-peer`: they can't all live beside what Kite itself needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.parts import ROOT

_FOLDER = ROOT / ".venv-peer"
_REQUIREMENTS = ROOT / "requirements-peer.txt"


def peer_python() -> str:
    """The Python of an environment that holds what `requirements-peer.txt` pins; made on the first call.

    Raises `subprocess.CalledProcessError` when pip can't install it; pip has said why by then.
    """
    python = _FOLDER / "bin" / "python"
    if not _is_made(_FOLDER, _REQUIREMENTS):
        print(f"Installing the packages that {_REQUIREMENTS.name} pins ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(_FOLDER)], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "-r", str(_REQUIREMENTS)], check=True)
        _stamp(_FOLDER).write_text(_REQUIREMENTS.read_text(encoding="utf-8"), encoding="utf-8")
    return str(python)


def _is_made(folder: Path, requirements: Path) -> bool:
    stamp = _stamp(folder)
    return stamp.exists() and stamp.read_text(encoding="utf-8") == requirements.read_text(encoding="utf-8")


def _stamp(folder: Path) -> Path:
    return folder / ".installed-requirements-peer.txt"
