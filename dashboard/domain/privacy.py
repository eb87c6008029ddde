"""Places and cases, never persons: the search for personal fields and personal texts.

`check` looks at everything that an entry holds; `personal_text` at one text, fast enough for every
entry. Both find by pattern, so a bare name in running text passes; the schemas, which have no field
for a person, are the first line. Nothing here ever puts a value into a sentence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from itertools import pairwise

from dashboard.domain.nested import pairs
from dashboard.domain.refused import Refused

TEXT_LIMIT = 65_536
"""Characters of one value that are searched; an entry is not allowed to be larger."""

PERSONAL_TOKENS: frozenset[str] = frozenset((
    "name", "surname", "forename", "firstname", "lastname", "fullname", "realname", "nickname", "username",
    "phone", "phoneno", "phonenumber", "mobile", "mobileno", "cellphone", "tel", "telephone", "email", "mail",
    "wechat", "weixin", "qq",
    "idcard", "idno", "idnumber", "idcardno", "identity", "citizenid", "passport", "ssn",
    "birthday", "birthdate", "dob",
    "plate", "plateno", "platenumber", "licenseplate", "licenceplate", "numberplate",
    "face", "faceid", "faceimage", "facefeature", "photo", "portrait", "fingerprint", "biometric",
    "track", "trajectory", "imei", "imsi", "mac", "bankcard",
    "xingming", "mingzi", "shouji", "shoujihao", "dianhua", "lianxifangshi", "lianxidianhua",
    "shenfenzheng", "shenfenzhenghao",
    "chepai", "chepaihao", "renlian", "guiji", "weixinhao", "huzhao",
))  # fmt: skip
"""Words that make a field's name personal when they stand in it, or when it runs together to them."""

PLACE_TOKENS: frozenset[str] = frozenset((
    "place", "street", "road", "town", "village", "grid", "county", "city", "region", "site", "building",
    "station", "type", "file", "map",
))  # fmt: skip
"""Words before "name" that make it a thing's name, as in `place_name`."""

PERSONAL_CHARACTERS = re.compile(
    "姓名|名字|称呼|手机|电话|联系方式|身份证|证件号|护照|车牌|人脸|照片|头像|指纹|邮箱|微信|轨迹|银行卡|出生日期|生日"
)

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[a-z]+")

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪"
    "范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_GAP = r"[ \-]?"
_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_NUMERAL = "[零〇一二三四五六七八九幺]"
# Bounded, or a text of blanks would take time that grows with its square.
_LABEL_END = r"\s{0,4}(?:号码|号|no\.?|number)?\s{0,4}(?:[:=]|是|为)?\s{0,4}"

PATTERNS: dict[str, re.Pattern[str]] = {
    # With dashes or dots only of those who were born before 2000: ids of cases look the same
    # (370782-20261124-0117), and no case is older.
    "identity number": re.compile(
        rf"(?<![\dA-Za-z])[1-9]\d{{5}}(?: ?(?:18|19|20)\d{{2}} ?{_DAY} ?|[.\-]19\d{{2}}[.\-]?{_DAY}[.\-])"
        r"\d{3}[\dXx](?![\dA-Za-z])"
    ),
    "mobile number": re.compile(
        rf"(?<!\d)(?<!\d\.)(?:(?:\+|00)?86{_GAP}|0)?"
        rf"(?:1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}|1[3-9]\d\.\d{{4}}\.\d{{4}}"
        r"|1[3-9]\d[ \-]\d{3}[ \-]\d{5}|1[3-9](?:[ \-]\d{3}){3})(?!\d)"
        rf"|(?<!{_NUMERAL})[一幺][三四五六七八九]{_NUMERAL}{{9}}(?!{_NUMERAL})"
    ),
    "number plate": re.compile(
        rf"[{_PROVINCES}使领]牌? ?[A-Za-z](?: ?字 ?|[·•・. \-]?)"
        rf"(?=[A-Za-z0-9]*\d)(?:[A-HJ-NP-Za-hj-np-z0-9]{{5,6}}|[A-HJ-NP-Za-hj-np-z0-9]{{4}}[挂学警港澳])"
        rf"(?![A-Za-z0-9])"
    ),
    "e-mail address": re.compile(r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63})+"),
    "labelled name": re.compile(
        r"(?:姓\s?名|名字|真名)(?:叫做?)?\s{0,4}(?:[:=]|是|为)\s{0,4}[^\s,，。;；]"
        r"|(?:人|当事人|双方|户主|业主|群众|者|员|男|女)\s{0,4}[:=]\s{0,4}"
        rf"[{_SURNAMES}](?!某)[\u4e00-\u9fff]{{1,2}}"
        r"(?=[\s,，。;；、()（）]|$)"
        r"|(?i:(?:^|[\s,;(])"
        r"(?:(?:full|first|last|real|given|family|reporter|victim|suspect|caller)(?:'s)?[ _]?)?"
        r"(?:sur)?name\s{0,4}[:=]\s{0,4})\S"
    ),
    "labelled identity": re.compile(
        rf"(?:身份证|证件|护照|驾驶证|驾照|居住证|军官证|通行证|社保卡|医保卡|passport|id card|identity card)"
        rf"{_LABEL_END}[A-Za-z]?\d{{6}}",
        re.IGNORECASE,
    ),
    "labelled telephone": re.compile(
        rf"(?:手机|电话|座机|固话|联系方式|tel|phone|mobile|telephone){_LABEL_END}\+?\d[\d \-]{{5,20}}\d",
        re.IGNORECASE,
    ),
    "labelled plate": re.compile(
        r"(?:车牌|号牌|plate)\s?(?:号码|号|no\.?|number)?\s{0,4}(?:[:=]|是|为)\s{0,4}[^\s,，。;；]{5}",
        re.IGNORECASE,
    ),
    "labelled account": re.compile(
        r"(?:微信|微信号|wechat|qq)(?:号码|号)?\s{0,4}[:=]?\s{0,4}[A-Za-z0-9_\-]{5,}"
        r"|(?:银行卡|银行账|账|卡)号?(?:码)?\s{0,4}[:=]?\s{0,4}\d{4} ?\d{4} ?\d{4} ?\d{3,4}",
        re.IGNORECASE,
    ),
    "bank card number": re.compile(r"(?<![\dA-Za-z])62\d{14,17}(?![\dA-Za-z])"),
}
"""What each pattern finds. Identity and bank card numbers need their check digit to be right as well."""

