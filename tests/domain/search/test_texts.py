"""Every word is found in every text that it fits, with its rank, as the plain search finds it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pypinyin import Style
from pypinyin.phrases_dict import phrases_dict
from pypinyin.style import convert

from dashboard.domain.search.alphabet import Alphabet, readings_of
from dashboard.domain.search.query import Emphasis, words_of
from dashboard.domain.search.texts import EXACT, NONE, PREFIX, SUBSTRING, WORD_START, Texts
from tests.domain.search import naive

MADE = {
    "甲": ["nan", "na"], "乙": ["an", "n"], "丙": ["zhang", "chang"], "丁": ["han", "zha"], "戊": ["a"],
    "己": ["ang", "gan", "an"],
}  # fmt: skip
"""Characters that never were, whose readings run into one another."""
LETTERS = "nazhgc"


def made(char: str) -> list[str]:
    return MADE.get(char, [])


def index(texts: list[list[str]], readings: naive.Readings = readings_of) -> Texts:
    found = Texts(Alphabet(readings))
    found.add(texts)
    return found


rows = st.lists(
    st.lists(st.text("".join(MADE) + "aN1- ", max_size=7), min_size=1, max_size=3), min_size=1, max_size=6
)
words = st.text(LETTERS, min_size=1, max_size=9) | st.text(LETTERS + "1-甲乙丙", min_size=1, max_size=4)


@settings(max_examples=400, deadline=None)
@given(rows=rows, word=words, sorted_after=st.integers(0, 6))
@example(rows=[["甲乙"]], word="nan", sorted_after=0)
def test_a_word_is_found_wherever_it_fits_and_nowhere_else(
    rows: list[list[str]], word: str, sorted_after: int
) -> None:
    texts = Texts(Alphabet(made))
    texts.add(rows[:sorted_after])
    texts.sort()
    texts.add(rows[sorted_after:])
    plain = [min(naive.rank(text, word, made) for text in row) for row in rows]
    assert texts.ranks(word).tolist() == plain


@settings(deadline=None)
@given(rows=rows, word=words, data=st.data())
def test_rows_that_are_dropped_are_not_found_and_the_others_still_are(
    rows: list[list[str]], word: str, data: st.DataObject
) -> None:
    kept = np.array(data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows))))
    texts = index(rows, made)
    before = texts.ranks(word)
    texts.keep(kept)
    assert texts.ranks(word).tolist() == before[kept].tolist()
    assert texts.add([["甲"]]) == range(int(kept.sum()), int(kept.sum()) + 1)


@settings(deadline=None)
@given(text=st.text("".join(MADE) + "aN1- ", max_size=8), word=words)
def test_what_is_emphasised_is_where_the_word_is(text: str, word: str) -> None:
    spans = Emphasis(_knowing(text + word), [word]).spans(text)
    starts = [start for start in range(len(text)) if list(naive.ends(text, start, word, made))]
    furthest = [(s, max(end for end, _ in naive.ends(text, s, word, made))) for s in starts[:1]]
    assert spans == furthest


def _knowing(text: str) -> Alphabet:
    alphabet = Alphabet(made)
    alphabet.numbers(text)
    return alphabet


def test_places_of_several_words_are_in_order_and_apart() -> None:
    alphabet = Alphabet()
    alphabet.numbers("奎文区广文街道")
    assert Emphasis(alphabet, ["gw", "kui"]).spans("奎文区广文街道") == [(0, 1), (3, 5)]
    assert Emphasis(alphabet, ["kuiw", "wq", "none"]).spans("奎文区") == [(0, 3)]
    emphasis = Emphasis(alphabet, ["kui"])
    assert [emphasis.spans(text) for text in ("未见字奎", "再来奎", "馗")] == [[(3, 4)], [(2, 3)], []]


NAMES = {
    "奎文区": "kui wen qu", "重庆路": "chong qing lu", "长乐村": "chang le cun", "都昌街": "du chang jie",
    "朱里镇": "zhu li zhen", "解家庄": "xie jia zhuang", "行政街": "xing zheng jie", "女儿河": "nv er he",
    "诸城市": "zhu cheng shi", "昌乐县": "chang le xian", "临朐县": "lin qu xian", "单家村": "shan jia cun",
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_found_as_people_say_it(name: str) -> None:
    """Whole, by its initials, and by a mix of reading, character and initial."""
    texts, read = index([[name], ["无关"]]), NAMES[name].split()
    for typed in (name, "".join(read), "".join(piece[0] for piece in read), read[0] + name[1] + read[2][0]):
        assert texts.ranks(typed)[0] in (EXACT, EXACT + 1)
        assert texts.ranks(typed)[1] == NONE


def test_phrases_are_found_as_the_dictionary_of_phrases_reads_them() -> None:
    """It is not loaded (see `alphabet`), so a character's own readings must hold those it has in phrases."""
    alphabet = Alphabet()
    texts = Texts(alphabet)
    phrases = [phrase for phrase in sorted(phrases_dict)[::97] if len(phrase) < 8]
    texts.add([[phrase] for phrase in phrases])
    spoken = ["".join(_plain(readings[0]) for readings in phrases_dict[phrase]) for phrase in phrases]
    missed = [
        phrase
        for row, (phrase, typed) in enumerate(zip(phrases, spoken, strict=True))
        if typed and texts.ranks(typed)[row] not in (EXACT, EXACT + 1)
    ]
    assert len(phrases) > 400
    assert [phrase for phrase in missed if all(map(str.isalpha, phrase))] == []


