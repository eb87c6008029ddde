"""`Refused`: what the domain answers to an entry or a command that it will not apply."""

from __future__ import annotations

REASONS: dict[str, str] = {
    "personal": "a field or a text that points at a person; no value of the entry may be kept",
    "too_large": "the entry is larger than an entry may be; no value of the entry may be kept",
    "unknown_field": "a field that this kind of entry does not have",
    "missing_field": "a field that must be there is not",
    "bad_value": "a value that can't be read or lies outside its range",
    "no_position": "neither coordinates nor a grid, or half a pair of coordinates",
    "future": "a time later than the stream's own clock allows",
    "outside": "a position or a grid that is not in this city",
    "unknown_case": "a command or a merge that names a case nobody reported",
    "version": "the case has changed since the sender saw it",
    "not_allowed": "the case's state does not allow the command",
    "duplicate": "the command was applied before",
    "unforeseen": "a fault of Kite's own; the event is kept as it came, to be sent again once that is mended",
}
"""Every reason code and its meaning; documentation and dead letters use these and no others."""

VALUES_NOT_KEPT = frozenset({"personal", "too_large"})
"""Reason codes after which a dead letter keeps the names of an entry's fields and none of its values."""


class Refused(Exception):  # noqa: N818 - it is an answer in the field's words, not a failure of the program
    """An entry or command that is not applied, and why.

    `reason_code` is a key of `REASONS`; `sentence` is one sentence for a person, which never holds a
    personal value. `facts` are the sentence's particulars as JSON-able values, for screens that
    word it in another language.
    """

    def __init__(self, reason_code: str, sentence: str, **facts: object) -> None:
        if reason_code not in REASONS:
            raise ValueError(f"{reason_code!r} is not a reason code; add it to REASONS.")
        super().__init__(sentence)
        self.reason_code = reason_code
        self.sentence = sentence
        self.facts = facts


def quote(text: str, limit: int = 40) -> str:
    """A value as a sentence may show it: quoted, on one line, cut to `limit` characters."""
    shown = text if len(text) <= limit else f"{text[:limit]}…"
    return repr(shown)
