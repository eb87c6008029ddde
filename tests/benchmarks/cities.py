"""A data folder with the pack of Weifang, for benchmarks that start no whole Kite."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from geodata.registry import is_current
from tests.parts import ROOT

CITY = "weifang"


@contextmanager
def data_folder() -> Iterator[Path]:
    """The folder that KITE_DATA_DIR names when the pack in it is current, else one of its own."""
    given = os.environ.get("KITE_DATA_DIR")
    if given and is_current(Path(given), CITY):
        yield Path(given)
        return
    with tempfile.TemporaryDirectory(prefix="kite-bench-") as folder:
        command = [sys.executable, "app.py", "geodata", "build", CITY]
        environment = {**os.environ, "KITE_DATA_DIR": folder}
        subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
        yield Path(folder)
