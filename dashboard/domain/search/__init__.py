"""Looking something up by a few letters: cases, places and units, in Chinese, in pinyin or by code.

`alphabet` says which characters a typed piece may stand for, `texts` finds a word in many texts at once,
`query` cuts what was typed into words, and `finder` puts cases, places and units together and ranks them.
"""

from dashboard.domain.search.finder import CASE, KINDS, PLACE, UNIT, Area, Finder, Hit
from dashboard.domain.search.query import MOST_LETTERS, MOST_WORDS, Emphasis, words_of

__all__ = [
    "CASE",
    "KINDS",
    "MOST_LETTERS",
    "MOST_WORDS",
    "PLACE",
    "UNIT",
    "Area",
    "Emphasis",
    "Finder",
    "Hit",
    "words_of",
]
