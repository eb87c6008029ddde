"""What an entry of a raw stream looks like in bytes: flat texts, or many events packed into one field.

Flat is the public form: one field per value, readable with redis-cli. Producers of their own may pack
many events into one entry with the field `packed` (and `simulated`, which then holds for all of them):
reports and commands as a JSON array of flat objects, cameras and units as the records below.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from dashboard.domain.entries import gravest
from dashboard.domain.privacy import TEXT_LIMIT, personal_name
from dashboard.domain.refused import Refused
from dashboard.domain.schemas import SCHEMAS

CAMERA_RECORD = np.dtype([("camera", "<u4"), ("status", "<u4"), ("at_ms", "<i8")])
"""16 bytes: number in the pack, number of `cameras.STATUSES`, milliseconds since 1970 UTC."""
UNIT_RECORD = np.dtype([("unit", "<u4"), ("state", "<u4"), ("lon", "<f8"), ("lat", "<f8"), ("at_ms", "<i8")])
"""32 bytes: number in the pack, number of `units.STATES`, degrees (both NaN: not known), milliseconds."""
UNIT_CHECKPOINT_RECORD = np.dtype(
    {
        "names": ["unit", "state", "x", "y", "at_ms", "located_at_ms"],
        "formats": ["<u4", "<u4", "<i4", "<i4", "<i8", "<i8"],
    }
)
"""32 bytes of a `checkpoint`: as above, but map units, and a time for the position of its own."""
RECORDS = {"cameras": CAMERA_RECORD, "units": UNIT_RECORD}
CHECKPOINT_RECORDS = {"cameras": CAMERA_RECORD, "units": UNIT_CHECKPOINT_RECORD}

PACKED, CHECKPOINT, SIMULATED = b"packed", b"checkpoint", b"simulated"
OBJECTS_PER_ENTRY = 200
RECORDS_PER_ENTRY = 2_000

EVENT_KINDS = {"reports": "report", "commands": "command", "cameras": "camera", "units": "unit"}
"""Raw stream → kind of event in `schemas.SCHEMAS`."""

_FLAGS = {b"1": True, b"true": True, b"0": False, b"false": False}
_QUOTED_NAME = re.compile(r'"([^"]{1,60})"\s{0,4}:')
_NAMES = {row.name.encode(): row.name for rows in SCHEMAS.values() for row in rows}

Fields = Mapping[bytes, bytes]


class EntryId(NamedTuple):
    """A stream id as its two numbers; their order is the order of entries."""

    ms: int
    seq: int

    @classmethod
    def parse(cls, text: bytes | str) -> EntryId:
        """From `1795493298615-0`, as the server writes it."""
        ms, _, seq = text.partition(b"-") if isinstance(text, bytes) else text.partition("-")
        return cls(int(ms), int(seq))

    def __str__(self) -> str:
        return f"{self.ms}-{self.seq}"


ZERO_ID = EntryId(0, 0)


def decode_texts(fields: Fields) -> dict[str, str]:
    """A flat entry as texts; raises `Refused` when it is not UTF-8."""
    try:
        return {_NAMES.get(name) or name.decode(): value.decode() for name, value in fields.items()}
    except UnicodeDecodeError:
        raise refuse_unread(fields, "The entry is not UTF-8.") from None


def is_packed(fields: Fields) -> bool:
    """Whether the entry holds many events."""
    return PACKED in fields or CHECKPOINT in fields


def unpack_objects(fields: Fields) -> list[Any]:
    """The JSON values of a packed entry of reports or commands, `simulated` spread over the objects.

    Raises `Refused` for the entry as a whole; whether each value is a good event is not judged here.
    """
    simulated = _head(fields)
    try:
        values = orjson.loads(fields[PACKED])
    except orjson.JSONDecodeError:
        raise refuse_unread(fields, "The field 'packed' is not JSON.") from None
    if not isinstance(values, list):
        raise refuse_unread(fields, "The field 'packed' is not a JSON array.")
    if _has_repeated_names(fields[PACKED], values):
        raise refuse_unread(fields, "In the field 'packed' an object has a name twice.")
    if simulated:
        for value in values:
            if isinstance(value, dict):
                value.setdefault("simulated", "1")
    return values


def _has_repeated_names(data: bytes, values: list[Any]) -> bool:
    """Of a name that stands twice in an object one value is read: nobody would search the other."""
    try:
        return data.count(b":") > orjson.dumps(values).count(b":")
    except orjson.JSONEncodeError:  # nested so deep that it is refused for that
        return False


def unpack_records(kind: str, fields: Fields) -> tuple[NDArray[Any], bool]:
    """(records, simulated) of a packed entry of cameras or units; raises `Refused` for the whole entry."""
    simulated = _head(fields)
    name, dtype = (CHECKPOINT, CHECKPOINT_RECORDS[kind]) if CHECKPOINT in fields else (PACKED, RECORDS[kind])
    data = fields[name]
    if len(data) % dtype.itemsize:
        sentence = f"The field {name.decode()!r} holds {len(data)} bytes, not records of {dtype.itemsize}."
        raise refuse_unread(fields, sentence)
    return np.frombuffer(data, dtype), simulated


def _head(fields: Fields) -> bool:
    for name in fields:
        if name not in (PACKED, CHECKPOINT, SIMULATED):
            shown = name.decode(errors="replace")[:60]
            sentence = f"A packed entry has no field {shown!r}; it may have packed and simulated."
            raise refuse_unread(fields, sentence, "unknown_field")
    flag = _FLAGS.get(fields.get(SIMULATED, b"0"))
    if flag is None:
        raise refuse_unread(fields, "The field 'simulated' must be 1 or 0.")
    return flag


def pack_objects(items: Iterable[Mapping[str, Any]]) -> bytes:
    """The `packed` field of reports or commands."""
    return orjson.dumps(list(items), default=dict)


def refuse_unread(fields: Fields, sentence: str, reason_code: str = "bad_value") -> Refused:
    """The refusal of an entry that could not be read, for the gravest reason there is.

    Of JSON that is none, as when it was cut short, the names are looked at as they stand there.
    """
    texts = lossy_texts(fields)
    refusal = most_serious(texts, Refused(reason_code, sentence))
    # What is not UTF-8 may be what older systems write.
    older = {n.decode("gb18030", "replace"): v.decode("gb18030", "replace") for n, v in fields.items()}
    refusal = most_serious(older, refusal)
    names = _QUOTED_NAME.findall(texts.get(PACKED.decode(), "")[:TEXT_LIMIT])
    if refusal.reason_code == reason_code and any(map(personal_name, names)):
        return Refused("personal", "The entry was refused whole: 'packed' holds a field about a person.")
    return refusal


def most_serious(texts: Mapping[str, Any], refusal: Refused) -> Refused:
    """`refusal`, unless the entry holds a person, or is too large to be searched for one."""
    return gravest(texts) or refusal


def lossy_texts(fields: Fields) -> dict[str, str]:
    """An entry as texts whatever its bytes are; what is not UTF-8 shows as \\x.. ."""
    return {
        name.decode(errors="backslashreplace"): value.decode(errors="backslashreplace")
        for name, value in fields.items()
    }
