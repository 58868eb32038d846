"""The page is one file, the same every time, with everything escaped, and what matters first."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pytest

from coupling import report
from coupling.errors import InputError
from coupling.report import render, write_page
from coupling.results import Failure, Origin, Provenance, Result, RoomResult
from coupling.results.study import StudyResult
from coupling.text.passage import Passage, Sentence

TOLD = Passage(Sentence("A:", ("one", "two", "three")))
Example = Callable[..., StudyResult]
VOID = {"meta", "link", "br", "img", "hr", "input"}
IMPLIED = {(cell, before) for cell in ("td", "th") for before in ("td", "th", "tr")} | {("tr", "tr")}


class Outline(HTMLParser):
    """Ids, references, headings and balance of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.references: set[str] = set()
        self.links: list[str] = []
        self.headings: list[int] = []
        self.open: list[str] = []
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.end_what_html_ends(before=tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            elif name in {"aria-labelledby", "aria-describedby"}:
                self.references.add(value or "")
            elif name in {"href", "src"}:
                self.links.append(value or "")
            self.references.update(re.findall(r"url\(#([^)]+)\)", value or ""))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.open.pop() if tag not in VOID else None

    def handle_endtag(self, tag: str) -> None:
        if tag in {"tr", "tbody", "thead"}:
            self.end_what_html_ends(before="tr")
        if tag != "tr" or self.open[-1] == "tr":
            assert self.open.pop() == tag

    def end_what_html_ends(self, before: str) -> None:
        """Close the cells, and the row, whose end tags HTML lets one omit."""
        while self.open and (self.open[-1], before) in IMPLIED:
            self.open.pop()


@pytest.fixture(scope="module")
def text(example: Example) -> str:
    return render(example(n=600))


def small(**more: object) -> StudyResult:
    frame = pd.DataFrame({"estimate": [0.5]}, index=pd.Index(["SPX"], name="instrument"))
    result = Result(name="a-result", title="A result", method="By hand.", frame=frame)
    room = RoomResult(name="correlation", question="How tight is it?", verdict="Loosely.", results=(result,))
    return StudyResult(**{"title": "A study", "focus": "BTC", "rooms": (room,), **more})  # type: ignore[arg-type]


def test_five_instruments_and_ten_years_stay_under_a_megabyte(example: Example) -> None:
    assert len(render(example(n=2600)).encode()) < 600_000


def test_the_same_study_gives_the_same_bytes(example: Example, text: str) -> None:
    assert render(example(n=600)) == text


def test_ids_are_unique_and_every_reference_has_its_target(text: str) -> None:
    outline = Outline(text)
    assert len(outline.ids) == len(set(outline.ids))
    inner = {link[1:] for link in outline.links if link.startswith("#")}
    assert (inner | outline.references) <= set(outline.ids)
    assert outline.open == []


def test_headings_step_down_one_level_at_a_time(text: str) -> None:
    levels = Outline(text).headings
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_nothing_is_asked_from_anywhere_and_no_script_but_its_own_runs(text: str) -> None:
    outline = Outline(text)
    assert outline.tags.count("script") == 1
    assert all(link.startswith(("#", "data:")) for link in outline.links)
    assert "default-src &#39;none&#39;" in text or "default-src 'none'" in text
    assert "@import" not in text
    assert not re.search(r"url\((?!#)", text)


def test_the_answer_comes_first_then_claims_rooms_and_the_appendix(text: str) -> None:
    rooms = ("claims", "correlation", "change", "events", "direction", "data")
    places = [
        text.index(f'id="{name}"') for name in ("first-screen", *(f"room-{room}" for room in rooms), "provenance")
    ]
    assert places == sorted(places)
    first = text[places[0] : places[1]]
    for told in ("+0.41", "+0.29 to +0.53", "Minimum detectable", "No change established", "21 episodes", "2 claims"):
        assert told.lower() in first.lower()
    assert "SPX rose 0.98 % on 2025-11-21." in first
    assert "USDJPY up = a weaker yen; a yield up = its price down." in first


def test_every_figure_is_drawn_once_with_a_title_a_description_and_its_numbers(text: str) -> None:
    found = re.findall(r"<figure.*?</figure>", text, flags=re.S)
    figures = [figure for figure in found if '<svg class="fig' in figure]
    assert len(figures) >= 3
    for figure in figures:
        assert figure.count('role="img"') == figure.count("<svg") == 1
        assert len(re.findall(r"<title id=[^>]+>[^<]+</title><desc id=[^>]+>[^<]+</desc>", figure)) == 1
        (csv,) = re.findall(r'href="data:text/csv;charset=utf-8,([^"]+)"', figure)
        assert len(unquote(csv).splitlines()) > 4


def test_figures_know_the_colours_of_the_theme_only_by_name(text: str) -> None:
    drawn = "".join(re.findall(r"<svg.*?</svg>", text, flags=re.S))
    assert "var(--amber)" in text
    assert "#a0327d" not in drawn
    assert "--plum:#a0327d" in text
    assert "prefers-color-scheme:dark" in text


def test_thinning_is_said(text: str) -> None:
    assert re.search(r"Thinned: \d+ of 600 rows", text)
    assert max(table.count("<tr>") for table in re.findall(r"<tbody>.*?</tbody>", text, flags=re.S)) <= 60


def test_a_verdict_on_several_pairs_is_a_list() -> None:
    pairs = ("SPX 0.43 (r; n = 60)", "IXIC 0.41 (n = 60)", "USDJPY -0.20 (n = 60)")
    verdict = Passage(Sentence("BTC's correlation:", pairs), "One.", Sentence("Two:", ("a", "b")))
    room = RoomResult(name="correlation", question="How tight is it?", verdict=verdict)
    text = render(small(rooms=(room,)))
    points = re.findall(r"<li>(.*?)</li>", re.search(r'<ul class="points">.*?</ul>', text, re.S)[0])
    assert points == ["SPX 0.43 (r; n = 60)", "IXIC 0.41 (n = 60)", "USDJPY −0.20 (n = 60)."]
    assert text.count('<ul class="points">') == 2
    assert text.count("One.\nTwo: a; b.") == 2


def test_prose_is_never_taken_apart() -> None:
    told = "BTC's correlation: SPX 0.43; IXIC 0.41; USDJPY -0.20. One sentence. Another one: a; b; c."
    text = render(small(rooms=(RoomResult(name="correlation", question="?", verdict=told),)))
    assert '<ul class="points">' not in text
    files = sorted(Path(report.__file__).parent.glob("*.py"))
    assert [file.name for file in files if "import re\n" in file.read_text(encoding="utf-8")] == [
        "compact.py",
        "policy.py",
        "reading.py",
    ]


def test_the_first_screen_takes_the_answer_in_one_sentence_and_the_section_the_verdict() -> None:
    room = RoomResult(name="change", question="Did it change?", verdict=TOLD, answer="It did.")
    text = render(small(rooms=(room,)))
    assert text.count("It did.") == 1
    assert text.index("It did.") < text.index('id="room-change"') < text.index("<li>two</li>")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("from -0.02 to +0.3", "from −0.02 to +0.3"),
        ("[-11.47, -1.69]", "[−11.47, −1.69]"),
        ("2020-03-09 to 2021-01", "2020-03-09 to 2021-01"),
        ("delete-1 jackknife; x-5; n = 5 - 3", "delete-1 jackknife; x-5; n = 5 - 3"),
    ],
)
def test_prose_has_minus_signs_and_dates_keep_their_hyphens(written: str, read: str) -> None:
    text = render(small(rooms=(RoomResult(name="change", question="?", verdict=written),)))
    assert f'<div class="verdict">{read}\n' in text