def _plain(reading: str) -> str:
    return str(convert(reading, Style.NORMAL, strict=True, default=""))


@pytest.mark.parametrize(
    ("typed", "rank"),
    [
        ("奎文区", EXACT), ("kuiwenqu", EXACT), ("kwq", EXACT), ("kuiwq", EXACT), ("kuiw", PREFIX),
        ("kuiwe", PREFIX), ("奎w", PREFIX), ("kw", PREFIX), ("wenq", SUBSTRING), ("uiwen", SUBSTRING),
        ("kuwen", NONE), ("kuiwenqua", NONE), ("district", WORD_START), ("KUIWEN", PREFIX),
        ("370705", EXACT), ("0705", SUBSTRING), ("qou", NONE), ("ou", SUBSTRING + 1),
    ],
)  # fmt: skip
def test_kuiwen(typed: str, rank: int) -> None:
    (word,) = words_of(typed)
    assert index([["奎文区", "Kuiwen District", "370705"]]).ranks(word).tolist() == [rank]


def test_initials_of_two_letters_count_as_one_or_as_two() -> None:
    texts = index([["十字村"], ["中城"]])
    assert [texts.ranks(word).tolist() for word in ("shzc", "szc", "shzic")] == [[EXACT, NONE]] * 3
    assert [texts.ranks(word).tolist() for word in ("zhch", "zhc", "zhcheng")] == [[NONE, EXACT]] * 3


def test_a_reading_begins_with_its_first_letter() -> None:
    """What begins in the middle of one is found in an English name, never in a Chinese one."""
    texts = index([["奎文区"], ["Kuiwen"]])
    assert texts.ranks("uiwen").tolist() == [NONE, SUBSTRING]
    assert texts.ranks("wen").tolist() == [SUBSTRING, SUBSTRING]


def test_both_readings_of_a_character_find_it() -> None:
    """重 is chong in 重庆 and zhong elsewhere; 长 is chang and zhang; 都 is du and dou."""
    texts = index([["重庆路"], ["长安街"], ["都昌街"]])
    for row, typed in enumerate((("chong", "zhong"), ("chang", "zhang"), ("dou", "du"))):
        assert all(texts.ranks(word)[row] in (PREFIX, PREFIX + 1) for word in typed)


def test_words_are_folded_and_each_taken_once() -> None:
    assert words_of("  Ｋｕｉ  奎文 kui lü ") == ["kui", "奎文", "lv"]
    assert index([["吕家村"]]).ranks("lv").tolist() == [PREFIX]
    assert index([["一", "二"]]).ranks("\0").tolist() == [NONE]
    assert index([["ＡＢ１"]]).ranks("ab1").tolist() == [EXACT]


def test_a_word_of_many_ways_takes_no_more_of_them_than_there_are_characters() -> None:
    """Every pair can be read as n-an and as na-n: two ways each, which must not double again and again."""
    readings = {"甲": ["na", "n"], "乙": ["an", "n"]}
    texts = index([["甲乙" * 24]], lambda char: readings.get(char, []))
    assert texts.ranks("nan" * 21).tolist() == [PREFIX]
