"""The supervisor starts what it is given, starts it again when it dies, and leaves nothing behind."""

from __future__ import annotations

import errno
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from dashboard.supervisor import Child, Supervisor, end_process

FOR_EVER = "import time; time.sleep(600)"
DEAF = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "print('deaf', flush=True); time.sleep(600)"
)


def wait_for(holds: Callable[[], object], patience_s: float = 20.0) -> None:
    end_s = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < end_s, "it never came true"
        time.sleep(0.02)


def run_in_thread(supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch) -> threading.Thread:
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # only a main thread may set handlers
    thread = threading.Thread(target=supervisor.run)
    thread.start()
    return thread


def test_a_child_that_is_killed_comes_back_and_all_end_together(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    child = Child("sleeper", [sys.executable, "-c", FOR_EVER])
    supervisor = Supervisor([child], say=said.append)
    thread = run_in_thread(supervisor, monkeypatch)
    try:
        wait_for(lambda: child.process)
        assert child.process is not None
        first = child.process.pid
        child.process.kill()
        wait_for(lambda: child.process and child.process.pid != first)
        assert child.process is not None
        second = child.process.pid
    finally:
        supervisor.stop()
        thread.join(20)
    assert "signal SIGKILL" in said[0]
    assert not psutil.pid_exists(second)


def test_a_child_that_keeps_dying_waits_longer_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    supervisor = Supervisor([Child("broken", [sys.executable, "-c", "raise SystemExit(3)"])], say=said.append)
    thread = run_in_thread(supervisor, monkeypatch)
    wait_for(lambda: len(said) >= 2)
    supervisor.stop()
    thread.join(20)
    assert said[0] == "broken ended (exit code 3); starting it again in 0.2 s"
    assert said[1] == "broken ended (exit code 3); starting it again in 1 s"


def test_a_child_that_can_not_be_started_is_tried_again_and_the_others_run_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    other, late = Child("sleeper", [sys.executable, "-c", FOR_EVER]), tmp_path / "late"
    supervisor = Supervisor([other, Child("late", [str(late)])], say=said.append)
    thread = run_in_thread(supervisor, monkeypatch)
    wait_for(lambda: said)
    assert other.process is not None
    assert other.process.poll() is None
    late.symlink_to("/bin/true")
    wait_for(lambda: len(said) > 1 and "exit code 0" in said[-1])
    supervisor.stop()
    thread.join(20)
    assert said[0] == "late ended (No such file or directory); starting it again in 0.2 s"


def test_a_child_gets_the_settings_as_its_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "seen"
    code = f"import os; open({str(file)!r}, 'w').write(os.environ['KITE_CITY'])"
    supervisor = Supervisor(
        [Child("reader", [sys.executable, "-c", code])], {"KITE_CITY": "elsewhere"}, say=lambda _: None
    )
    thread = run_in_thread(supervisor, monkeypatch)
    wait_for(lambda: file.exists() and file.read_text())
    supervisor.stop()
    thread.join(20)
    assert file.read_text() == "elsewhere"


def test_a_supervisor_that_can_not_say_so_starts_what_died_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where its log is on a disk that is full."""
    file = tmp_path / "starts"

    def say(_: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    code = f"open({str(file)!r}, 'a').write('x')"
    supervisor = Supervisor([Child("short", [sys.executable, "-c", code])], say=say)
    thread = run_in_thread(supervisor, monkeypatch)
    wait_for(lambda: file.exists() and len(file.read_text()) > 1)
    supervisor.stop()
    thread.join(20)
    assert not thread.is_alive()


def test_a_child_that_all_wait_for_is_not_waited_for_longer_than_it_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[str] = []
    child = Child("short", [sys.executable, "-c", ""], longest_delay_s=0.1)
    supervisor = Supervisor([child], say=said.append)
    thread = run_in_thread(supervisor, monkeypatch)
    wait_for(lambda: len(said) > 3)
    supervisor.stop()
    thread.join(20)
    assert all(sentence.endswith("starting it again in 0.1 s") for sentence in said)


def test_a_process_deaf_to_sigterm_is_killed() -> None:
    process = subprocess.Popen([sys.executable, "-c", DEAF], stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout is not None
    with process.stdout:
        process.stdout.readline()
        end_process(process, timeout_s=0.2)
    assert process.returncode == -signal.SIGKILL


def test_children_end_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    code = (
        "import sys; from dashboard.supervisor import Child, Supervisor\n"
        f"child = Child('sleeper', [sys.executable, '-c', {FOR_EVER!r}])\n"
        "class Told(Supervisor):\n"
        "    def _start(self, child):\n"
        "        process = super()._start(child)\n"
        f"        open({str(pids)!r}, 'w').write(str(process.pid))\n"
        "        return process\n"
        "Told([child]).run()\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=Path(__file__).parent.parent)
    wait_for(lambda: pids.exists() and pids.read_text())
    child = psutil.Process(int(pids.read_text()))
    parent.kill()
    parent.wait(20)
    wait_for(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)
