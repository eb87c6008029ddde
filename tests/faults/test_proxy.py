"""The line whose weather is made does what it says."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.faults.proxy import Proxy, Weather, proxy


@pytest.fixture
def echo() -> Iterator[str]:
    """The address of a server that sends back what it gets."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    def answer(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            while data := connection.recv(65_536):
                connection.sendall(data)

    threading.Thread(target=serve, daemon=True).start()
    yield f"127.0.0.1:{listening.getsockname()[1]}"
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()


def asked(line: Proxy, data: bytes = b"x", patience_s: float = 10.0) -> tuple[bytes, float]:
    """What came back, and after how long."""
    begun_s = time.monotonic()
    with socket.create_connection(("127.0.0.1", line.port), timeout=patience_s) as connection:
        connection.sendall(data)
        got = b""
        while len(got) < len(data) and (piece := connection.recv(65_536)):
            got += piece
    return got, time.monotonic() - begun_s


def test_in_good_weather_everything_passes(echo: str) -> None:
    with proxy(echo) as line:
        assert asked(line, b"y" * 300_000)[0] == b"y" * 300_000


def test_a_delay_is_waited_in_each_direction(echo: str) -> None:
    with proxy(echo, weather=Weather(delay_s=0.2)) as line:
        got, took_s = asked(line)
    assert got == b"x"
    assert took_s >= 0.4


def test_a_narrow_line_takes_as_long_as_its_width_says(echo: str) -> None:
    with proxy(echo, weather=Weather(bytes_per_s=50_000)) as line:
        got, took_s = asked(line, b"z" * 20_000)
    assert len(got) == 20_000
    assert took_s >= 0.4


def test_a_silent_line_says_nothing_and_passes_all_of_it_later(echo: str) -> None:
    with proxy(echo, weather=Weather(silent=True)) as line:
        with pytest.raises(TimeoutError):
            asked(line, patience_s=0.3)
        with socket.create_connection(("127.0.0.1", line.port), timeout=10) as connection:
            connection.sendall(b"later")
            line.weather.silent = False
            assert connection.recv(10) == b"later"


def test_a_line_that_is_cut_ends(echo: str) -> None:
    with proxy(echo, weather=Weather(cut_after_s=0.1)) as line:
        assert asked(line)[0] == b"x"
        connection = socket.create_connection(("127.0.0.1", line.port), timeout=10)
        with connection, suppress(ConnectionResetError):
            assert connection.recv(10) == b""


def test_a_bridge_by_a_unix_socket_passes(echo: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = str(tmp_path_factory.mktemp("b") / "s")
    with proxy(echo, listen=path), proxy(path) as line:
        assert asked(line)[0] == b"x"
