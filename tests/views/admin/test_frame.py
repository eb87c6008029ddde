"""The administration's frame: who gets in, and that nothing anybody wrote becomes HTML."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from dashboard.domain.access import ROLES, Identity
from dashboard.views.admin import frame
from tests.views.fakes import CITY, CODES, COUNTY, TOWN

EVIL = "<script>alert('x')</script>\"'&"
OTHER = CODES[2]


def asked_by(services, role, region):
    return replace(services, identity=lambda: Identity("东城值班", role, region))


@pytest.mark.parametrize("role", sorted(ROLES - {"administrator"}))
def test_others_than_administrators_get_a_page_that_says_so(services, in_language, role):
    with in_language("en"), pytest.raises(HTTPException) as refused:
        frame.gate(asked_by(services, role, "*"))
    answer = refused.value.get_response()
    assert answer.status_code == 403
    assert "for administrators only" in answer.get_data(as_text=True)


def test_an_administrator_of_a_place_that_is_none_is_refused(services, in_language):
    with in_language("en"), pytest.raises(HTTPException):
        frame.gate(asked_by(services, "administrator", "990199"))


def test_who_is_bound_to_a_county_administers_that_alone(services, in_language):
    with in_language("zh"):
        county = frame.gate(asked_by(services, "administrator", COUNTY))
        whole = frame.gate(asked_by(services, "administrator", "*"))
    codes = (COUNTY, TOWN, OTHER, CITY, "*", "", "990199")
    assert [county.holds(code) for code in codes] == [True, True, False, False, False, False, False]
    assert all(whole.holds(code) for code in codes)


def test_the_page_names_itself_and_leads_to_the_others(services, in_language):
    with in_language("en"):
        answer = frame.admin_page("trail", "Audit trail", Markup("<p>x</p>"), 201)
    text = answer.get_data(as_text=True)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (201, "no-store")
    assert [path for path in frame.PATHS.values() if f'href="{path}"' in text] == list(frame.PATHS.values())
    assert re.findall(r'href="([^"]+)" aria-current="page"', text) == ["/admin/trail"]
    assert "<script" not in text


def test_what_anybody_wrote_stays_text(services, in_language):
    field = frame.Field(EVIL, EVIL, value=EVIL, help=EVIL, more={"placeholder": EVIL})
    kinds = ("text", "textarea", "select", "checkbox")
    fields = [replace(field, kind=kind, options=[(EVIL, EVIL)]) for kind in kinds]
    with in_language("zh"):
        parts = [
            frame.table([EVIL], [[EVIL]], EVIL),
            frame.form("/x", fields, EVIL, hidden={EVIL: EVIL}, title=EVIL),
            frame.button("/x", EVIL, {EVIL: EVIL}),
            frame.notice(EVIL, bad=True),
            frame.link(EVIL, EVIL),
            frame.admin_page("trail", EVIL, Markup("")).get_data(as_text=True),
        ]
    for part in parts:
        assert "<script>" not in part
        assert "'x'" not in part


def test_a_table_without_rows_says_so(in_language):
    with in_language("en"):
        assert "None." in frame.table(["a", "b"], [], "c")


def test_after_a_form_one_is_led_to_a_sentence_of_kites_own(in_language):
    with in_language("en"):
        assert frame.see_other("/admin/x").headers["Location"] == "/admin/x"
        answer = frame.see_other("/admin/x", "admin.said.none", a="1&2")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/x?a=1%262&said=admin.said.none")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", ["", "app.name", "admin.said.nothing", EVIL])
def test_the_address_can_name_no_other_text(in_language, compiled, name):
    from flask import Flask

    from dashboard.views import languages

    server = Flask("test")
    languages.install(server, "zh", compiled)
    with server.test_request_context("/admin/x", query_string={"said": name}):
        assert frame.said() == ""