# A text that neither of these finds can't match a pattern. Wide on purpose, and cheap: a class of first
# characters, which the engine skips to, then what must stand after that character.
_PERHAPS_NUMBER = re.compile(
    r"[0-9]{6}(?:[0-9]{5}| [0-9]{4}|[0-9]{8} [0-9]|[.\-]19[0-9])|1[3-9][0-9](?:[0-9]{4})?[ .\-][0-9]{4}"
    rf"|1[3-9][0-9]?[ \-][0-9]{{3}}[ \-]|[一幺][三四五六七八九]{_NUMERAL}{{9}}"
)
_PERHAPS_LABEL = re.compile(
    rf"[@:=\uff10-\uff5e{_PROVINCES}使领姓名真身证护驾居军通社医手电座固联车号微账卡tTpPmMiIwWqQ]"
    rf"(?:(?<![A-Za-z])(?:(?<=[{_PROVINCES}使领])牌?\s?[A-Za-z]|(?<=[@:=\uff10-\uff5e姓])"
    r"|(?<=驾)驶?[证照]|(?<=居)住证|(?<=军)官证|(?<=通)行证|(?<=[社医])保卡|(?<=座)机|(?<=固)话"
    r"|(?<=[账卡])[号码\s:=\d]"
    r"|(?<=名)字|(?<=真)名|(?<=身)份证|(?<=证)件|(?<=护)照|(?<=手)机|(?<=电)话|(?<=联)系方式|(?<=[车号])牌"
    r"|(?<=微)信)"
    r"|(?<=[tT])(?i:el)|(?<=[pP])(?i:hone|assport|late)|(?<=[mM])(?i:obile)|(?<=[iI])(?i:dentity|d card)"
    r"|(?<=[wW])(?i:echat)|(?<=[qQ])[qQ])"
)


def may_be_personal(text: str) -> bool:
    """A quick look: False means that `personal_text` would find nothing."""
    return _PERHAPS_NUMBER.search(text) is not None or _PERHAPS_LABEL.search(text) is not None


def personal_text(text: str) -> str | None:
    """What is personal in a text (a key of `PATTERNS`), or None."""
    if not may_be_personal(text):
        return None
    plain = unicodedata.normalize("NFKC", text[:TEXT_LIMIT])
    for kind, pattern in PATTERNS.items():
        for match in pattern.finditer(plain):
            if kind not in _CHECKED or _CHECKED[kind](match):
                return kind
    return None


def _is_identity(match: re.Match[str]) -> bool:
    number = re.sub("[ .-]", "", match[0])
    return check_digit(number[:17]) == number[17].upper()


def _is_card(match: re.Match[str]) -> bool:
    """By Luhn's sum (ISO/IEC 7812): from the last digit on, every second one is doubled."""
    digits = [int(digit) for digit in reversed(match[0])]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


_CHECKED = {"identity number": _is_identity, "bank card number": _is_card}


def personal_name(field: str) -> bool:
    """Whether a field's name says that it holds something personal (`contact_phone`, `faceId`, 车牌号)."""
    if PERSONAL_CHARACTERS.search(field):
        return True
    words = [word.lower() for word in _WORDS.findall(field)]
    if not words:
        return False
    if len(words) > 1 and words[-1] == "name" and words[-2] in PLACE_TOKENS:
        words = words[:-2]
    pairs = {first + second for first, second in pairwise(words)}
    return not PERSONAL_TOKENS.isdisjoint(words) or not PERSONAL_TOKENS.isdisjoint(pairs)


def personal_within(value: object) -> str | None:
    """What is personal in a value that is no text: a number, or texts and names nested in lists and objects.

    As of a text, the first `TEXT_LIMIT` characters are searched.
    """
    searched = 0
    for name, text in pairs(value):
        kind = personal_text(f"{name}: {text}" if name else text)
        if kind is None and name and personal_name(name):
            kind = "field about a person"
        searched += len(name) + len(text)
        if kind is not None or searched > TEXT_LIMIT:
            return kind
    return None


def check(fields: Mapping[str, object], known: frozenset[str] = frozenset()) -> Refused | None:
    """The refusal of an entry that carries anything personal, or None.

    Field names outside `known` are judged too; so are all values that are text. The sentence names
    the field and what was found, never the value; a field name that is itself personal text
    (a key such as a telephone number) is not repeated either.
    """
    for name, value in fields.items():
        if personal_text(name) is not None:
            return Refused("personal", "The entry was refused whole: a field's name is itself personal.")
        shown = name[:60]
        kind = personal_text(value) if isinstance(value, str) else personal_within(value)
        found = None if kind is None else f"holds a {kind}"
        if found is None and name not in known and personal_name(name):
            found = "is a field about a person"
        if found is not None:
            sentence = f"The entry was refused whole: its field {shown!r} {found}."
            return Refused("personal", sentence, field=shown)
    return None


def check_digit(first_seventeen: str) -> str:
    """The last character of an 18-character identity number, from the 17 digits before it (GB 11643-1999)."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(int(d) * w for d, w in zip(first_seventeen, weights, strict=True)) % 11]
