"""The page in a real browser, with the network off: no request, no message, nothing cut, readable in four media."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coupling.report.polyline import UNITS
from coupling.results import Result
from coupling.results.study import StudyResult

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

AXE = os.environ.get("AXE_CORE", "")
WHOLE = os.environ.get("PAGE", "")
"""Path of a whole report, which is then held to the same rules as the example."""


@pytest.fixture(scope="module")
def page(example: Callable[..., StudyResult], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return example(simulated=True).to_html(tmp_path_factory.mktemp("page") / "study.html")


class Panels(Result):
    """A figure with a panel for each column of its frame."""

    figure_rows = property(lambda self: self.frame.shape[1])

    def plot(self, ax: Any = None) -> Any:
        from coupling import drawing

        ax = drawing.axes(ax, rows=self.figure_rows)
        for panel, name in zip(drawing.panels(ax, list(self.frame)), self.frame, strict=True):
            drawing.path(panel, self.frame[name], look=drawing.look(name))
            panel.set_ylabel("correlation")
        return ax


@pytest.fixture(scope="module")
def panels(example: Callable[..., StudyResult], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a page whose one figure has three panels."""
    study = example(n=300)
    days = pd.date_range("2024-01-01", periods=90, tz="UTC")
    frame = pd.DataFrame({name: np.sin(np.arange(90) / 9) for name in ("SPX", "IXIC", "NDX")}, index=days)
    result = Panels(name="data-panels", title="Panels", method="", frame=frame)
    room = replace(study.rooms[0], results=(result,))
    return replace(study, rooms=(room,)).to_html(tmp_path_factory.mktemp("page") / "panels.html")


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
    browser: Any, panels: Path, width: int, columns: int
) -> None:
    browser.open(panels, width=width)
    browser.run("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    edges = "[...document.querySelectorAll('svg.cells')].map(s => [...s.querySelectorAll('.cell')].map(c => {"
    edges += "const b = c.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom].map(Math.round)}))"
    found = browser.run(edges)
    assert found
    for boxes in found:
        assert len({round(3 * left / width) for left, *_ in boxes}) == min(columns, len(boxes))
        pairs = [(one, other) for place, one in enumerate(boxes) for other in boxes[:place]]
        assert all(a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1] for a, b in pairs)


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
    for target in ("correlation-rolling", "room-events", "events-mean"):
        browser.run(f"document.getElementById('{target}').scrollIntoView({{behavior: 'instant'}})")
        for _ in range(5):
            browser.run("new Promise(done => requestAnimationFrame(done))")
        marked = "[...document.querySelectorAll('nav a:target-current')].map(a => a.hash)"
        assert browser.run(marked) == [f"#{target}"]
        assert browser.run("[...document.querySelectorAll('nav ul ul')].filter(e => e.offsetHeight).length") == 1


def test_the_first_screen_holds_every_answer(browser: Any, page: Path) -> None:
    browser.open(page, width=1280, height=900)
    for part in (".pair-table", ".scorecard"):
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


READ = """
(async () => {
  const svg = [...document.querySelectorAll('#%s svg')].find(each => each.getBoundingClientRect().width > 0);
  svg.scrollIntoView({block: 'center', behavior: 'instant'});
  const box = svg.getBoundingClientRect();
  const point = {clientX: box.left + %s * box.width, clientY: box.top + box.height / 3, bubbles: true};
  svg.dispatchEvent(new PointerEvent('pointer%s', {...point, pointerType: '%s'}));
  const labels = () => [...svg.parentNode.querySelectorAll('.label')].filter(each => each.getClientRects().length);
  for (let frame = 0; frame < 300 && (frame < 3 || !labels().length); frame++) await new Promise(requestAnimationFrame);
  return labels().map(each => each.textContent);
})()
"""


def read_as(frame: pd.DataFrame, day: str) -> list[str]:
    """Write what is read off at a day, panel by panel, from the frame itself."""
    rows = frame[frame.index == pd.Timestamp(day, tz=frame.index.tz)]
    told = (f"{row.estimate:z.2f} ({row.lower:z.2f} to {row.upper:z.2f})" for row in rows.itertuples())
    return [text.replace("-", "\N{MINUS SIGN}") for text in told]


@pytest.fixture(scope="module")
def paths(example: Callable[..., StudyResult]) -> pd.DataFrame:
    result = example(simulated=True)["correlation-rolling"]
    assert isinstance(result, Result)
    return result.frame


@pytest.mark.parametrize(("width", "kind", "pointer"), [(1280, "move", "mouse"), (390, "down", "touch")])
def test_what_is_read_off_is_what_the_frame_holds(
    browser: Any, page: Path, paths: pd.DataFrame, width: int, kind: str, pointer: str
) -> None:
    browser.open(page, width=width)
    days = set()
    for place in (0.25, 0.4, 0.66, 0.93):
        labels = [label.split("\n") for label in browser.run(READ % ("correlation-rolling", place, kind, pointer))]
        (day,) = {where[:10] for where, _ in labels}
        assert [says for _, says in labels] == read_as(paths, day)
        days.add(day)
    assert len(days) == 4
    assert browser.heard("Log.entryAdded", "Runtime.exceptionThrown") == []


RULES = """
(async () => {
  document.querySelectorAll('details').forEach(d => { d.open = true; });
  const svg = document.querySelector('svg.cells[data-panels]');
  const panels = JSON.parse(svg.dataset.panels), cells = [...svg.querySelectorAll('.cell')];
  svg.scrollIntoView({block: 'center', behavior: 'instant'});
  const sides = panels.map(panel => cells[panel[9]].getBoundingClientRect());
  const aim = sides[1], x = aim.left + 0.6 * aim.width, y = aim.top + aim.height / 2;
  svg.dispatchEvent(new PointerEvent('pointermove', {clientX: x, clientY: y, bubbles: true, pointerType: 'mouse'}));
  const shown = () => [...svg.parentNode.querySelectorAll('.rule')].filter(each => each.getClientRects().length);
  const rules = () => shown().map(each => each.getBoundingClientRect().left);
  for (let frame = 0; frame < 300 && !rules().length; frame++) await new Promise(requestAnimationFrame);
  return [x, rules(), sides.map(side => [side.left, side.right])];
})()
"""


@pytest.mark.parametrize("width", [390, 1280])
def test_the_crosshair_stands_in_every_panel_wherever_the_panel_stands(browser: Any, panels: Path, width: int) -> None:
    browser.open(panels, width=width)
    x, rules, sides = browser.run(RULES)
    assert len(rules) == len(sides) > 1
    assert all(left < rule < right for rule, (left, right) in zip(rules, sides, strict=True))
    assert abs(rules[1] - x) < 0.1 * (sides[1][1] - sides[1][0])
    apart = {round((rule - left) / (right - left), 2) for rule, (left, right) in zip(rules, sides, strict=True)}
    assert max(apart) - min(apart) < 0.05


def test_the_crosshair_of_a_single_panel_stands_under_the_pointer(browser: Any, page: Path) -> None:
    browser.open(page, width=1280)
    browser.run("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    browser.run(READ % ("data-levels", 0.4, "move", "mouse"))
    apart = """(() => {
      const svg = document.querySelector('#data-levels svg').getBoundingClientRect();
      return document.querySelector('#data-levels .rule').getBoundingClientRect().left - svg.left - 0.4 * svg.width;
    })()"""
    assert abs(browser.run(apart)) < 3


@pytest.mark.parametrize("width", [390, 1280])
def test_rows_of_a_figure_are_read_by_pointer_and_by_key(browser: Any, page: Path, width: int) -> None:
    browser.open(page, width=width)
    browser.run("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    (label,) = browser.run(READ % ("events-mean", 0.6, "move", "mouse"))
    assert label in {"JGB10Y\n0.20 (−0.40 to 0.80)", "USDJPY\n0.50 (−0.10 to 1.10)"}
    browser.run("document.querySelector('#events-mean svg.read').focus()")
    for keys, name in ((("Home",), "BTC"), (("ArrowDown", "ArrowDown"), "USDJPY"), (("End", "ArrowUp"), "SPX")):
        press(browser, *keys)
        assert name in browser.run("document.querySelector('#events-mean .said').textContent")
    beside = "document.querySelector('#events-mean .rule').getBoundingClientRect()"
    assert browser.run(f"{beside}.width > 100 && {beside}.height < 3")


def press(browser: Any, *keys: str) -> None:
    for key in keys:
        browser.ask("Input.dispatchKeyEvent", type="keyDown", key=key)
        browser.ask("Input.dispatchKeyEvent", type="keyUp", key=key)
        browser.run("new Promise(done => setTimeout(done, 30))")


def test_keys_go_from_one_observation_to_the_next(browser: Any, page: Path, paths: pd.DataFrame) -> None:
    browser.open(page, width=1280)
    browser.run(READ % ("correlation-rolling", 0.5, "move", "mouse"))
    browser.run("document.querySelector('#correlation-rolling svg.read').focus()")
    days = paths.index.unique()
    for keys, day in ((("Home",), days[0]), (("ArrowRight", "ArrowRight"), days[2]), (("End", "ArrowLeft"), days[-2])):
        press(browser, *keys)
        said = browser.run("document.querySelector('#correlation-rolling .said').textContent")
        assert said.count(f"{day:%Y-%m-%d}") == 4
        assert all(says in said for says in read_as(paths, f"{day:%Y-%m-%d}"))
    press(browser, "Escape")
    assert browser.run("document.querySelector('#correlation-rolling .layer').hidden")


def test_the_link_gives_every_row(browser: Any, page: Path, paths: pd.DataFrame) -> None:
    browser.open(page, width=1280)
    fetched = """(async () => {
      const link = document.querySelector('#correlation-rolling a[download]');
      const made = new Promise(done => { URL.createObjectURL = blob => { done(blob); return 'blob:x'; }; });
      link.addEventListener('click', event => event.preventDefault());
      link.click();
      return (await made).text();
    })()"""
    read = pd.read_csv(StringIO(browser.run(fetched)))
    assert len(read) == len(paths)
    assert (read["estimate"] - paths["estimate"].to_numpy()).abs().max() < 1.01e-4
    assert read["right"].tolist() == paths["right"].tolist()


def number(text: str) -> float:
    return float(text.replace("\N{MINUS SIGN}", "-"))


def test_a_table_is_sorted_and_copied(browser: Any, page: Path) -> None:
    browser.open(page, width=1280)
    column = "[...document.querySelectorAll('#events-mean tbody tr')].map(row => row.cells[%d].textContent)"
    before = browser.run(column % 1)
    click = "document.querySelectorAll('#events-mean thead th .sort')[1].click()"
    unsorted = [number(text) for text in before]
    for order in (sorted(unsorted), sorted(unsorted)[::-1], unsorted):
        browser.run(click)
        assert [number(text) for text in browser.run(column % 1)] == order
    copied = """(async () => {
      const made = new Promise(done => {
        Object.defineProperty(navigator, 'clipboard', {value: {writeText: async text => done(text)}});
      });
      document.querySelector('#events-single .copy').click();
      return made;
    })()"""
    read = pd.read_csv(StringIO(browser.run(copied)))
    assert read.columns[0] == "event"
    assert read["BTC"].tolist() == ["'-13.78 [-29.78, +5.87] %"]  # a spreadsheet would take it for a formula


def test_hostile_words_are_only_shown(browser: Any, example: Callable[..., StudyResult], tmp_path: Path) -> None:
    study = example(n=300)
    bad = "\"><img src=x onerror='document.title=1'>"
    levels = study["data-levels"]
    assert isinstance(levels, Result)
    levels = replace(levels, title=bad, frame=levels.frame.rename(columns={"SPX": bad, "IXIC": "=cmd()"}))
    rooms = (replace(study.rooms[0], results=(levels,)),)
    browser.open(replace(study, title=bad, rooms=rooms).to_html(tmp_path / "bad.html"), width=1280)
    assert bad in browser.run(READ % ("data-levels", 0.5, "move", "mouse"))[0]
    browser.run("document.querySelectorAll('.sort, .copy').forEach(button => button.click())")
    assert browser.run("document.title") == bad
    assert browser.run("document.querySelectorAll('img').length") == 0
    assert browser.heard("Log.entryAdded", "Runtime.exceptionThrown") == []


def test_without_script_all_but_the_crosshair_is_there(browser: Any, page: Path) -> None:
    browser.ask("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open(page, width=1280)
        count = "[document.querySelectorAll('figure svg path').length > 20, document.querySelectorAll('.sort').length,"
        count += "document.querySelector('#correlation-rolling a[download]').href.slice(0, 13)]"
        assert browser.run(count) == [True, 0, "data:text/csv"]
    finally:
        browser.ask("Emulation.setScriptExecutionDisabled", value=False)
