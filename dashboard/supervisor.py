"""Runs the processes of one Kite in one terminal: starts them, restarts what dies, ends them all."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event

_PR_SET_PDEATHSIG = 1  # prctl(2): the kernel signals the child when its parent dies, however it dies
_RESTART_DELAYS_S = (0.2, 1.0, 2.0, 5.0, 10.0)
_STEADY_AFTER_S = 30.0  # a child that ran this long starts from the first delay again


@dataclass
class Child:
    """One supervised process: a name for the log, its command, and how long to wait for its end."""

    name: str
    command: Sequence[str]
    stop_timeout_s: float = 10.0
    process: subprocess.Popen[bytes] | None = None
    started_at_s: float = 0.0
    restart_at_s: float = 0.0
    failures: int = 0
    longest_delay_s: float = _RESTART_DELAYS_S[-1]


@dataclass
class Supervisor:
    """Keeps `children` running in the order given until `stop()`; ends them in reverse order."""

    children: Sequence[Child]
    environment: Mapping[str, str] = field(default_factory=dict)
    say: Callable[[str], None] = print
    _stopping: Event = field(default_factory=Event)

    def run(self) -> None:
        """Block until SIGINT, SIGTERM or `stop()`; every child has ended when this returns."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self._stopping.set())
        try:
            while not self._stopping.is_set():
                for child in self.children:
                    self._tend(child, time.monotonic())
                self._stopping.wait(0.2)
        finally:
            self._end_all()

    def stop(self) -> None:
        """Ask `run` to end."""
        self._stopping.set()

    def _tend(self, child: Child, now_s: float) -> None:
        """Start the child if it's not running and its delay is over; note its death if it has died."""
        if child.process is None:
            if now_s >= child.restart_at_s:
                child.started_at_s = now_s
                try:
                    child.process = self._start(child)
                except OSError as problem:  # as where there is no memory for another process
                    self._note_end(child, now_s, problem.strerror or str(problem))
            return
        code = child.process.poll()
        if code is not None:
            child.process = None
            self._note_end(child, now_s, _describe(code))

    def _note_end(self, child: Child, now_s: float, how: str) -> None:
        """Say that it has ended and when it is started again: later each time, unless it ran for long."""
        child.failures = 1 if now_s - child.started_at_s > _STEADY_AFTER_S else child.failures + 1
        delay_s = min(
            _RESTART_DELAYS_S[min(child.failures, len(_RESTART_DELAYS_S)) - 1], child.longest_delay_s
        )
        child.restart_at_s = now_s + delay_s
        with suppress(OSError):  # where that is written the disk may be full: no reason to end all
            self.say(f"{child.name} ended ({how}); starting it again in {delay_s:g} s")

    def _start(self, child: Child) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C reaches only us, and we end the children in order.
        return subprocess.Popen(
            child.command,
            env={**os.environ, **self.environment},
            start_new_session=True,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )

    def _end_all(self) -> None:
        for child in reversed(self.children):
            end_process(child.process, child.stop_timeout_s)
            child.process = None


def end_process(process: subprocess.Popen[bytes] | None, timeout_s: float = 10.0) -> None:
    """SIGTERM, then SIGKILL to the process's whole session after `timeout_s`."""
    if process is None or process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _describe(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
