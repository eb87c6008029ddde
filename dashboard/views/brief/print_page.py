"""A brief as a page to print: plain HTML of the same content, with its style inside, so that it can be saved.

Every text is escaped by Markup; drawings are SVG texts that `charts` has made, whose words are escaped there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from markupsafe import Markup

from dashboard.views import languages
from dashboard.views.addresses import brief_path
from dashboard.views.brief.asked import PERIODS, Asked
from dashboard.views.brief.model import Block, Brief, Drawing, Figure, Pair, Section, Table, Words
from dashboard.views.page import ICON, module
from dashboard.views.texts import t

STYLE = Path(__file__).with_name("print.css")

_PAGE = Markup("""<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<title>{file}</title>
<link rel="icon" href="{icon}">
<style>{style}
@page {{ @top-left {{ content: "{running}"; font-size: 8pt; color: #4a5560; }}
@bottom-right {{ content: {pages}; font-size: 8pt; color: #4a5560; }} }}</style>
</head>
<body>
{nav}<main>
<header><h1>{title}</h1><p class="under">{under}</p><p class="labels">{labels}</p></header>
<div class="figures">{figures}</div>
{sections}</main>
<footer>{foot}</footer>
</body>
</html>
""")
_FIGURE = Markup(
    '<div><span>{name}</span><b class="{level}">{value} <i>{beside}</i></b><small>{note}</small></div>'
)
_SECTION = Markup('<section id="{slug}"><h2>{heading}</h2>{blocks}</section>\n')
_WORDS = Markup('<p class="{kind}">{text}</p>')
_DRAWING = Markup('{caption}<figure style="width:{share}%">{svg}</figure>')
_PAIR = Markup('<div class="pair"><div>{left}</div><div>{right}</div></div>')
_TABLE = Markup("<table>{caption}<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>")
_HEAD = Markup('<th scope="col" class="{kind}">{words}</th>')
_CELL = Markup('<td class="{kind}">{words}</td>')
_PRINTS = Markup(module("brief/print.mjs"))
_LINK = Markup('<a href="{href}" class="{kind}">{words}</a>')


@cache
def _style() -> str:
    return STYLE.read_text(encoding="utf-8")


def page_of(brief: Brief, asked: Asked) -> str:
    """The page, with a line of links that is not printed."""
    return str(
        _PAGE.format(
            lang=languages.HTML_LANG[brief.language],
            file=brief.file,
            icon=Markup(ICON),
            style=Markup(_style()),
            running=Markup(css_text(brief.running)),
            pages=Markup(_counters(brief.pages)),
            nav=_nav(asked),
            title=brief.title,
            under=f"{brief.place} · {brief.period}",
            labels=_all(Markup("<span>{}</span>").format, brief.labels),
            figures=_all(_figure, brief.figures),
            sections=_all(_section, brief.sections),
            foot=f"{brief.made} · {brief.foot}",
        )
    )


def css_text(words: str) -> str:
    """Words as they may stand between the quotes of a style sheet: what isn't plain goes by its number."""
    plain = (letter if letter.isascii() and letter.isalnum() else f"\\{ord(letter):x} " for letter in words)
    return "".join(plain)


def _counters(pages: str) -> str:
    """The words around {page} and {pages} with the style sheet's counters in their places."""
    before, rest = pages.split("{page}", 1)
    between, after = rest.split("{pages}", 1)
    quoted = (f'"{css_text(part)}"' for part in (before, between, after))
    return " ".join(f"{part} {counter}" for part, counter in zip(quoted, _COUNTERS, strict=True))


_COUNTERS = ("counter(page)", "counter(pages)", "")


def _all(write: Callable[..., Markup], items: Sequence[object]) -> Markup:
    return Markup("").join(write(item) for item in items)


def _nav(asked: Asked) -> Markup:
    """To the other periods, the other language and the PDF, and a button that prints."""
    lang = languages.language()
    periods = [
        _LINK.format(
            href=brief_path(asked.code, period, lang),
            kind="here" if period == asked.period else "",
            words=t(f"brief.period.{period}"),
        )
        for period in PERIODS
    ]
    others = [
        _LINK.format(href=brief_path(asked.code, asked.period, other), kind="", words=t(f"language.{other}"))
        for other in languages.LANGUAGES
        if other != lang
    ]
    document = brief_path(asked.code, asked.period, lang, "pdf")
    pdf = _LINK.format(href=document, kind="", words=t("brief.nav.pdf"))
    button = Markup('<button type="button" data-print>{}</button>').format(t("brief.nav.print"))
    return Markup("<nav>{}</nav>{}").format(Markup(" ").join([button, pdf, *periods, *others]), _PRINTS)


def _figure(figure: Figure) -> Markup:
    return _FIGURE.format(
        name=figure.name,
        level=f"level-{figure.level}",
        value=figure.value,
        note=figure.note,
        beside=figure.beside,
    )


def _section(section: Section) -> Markup:
    return _SECTION.format(slug=section.slug, heading=section.heading, blocks=_all(_block, section.blocks))


def _block(block: Block) -> Markup:
    if isinstance(block, Words):
        return _WORDS.format(kind=block.kind, text=block.text)
    if isinstance(block, Pair):
        return _PAIR.format(left=_table(block.left), right=_table(block.right))
    return _table(block) if isinstance(block, Table) else _drawing(block)


def _drawing(block: Drawing) -> Markup:
    caption = Markup("<h3>{}</h3>").format(block.caption) if block.caption else ""
    return _DRAWING.format(caption=caption, share=f"{100 * block.share:g}", svg=Markup(block.svg))


def _table(block: Table) -> Markup:
    caption = Markup("<caption>{}</caption>").format(block.caption) if block.caption else ""
    heads = Markup("").join(
        _HEAD.format(kind="figure" if column.figures else "", words=column.heading)
        for column in block.columns
    )
    first_total = len(block.rows) - block.total
    rows = (_row(block, row, at >= first_total) for at, row in enumerate(block.rows))
    return _TABLE.format(caption=caption, heads=heads, rows=Markup("").join(rows))


def _row(block: Table, row: Sequence[str], is_total: bool) -> Markup:
    cells = Markup("").join(
        _CELL.format(kind="figure" if column.figures else "", words=cell)
        for column, cell in zip(block.columns, row, strict=True)
    )
    return Markup('<tr class="{}">{}</tr>').format("total" if is_total else "", cells)
