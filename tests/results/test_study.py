"""A study's result knows its failures, its exit code and its parts, and writes itself into a folder."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from coupling.errors import InputError
from coupling.results import Failure, Provenance, Result, RoomResult
from coupling.results.study import StudyResult


def a_result(name: str, **more: object) -> Result:
    frame = pd.DataFrame({"estimate": [0.4321]}, index=pd.Index(["SPX"], name="instrument"))
    return Result(name=name, title=name.capitalize(), method="By hand.", frame=frame, **more)  # type: ignore[arg-type]


def a_study(*results: Result | Failure, **more: object) -> StudyResult:
    room = RoomResult(name="correlation", question="How tight is it?", verdict="Loosely.", results=results)
    return StudyResult(title="A study", focus="BTC", rooms=(room,), **more)  # type: ignore[arg-type]


def test_without_failures_the_exit_code_is_0() -> None:
    study = a_study(a_result("rolling"))
    assert study.exit_code == 0
    assert study.failures == ()


def test_a_failure_in_any_room_or_in_the_claims_makes_it_1() -> None:
    failure = Failure(name="dcc", title="DCC", reason="too few rows")
    assert a_study(a_result("rolling"), failure).failures == (failure,)
    assert a_study(failure).exit_code == 1
    claims = RoomResult(name="claims", question="Is it true?", verdict="Unknown.", results=(failure,))
    assert a_study(claims=claims).exit_code == 1


def test_names_are_unique_within_a_study() -> None:
    with pytest.raises(InputError, match="two results named 'rolling'"):
        a_study(a_result("rolling"), a_result("rolling"))


def test_parts_are_reached_by_name() -> None:
    study = a_study(a_result("rolling"))
    assert study["rolling"].title == "Rolling"
    assert study["correlation"].question == "How tight is it?"
    with pytest.raises(KeyError, match="did you mean 'rolling'"):
        study["roling"]
    assert [room.name for room in study] == ["correlation"]


def test_the_question_comes_from_the_focus_unless_given() -> None:
    assert "BTC" in a_study().asked
    assert a_study(question="Why?").asked == "Why?"


def test_the_summary_has_one_row_per_question() -> None:
    summary = a_study(a_result("rolling"), Failure(name="dcc", title="DCC", reason="x")).summary()
    assert summary.loc["correlation"].tolist() == ["How tight is it?", "Loosely.", 1]


def test_a_folder_holds_verdicts_configuration_and_every_frame(tmp_path: Path) -> None:
    provenance = Provenance(configuration="title: A study\n")
    written = a_study(a_result("rolling"), a_result("dcc"), provenance=provenance).to_folder(tmp_path / "tables")
    assert [path.name for path in written] == ["verdicts.csv", "configuration.yaml", "rolling.csv", "dcc.csv"]
    assert (tmp_path / "tables" / "configuration.yaml").read_text() == "title: A study\n"
    assert (tmp_path / "tables" / "rolling.csv").read_text() == "instrument,estimate\nSPX,0.4321\n"


def test_a_notebook_shows_verdicts_escaped_and_marks_a_simulated_market() -> None:
    text = a_study(banner="<b>old</b>", provenance=Provenance(simulated=True))._repr_html_()
    assert "SIMULATED" in text
    assert "&lt;b&gt;old" in text
    assert "Loosely." in text


def test_a_result_in_a_notebook_is_escaped_and_rounded() -> None:
    text = a_result("rolling", warnings=("<i>",), provenance=Provenance(simulated=True))._repr_html_()
    assert '<td style="text-align:right">0.43</td>' in text
    assert "&lt;i&gt;" in text
    assert "SIMULATED" in text


def test_provenance_names_what_computed_the_numbers() -> None:
    names = [name for name, _ in Provenance().packages]
    assert names[0] == "Python"
    assert {"numpy", "pandas", "scipy"} <= set(names)
