"""The chain of the audit stream: whatever is done to a stored one is found."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.access import Identity
from dashboard.domain.audit import (
    ACTIONS,
    BEFORE_ALL,
    OUTCOMES,
    WITHHELD,
    Entry,
    Happening,
    Verifier,
    chained,
    happening,
    id_of,
)

SEAT = Identity("东城值班", "officer", "990101")
Stored = list[tuple[str, Entry | None]]

words = st.text(max_size=30)
happenings = st.builds(
    lambda at, action, subject, where, outcome, facts: happening(
        at, SEAT, action, subject=subject, where=where, outcome=outcome, facts=facts
    ),
    st.integers(0, 2**42),
    st.sampled_from(sorted(ACTIONS)),
    words,
    words,
    st.sampled_from(OUTCOMES),
    st.dictionaries(words, words, max_size=3),
)
chains = st.lists(happenings, min_size=2, max_size=8)


def stored(happened: list[Happening]) -> Stored:
    end, kept = BEFORE_ALL, []
    for one in happened:
        entry, end = chained(one, end)
        kept.append((id_of(end.number), entry))
    return kept


def faults(chain: Stored, heads: tuple[str, ...] = ()) -> list[str]:
    verifier = Verifier(heads)
    for stored_id, entry in chain:
        verifier.take(stored_id, entry)
    return [fault.id for fault in verifier.close()]


def head(chain: Stored) -> str:
    last = chain[-1][1]
    assert last is not None
    return last.hash


@given(chains)
def test_a_chain_as_it_was_written_holds(happened):
    chain = stored(happened)
    assert faults(chain, (head(chain),)) == []


@given(chains, st.data())
def test_a_changed_byte_is_found(happened, data):
    chain = stored(happened)
    at = data.draw(st.integers(0, len(chain) - 1))
    name, entry = chain[at]
    place = data.draw(st.integers(0, len(entry.line) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != entry.line[place]))
    line = entry.line[:place] + bytes([other]) + entry.line[place + 1 :]
    chain[at] = (name, Entry(line, entry.hash))
    assert name in faults(chain)


@given(chains, st.data())
def test_a_changed_hash_is_found(happened, data):
    chain = stored(happened)
    at = data.draw(st.integers(0, len(chain) - 1))
    name, entry = chain[at]
    other = data.draw(st.text(max_size=64).filter(lambda text: text != entry.hash))
    chain[at] = (name, Entry(entry.line, other))
    assert name in faults(chain)


@given(chains, st.data())
def test_an_entry_made_again_with_its_hash_is_found(happened, data):
    """Somebody who knows the form: the content is other and its hash fits, so the next entry doesn't."""
    chain = stored(happened)
    newest = head(chain)
    at = data.draw(st.integers(0, len(chain) - 1))
    name, entry = chain[at]
    told = {**json.loads(entry.line), "who": "somebody else"}
    line = json.dumps(told).encode()
    chain[at] = (name, Entry(line, hashlib.sha256(line).hexdigest()))
    assert faults(chain, (newest,)) != []
    assert faults(chain) != [] or at == len(chain) - 1  # the last needs a head from elsewhere


@given(chains, st.data())
def test_a_missing_entry_is_found(happened, data):
    chain = stored(happened)
    newest = head(chain)
    at = data.draw(st.integers(0, len(chain) - 1))
    del chain[at]
    assert faults(chain, (newest,)) != []
    assert faults(chain) != [] or at == len(chain)


@given(chains, st.data())
def test_a_cut_off_beginning_is_found_even_when_numbers_and_ids_are_moved_up(happened, data):
    chain = stored(happened)
    cut = data.draw(st.integers(1, len(chain) - 1))
    left = [(id_of(number), entry) for number, (_, entry) in enumerate(chain[cut:], 1)]
    assert faults(left) != []


@given(chains, st.data())
def test_two_exchanged_entries_are_found(happened, data):
    chain = stored(happened)
    one = data.draw(st.integers(0, len(chain) - 2))
    other = data.draw(st.integers(one + 1, len(chain) - 1))
    (first, a), (second, b) = chain[one], chain[other]
    chain[one], chain[other] = (first, b), (second, a)
    assert faults(chain) != []


@given(chains, st.data())
def test_an_added_entry_is_found(happened, data):
    chain = stored(happened)
    at = data.draw(st.integers(0, len(chain) - 1))
    number = int(chain[at][0].partition("-")[0])
    twin = data.draw(st.sampled_from(chain))[1]
    chain.insert(at + 1, (f"{number}-1", twin))  # the only ids that are free in between
    assert f"{number}-1" in faults(chain)


@given(chains)
def test_an_entry_of_another_form_is_found(happened):
    chain = stored(happened)
    chain[1] = (chain[1][0], None)
    assert chain[1][0] in faults(chain)


def test_a_chain_made_again_whole_is_found_by_a_head_from_elsewhere():
    first = stored([happening(1, SEAT, "case_seen", subject="a-1"), happening(2, SEAT, "sign_out")])
    again = stored([happening(1, SEAT, "case_seen", subject="a-2"), happening(2, SEAT, "sign_out")])
    assert faults(again) == []
    assert faults(again, (head(first),)) == [""]


@pytest.mark.parametrize("line", [b"", b"[]", b"1", b"{", b'"x"', b"\xff"])
def test_a_line_that_is_none_is_a_fault_not_a_crash(line):
    assert faults([("1-0", Entry(line, hashlib.sha256(line).hexdigest()))]) == ["1-0"]


def test_the_hash_is_plain_sha256_of_the_line():
    """So that another program can verify a stream: docs/audit.md says how."""
    entry, end = chained(happening(5, SEAT, "sign_in", where="10.0.0.7"), BEFORE_ALL)
    assert end.hash == entry.hash == hashlib.sha256(entry.line).hexdigest()
    assert json.loads(entry.line) == {
        "number": 1, "at_ms": 5, "who": "东城值班", "role": "officer",
        "bound": "990101", "action": "sign_in", "subject": "",
        "region": "990101", "where": "10.0.0.7", "outcome": "done", "facts": {}, "before": "0" * 64,
    }  # fmt: skip


@pytest.mark.parametrize("text", ["13912345678", "联系电话：0536-8231111", "鲁G12345", "someone@example.com"])
def test_what_looks_personal_is_withheld(text):
    kept = happening(1, SEAT, "case_seen", subject=text, where=text, facts={text: "x", "x": text})
    assert text not in repr(kept)
    assert kept.subject == WITHHELD


def test_texts_are_short_and_printable():
    kept = happening(1, SEAT, "case_seen", subject="a\n\x1b[2J\ud800" + "b" * 5000)
    assert kept.subject.startswith("a  [2J b")
    assert len(kept.subject) == 200
    chained(kept, BEFORE_ALL)


def test_an_unknown_action_is_an_error_not_an_entry():
    with pytest.raises(KeyError):
        happening(1, SEAT, "case_sen")
    with pytest.raises(KeyError):
        happening(1, SEAT, "case_seen", outcome="maybe")


def test_what_is_cut_off_leaves_no_part_of_a_number():
    """A telephone number across the end of what is kept would leave most of its digits."""
    for before in range(180, 200):
        kept = happening(1, SEAT, "case_seen", subject="." * before + "13912345678")
        assert kept.subject == WITHHELD
