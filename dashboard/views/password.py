"""Where one chooses a password of one's own; led here first whoever signed in with one that others made."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, Response, request
from markupsafe import Markup

from dashboard.domain.accounts import Account, AccountError, check_password, hash_of
from dashboard.live.identity import Identities, UnknowableError
from dashboard.live.noting import note
from dashboard.live.sessions import SilentStoreError
from dashboard.live.signing_in import SigningIn, WaitError, WrongError, off_loop
from dashboard.streams.accounts import with_password
from dashboard.streams.client import FAILED
from dashboard.streams.sessions import Session
from dashboard.views.addresses import PASSWORD, SIGN_IN
from dashboard.views.services import Services
from dashboard.views.sign_in import VOID, BlindError, forgetting, own_path, place_of, to
from dashboard.views.sign_in_page import NEXT, panel_page
from dashboard.views.texts import t

BEFORE, NEW, AGAIN = "before", "new", "again"

_FORM = Markup("""<form method="post">
<input type="hidden" name="username" autocomplete="username" value="{name}">
{before}
<label>{new_label}<input type="password" name="new" required minlength="12" maxlength="256"
 autocomplete="new-password"><small>{help}</small></label>
<label>{again_label}<input type="password" name="again" required autocomplete="new-password"></label>
<button>{send}</button>
</form>
<a href="{back}">{back_label}</a>""")
_BEFORE = Markup("""<label>{label}<input type="password" name="before" required autofocus
 autocomplete="current-password"></label>""")


class _TwoError(Exception):
    """The new password was typed in two ways."""


class _OverError(Exception):
    """The account has changed since the session was looked up: this one may choose no password any more."""


PROBLEMS: dict[type[Exception], tuple[int, str]] = {
    WaitError: (429, "sign_in.wait"),
    WrongError: (403, "password.wrong"),
    _TwoError: (422, "password.two"),
    UnknowableError: (503, "sign_in.silent"),
}


def install(server: Flask, services: Services, identities: Identities, signing_in: SigningIn) -> None:
    """Give `server` the page."""

    def as_whoever_asks(answer: Callable[[Session], Response]) -> Response:
        """What `answer` makes of the session of who asks, if it is one of an account of the store."""
        try:
            mine = identities.sessions.current()
        except SilentStoreError:
            return _alone(503, t("sign_in.silent"))
        if mine is None or mine.epoch is None:
            return _without_account(identities)
        return answer(mine)

    def form(mine: Session) -> Response:
        return _page(services, mine, 200, t("password.must") if mine.must_change else "")

    def taken(mine: Session) -> Response:
        try:
            account = _changed(mine, signing_in)
            note("password_changed", subject=account.name, who=account.identity)
            identities.sessions.begin(account)
        except AccountError as problem:
            return _page(services, mine, 422, t(f"accounts.{problem.reason}"))
        except _OverError:
            return forgetting(identities, to(f"{SIGN_IN}?{VOID}=1"))
        except tuple(PROBLEMS) as problem:
            status, name = next(said for kind, said in PROBLEMS.items() if isinstance(problem, kind))
            words = {"seconds": problem.seconds} if isinstance(problem, WaitError) else {}
            return _page(services, mine, status, t(name, **words))
        except FAILED:
            return _page(services, mine, 503, t("sign_in.silent"))
        return to(_after(services, mine))

    @server.get(PASSWORD)
    def password() -> Response:
        return as_whoever_asks(form)

    @server.post(PASSWORD)
    def change() -> Response:
        return as_whoever_asks(taken)


def _changed(mine: Session, signing_in: SigningIn) -> Account:
    """The account with its new password; raises `AccountError`, `_OverError`, `PROBLEMS`, `FAILED`.

    Only while it is as the session found it: who comes too late must not undo what an administrator, or
    another browser with the same one-time password, has done meanwhile.
    """
    name, new = mine.identity.name, request.form.get(NEW, "")
    if new != request.form.get(AGAIN, ""):
        raise _TwoError
    before = "" if mine.must_change else request.form.get(BEFORE, "")
    check_password(new, name, before)
    if not mine.must_change:
        signing_in.check(name, before)
    elif signing_in.is_password_of(name, new):
        raise AccountError("password_same")
    hashed = off_loop(lambda: hash_of(new))

    def if_unchanged(account: Account) -> Account:
        if account.epoch != mine.epoch:
            raise _OverError
        return with_password(account, hashed)

    return signing_in.accounts.change(name, if_unchanged)


def _page(services: Services, mine: Session, status: int, sentence: str) -> Response:
    before = "" if mine.must_change else _BEFORE.format(label=t("password.before"))
    inside = _FORM.format(
        name=mine.identity.name,
        before=before,
        new_label=t("password.new"),
        again_label=t("password.again"),
        help=t("password.help"),
        send=t("password.send"),
        back="/sign-out" if mine.must_change else _after(services, mine),
        back_label=t("nav.sign_out") if mine.must_change else t("password.back"),
    )
    title = t("password.title")
    return panel_page(status, title, t("password.heading", account=mine.identity.name), sentence, inside)


def _after(services: Services, mine: Session) -> str:
    try:
        return own_path(request.args.get(NEXT)) or place_of(services, mine.identity)
    except BlindError:
        return "/"


def _without_account(identities: Identities) -> Response:
    """A token's bearer, or who signed in elsewhere, has no password here; others sign in first."""
    given = identities.presented()
    if given is None or (given.name is not None and identities.sessions.current() is None):
        return to(SIGN_IN)
    return _alone(403, t("password.none"))


def _alone(status: int, sentence: str) -> Response:
    return panel_page(status, t("password.title"), t("password.title"), sentence, Markup(""))
