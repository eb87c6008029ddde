"""What is done aside holds up no other greenlet of a worker, and is simply done where there is no worker."""

from __future__ import annotations

import subprocess
import sys

from dashboard.views.aside import aside, pause
from tests.parts import ROOT

BESIDE = """
from gevent import monkey
monkey.patch_all()
import gevent, hashlib, time
from dashboard.views.aside import aside, pause

turns = []

def others():
    while True:
        turns.append(time.perf_counter())
        gevent.sleep(0.001)

def work():
    begun = time.perf_counter()
    while time.perf_counter() - begun < 0.5:
        hashlib.pbkdf2_hmac("sha256", b"x", b"y", 20_000)  # lets go of Python's lock
    return "done"

other = gevent.spawn(others)
pause()
assert len(turns) == 1  # it had its turn
begun = time.perf_counter()
assert aside(work) == "done"
assert len([at for at in turns if begun < at < begun + 0.4]) >= 20
before = len(turns)
work()
assert len(turns) == before  # nobody has a turn beside what is not done aside
"""


def test_other_greenlets_go_on() -> None:
    run = subprocess.run([sys.executable, "-c", BESIDE], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr


def test_outside_of_a_worker_it_is_simply_done() -> None:
    pause()
    assert aside(lambda: 7) == 7
