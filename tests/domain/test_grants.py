"""The table that gives those whom another system signs in a role and a region."""

from __future__ import annotations

import pytest

from dashboard.domain.grants import Grant, checked_grants, grant_of, parse_grants
from dashboard.settings import Settings, SettingsError

TABLE = "admins=administrator; 东城值班 = officer@370702 ;cn=kite,ou=groups,dc=x=leader;"


def test_a_table_is_read_row_by_row():
    assert parse_grants(TABLE) == (
        Grant("admins", "administrator", "*"),
        Grant("东城值班", "officer", "370702"),
        Grant("cn=kite,ou=groups,dc=x", "leader", "*"),
    )
    assert parse_grants("") == ()


@pytest.mark.parametrize(
    "text", ["admins", "=officer", "x=boss", "x=officer@", "x=@370702", "x=", "a=officer;b", "x=producer"]
)
def test_what_is_no_table_is_an_error(text):
    with pytest.raises(ValueError, match="VALUE=ROLE@REGION"):
        checked_grants(text)
    with pytest.raises(SettingsError, match="KITE_OIDC_GRANTS"):
        Settings.load({"KITE_OIDC_GRANTS": text})


def test_the_first_row_that_fits_decides_whatever_the_order_of_the_groups():
    rows = parse_grants(TABLE)
    assert grant_of(rows, ["东城值班", "admins"]) == rows[0]
    assert grant_of(rows, ["others", "东城值班"]) == rows[1]
    assert grant_of(rows, ["Admins", "admin"]) is None
    assert grant_of(rows, []) is None
