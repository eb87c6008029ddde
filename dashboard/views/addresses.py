"""The addresses of the pages, made and read in one place."""

from __future__ import annotations

REGION = "/region/"
DISPATCH = "/dispatch/"
SIGN_IN = "/sign-in"
SIGN_OUT = "/sign-out"
UNIT = "/unit/"


def region_path(code: str) -> str:
    """The address of a region's page."""
    return f"{REGION}{code}"


def region_in(pathname: str) -> str | None:
    """The code in the address of a region's page; None for any other address."""
    code = pathname.removeprefix(REGION).rstrip("/")
    return code if pathname.startswith(REGION) and code and "/" not in code else None
