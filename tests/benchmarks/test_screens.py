"""What the screens of the fan-out benchmark report is what happened to them."""

from tests.benchmarks.screen_kinds import Covered, DashSocket, EventStream, missed

NAMES = ["1-0", "2-0", "2-1", "10-0"]


def test_a_screen_that_has_everything_misses_nothing() -> None:
    assert missed(NAMES, NAMES) == 0
    assert missed(NAMES, ["0-5", *NAMES, "11-0"]) == 0


def test_a_gap_an_end_that_is_missing_and_a_wrong_order_count() -> None:
    assert missed(NAMES, ["1-0", "2-1", "10-0"]) == 1
    assert missed(NAMES, ["1-0"]) == 3
    assert missed(NAMES, ["2-0", "1-0", "2-1", "10-0"]) == 1


def test_a_snapshot_stands_for_what_came_up_to_it_and_a_repeat_does_no_harm() -> None:
    assert missed(NAMES, ["1-0", Covered("2-1"), "2-1", "10-0"]) == 0
    assert missed(NAMES, [Covered("2-0"), "10-0"]) == 1
    assert missed(NAMES, [Covered("9-0"), "10-0"]) == 0


def test_an_event_cut_anywhere_is_counted_once_and_when_it_is_whole() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    frames = b"id: 1-0\nevent: frame\ndata: QUJD\n\nid: 2-0\nevent: frame\ndata: QQ==\n\n"
    body = b"D\r\nretry: 700\n\n\r\n" + b"%X\r\n%b\r\n" % (len(frames), frames)
    for cut in range(1, len(head + body)):
        screen = EventStream(0, 1, _wants_snapshot=False)
        data = head + body
        found = screen.receive(data[:cut], 1.0) + screen.receive(data[cut:], 1.0)
        assert found == [b"1-0", b"2-0"]
        assert (screen.position, screen.reconnect_s) == ("2-0", 0.7)


def test_after_a_reset_nothing_counts_until_the_snapshot_is_there() -> None:
    screen = EventStream(0, 1, _wants_snapshot=False)
    screen.receive(
        b"HTTP/1.1 200 OK\r\n\r\nid: 1-0\ndata: a\n\nevent: reset\ndata: {}\n\nid: 9-0\ndata: a\n\n", 1.0
    )
    assert (screen.received, screen.resets, screen.wanted_at_s) == (["1-0"], 1, 1.0)
    screen.receive(b"HTTP/1.1 200 OK\r\nX-Kite-Position: 9-0\r\n\r\nabc", 2.0)
    screen.receive(b"", 3.0)
    assert (screen.received, screen.position) == (["1-0", Covered("9-0")], "9-0")


def test_an_answer_that_is_not_ready_is_asked_again_after_a_growing_pause() -> None:
    screen = EventStream(0, 1, _wants_snapshot=False)
    pauses = []
    for _ in range(4):
        screen.receive(b"HTTP/1.1 503 Not\r\n\r\n", 10.0)
        pauses.append((screen.wanted_at_s or 0.0) - 10.0)
    for pause, expected in zip(pauses, (0.25, 0.5, 1.0, 2.0), strict=True):
        assert 0.74 * expected < pause < 1.26 * expected


def test_websocket_frames_of_all_lengths_and_cuts_are_read() -> None:
    texts = [
        b'{"id": "%d-0", "x": "%b"}' % (number, b"y" * size) for number, size in enumerate((1, 200, 70_000))
    ]
    data = b"".join(
        b"\x81" + (bytes((len(t),)) if len(t) < 126 else b"\x7e" + len(t).to_bytes(2, "big")
                   if len(t) < 65_536 else b"\x7f" + len(t).to_bytes(8, "big")) + t
        for t in texts
    )  # fmt: skip
    for cut in (1, 2, 30, 33, 36, 100, 400, 50_000, len(data) - 1):
        screen = DashSocket(0, 1, _has_begun=True)
        found = screen.receive(data[:cut], 1.0) + screen.receive(data[cut:], 1.0)
        assert found == [b"0-0", b"1-0", b"2-0"]
