"""What changed since another run: paired by id, with both estimates, and never a simulated market with a real one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from coupling.report.page import render
from coupling.results import Failure, Provenance, RoomResult
from coupling.results.finding import Finding
from coupling.results.study import StudyResult
from coupling.results.verdicts import Coupled

OLD = Provenance(configuration="title: T\n", seed=1, as_of=pd.Timestamp("2026-08-20", tz="UTC"))
NEW = replace(OLD, as_of=pd.Timestamp("2026-08-21", tz="UTC"))


def found(other: str, verdict: Coupled, estimate: float, **more: Any) -> Finding:
    said: dict[str, Any] = {
        "question": "coupled",
        "subject": ("BTC", other),
        "specification": "rolling",
        "quantity": "correlation",
        "estimate": estimate,
        "lower": estimate - 0.25,
        "upper": estimate + 0.25,
        "verdict": verdict,
    }
    return Finding(**{**said, **more})


def a_study(*findings: Finding, provenance: Provenance = NEW, **more: Any) -> StudyResult:
    results = more.pop("results", ())
    room = RoomResult(name="correlation", question="How?", verdict="So.", results=results, findings=findings)
    return StudyResult(**{"title": "T", "focus": "BTC", "rooms": (room,), "provenance": provenance, **more})


WAS = (found("SPX", Coupled.COUPLED, 0.5), found("IXIC", Coupled.WEAK, 0.125), found("VIX", Coupled.COUPLED, -0.5))
NOW = (
    found("SPX", Coupled.NOT_ESTABLISHED, 0.25),
    found("IXIC", Coupled.WEAK, 0.1875),
    found("GOLD", Coupled.WEAK, 0.125, primary=False),
)


@pytest.fixture
def before(tmp_path: Path) -> Path:
    return a_study(*WAS, provenance=OLD).to_json(tmp_path / "before.json")


def test_verdicts_that_changed_new_and_gone_findings_are_told_apart(before: Path) -> None:
    since = a_study(*NOW).compare_with(before)
    assert since.frame["what"].tolist() == ["verdict changed", "new", "gone"]
    assert since.frame["subject"].tolist() == ["BTC–SPX", "BTC–GOLD", "BTC–VIX"]
    changed = since.frame.iloc[0]
    assert (changed["verdict before"], changed["verdict now"]) == ("coupled", "not established")
    assert changed[[f"{n} before" for n in ("estimate", "lower", "upper")]].tolist() == [0.5, 0.25, 0.75]
    assert changed[[f"{n} now" for n in ("estimate", "lower", "upper")]].tolist() == [0.25, 0.0, 0.5]
    assert since.counts == "1 verdict changed, 1 new, 1 gone"
    assert (since.same, since.moved) == (1, 1)
    assert "as of 2026-08-20T00:00Z, this one as of 2026-08-21T00:00Z" in since.sentence
    assert since.title == "What changed since 2026-08-19"


def test_the_causes_are_named(before: Path) -> None:
    other = replace(NEW, configuration="title: U\n", seed=2, version="9.0")
    causes = " ".join(a_study(*WAS, provenance=other).compare_with(before).causes)
    for words in ("the configuration (", "the seed (1 → 2)", "the version of coupling (", "→ 9.0)"):
        assert words in causes
    assert a_study(*WAS).compare_with(before).causes == ()


def test_nothing_changed_is_said(before: Path) -> None:
    sentence = a_study(*WAS, provenance=OLD).compare_with(before).sentence
    assert sentence.startswith("Nothing changed: 3 findings have the same verdict")
    moved = a_study(*WAS[1:], replace(WAS[0], estimate=0.4)).compare_with(before).sentence
    assert moved.startswith("No verdict changed: 3 findings have the same verdict, 1 of them with another estimate.")


@pytest.mark.parametrize("simulated", [True, False])
def test_a_simulated_market_is_not_compared_with_a_real_one(tmp_path: Path, simulated: bool) -> None:
    path = a_study(*WAS, provenance=replace(OLD, simulated=simulated)).to_json(tmp_path / "a.json")
    study = a_study(*NOW, provenance=replace(NEW, simulated=not simulated)).against(path)
    assert study.since is not None
    assert study.since.sentence.startswith("Not compared: that run is of the ")
    assert study.since.frame.empty
    assert study.exit_code == 1
    assert "Not compared: that run" in render(study)


def test_what_cannot_be_compared_number_by_number_is_named(before: Path) -> None:
    study = a_study(found("SPX", Coupled.WEAK, 0.125, level=0.9, method="another"))
    assert study.compare_with(before).frame.set_index("what").loc["verdict changed", "differs"] == "level, method"


def test_another_study_a_later_run_and_failures_are_cautions(before: Path) -> None:
    failure = Failure(name="dcc", title="DCC", reason="too few rows")
    early = replace(OLD, as_of=pd.Timestamp("2026-01-01", tz="UTC"))
    study = a_study(*WAS, provenance=early, title="U", focus="ETH", results=(failure,))
    said = " ".join(study.compare_with(before).warnings)
    for words in ("another title: 'T', here 'U'", "another focus", "the later of the two", "Results failed (0 in that"):
        assert words in said
    assert a_study(*WAS).compare_with(before).warnings == ()


def test_page_notebook_and_folder_have_the_block_and_without_it_nothing_of_it(before: Path, tmp_path: Path) -> None:
    alone = a_study(*NOW)
    study = alone.against(before)
    assert study.since is not None
    page = render(study)
    for words in ("What changed since 2026-08-19", "not established", study.since.sha256, "before.json", "0.50"):
        assert words in page
    assert "What changed since" in study._repr_html_()
    assert "since.csv" in [path.name for path in study.to_folder(tmp_path / "tables")]
    assert study["since"] is study.since
    assert "since" not in render(alone).split("</style>")[1].lower()
    assert "What changed" not in alone._repr_html_()
    assert alone.exit_code == study.exit_code == 0


def test_hostile_text_of_a_file_is_text_on_the_page(tmp_path: Path) -> None:
    bad = found("<script>alert(1)</script>", Coupled.WEAK, 0.1)
    path = a_study(bad, provenance=OLD, title="<b>").to_json(tmp_path / "a.json")
    page = render(a_study().against(path))
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
