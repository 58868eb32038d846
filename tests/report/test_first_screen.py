"""The first screen is made from findings: which rows, how they are drawn, what is left out without a gap."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coupling.errors import InputError
from coupling.report import render
from coupling.report.first_screen import first_screen
from coupling.report.strokes import Axis, Mark, hue_of, marks, path_panel
from coupling.report.told import change_line, coupling_line, interval, is_significant, number, verdict_word
from coupling.results import Origin, Provenance, RoomResult
from coupling.results.age import age_of
from coupling.results.finding import Finding
from coupling.results.study import StudyResult
from coupling.results.verdicts import Changed, Coupled, Responds

Example = Callable[..., StudyResult]


def pair(verdict: Coupled, estimate: float = 0.3, **more: object) -> Finding:
    said = {"lower": estimate - 0.1, "upper": estimate + 0.1, "end": date(2026, 8, 20)} | more
    return Finding(
        question="coupled",
        subject=("BTC", "SPX"),
        quantity="correlation",
        estimate=estimate,
        verdict=verdict,
        **said,  # type: ignore[arg-type]
    )


def study(findings: tuple[Finding, ...] = (), **more: object) -> StudyResult:
    room = RoomResult(name="correlation", question="How tight is it?", verdict="Told.", findings=findings)
    return StudyResult(**{"title": "A study", "focus": "BTC", "rooms": (room,), **more})  # type: ignore[arg-type]


def origin(name: str, last: str) -> Origin:
    ends = {"first": pd.Timestamp("2015-01-02"), "last": pd.Timestamp(last)}
    return Origin(
        instrument=name, source="file", symbol=name, clock="UTC", sha256="0", retrieved_at=None, rows=9, **ends
    )


def test_the_strongest_pair_comes_first_and_every_instrument_has_its_row(example: Example) -> None:
    screen = first_screen(example(n=300))
    assert [row.name for row in screen.rows] == ["IXIC", "SPX", "USDJPY", "JGB10Y"]
    assert [row.word for row in screen.rows] == ["Coupled", "Coupled", "Weak", "Not established"]
    assert (screen.layout, screen.more, screen.since) == ("rows", (), "2023-01-01")
    assert all(row.path and row.sides for row in screen.rows)


def test_layouts_follow_the_number_of_instruments(twenty_study: StudyResult) -> None:
    screen = first_screen(twenty_study)
    assert (screen.layout, len(screen.rows), len(screen.more)) == ("forest", 8, 11)
    assert first_screen(study((pair(Coupled.COUPLED),))).layout == "large"
    assert first_screen(study()).layout == ""


def test_a_study_without_findings_shows_its_answers() -> None:
    text = render(study())
    assert '<h1 id="headline">A study</h1>' in text
    assert '<dl class="verdicts" id="answers">' in text


def test_an_instrument_without_an_estimate_is_named() -> None:
    provenance = Provenance(origins=tuple(origin(name, "2026-08-20") for name in ("BTC", "SPX", "GOLD")))
    screen = first_screen(study((pair(Coupled.COUPLED),), provenance=provenance))
    assert screen.missing == ("GOLD",)
    assert "No estimate: GOLD." in render(study((pair(Coupled.COUPLED),), provenance=provenance))


@pytest.mark.parametrize(
    ("as_of", "lasts", "told", "late"),
    [
        (None, {}, "Data to 2026-08-20", False),
        ("2026-08-20T20:00Z", {}, "Data to 2026-08-20", False),
        ("2026-08-21T06:00Z", {}, "Data to 2026-08-20, 1 day before 2026-08-21", False),
        ("2026-08-21T00:00Z", {}, "Data to 2026-08-20", False),  # 24:00 of the 20th, where files end there
        (
            "2026-10-05T06:00Z",
            {"BTC": "2026-08-20", "SPX": "2026-08-21", "IXIC": "2026-08-21", "JGB10Y": "2026-10-05"},
            "Data to 2026-08-20, 46 days before 2026-10-05: BTC ends on 2026-08-20, SPX and IXIC on 2026-08-21",
            True,
        ),
    ],
)
def test_the_age_of_the_data_names_what_ends_early(
    as_of: str | None, lasts: dict[str, str], told: str, late: bool
) -> None:
    origins = tuple(origin(name, last) for name, last in lasts.items())
    provenance = Provenance(origins=origins, as_of=None if as_of is None else pd.Timestamp(as_of))
    age = age_of(study((pair(Coupled.COUPLED),), provenance=provenance))
    assert (age.told, age.is_late) == (told, late)


def test_the_age_stands_before_what_the_headline_rests_on(example: Example) -> None:
    text = render(example(n=300))
    first = text[text.index('id="first-screen"') : text.index('class="room"')]
    assert first.index("Data to 2024-12-20") < first.index("Rests on") < first.index("<figure")


def test_only_what_survives_the_adjustment_is_full() -> None:
    sure = pair(Coupled.COUPLED, p_adjusted=0.01)
    assert is_significant(sure)
    assert not is_significant(replace(sure, p_adjusted=0.2))
    assert not is_significant(pair(Coupled.NOT_ESTABLISHED))
    assert not is_significant(pair(Coupled.NOT_COUPLED, p_adjusted=0.01))
    drawn = marks([Mark(0.3, 0.2, 0.4, full=False)], Axis.around([0.5]), label="x", hue="h-blue")
    assert 'circle class="open"' in drawn
    assert 'circle class="full"' not in drawn


def test_responses_that_did_not_survive_are_hollow_and_those_that_chose_the_events_marked(example: Example) -> None:
    block = first_screen(example(n=300)).events
    assert block is not None
    assert [row.name for row in block.rows] == ["BTC", "JGB10Y", "USDJPY", "SPX", "IXIC"]
    assert all('class="open"' in row.mark for row in block.rows)
    assert [row.note for row in block.rows] == ["", "", "*", "", ""]
    assert block.title == "Carry unwinds: response since the instant, 21 episodes, sessions 0 to 10"
    assert "Each unit has its own scale." in block.notes


def test_numbers_have_the_digits_of_their_unit_and_a_true_minus() -> None:
    yields = replace(pair(Coupled.COUPLED, -3.04), unit="bp", lower=-5.26, upper=-0.91)
    assert (number(yields), interval(yields)) == ("−3.0", "−5.3 to −0.9")
    assert number(pair(Coupled.COUPLED, -0.004)) == "0.00"
    assert interval(replace(pair(Coupled.COUPLED), lower=None)) == ""


def test_a_line_says_what_could_have_been_seen_and_on_which_day_it_hangs() -> None:
    unknown = pair(Coupled.NOT_ESTABLISHED, detectable=0.214, fragile_on=date(2026, 2, 13))
    assert coupling_line(unknown) == (
        "Minimum detectable correlation 0.21; fragile: another verdict without 2026-02-13"
    )
    moved = Finding(
        question="changed", subject=("BTC", "SPX"), quantity="change", verdict=Changed.NOT_ESTABLISHED, detectable=0.3
    )
    assert change_line(moved) == "No change established; minimum detectable change 0.30"
    assert verdict_word(pair(Coupled.COUPLED, -0.4)) == "Coupled (inverse)"
    assert not is_significant(replace(moved, verdict=Changed.DEPENDS_ON_BASELINE))
    assert Responds.RESPONDS not in (moved.verdict,)


def test_what_changed_stands_there_only_against_another_run(example: Example, tmp_path: Path) -> None:
    now = example(n=300)
    assert first_screen(now).news is None
    turned = tuple(
        replace(each, verdict=Coupled.WEAK) if each.subject[-1] == "IXIC" and each.question == "coupled" else each
        for each in now["correlation"].findings  # type: ignore[union-attr]
    )
    rooms = tuple(replace(room, findings=turned) if room.name == "correlation" else room for room in now.rooms)
    news = first_screen(now.against(replace(now, rooms=rooms).to_json(tmp_path / "run.json"))).news
    assert news is not None
    assert news.changes == ("BTC–IXIC, coupled: weak → coupled",)


def test_a_printed_form_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InputError, match=r"print is 'all'; it is one of summary, full"):
        render(study(), print="all")  # type: ignore[arg-type]
    assert 'class=" print-full"' in render(study(), print="full")


def test_a_path_keeps_its_extremes_and_its_gaps() -> None:
    days = pd.date_range("2015-01-01", periods=4000)
    values = np.sin(np.arange(4000) / 300) * 0.3
    values[2001], values[1000:1100] = 0.9, np.nan
    path = pd.DataFrame({"estimate": values, "lower": values - 0.1, "upper": values + 0.1}, index=days)
    drawn = path_panel(path, (days[0], days[-1]), Axis(-1.0, 1.0), label="x", hue=hue_of("SPX"), height=50)
    line = drawn.split('class="line" d="')[1].split('"')[0]
    assert line.count("M") == 2  # one gap
    assert ",10 " in line.replace("M", " ")  # 0.9 of a box 200 high
    assert len(drawn) < 25_000


def test_one_observation_is_drawn_and_an_empty_path_is_not() -> None:
    day = pd.Timestamp("2025-01-02")
    path = pd.DataFrame({"estimate": [0.5], "lower": [np.nan], "upper": [np.nan]}, index=pd.DatetimeIndex([day]))
    assert 'd="M' in path_panel(path, (day, day), Axis(-1.0, 1.0), label="x", hue="h-blue", height=50)


@pytest.mark.parametrize("values", [[], [0.0], [0.1], [-0.2, 0.6], [np.nan], [-900, 1200], [1e-9], [np.inf, 0.2]])
def test_an_axis_holds_its_values_and_zero(values: list[float]) -> None:
    axis = Axis.around(values)
    finite = [value for value in values if np.isfinite(value)]
    assert axis.low <= min([0.0, *finite]) <= max([0.0, *finite]) <= axis.high
    assert axis.low < axis.high
    assert 0.0 in axis.ticks
    assert len(axis.ticks) <= 8
