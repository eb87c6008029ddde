"""Texts that are translated when they are shown, in the language of the request."""

from flask_babel import LazyString, lazy_gettext  # type: ignore[import-untyped, unused-ignore]

__all__ = ["Text", "lazy_gettext"]

Text = str | LazyString
