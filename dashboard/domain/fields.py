"""Parsers of single field values: text in, value out, `ValueError` with half a sentence otherwise.

The half sentence follows the field's name: "level" + "must be 01, 02, 03 or 04".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from dashboard.domain.case_types import resolve_type
from dashboard.domain.refused import quote

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_IDENTIFIER = re.compile(r"[A-Za-z0-9._:\-]{1,64}")
_GRID_CODE = re.compile(r"[0-9]{15}")
_REGION_CODE = re.compile(r"[0-9]{6}(?:[0-9]{3}){0,3}")
_UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")

Parser = Callable[[str], Any]


def identifier(text: str) -> str:
    """1–64 of A–Z a–z 0–9 . _ : -"""
    if _IDENTIFIER.fullmatch(text) is None:
        raise ValueError("must be 1 to 64 of the characters A-Z a-z 0-9 . _ : -")
    return text


def grid_code(text: str) -> str:
    """A grid's fifteen digits."""
    if _GRID_CODE.fullmatch(text) is None:
        raise ValueError("must be the 15 digits of a grid's code")
    return text


def region_code(text: str) -> str:
    """A region's 6, 9, 12 or 15 digits."""
    if _REGION_CODE.fullmatch(text) is None:
        raise ValueError("must be a region's code of 6, 9, 12 or 15 digits")
    return text


def instant_ms(text: str) -> int:
    """An ISO 8601 time with its offset from UTC, as milliseconds since 1970."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"must be an ISO 8601 time such as 2026-11-24T09:30:00+08:00, not {quote(text)}"
        ) from None
    if moment.tzinfo is None:
        raise ValueError(f"must say its offset from UTC, as in 2026-11-24T09:30:00+08:00, not {quote(text)}")
    moment_ms = (moment - _EPOCH) // _MILLISECOND
    if moment_ms < 0:
        raise ValueError(f"must not lie before 1970, as {quote(text)} does")
    return moment_ms


def longitude(text: str) -> float:
    """Degrees east, WGS 84."""
    return _degrees(text, 180.0)


def latitude(text: str) -> float:
    """Degrees north, WGS 84."""
    return _degrees(text, 90.0)


def _degrees(text: str, limit: float) -> float:
    try:
        value = float("nan" if "_" in text else text)
    except ValueError:
        value = float("nan")
    if not -limit <= value <= limit:
        raise ValueError(f"must be decimal degrees from -{limit:g} to {limit:g}, not {quote(text)}")
    return value


def case_type(text: str) -> str:
    """A type's slug, four digits or first level, as its four digits."""
    try:
        return resolve_type(text).code
    except KeyError:
        raise ValueError(f"must be a type of the table, as theft, 2101 or 21, not {quote(text)}") from None


def flag(text: str) -> bool:
    """1 or true, 0 or false."""
    try:
        return {"1": True, "true": True, "True": True, "0": False, "false": False, "False": False}[text]
    except KeyError:
        raise ValueError(f"must be 1 or 0, not {quote(text)}") from None


def text_of(limit: int) -> Parser:
    """Parser of a text of at most `limit` characters; blanks around it are dropped."""

    def parse(text: str) -> str:
        if len(text) > limit:
            raise ValueError(f"must be at most {limit} characters long, not {len(text)}")
        if not text.isprintable() and _UNWANTED.search(text) is not None:
            raise ValueError("must not hold control characters")
        return text.strip()

    return parse


def whole(low: int, high: int) -> Parser:
    """Parser of a whole number in [low, high]."""

    def parse(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) <= 15 and low <= int(text) <= high):
            raise ValueError(f"must be a whole number from {low} to {high}, not {quote(text)}")
        return int(text)

    return parse


def numbered(codes: Iterable[int]) -> Parser:
    """Parser of one of some two-digit codes; "04" and "4" are the same."""
    values = {form: code for code in codes for form in (f"{code:02d}", str(code))}
    shown = ", ".join(f"{code:02d}" for code in sorted(set(values.values())))

    def parse(text: str) -> int:
        try:
            return values[text]
        except KeyError:
            raise ValueError(f"must be one of {shown}, not {quote(text)}") from None

    return parse


def one_of(values: Iterable[str]) -> Parser:
    """Parser of one of some words."""
    words = {value: value for value in values}
    shown = ", ".join(words)

    def parse(text: str) -> str:
        try:
            return words[text]
        except KeyError:
            raise ValueError(f"must be one of {shown}, not {quote(text)}") from None

    return parse


def numbers_of(table: dict[str, int]) -> Parser:
    """Parser of one of some words, as its number in `table`."""
    shown = ", ".join(table)

    def parse(text: str) -> int:
        try:
            return table[text]
        except KeyError:
            raise ValueError(f"must be one of {shown}, not {quote(text)}") from None

    return parse


def listed(limit: int, each: Parser) -> Parser:
    """Parser of a comma-separated list of 1 to `limit` different values, as a tuple."""

    def parse(text: str) -> tuple[str, ...]:
        parts = [each(part) for part in text.replace("，", ",").split(",") if part.strip()]
        values = tuple(dict.fromkeys(parts))
        if not 1 <= len(values) <= limit:
            raise ValueError(f"must be a comma-separated list of 1 to {limit}")
        return values

    return parse
