"""Every text is in the catalogue, in both languages, and used; none is written elsewhere."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from dashboard.domain.case_types import CASE_TYPES, FAMILIES
from dashboard.views.languages import CATALOGUES, LANGUAGES
from dashboard.views.texts import TEXTS, t, texts_for
from layers import discover, to_json
from tests.views.pages import CHINESE

ROOT = Path(__file__).parents[2]
SOURCES = [*(ROOT / "dashboard/views").rglob("*.py"), *(ROOT / "callbacks").glob("*.py")]
SCRIPTS = sorted(
    [
        *(ROOT / "assets/views").glob("*.js"),
        *(ROOT / "assets/wall").glob("*.mjs"),
        *(path for name in ("desk", "unit", "leaders") for path in (ROOT / "assets" / name).glob("*.mjs")),
    ]
)
ENGLISH = CATALOGUES / "en" / "LC_MESSAGES" / "messages.po"
SAYS_SOMETHING = re.compile(r"[A-Za-z]{3,}[ .…]|^[A-Z][a-z]+$")


@pytest.fixture(scope="module")
def source_texts() -> set[str]:
    """What pybabel would extract, with the project's own configuration."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(ROOT, methods, options, directory_filter=_is_ours)
    return {message for _, _, message, _, _ in found if isinstance(message, str)}


def _is_ours(folder: str) -> bool:
    name = Path(folder).name
    return not name.startswith((".", "_")) and name not in {"var", "node_modules", "tests"}


@pytest.fixture(scope="module")
def english() -> dict[str, str]:
    with ENGLISH.open("rb") as file:
        catalogue = read_po(file, locale="en")
    return {row.id: row.string for row in catalogue if row.id and not row.fuzzy}


def test_every_text_has_english(source_texts, english):
    assert len(source_texts) > 150
    assert {text for text in source_texts if not english.get(text)} == set()


def test_the_catalogue_holds_nothing_that_is_not_said(source_texts, english):
    assert set(english) - source_texts == set()


def test_english_holds_no_chinese(english):
    assert [text for text in english.values() if CHINESE.search(text)] == []


def test_both_languages_fill_in_the_same(english):
    assert {zh: en for zh, en in english.items() if _names(zh) != _names(en)} == {}


def _names(text: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_every_text_is_used():
    code = "".join(path.read_text() for path in [*SOURCES, *SCRIPTS] if not path.name.startswith("texts"))
    # Some names are put together: tag.{kind}.help, `level.${level}`.
    made = re.findall(r"[a-z_]+(?:\.(?:[a-z_0-9]+|\$?\{[^}]*\}))*\.\$?\{[^}]*\}(?:\.[a-z_]+)*", code)
    patterns = {re.sub(r"(?:\\\$)?\\\{.*?\\\}", "[^.]+", re.escape(name)) for name in made}
    unused = [name for name in TEXTS if name not in code and not any(re.fullmatch(p, name) for p in patterns)]
    assert unused == []


def test_every_text_that_is_asked_for_exists(in_language):
    with in_language("en"):
        known = texts_for("en")
    in_python = re.findall(r"\bt\(\s*\"([a-z_.0-9]+)\"", "".join(path.read_text() for path in SOURCES))
    in_scripts = re.findall(r"say\(page, '([a-z_.0-9]+)'", "".join(path.read_text() for path in SCRIPTS))
    assert len(in_python) > 40
    assert len(in_scripts) > 15
    assert {name for name in [*in_python, *in_scripts] if name not in known} == set()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_no_module_writes_a_text_of_its_own(path):
    """Neither Chinese anywhere, nor words to read where components take them."""
    tree = ast.parse(path.read_text())
    spoken = [] if path.name.startswith("texts") else _chinese(tree)
    # A language goes by its own name, whatever the page speaks; typefaces go by their English names.
    assert [*spoken, *_in_components(tree)] == []


def _chinese(tree: ast.Module) -> list[str]:
    strings = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return [text for text in strings if isinstance(text, str) and CHINESE.search(text)]


def _in_components(tree: ast.Module) -> list[str]:
    """Strings given as children, titles or labels to a component."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    found = []
    for call in calls:
        if not (isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name)):
            continue
        if call.func.value.id not in {"html", "dcc", "dmc", "dl"}:
            continue
        texts = ("children", "title", "label", "placeholder")
        given = [*call.args[:1], *(key.value for key in call.keywords if key.arg in texts)]
        strings = [leaf.value for node in given for leaf in _leaves(node) if isinstance(leaf.value, str)]
        found += [text for text in strings if SAYS_SOMETHING.search(text)]
    return found


def _leaves(node: ast.expr) -> list[ast.Constant]:
    """The constants that a component gets as they are: alone, or in a list."""
    if isinstance(node, ast.Constant):
        return [node]
    return [leaf for item in node.elts for leaf in _leaves(item)] if isinstance(node, ast.List) else []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_script_writes_a_text_of_its_own(path):
    code = re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text(), flags=re.S)
    assert CHINESE.findall(code) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_gets_every_text_in_its_language(in_language, lang):
    with in_language(lang):
        told = texts_for(lang)
        assert told["card.score"] == t("card.score") == {"zh": "平安指数", "en": "Safety index"}[lang]
    assert {f"case_type.{row.code}" for row in CASE_TYPES} < set(told)
    assert {f"family.{row.slug}" for row in FAMILIES} < set(told)


def test_layers_speak_the_language_of_the_request(in_language):
    with in_language("en"):
        told = to_json(discover())
    said = [layer["title"] for layer in told]
    said += [item["label"] for layer in told for item in layer["legend"]]
    said += [str(text) for layer in told for text in layer["words"].values()]
    assert [text for text in said if CHINESE.search(text)] == []


def test_words_are_filled_in(in_language):
    with in_language("en"):
        assert t("card.score.interval", low="79.8", high="82.5") == "80%: 79.8–82.5"
