"""Texts that are translated when they are shown, in the language of the request."""

from typing import TypeAlias

from flask_babel import LazyString, get_locale, lazy_gettext  # type: ignore[import-untyped, unused-ignore]

__all__ = ["Text", "in_both", "lazy_gettext"]

Text: TypeAlias = str | LazyString


def in_both(zh: str, en: str) -> Text:
    """A text whose two languages stand in a table of the domain."""
    return LazyString(lambda: en if str(get_locale()) == "en" else zh)
