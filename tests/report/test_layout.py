"""What a reader sees, in a real browser: the picture first, tables folded, nothing lost on a phone or on paper."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from coupling.results.study import StudyResult

pytestmark = pytest.mark.browser

Example = Callable[..., StudyResult]
SHOWN = "[...document.querySelectorAll('%s')].filter(e => e.checkVisibility())"


@pytest.fixture(scope="module")
def page(example: Example, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return example(n=600).to_html(tmp_path_factory.mktemp("page") / "study.html")


@pytest.fixture(scope="module")
def twenty(twenty_study: StudyResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return twenty_study.to_html(tmp_path_factory.mktemp("twenty") / "study.html")


@pytest.fixture(scope="module")
def two(example: Example, tmp_path_factory: pytest.TempPathFactory) -> Path:
    study = example(n=300)
    rooms = tuple(
        replace(room, findings=tuple(each for each in room.findings if "SPX" in each.subject or room.name == "events"))
        for room in study.rooms
        if room.name in ("correlation", "change")
    )
    return replace(study, rooms=rooms, claims=None).to_html(tmp_path_factory.mktemp("two") / "study.html")


@pytest.mark.parametrize(("width", "height", "most"), [(1280, 800, 700), (390, 844, 900)])
@pytest.mark.parametrize("name", ["page", "two", "twenty"])
def test_the_first_figure_stands_above_the_fold(
    browser: Any, request: pytest.FixtureRequest, name: str, width: int, height: int, most: int
) -> None:
    browser.open(request.getfixturevalue(name), width=width, height=height)
    top = "Math.min(...%s.map(e => e.getBoundingClientRect().top))" % (SHOWN % "figure svg:not(.axis)")
    assert browser.run(top) < most
    assert browser.run("document.querySelector('h1').getBoundingClientRect().top") < most


def test_tables_and_methods_are_folded_and_open_without_script(browser: Any, page: Path) -> None:
    browser.ask("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open(page, width=1280)
        assert browser.run(f"{SHOWN % '.scroll table'}.length") == 0
        assert browser.run(f"{SHOWN % '.method'}.length") == 0
        assert browser.run("document.querySelectorAll('.scroll table').length") > 5
        browser.run("document.querySelectorAll('details').forEach(e => e.open = true)")
        hidden = "[...document.querySelectorAll('.scroll table')].filter(e => !e.checkVisibility()).length"
        assert browser.run(hidden) == 0
    finally:
        browser.ask("Emulation.setScriptExecutionDisabled", value=False)


def test_a_row_opens_to_its_tests(browser: Any, page: Path) -> None:
    browser.open(page, width=1280)
    assert browser.run(f"{SHOWN % '.opened'}.length") == 0
    browser.run("document.querySelector('#claim-spx-fall summary').click()")
    assert browser.run("document.querySelector('#claim-spx-fall .opened').innerText").split("\n")[-1] == "The rule."


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_of_the_first_screen_can_be_read(browser: Any, page: Path, scheme: str) -> None:
    """A contrast of at least 4.5:1 (WCAG) against the page, or the bar that a count stands on."""
    browser.open(page, width=1280, scheme=scheme)
    low = browser.run("""
    (() => {
      const parse = text => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
      const light = rgb => {
        const [r, g, b] = rgb.map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
        return .2126 * r + .7152 * g + .0722 * b;
      };
      const ratio = (a, b) => (Math.max(light(a), light(b)) + .05) / (Math.min(light(a), light(b)) + .05);
      const ground = parse(getComputedStyle(document.body).backgroundColor);
      const found = [];
      for (const e of document.querySelectorAll('#first-screen *')) {
        const own = [...e.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
        if (!own || !e.checkVisibility()) continue;
        const style = getComputedStyle(e), bar = e.tagName === 'text' && e.closest('.strip');
        const back = bar ? parse(getComputedStyle(bar.querySelector('rect.' + e.classList[0])).fill) : ground;
        const colour = parse(e.tagName === 'text' ? style.fill : style.color);
        if (ratio(colour, back) < 4.5 && !e.closest('.stamp')) found.push([e.textContent, style.color, style.fill]);
      }
      return found;
    })()""")
    assert low == []


@pytest.mark.parametrize("name", ["page", "two", "twenty"])
def test_every_drawing_of_the_first_screen_has_marks_inside_its_box(
    browser: Any, request: pytest.FixtureRequest, name: str
) -> None:
    browser.open(request.getfixturevalue(name), width=1280)
    blank = """[...document.querySelectorAll('#first-screen figure svg.plot, #first-screen figure svg.marks')]
      .filter(e => e.checkVisibility())
      .filter(e => { const box = e.getBoundingClientRect();
        const drawn = [...e.querySelectorAll('path.line, circle')].map(m => m.getBoundingClientRect());
        return !drawn.some(b => b.width > 2 && b.left >= box.left - 6 && b.right <= box.right + 6); }).length"""
    assert browser.run(blank) == 0


def test_a_phone_shows_every_instrument_with_its_verdict(browser: Any, page: Path) -> None:
    browser.open(page, width=390)
    rows = "[...document.querySelectorAll('.pair-table tbody tr')]"
    for name in ("IXIC", "SPX", "USDJPY", "JGB10Y"):
        row = f"{rows}.find(e => e.textContent.includes('{name}'))"
        assert browser.run(f"[...{row}.children].every(e => e.checkVisibility())")
        assert browser.run(f"Math.max(...[...{row}.children].map(e => e.getBoundingClientRect().right))") <= 390
        assert browser.run(f"{row}.querySelector('svg.plot').getBoundingClientRect().width") > 300


def test_twenty_instruments_are_a_forest_of_which_eight_stand_open(browser: Any, twenty: Path) -> None:
    for width in (390, 1280):
        browser.open(twenty, width=width)
        assert browser.run("document.documentElement.scrollWidth") <= width
        assert browser.run(f"{SHOWN % '.forest li'}.length") == 8
        assert browser.run("document.querySelectorAll('.forest li').length") == 19
        assert browser.run(f"[...new Set({SHOWN % '.forest li'}.map(e => e.offsetHeight))]") == [28]
        words = "[...document.querySelectorAll('.forest li .short')].filter(e => e.scrollWidth > e.clientWidth + 1)"
        assert browser.run(f"{words}.length") == 0


def sheets(path: Path) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", path.read_bytes()))


def test_paper_holds_the_summary_or_everything(browser: Any, example: Example, tmp_path: Path) -> None:
    found = {}
    for form in ("summary", "full"):
        browser.open(example(n=300).to_html(tmp_path / f"{form}.html", print=form), width=1280)
        browser.print(tmp_path / f"{form}.pdf")
        found[form] = sheets(tmp_path / f"{form}.pdf")
        browser.open(tmp_path / f"{form}.html", width=688, media="print")
        tables = "[...document.querySelectorAll('.scroll table')].filter(e => e.getBoundingClientRect().height > 0)"
        assert (browser.run(f"{tables}.length") > 5) == (form == "full")
        assert browser.run("[...document.querySelectorAll('.entry summary')].every(e => e.offsetHeight > 0)")
    assert found["summary"] < found["full"]


def test_no_figure_is_cut_by_the_end_of_a_sheet(browser: Any, page: Path) -> None:
    browser.open(page, width=688, media="print")
    loose = "[...document.querySelectorAll('figure')].filter(e => getComputedStyle(e).breakInside !== 'avoid').length"
    assert browser.run(loose) == 0


def test_blocks_that_have_nothing_to_say_leave_no_gap(browser: Any, two: Path) -> None:
    browser.open(two, width=1280)
    assert browser.run("document.querySelectorAll('.blocks, .block').length") == 0
    assert browser.run("document.querySelectorAll('.one figure svg.plot').length") == 1
    gap = "document.querySelector('.room').getBoundingClientRect().top"
    assert browser.run(f"{gap} - document.querySelector('#first-screen').getBoundingClientRect().bottom") < 60
