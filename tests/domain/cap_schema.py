"""The standard's own schema of alerts, and looking into what it has found valid."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path

import xmlschema

from dashboard.domain.cap import NAMESPACE

CAP = {"": NAMESPACE}


@cache
def schema() -> xmlschema.XMLSchema:
    """That of tests/domain/data."""
    return xmlschema.XMLSchema(Path(__file__).parent / "data" / "CAP-v1.2.xsd")


def parsed(xml: bytes | None) -> ET.Element:
    """The alert, once the schema has found it valid."""
    assert xml is not None
    schema().validate(xml.decode())
    return ET.fromstring(xml)


def text(root: ET.Element, path: str) -> str:
    """The text of an element that must be there."""
    found = root.find(path, CAP)
    assert found is not None, path
    return found.text or ""
