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
    found, sentences = verdict(json.dumps({"dependencies": packages, "fixes": []}), strict)
    assert found == code
    assert said in "\n".join(sentences)


@pytest.mark.parametrize("printed", ["", "Traceback …", "{}"])
def test_without_a_network_it_says_so(printed: str) -> None:
    assert verdict(printed, strict=False)[0] == 0
    assert verdict(printed, strict=True)[0] == 1
    assert "no list of weaknesses was reached" in verdict(printed, strict=False)[1][0]
