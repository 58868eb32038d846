"""A smaller page that says and shows the same."""

from __future__ import annotations

import re

from coupling.report.compact import compact_page, compact_svg

GRID = '<path d="M{0} 0l0 9" class="gl"/>'
LINE = '<path d="M0 {0}l9 0" style="fill:none;stroke:var(--{1})"/>'


def test_every_stroke_stays_and_only_equal_neighbours_are_joined() -> None:
    text = GRID.format(1) + '<text x="1">a</text>' + LINE.format(1, "ink") + GRID.format(2)
    text += LINE.format(2, "ink") + LINE.format(3, "red") + LINE.format(4, "ink")
    short = compact_svg(text)
    assert sorted(re.findall(r"M[^M\"]*", short)) == sorted(re.findall(r"M[^M\"]*", text))
    assert short.count("<path") == 4
    assert short.index("M1 0") < short.index("<text") < short.index("M0 1")
    assert 'd="M1 0l0 9M2 0l0 9" class="gl"' in short
    assert 'd="M0 1l9 0M0 2l9 0"' in short


def test_filled_shapes_are_never_joined() -> None:
    text = '<path d="M0 0l9 0l0 9z" style="fill:var(--ink)"/>' * 2
    assert compact_svg(text) == text


def test_an_idle_mark_goes_and_one_in_use_stays() -> None:
    mark = '<defs><path id="m0123456789" d="M0 0l0 3"/></defs>'
    assert compact_svg(mark + "<g/>") == "<g/>"
    assert mark in compact_svg(mark + '<use href="#m0123456789"/>')


def test_a_page_keeps_every_style_reference_and_word() -> None:
    style = "fill:var(--ink);stroke:var(--ink);stroke-width:0.75"
    page = "<style>p{margin:0}</style>" + f'<path d="M0 0h1" clip-path="url(#p0123456789)" style="{style}"/>' * 3
    page += '<clipPath id="p0123456789"></clipPath><text style="fill:red">word</text>'
    page += '<table><tbody><tr><td class="n">1</td><td class="k s">a b</td></tr><tr><td>2</td></tr></tbody></table>'
    short = compact_page(page)
    name = re.search(r'class="(s\w+)"', short)[1]  # type: ignore[index]
    assert short.count(f'class="{name}"') == 3
    assert "style=" not in short
    assert f".{name}{{{style}}}" in short.split("</style>")[0]
    target = re.search(r'clipPath id="(\w+)"', short)[1]  # type: ignore[index]
    assert short.count(f"url(#{target})") == 3
    alone = re.search(r'class="(\w+)">word<', short)[1]  # type: ignore[index]
    assert f".{alone}{{fill:red}}" in short.split("</style>")[0]
    assert '<td class=n>1<td class="k s">a b<tr><td>2</tbody>' in short


def test_a_tag_keeps_its_class_beside_that_of_its_style() -> None:
    short = compact_page('<style></style><g id="a" style="fill:red" class="x" role="img"></g>')
    assert '<g id="a" class="x s0" role="img">' in short
    assert short.startswith("<style>.s0{fill:red}</style>")
