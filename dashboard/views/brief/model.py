"""What a brief says, whatever it is written on: sections of words, tables and drawings.

It is made once in the language of the request (`content.py`), and written twice: as a page to print
(`print_page.py`) and as a PDF (`pdf.py`). All of it is plain text and SVG; nobody reads markup out of it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Kind = Literal["plain", "note", "strong"]


@dataclass(frozen=True)
class Words:
    """A paragraph: plain, a note in small letters, or one that stands out."""

    text: str
    kind: Kind = "plain"
    type: str = "words"


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, how wide it is beside the others, and whether it holds figures."""

    heading: str
    share: float = 1.0
    figures: bool = False


@dataclass(frozen=True)
class Table:
    """Rows of texts under headings; the `total` last rows stand out."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    total: int = 0
    type: str = "table"


@dataclass(frozen=True)
class Drawing:
    """An SVG of the paper's theme, with the words for who does not see it; `share` of the page's width."""

    svg: str
    alt: str
    caption: str = ""
    share: float = 1.0
    type: str = "drawing"


@dataclass(frozen=True)
class Pair:
    """Two narrow tables beside each other."""

    left: Table
    right: Table
    type: str = "pair"


Block = Words | Table | Drawing | Pair


@dataclass(frozen=True)
class Section:
    """A part of the brief: its slug (of `content.SECTIONS`), its heading, and what stands under it."""

    slug: str
    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Figure:
    """One of the large figures at the head: what it is, the figure, a word beside it, and a line under it.

    `level` is that of the safety index, where the figure has one.
    """

    name: str
    value: str
    note: str = ""
    level: int = 0
    beside: str = ""


@dataclass(frozen=True)
class Brief:
    """A brief of a region and a period. `labels` say what of it is not real; `running` stands on every page.

    `pages` has the braces {page} and {pages}; `file` is its name without an ending.
    """

    language: str
    place: str
    title: str
    period: str
    made: str
    running: str
    foot: str
    pages: str
    labels: tuple[str, ...]
    figures: tuple[Figure, ...]
    sections: tuple[Section, ...]
    file: str

    def to_dict(self) -> dict[str, Any]:
        """All of it as values that JSON can hold."""
        return asdict(self)


def figures_table(*columns: Column, rows: list[tuple[str, ...]], caption: str = "", total: int = 0) -> Table:
    """A table; raises `ValueError` for a row of another length than the headings."""
    for row in rows:
        if len(row) != len(columns):
            raise ValueError(f"a row of {len(row)} cells under {len(columns)} headings: {row!r}")
    return Table(columns, tuple(rows), caption, total)
