"""A clerk tells of the answer that it still waits for, too."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.faults.ledger import Ledger
from tests.faults.load import Clerk

WAIT_S = 1.0


class Slow(BaseHTTPRequestHandler):
    """Takes its time."""

    def do_POST(self) -> None:
        time.sleep(WAIT_S)
        self.send_response(201)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    """Where a slow server listens."""
    server = HTTPServer(("127.0.0.1", 0), Slow)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def test_an_answer_that_is_waited_for_when_a_fault_ends_counts(port: int) -> None:
    """Else the longest wait of all would be nobody's."""
    pack: Any = SimpleNamespace(
        regions=SimpleNamespace(tier_start=np.zeros(5, dtype=int), label_xy=np.zeros((1, 2))),
        to_lonlat=lambda xy: (xy[:, 0], xy[:, 1]),
        cameras=SimpleNamespace(xy=np.zeros((1, 2))),
    )
    clerk = Clerk(port, pack, Ledger(), "c", looks=False)
    clerk.start()
    time.sleep(0.5 + WAIT_S / 2)  # in the midst of the first
    asked = clerk.take()
    clerk.stop()
    assert asked.answers == {"write 201": 1}
    assert asked.longest_s >= WAIT_S * 0.9
