"""The addresses of the pages, made and read in one place."""

from __future__ import annotations

from urllib.parse import quote

ADMIN = "/admin/accounts"
OIDC = "/sign-in/oidc"
OIDC_BACK = "/sign-in/oidc/back"
REGION = "/region/"
DISPATCH = "/dispatch/"
PASSWORD = "/password"
SIGN_IN = "/sign-in"
SIGN_OUT = "/sign-out"
UNIT = "/unit/"
WALL = "/wall/"


def region_path(code: str) -> str:
    """The address of a region's page."""
    return f"{REGION}{code}"


def unit_path(call_sign: str) -> str:
    """The address of a unit's page."""
    return f"{UNIT}{quote(call_sign)}"


def region_in(pathname: str) -> str | None:
    """The code in the address of a region's page; None for any other address."""
    code = pathname.removeprefix(REGION).rstrip("/")
    return code if pathname.startswith(REGION) and code and "/" not in code else None


def brief_path(code: str, period: str, language: str, form: str = "") -> str:
    """The address of a region's brief: a page to print, or with `form` "pdf" a document."""
    return f"/brief/{code}{'.' + form if form else ''}?period={period}&lang={language}"


def export_path(table: str, code: str, form: str) -> str:
    """The address of one of a region's tables, `form` "csv" or "geojson"."""
    return f"/export/{table}/{code}.{form}"
