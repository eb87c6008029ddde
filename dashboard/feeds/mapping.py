"""What the values of a file mean here: categories to case types, and the words for levels and origins."""

from __future__ import annotations

import csv
import io
import json
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from dashboard.domain.case_types import CASE_TYPES, resolve_type
from dashboard.feeds.columns import parse_pairs
from dashboard.feeds.errors import FeedError
from dashboard.feeds.reading import detect_encoding

MAPPED_FIELDS = ("category", "level", "scale", "nature", "origin")

# Words and numbers that files have for the codes of a case; what is not here goes through as it is.
# fmt: off
WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType({
    "level": {"1": "01", "2": "02", "3": "03", "4": "04",
              "特别重大": "01", "重大": "02", "较大": "03", "一般": "04"},
    "scale": {"1": "01", "2": "02", "3": "03", "个体": "01", "一般群体": "02", "重大群体": "03"},
    "nature": {"1": "01", "2": "02", "3": "03", "4": "04",
               "治安": "01", "刑事": "02", "民商事": "03", "民事": "03",
               "行政": "04", "其他": "99"},
    "origin": {"群众": "resident", "居民": "resident", "群众上报": "resident", "网格员": "grid_worker",
               "网格员上报": "grid_worker", "热线": "hotline", "12345": "hotline", "110": "hotline",
               "传感器": "sensor", "物联网": "sensor", "监控": "camera_alert", "视频": "camera_alert",
               "巡逻": "patrol", "巡查": "patrol"},
})
# fmt: on

_SHOWN = 20
_HEADER_ENDS = frozenset({"type", "target", "code", "类型", "目标"})
_CODE_BY_TITLE = {title.casefold(): row.code for row in CASE_TYPES for title in (row.en, row.zh)}


def folded(value: str) -> str:
    """A value for comparison: without outer or repeated blanks, and without case."""
    return " ".join(value.split()).casefold()


@dataclass(frozen=True)
class GivenMapping:
    """What a user gave: columns by field, and targets by field (or column) and value."""

    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def merged(self, other: GivenMapping) -> GivenMapping:
        """Both together; `other` comes first where they differ."""
        values = {key: dict(targets) for key, targets in self.values.items()}
        for key, targets in other.values.items():
            values.setdefault(key, {}).update(targets)
        return GivenMapping({**self.columns, **other.columns}, values)

    def of(self, name: str, column: str | None) -> dict[str, str]:
        """The targets of a field by folded value, given under its own name or that of its column."""
        given: dict[str, str] = {}
        for key in (name, column):
            for value, target in self.values.get(key or "", {}).items():
                given[folded(value)] = target.strip()
        return given


def parse_map(text: str) -> GivenMapping:
    """`--map "category=Theft from Vehicle:theft,Mischief:2500"`; quote a value that has a comma in it."""
    key, equals, rest = text.partition("=")
    if not equals:
        raise FeedError(f"{text!r} is not FIELD=VALUE:TYPE,…; write for example category=Mischief:theft.")
    values: dict[str, str] = {}
    for part in next(csv.reader([rest], skipinitialspace=True), []):
        value, colon, target = part.rpartition(":")
        if not colon or not value.strip() or not target.strip():
            raise FeedError(f"{part!r} is not VALUE:TYPE; write for example category=Mischief:theft.")
        values[value] = target
    return GivenMapping(values={key.strip(): values})


