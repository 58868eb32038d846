"""The page in a real browser, with the network off: no request, no message, nothing cut, readable in four media."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from coupling.report.svg import UNITS
from coupling.results.study import StudyResult

pytestmark = pytest.mark.browser

AXE = os.environ.get("AXE_CORE", "")
WHOLE = os.environ.get("PAGE", "")
"""Path of a whole report, which is then held to the same rules as the example."""


def _driver() -> ModuleType:
    spec = importlib.util.spec_from_file_location("_chromium", Path(__file__).with_name("chromium.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["_chromium"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    driver = _driver()
    if driver.executable() is None:
        pytest.skip("needs Chromium or Chrome on the path")
    with driver.Chromium(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def page(example: Callable[..., StudyResult], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return example(simulated=True).to_html(tmp_path_factory.mktemp("page") / "study.html")


@pytest.fixture(params=["example", *(["whole"] if WHOLE else [])])
def any_page(request: pytest.FixtureRequest, page: Path) -> Path:
    return Path(WHOLE) if request.param == "whole" else page


MEDIA = {"desk": {"width": 1280}, "phone": {"width": 390}, "dark": {"width": 1280, "scheme": "dark"}}


@pytest.mark.parametrize("medium", MEDIA)
def test_nothing_is_requested_and_nothing_is_said(browser: Any, any_page: Path, medium: str) -> None:
    browser.open(any_page, **MEDIA[medium])
    asked = [event["request"]["url"] for event in browser.heard("Network.requestWillBeSent")]
    assert [url for url in asked if not url.startswith("data:")] == [any_page.resolve().as_uri()]
    said = browser.heard("Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown")
    assert said == []


@pytest.mark.parametrize("width", [320, 390, 600, 800, 1088, 1280, 1920])
def test_the_page_never_scrolls_sideways(browser: Any, any_page: Path, width: int) -> None:
    browser.open(any_page, width=width)
    assert browser.run("document.documentElement.scrollWidth") <= width


CUT = """
[...document.querySelectorAll('svg')].filter(s => s.getBoundingClientRect().width > 0).flatMap(s => {
  const frame = s.getBoundingClientRect();
  return [...s.querySelectorAll('text')].filter(t => t.textContent != 'SIMULATED').filter(t => {
    const box = t.getBoundingClientRect();
    return box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1;
  }).map(t => t.textContent);
})
"""


@pytest.mark.parametrize("width", [390, 1280])
def test_no_word_of_a_figure_is_cut_or_too_small(browser: Any, any_page: Path, width: int) -> None:
    browser.open(any_page, width=width)
    assert browser.run(CUT) == []
    visible = "[...document.querySelectorAll('svg text')].filter(t => t.getBoundingClientRect().width > 0)"
    scale = browser.run(f"Math.min(...{visible}.map(t => Math.hypot(t.getScreenCTM().a, t.getScreenCTM().b)))")
    assert 8.5 * UNITS * scale >= 10.5  # CSS pixels of the smallest tick label


@pytest.mark.parametrize(("width", "columns"), [(390, 1), (1280, 2)])
def test_panels_stand_side_by_side_where_there_is_room_and_never_overlap(
    browser: Any, page: Path, width: int, columns: int
) -> None:
    browser.open(page, width=width)
    edges = "[...document.querySelectorAll('svg.cells')].map(s => [...s.querySelectorAll('.cell')].map(c => {"
    edges += "const [x, y, w, h] = c.dataset.plot.split(' ').map(Number), m = c.getScreenCTM();"
    edges += "return [m.a * x + m.e, m.d * y + m.f, m.a * (x + w) + m.e, m.d * (y + h) + m.f].map(Math.round)}))"
    for boxes in browser.run(edges):
        assert len({left for left, *_ in boxes}) == min(columns, len(boxes))
        pairs = [(one, other) for place, one in enumerate(boxes) for other in boxes[:place]]
        assert all(a[2] < b[0] or b[2] < a[0] or a[3] < b[1] or b[3] < a[1] for a, b in pairs)


def test_the_contents_stay_in_view(browser: Any, page: Path) -> None:
    for width in (390, 1280):
        browser.open(page, width=width)
        browser.run("document.querySelector('#provenance').scrollIntoView({behavior: 'instant'})")
        assert browser.run("Math.round(document.querySelector('nav').getBoundingClientRect().top)") == 0


def test_the_contents_follow_the_reader(browser: Any, page: Path) -> None:
    """By CSS alone, where the browser knows how: the entry of what is read is marked, and its section is unfolded."""
    browser.open(page, width=1280)
    if not browser.run("CSS.supports('selector(:target-current)')"):
        pytest.skip("needs a browser that knows :target-current")
    for target in ("correlation-matrix", "room-direction", "direction-net"):
        browser.run(f"document.getElementById('{target}').scrollIntoView({{behavior: 'instant'}})")
        for _ in range(5):
            browser.run("new Promise(done => requestAnimationFrame(done))")
        marked = "[...document.querySelectorAll('nav a:target-current')].map(a => a.hash)"
        assert browser.run(marked) == [f"#{target}"]
        assert browser.run("[...document.querySelectorAll('nav ul ul')].filter(e => e.offsetHeight).length") == 1


def test_the_first_screen_holds_every_answer(browser: Any, page: Path) -> None:
    browser.open(page, width=1280, height=900)
    for part in (".verdicts", ".scorecard"):
        assert browser.run(f"document.querySelector('{part}').getBoundingClientRect().bottom") < 900


def test_dark_and_light_differ_and_paper_is_light(browser: Any, page: Path) -> None:
    seen = {}
    for name, media in {**MEDIA, "paper": {"width": 1280, "scheme": "dark", "media": "print"}}.items():
        browser.open(page, **media)
        seen[name] = browser.run("getComputedStyle(document.body).backgroundColor")
    assert seen["desk"] == seen["phone"] == seen["paper"] == "rgb(255, 255, 255)"
    assert seen["dark"] == "rgb(20, 24, 29)"


def test_print_cuts_nothing(browser: Any, any_page: Path, tmp_path: Path) -> None:
    browser.open(any_page, width=688, media="print")  # A4 less the margins
    assert browser.run("document.documentElement.scrollWidth") <= 688
    cut = "[...document.querySelectorAll('.scroll, pre')].filter(e => e.scrollWidth > e.clientWidth + 2)"
    assert browser.run(f"{cut}.map(e => e.getAttribute('aria-labelledby'))") == []
    hidden = "[...document.querySelectorAll('.scroll, pre')].filter(e => e.scrollHeight > e.clientHeight + 2).length"
    assert browser.run(hidden) == 0
    assert browser.run("getComputedStyle(document.querySelector('nav')).display") == "none"
    browser.print(tmp_path / "page.pdf")
    assert (tmp_path / "page.pdf").read_bytes()[:4] == b"%PDF"


def test_tables_that_scroll_can_be_reached_by_keyboard(browser: Any, page: Path) -> None:
    browser.open(page, width=390)
    scrolling = "[...document.querySelectorAll('.scroll, pre')].filter(e => e.scrollWidth > e.clientWidth)"
    assert browser.run(f"{scrolling}.length") > 0
    assert browser.run(f"{scrolling}.every(e => e.tabIndex === 0)")


@pytest.mark.parametrize("medium", MEDIA)
def test_axe_finds_no_violation(browser: Any, any_page: Path, medium: str) -> None:
    if not Path(AXE).is_file():
        pytest.skip("needs axe-core: set AXE_CORE to the path of its axe.min.js")
    browser.open(any_page, **MEDIA[medium])
    browser.run(Path(AXE).read_text(encoding="utf-8") + "; 0")
    listed = "r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target).join(' '))"
    found = browser.run(f"axe.run().then(r => {listed})")
    assert found == []
