"""An event stream over a real connection: direct while the screen reads, newest state once it reads again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import gevent
from flask import Flask, Response, request
from gevent import socket
from gevent.pywsgi import WSGIServer

from dashboard.live.hub import RESET, Hub
from dashboard.live.line import Line, chunk


class Screen:
    """The reading end of a connection; at the other, what the hub yields is sent as gunicorn does."""

    def __init__(self, hub: Hub, after: str) -> None:
        ours, self.theirs = socket.socketpair()
        self.line = Line(ours)
        self._stream = hub.follow(after, self.line)
        self._greenlet = gevent.spawn(self._serve, ours)
        self._seen = b""
        self.yields = 0

    def _serve(self, ours: socket.socket) -> None:
        try:
            for data in self._stream:
                self.yields += 1
                ours.sendall(chunk(data))
        except OSError:
            pass
        finally:
            self._stream.close()
            ours.close()

    def read_until(self, text: bytes) -> bytes:
        """Everything that comes up to a text, without the chunks' frames."""
        with gevent.Timeout(20):
            while text not in self._seen or not self._seen.endswith(b"\r\n"):
                self._seen += self.theirs.recv(65536)
        found, self._seen = self._seen, b""
        return body_of(found)

    def leave(self) -> None:
        self.theirs.close()


def body_of(data: bytes) -> bytes:
    """A chunked body, checked: each chunk as long as it says, nothing between two."""
    body = b""
    while data:
        head = re.match(rb"([0-9A-F]+)\r\n", data)
        assert head, data[:40]
        end = head.end() + int(head[1], 16)
        assert data[end : end + 2] == b"\r\n"
        body += data[head.end() : end]
        data = data[end + 2 :]
    return body


def until(condition: object) -> None:
    assert callable(condition)
    with gevent.Timeout(20):
        while not condition():
            gevent.sleep(0.001)


def test_a_screen_that_reads_gets_every_message_in_order_and_costs_no_greenlet() -> None:
    hub = Hub()
    hub.publish("1-0", b"<1>")
    screens = [Screen(hub, "0-0") for _ in range(5)]
    assert [screen.read_until(b"<1>") for screen in screens] == [b"<1>"] * 5
    for number in range(2, 40):
        hub.publish(f"{number}-0", b"<%d>" % number)
        gevent.sleep(0)
    expected = b"".join(b"<%d>" % number for number in range(2, 40))
    assert [screen.read_until(b"<39>") for screen in screens] == [expected] * 5
    assert [screen.yields for screen in screens] == [1] * 5


def test_messages_of_one_moment_go_out_as_one_chunk() -> None:
    hub = Hub()
    hub.publish("1-0", b"<1>")
    screen = Screen(hub, "0-0")
    screen.read_until(b"<1>")
    until(lambda: hub._lines)
    gevent.sleep(0.01)
    hub.publish("2-0", b"<2>")
    hub.publish("3-0", b"<3>")
    with gevent.Timeout(20):
        assert screen.theirs.recv(100) == chunk(b"<2><3>")


def test_a_screen_that_stops_reading_holds_nobody_up_and_gets_the_newest_instead_of_a_queue() -> None:
    hub = Hub(max_behind_bytes=500_000)
    hub.publish("1-0", b"<1>")
    slow, quick = Screen(hub, "0-0"), Screen(hub, "0-0")
    slow.read_until(b"<1>")
    quick.read_until(b"<1>")
    for number in range(2, 202):
        hub.publish(f"{number}-0", b"<%d>" % number + b"x" * 20_000)
        assert b"<%d>" % number in quick.read_until(b"<%d>" % number + b"x" * 20_000)
    got = slow.read_until(RESET)
    assert len(got) < 1_500_000  # of four million: what the kernel held, and no more
    numbers = [int(found) for found in re.findall(rb"<(\d+)>", got)]
    assert numbers == list(range(2, 2 + len(numbers)))
    hub.publish("202-0", b"<end>")
    assert slow.read_until(b"<end>") == b"<end>"


def test_a_slow_screen_that_reads_soon_enough_misses_nothing() -> None:
    hub = Hub(max_behind_bytes=3_000_000)
    hub.publish("1-0", b"<1>")
    screen = Screen(hub, "0-0")
    screen.read_until(b"<1>")
    for number in range(2, 102):
        hub.publish(f"{number}-0", b"<%d>" % number + b"x" * 20_000)
        gevent.sleep(0)
    hub.publish("102-0", b"<end>")
    got = screen.read_until(b"<end>")
    assert [int(found) for found in re.findall(rb"<(\d+)>", got)] == list(range(2, 102))
    hub.publish("103-0", b"<on>")
    assert screen.read_until(b"<on>") == b"<on>"


def test_a_screen_that_left_is_forgotten() -> None:
    hub = Hub()
    hub.publish("1-0", b"<1>")
    screen, other = Screen(hub, "0-0"), Screen(hub, "0-0")
    screen.read_until(b"<1>")
    other.read_until(b"<1>")
    screen.leave()
    number = 2
    while hub.screens == 2:
        hub.publish(f"{number}-0", b"<%d>" % number)
        other.read_until(b"<%d>" % number)
        number += 1
    assert hub.screens == 1


def test_the_ring_holds_so_many_bytes_and_no_more() -> None:
    hub = Hub(max_bytes=1000)
    for number in range(1, 101):
        hub.publish(f"{number}-0", b"x" * 100)
    assert next(hub.follow("89-0")) == RESET
    assert next(hub.follow("90-0")) == b"x" * 1000


@contextmanager
def served(hub: Hub) -> Iterator[int]:
    app = Flask(__name__)

    @app.get("/events")
    def events() -> Response:
        return Response(hub.follow("0-0", Line.of(request.environ)), mimetype="text/event-stream")

    server = WSGIServer(("127.0.0.1", 0), app, log=None)
    server.start()
    try:
        yield server.server_port
    finally:
        server.stop(timeout=0)


def test_a_server_without_gunicorns_connection_is_served_the_plain_way() -> None:
    hub = Hub()
    hub.publish("1-0", b"<1>")
    with served(hub) as port, gevent.Timeout(20):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.sendall(b"GET /events HTTP/1.1\r\nHost: x\r\n\r\n")
        seen = b""
        while b"<1>" not in seen:
            seen += connection.recv(1000)
        hub.publish("2-0", b"<2>")
        while b"<2>" not in seen:
            seen += connection.recv(1000)
        connection.close()


def test_without_chunks_or_under_tls_a_line_is_not_ours() -> None:
    ours, _theirs = socket.socketpair()
    assert Line.of({"gunicorn.socket": ours, "SERVER_PROTOCOL": "HTTP/1.0"}) is None
    assert Line.of({"SERVER_PROTOCOL": "HTTP/1.1"}) is None
    assert Line.of({"gunicorn.socket": ours, "SERVER_PROTOCOL": "HTTP/1.1"}) is not None