def test_points_with_heads_of_their_own_stay_whole() -> None:
    pairs = ("BTC and SPX: no lead (95 % interval -19 to +26; hours)", "BTC and IXIC: no lead")
    verdict = Passage(Sentence("", pairs))
    text = render(small(rooms=(RoomResult(name="direction", question="Who?", verdict=verdict),)))
    assert text.count("<li>BTC and SPX: no lead (95 % interval −19 to +26; hours)</li>") == 2
    assert text.count("<li>BTC and IXIC: no lead.</li>") == 2


def test_a_failure_is_a_visible_box_and_is_said_at_the_top(text: str) -> None:
    assert "1 of 11 results failed" in text
    assert re.search(r'class="failure".*?60 rows are too few', text, flags=re.S)


def test_provenance_names_sources_hashes_seed_and_configuration(text: str) -> None:
    after = text[text.index('id="provenance"') :]
    for word in (
        "usdjpy.csv",
        "0" * 63 + "2",
        "2 duplicates dropped",
        "20251121",
        "2025-11-21T00:00Z",
        "instruments: [BTC",
    ):
        assert word in after


def test_a_simulated_market_is_unmistakable(example: Example, text: str) -> None:
    simulated = render(example(simulated=True, n=300))
    assert "<title>SIMULATED – " in simulated
    assert 'class="banner">SIMULATED market' in simulated
    figures = re.findall(r'<svg class="fig.*?</svg>', simulated, flags=re.S)
    panels = [max(1, figure.count('class="cell"')) for figure in figures]
    assert [figure.count(">SIMULATED</text>") for figure in figures] == panels
    assert all("Simulated market, not real data." in figure for figure in figures)
    paths = re.findall(r'<svg class="own plot.*?</svg>', simulated, flags=re.S)
    assert len(paths) == 8
    assert all(">SIMULATED</text>" in path for path in paths)
    assert "SIMULATED" not in text


