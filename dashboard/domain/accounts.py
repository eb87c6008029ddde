"""Accounts: seats of a centre (a desk, an office, a call sign), never people; and their passwords."""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from dashboard.domain.access import PROGRAMS, ROLES, Identity
from dashboard.domain.privacy import personal_text

FIRST = "administrator"
"""Name of the account that a city's first start makes."""
ACCOUNT_ROLES = tuple(sorted(ROLES - PROGRAMS))
"""Roles that somebody signs in with."""
NAME_LIMIT = 40
PASSWORD_LEAST, PASSWORD_MOST = 12, 256
DIFFERENT_LEAST = 5
"""Different characters that a password has at least."""
ONE_TIME_MS = 72 * 3600 * 1000
"""How long a password that somebody else has made holds."""
_UNMISTAKABLE = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_GROUPS, _GROUP = 4, 5
_HASHER = PasswordHasher()  # RFC 9106's second choice: 64 MiB, three passes


@dataclass(frozen=True, slots=True)
class Account:
    """A seat: what it may do where, how its password is known, and whether it may come in."""

    name: str
    role: str
    region_code: str
    password: str
    """The argon2id hash."""
    epoch: int = 1
    """Grows with every change; a session of an earlier one is void."""
    locked: bool = False
    must_change: bool = False
    """Whether the password is somebody else's, to be changed at the next sign-in."""
    ends_ms: int = 0
    """When such a password ends, ms since 1970; 0 for one that doesn't."""
    changed_ms: int = 0

    @property
    def identity(self) -> Identity:
        """Who signs in with it."""
        return Identity(self.name, self.role, self.region_code)

    def may_enter(self, now_ms: int) -> bool:
        """Whether its right password opens it at that time."""
        return not self.locked and not (self.ends_ms and self.ends_ms <= now_ms)


class AccountError(ValueError):
    """What can't be an account, a password or a token; `reason` is one of `REASONS`."""

    def __init__(self, reason: str) -> None:
        super().__init__(REASONS[reason])
        self.reason = reason


REASONS = {
    "name_empty": "The name must be 1 to 40 printable characters without blanks around them.",
    "name_personal": "The name looks like personal data; an account is a seat, such as 'east-duty'.",
    "name_taken": "There is an account of this name already.",
    "name_unknown": "There is no account of this name.",
    "role_unknown": "This is no role of an account.",
    "region_unknown": "This city has no region of this code.",
    "password_short": "The password must be at least 12 characters long.",
    "password_long": "The password must be at most 256 characters long.",
    "password_plain": "The password must have at least 5 different characters.",
    "password_named": "The password must not hold the account's name.",
    "password_same": "The password must not be the one before.",
    "action_beyond": "The role may not do one of these actions.",
    "days_none": "The days must be a whole number from 1 to 3650.",
    "token_unknown": "There is no token of this number.",
}


def checked_name(text: str) -> str:
    """The name as it is kept; raises `AccountError`."""
    name = plain_name(text)
    if not name or len(name) > NAME_LIMIT or not name.isprintable():
        raise AccountError("name_empty")
    if personal_text(name):
        raise AccountError("name_personal")
    return name


def plain_name(text: str) -> str:
    """The name that is looked up for what somebody typed: full-width letters are the others."""
    return unicodedata.normalize("NFKC", text[: 4 * NAME_LIMIT]).strip()


def check_password(password: str, name: str, before: str = "") -> None:
    """Raises `AccountError` for a password that the account `name` can't have after `before`."""
    if len(password) < PASSWORD_LEAST:
        raise AccountError("password_short")
    if len(password) > PASSWORD_MOST:
        raise AccountError("password_long")
    if len(set(password)) < DIFFERENT_LEAST:
        raise AccountError("password_plain")
    if name.lower() in password.lower():
        raise AccountError("password_named")
    if password == before:
        raise AccountError("password_same")


def one_time_password() -> str:
    """A password of 100 random bits that can be read out on the telephone."""
    groups = ("".join(secrets.choice(_UNMISTAKABLE) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def hash_of(password: str) -> str:
    """The argon2id hash: takes some 50 ms and 64 MiB, on purpose."""
    return _HASHER.hash(_bytes(password))


def fits(kept: str, password: str) -> bool:
    """Whether it is the password of the hash `kept`; as much work as `hash_of`."""
    if len(password) > PASSWORD_MOST:
        password = ""  # none is that long: the same work, the same answer
    try:
        return _HASHER.verify(kept, _bytes(password))
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Whether the hash was made with less work than `hash_of` takes now."""
    return _HASHER.check_needs_rehash(kept)


def _bytes(password: str) -> bytes:
    """The same password, however a keyboard composes its letters."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
