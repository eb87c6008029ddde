"""No account takes all the connections of a web process with event streams."""

from __future__ import annotations

from collections.abc import Iterator

from dashboard.live.open_streams import OpenStreams


def messages() -> Iterator[bytes]:
    while True:
        yield b"message"


def test_each_name_may_have_so_many_and_a_closed_one_makes_room() -> None:
    streams = OpenStreams(2)
    opened = [streams.counted("a", messages()) for _ in range(2)]
    assert not streams.is_full("a")  # none has begun
    assert [next(stream) for stream in opened] == [b"message"] * 2
    assert streams.is_full("a")
    assert not streams.is_full("b")
    opened[0].close()  # type: ignore[attr-defined]
    assert not streams.is_full("a")


def test_one_that_begins_too_late_is_empty_and_takes_no_room() -> None:
    """Several may have asked before any of them began."""
    streams = OpenStreams(1)
    first, second = (streams.counted("a", messages()) for _ in range(2))
    assert next(first) == b"message"
    assert list(second) == []
    assert streams.is_full("a")
    first.close()  # type: ignore[attr-defined]
    assert not streams.is_full("a")


def test_none_is_no_limit() -> None:
    streams = OpenStreams(0)
    opened = [streams.counted("a", messages()) for _ in range(50)]
    assert {next(stream) for stream in opened} == {b"message"}
    assert not streams.is_full("a")
