"""`script/audit`: fails on a weakness, says what could not be looked up."""

from __future__ import annotations

import json

import pytest

from tests.deploy.audit import verdict

CLEAN = {"name": "flask", "version": "3.1.3", "vulns": []}
WEAK = {"name": "jinja2", "version": "3.1.6", "vulns": [{"id": "PYSEC-2099-1", "fix_versions": ["3.1.7"]}]}
UNKNOWN = {"name": "gevent", "skip_reason": "Dependency not found"}


@pytest.mark.parametrize(
    ("packages", "strict", "code", "said"),
    [
        ([CLEAN], True, 0, "1 of 1 packages were looked up; 0 known weaknesses"),
        ([CLEAN, WEAK], False, 1, "jinja2 3.1.6: PYSEC-2099-1, mended in 3.1.7"),
        ([CLEAN, UNKNOWN], False, 0, "knows nothing of the other 1"),
        ([CLEAN, UNKNOWN], True, 1, "1 of 2 packages were looked up"),
    ],
)
def test_a_weakness_fails_and_what_is_not_known_is_said(
    packages: list[dict[str, object]], strict: bool, code: int, said: str
) -> None:
    found, sentences = verdict(json.dumps({"dependencies": packages, "fixes": []}), "", strict)
    assert found == code
    assert said in "\n".join(sentences)


AWAY = (
    "INFO:…\nERROR:pip_audit._cli:Could not connect to PyPI's vulnerability feed\nERROR:…: Tip: …\n",
    "Traceback …\nrequests.exceptions.ConnectionError: HTTPSConnectionPool(…): Max retries exceeded\n",
    "Traceback …\npip_audit._service.interface.ServiceError\n",
)


@pytest.mark.parametrize("printed", ["", "Traceback …", "{}"])
@pytest.mark.parametrize("complained", AWAY)
def test_without_a_network_it_says_so_and_what_to_do(printed: str, complained: str) -> None:
    assert verdict(printed, complained, strict=True)[0] == 1
    code, (sentence,) = verdict(printed, complained, strict=False)
    assert code == 0
    assert "no list of weaknesses was reached" in sentence
    assert "--osv-url" in sentence


def test_an_index_that_knows_of_no_package_is_no_list_of_weaknesses() -> None:
    printed = json.dumps({"dependencies": [UNKNOWN, {**UNKNOWN, "name": "flask"}], "fixes": []})
    code, (sentence,) = verdict(printed, "", strict=False)
    assert code == 0
    assert "no list of weaknesses was reached" in sentence
    assert verdict(printed, "", strict=True)[0] == 1


@pytest.mark.parametrize("complained", ["", "No module named pip_audit", "ERROR:…: requirement not hashed\n"])
def test_one_that_did_not_work_is_no_clean_list(complained: str) -> None:
    code, (sentence,) = verdict("", complained, strict=False)
    assert code == 2
    assert (complained.strip() or "nothing") in sentence