def load_map(path: Path) -> GivenMapping:
    """A mapping file: TOML or JSON with a table per field (and `columns`), or CSV.

    A CSV has the columns value and type, or field, value and target; a header is told by its last word.
    """
    if not path.is_file():
        raise FeedError(f"There is no mapping file {path}.")
    readers: dict[str, Callable[[str], Mapping[str, Any]]] = {
        ".toml": tomllib.loads,
        ".json": json.loads,
        ".csv": _csv_tables,
    }
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise FeedError(f"{path.name} is none of {', '.join(readers)}.")
    try:
        tables = reader(path.read_text(encoding=detect_encoding(path)).removeprefix("\ufeff"))
    except (tomllib.TOMLDecodeError, json.JSONDecodeError, csv.Error) as error:
        raise FeedError(f"{path.name} can't be read: {error}.") from None
    except RecursionError:  # neither parser has an error of its own for it
        raise FeedError(f"{path.name} can't be read: it is nested without end.") from None
    if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
        raise FeedError(f"{path.name} must hold a table per field, like [category] with value = type.")
    values = {
        key: {str(value): str(target) for value, target in rows.items()} for key, rows in tables.items()
    }
    columns = values.pop("columns", {})
    parse_pairs(",".join(f"{name}=x" for name in columns))
    return GivenMapping(columns, values)


def _csv_tables(text: str) -> dict[str, dict[str, str]]:
    tables: dict[str, dict[str, str]] = {}
    for number, record in enumerate(csv.reader(io.StringIO(text)), 1):
        cells = [cell.strip() for cell in record]
        if number == 1 and cells and cells[-1].lower() in _HEADER_ENDS:
            continue
        if not any(cells):
            continue
        if len(cells) not in (2, 3) or not all(cells):
            raise FeedError(f"Line {number} of the mapping file is not value,type or field,value,target.")
        name, value, target = cells if len(cells) == 3 else ("category", *cells)
        tables.setdefault(name, {})[value] = target
    return tables


def check_keys(mapping: GivenMapping, columns: Mapping[str, str]) -> None:
    """Refuse a `--map` of something that is neither a field with codes nor the column of one."""
    known = {*MAPPED_FIELDS, *(columns[name] for name in MAPPED_FIELDS if name in columns)}
    for key in mapping.values:
        if key not in known:
            raise FeedError(f"--map {key}=…: {key!r} is none of {', '.join(sorted(known))}.")


def words(name: str, mapping: GivenMapping, column: str | None) -> dict[str, str]:
    """Folded value → code for a field with codes: the built-in words, then what was given."""
    built_in = {folded(value): code for value, code in WORDS.get(name, {}).items()}
    return built_in | mapping.of(name, column)


def resolve_category(name: str) -> str | None:
    """The code of the case type that a code, slug or title names; None when there is none."""
    try:
        return resolve_type(name.strip().lower()).code
    except KeyError:
        return _CODE_BY_TITLE.get(folded(name))


def category_types(
    counts: Mapping[str, int],
    given: Mapping[str, str],
    default: str | None,
    resolve: Callable[[str], str | None],
) -> dict[str, str]:
    """Category as in the file → type code, for every category counted; empty ones only with a default.

    A category is looked up in `given` (folded value → type), else resolved itself, else gets `default`.
    `resolve` is `resolve_category`. Raises `FeedError` with all categories that have no type, most frequent
    first, or for a target that is no type.
    """
    default_code = _code(default, resolve) if default else None
    targets = {value: _code(target, resolve) for value, target in given.items()}
    types: dict[str, str] = {}
    missing: list[tuple[int, str]] = []
    for category, count in counts.items():
        code = targets.get(folded(category)) or resolve(category) or default_code
        if code is not None:
            types[category] = code
        elif category.strip():
            missing.append((count, category))
    if missing:
        raise FeedError(_missing_sentence(missing))
    return types


def _code(target: str, resolve: Callable[[str], str | None]) -> str:
    code = resolve(target)
    if code is None:
        raise FeedError(f"{target!r} is not a case type; give a code like 2101 or a name like theft.")
    return code


def _missing_sentence(missing: Iterable[tuple[int, str]]) -> str:
    ordered = sorted(missing, key=lambda pair: (-pair[0], pair[1]))
    shown = ", ".join(f"{category!r} ({count:,})" for count, category in ordered[:_SHOWN])
    more = f" and {len(ordered) - _SHOWN} more" if len(ordered) > _SHOWN else ""
    return (
        f"{len(ordered)} categories have no case type: {shown}{more}. Map them with "
        f'--map "category={ordered[0][1]}:TYPE,…" or a mapping file, or give --default-type TYPE for all.'
    )
