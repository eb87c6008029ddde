"""Old entries in a file: nothing is lost on the way, and the chain goes through it."""

from __future__ import annotations

import stat

import pytest

from dashboard.domain.access import Identity
from dashboard.domain.audit import happening
from dashboard.streams.audit import AuditLog, read_audit, verify_audit
from dashboard.streams.audit_archive import archive_audit, read_archive
from dashboard.streams.errors import StreamsError
from dashboard.streams.keys import Keys

pytestmark = pytest.mark.valkey

KEYS, SEAT = Keys("379900"), Identity("东城值班", "officer", "990101")


def write(client, *times: int) -> None:
    log = AuditLog(client, KEYS)
    for at_ms in times:
        log.take(happening(at_ms, SEAT, "case_seen", subject=f"at-{at_ms}\n东"))
    assert log.flush()


def faults(client, *paths) -> list[str]:
    before = [row for path in paths for row in read_archive(path)]
    return [fault.id for fault in verify_audit(client, KEYS, before=before).close()]


def test_files_and_stream_are_one_chain(client, tmp_path):
    write(client, *range(1, 41))
    everything = list(read_audit(client, KEYS))
    first, second = tmp_path / "first.log", tmp_path / "second.log"
    assert archive_audit(client, KEYS, first, 11).number == 10
    write(client, 41, 42)
    assert archive_audit(client, KEYS, second, 31).number == 30
    assert [*read_archive(first), *read_archive(second)] == everything[:30]
    assert [number for number, _ in read_audit(client, KEYS)] == [f"{n}-0" for n in range(31, 43)]
    assert faults(client, first, second) == []
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    # Without a file, or with the files in another order, something is missing.
    assert faults(client) == ["31-0"]
    assert faults(client, second) != []
    assert faults(client, second, first) != []


def test_the_newest_entry_stays_so_that_the_chain_goes_on(client, tmp_path):
    write(client, 1, 2, 3)
    path = tmp_path / "all.log"
    assert archive_audit(client, KEYS, path, 10**15).number == 2
    write(client, 4)
    assert faults(client, path) == []
    assert archive_audit(client, KEYS, tmp_path / "none.log", 3) is None
    assert sorted(file.name for file in tmp_path.iterdir()) == ["all.log"]


def test_what_was_changed_in_a_file_is_found(client, tmp_path):
    write(client, *range(1, 11))
    path = tmp_path / "old.log"
    archive_audit(client, KEYS, path, 9)
    good = path.read_bytes()
    lines = good.splitlines(keepends=True)
    for bad in (
        good.replace(b"at-3", b"at-4", 1),
        b"".join(lines[:-1]),
        b"".join([*lines[:2], *lines[3:]]),
        b"".join([lines[1], lines[0], *lines[2:]]),
        good + b"x\n",
        b"\n" + good,
        b"",
    ):
        path.write_bytes(bad)
        assert faults(client, path) != [], bad[-200:]


def test_a_broken_chain_is_not_moved(client, tmp_path):
    write(client, *range(1, 11))
    client.xdel(KEYS.audit, "4-0")
    with pytest.raises(StreamsError, match="Entry 5-0"):
        archive_audit(client, KEYS, tmp_path / "old.log", 9)
    assert client.xlen(KEYS.audit) == 9
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_there_is_is_not_written_over(client, tmp_path):
    write(client, 1, 2)
    (tmp_path / "old.log").write_text("mine")
    with pytest.raises(StreamsError, match="exists"):
        archive_audit(client, KEYS, tmp_path / "old.log", 9)
    assert client.xlen(KEYS.audit) == 2


def test_a_file_that_can_t_be_written_moves_nothing(client, tmp_path):
    write(client, 1, 2)
    with pytest.raises(StreamsError, match="can't be written"):
        archive_audit(client, KEYS, tmp_path / "no folder" / "old.log", 9)
    assert client.xlen(KEYS.audit) == 2


def test_a_file_that_there_is_not_is_told(tmp_path):
    with pytest.raises(StreamsError, match="can't be read"):
        list(read_archive(tmp_path / "none"))
