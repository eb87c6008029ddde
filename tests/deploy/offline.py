"""`python -m tests.deploy.offline`: Kite installed from its wheelhouse, and run, with the network cut off.

Needs a network for the wheelhouse itself, and the right to make a network namespace (root); two minutes.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.e2e.conftest import square
from tests.parts import ROOT

CUT = ["unshare", "--net", "bash", "-c", 'ip link set lo up && exec "$@"', "cut"]
"""What runs a command with nothing but a loopback address of its own."""
_NOT_THERE = "import socket; socket.create_connection(('192.0.2.1', 80), 3)"
_READY = """
import sys, time, urllib.request
for _ in range(600):
    try:
        sys.exit(urllib.request.urlopen("http://127.0.0.1:8050/readyz").status != 200)
    except OSError:
        time.sleep(0.2)
sys.exit(1)
"""
_SERVE = """
script/server > serve.log 2>&1 &
.venv/bin/python -c "$READY"; found=$?
kill -INT $!; wait $!
exit $found
"""


def copy(to: Path) -> None:
    """The tree as it would be committed."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, check=True, capture_output=True
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)


def run(words: list[str], folder: Path, **more: str) -> float:
    """Run it to its end, with no settings but these; seconds. Raises `CalledProcessError`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KITE_", "PIP_"))}
    begun_s = time.monotonic()
    subprocess.run(words, cwd=folder, env={**kept, "HOME": str(folder), **more}, check=True)
    return time.monotonic() - begun_s


def main() -> int:
    """Print what was done, and how long it took; 1 where something failed."""
    with tempfile.TemporaryDirectory(prefix="kite-offline-") as name:
        folder = Path(name)
        copy(folder)
        subprocess.run(["script/wheelhouse"], cwd=folder, check=True)
        refused = subprocess.run([*CUT, sys.executable, "-c", _NOT_THERE], capture_output=True, text=True)
        assert "unreachable" in refused.stderr, f"the network is not cut off: {refused.stderr}"
        took_s = run([*CUT, "bash", "-c", ". script/lib.sh; prepare requirements.txt"], folder)
        print(f"Installed from the wheelhouse without a network: {took_s:.0f} s")

        counties = [square("东城区", "990101", 119.00), square("西城区", "990102", 119.10)]
        file = folder / "counties.geojson"
        file.write_text(json.dumps({"type": "FeatureCollection", "features": counties}), encoding="utf-8")
        build = ["app.py", "geodata", "build", "littletown", "--boundaries", str(file), "--grids", "240"]
        named = ["--title", "小城市", "--code", "990100", "--timezone", "Asia/Shanghai"]
        run([*CUT, ".venv/bin/python", *build, *named], folder)
        took_s = run([*CUT, "bash", "-c", _SERVE], folder, READY=_READY, KITE_CITY="littletown")
        print(f"script/server without a network: ready, and ended, within {took_s:.0f} s")
        log = (folder / "serve.log").read_text(encoding="utf-8")
        print("\n".join(line for line in log.splitlines() if "no account yet" in line or "is ready" in line))
    return 0


if __name__ == "__main__":
    sys.exit(main())