def test_what_comes_from_a_configuration_or_a_file_name_is_escaped() -> None:
    bad = "<script>alert('x')</script>"
    origin = Origin(
        instrument=bad,
        source=bad,
        symbol=bad,
        clock=bad,
        sha256="0",
        retrieved_at=None,
        rows=1,
        first=None,
        last=None,
        repairs=(bad,),
    )
    provenance = Provenance(origins=(origin,), configuration=bad)
    frame = pd.DataFrame({bad: [bad]}, index=pd.Index([bad], name=bad))
    result = Result(name="a-result", title=bad, method=bad, frame=frame, warnings=(bad,), provenance=provenance)
    room = RoomResult(
        name="data", question=bad, verdict=bad, results=(result, Failure(name="a-failure", title=bad, reason=bad))
    )
    text = render(small(title=bad, question=bad, banner=bad, rooms=(room,), provenance=provenance))
    assert text.count("<script") == 1  # the page's own
    assert text.count("&lt;script&gt;") >= 18


def test_figures_escape_their_titles_and_labels(example: Example) -> None:
    study = example(n=300)
    room = study.rooms[0]
    (levels,) = (result for result in room.results if result.name == "data-levels")
    assert isinstance(levels, Result)
    bad = "<script>x</script>"
    levels = replace(levels, title=bad, frame=levels.frame.rename(columns={"SPX": bad}))
    text = render(replace(study, rooms=(replace(room, results=(levels,)),)))
    assert text.count("<script") == 1  # the page's own


def test_a_page_is_written_whole_into_a_new_folder(tmp_path: Path) -> None:
    path = tmp_path / "new" / "study.html"
    assert write_page(small(), path) == path
    assert small().to_html(str(path)) == path
    assert path.read_text(encoding="utf-8") == render(small())
    assert [each.name for each in path.parent.iterdir()] == ["study.html"]


def test_a_page_that_cannot_be_made_leaves_nothing_and_keeps_the_old_one(tmp_path: Path) -> None:
    path = small().to_html(tmp_path / "study.html")
    before = path.read_bytes()

    class Broken(Result):
        def summary(self) -> pd.DataFrame:
            raise RuntimeError("broken")

    frame = pd.DataFrame({"estimate": [0.5]})
    room = RoomResult(
        name="data", question="?", verdict="!", results=(Broken(name="b", title="B", method="", frame=frame),)
    )
    with pytest.raises(RuntimeError, match="broken"):
        small(rooms=(room,)).to_html(path)
    assert path.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1


def test_a_page_is_not_written_over_a_folder(tmp_path: Path) -> None:
    (tmp_path / "study.html").mkdir()
    with pytest.raises(InputError, match=r"study\.html is a folder; name the file of the page"):
        small().to_html(tmp_path / "study.html")
    assert [each.name for each in tmp_path.iterdir()] == ["study.html"]


def test_a_study_without_claims_banner_or_configuration_has_no_empty_boxes() -> None:
    text = render(small())
    for absent in ("Scorecard", 'class="banner"', "Configuration</h3>", "provenance-sources", 'class="warning"'):
        assert absent not in text


def test_no_font_is_missed(example: Example, caplog: pytest.LogCaptureFixture) -> None:
    render(example(simulated=True, n=200))
    assert not [record for record in caplog.records if record.name.startswith("matplotlib")]
