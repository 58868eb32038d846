"""A smaller page that says and shows the same."""

from __future__ import annotations

import re

from coupling.report.compact import compact_page


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
    assert short.count("url(#p0123456789)") == 3
    alone = re.search(r'class="(\w+)">word<', short)[1]  # type: ignore[index]
    assert f".{alone}{{fill:red}}" in short.split("</style>")[0]
    assert '<td class=n>1<td class="k s">a b<tr><td>2</tbody>' in short


def test_a_tag_keeps_its_class_beside_that_of_its_style() -> None:
    short = compact_page('<style></style><g id="a" style="fill:red" class="x" role="img"></g>')
    assert '<g id="a" class="x s0" role="img">' in short
    assert short.startswith("<style>.s0{fill:red}</style>")
