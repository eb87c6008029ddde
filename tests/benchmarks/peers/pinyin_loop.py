"""A search as it is usually written: each text with its pinyin and initials, and `in` over all of them.

Spellings come from `pypinyin.lazy_pinyin`, as its own documentation has it, and are made once. A word is
found in a text, its whole pinyin or its initials; what mixes them ("kuiwq") or takes another reading is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pypinyin import Style, lazy_pinyin


class PinyinLoop:
    """All texts with their spellings, in order."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._spellings = [self._spell(text) for text in texts]

    @staticmethod
    def _spell(text: str) -> tuple[str, str, str]:
        initials = lazy_pinyin(text, style=Style.FIRST_LETTER)
        return text.lower(), "".join(lazy_pinyin(text)), "".join(initials)

    def find(self, words: Sequence[str], limit: int) -> list[int]:
        """The first `limit` texts that hold every word."""
        found: list[int] = []
        for number, spellings in enumerate(self._spellings):
            if all(any(word in spelling for spelling in spellings) for word in words):
                found.append(number)
                if len(found) == limit:
                    break
        return found
