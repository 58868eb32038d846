"""Sentences of the room read its verdicts, and judge nothing again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from coupling.events import judge
from coupling.events.findings import of_study
from coupling.events.page import split
from coupling.events.page.split import EventSplitResult
from coupling.events.section import EventsSection
from coupling.events.studies.result import EventStudyResult
from coupling.events.studies.study import EventStudy
from coupling.events.wording import answer, chosen_events, not_highlighted
from coupling.results.verdicts import Responds
from coupling.study import load_panel

STUDY = {"title": "T", "focus": "BTC", "instruments": ["BTC", "SPX"], "data": {"source": "simulated"}}
SECTION: dict[str, Any] = {"event_window": [-2, 3], "estimation_window": [-60, -11], "replications": 99}


@pytest.fixture(scope="module")
def study() -> EventStudyResult:
    panel = load_panel(STUDY)
    assert panel.truth is not None
    from coupling.events.listing.asked import asked_events

    section = EventsSection(**SECTION)
    made = EventStudy(**section.study_parameters(), random_state=1).fit(panel, asked_events(section, panel.truth))
    return of_study(made, events="shocks", focus="BTC", clock="C", level=0.95)


def test_the_answer_reads_the_findings_of_the_response_and_of_the_run_up(study: EventStudyResult) -> None:
    for told, response, before in (
        (Responds.RESPONDS, " BTC responds: ", " BTC had already "),
        (Responds.NOT_ESTABLISHED, " BTC ", " BTC had moved by "),
    ):
        findings = tuple(replace(each, verdict=told) for each in study.findings)
        said = str(answer(replace(study, findings=findings), "BTC"))
        assert response in said
        assert before in said
        assert (" responds: " in said) == ("a sign of anticipation" in said) == (told is Responds.RESPONDS)


def test_a_split_is_judged_once_and_its_sentence_reads_the_verdict(study: EventStudyResult) -> None:
    made = split.make(study, EventsSection(**SECTION, split="2020-01-01"), "BTC", seed=1)
    for row in made.frame.itertuples():
        assert row.verdict == judge.changed(row.lower, row.upper)
    for verdict, words in (
        ("changed", "differs significantly"),
        ("not_established", "shows no significant difference"),
    ):
        assert words in replace(made, frame=made.frame.assign(verdict=verdict)).sentence


def test_too_few_episodes_are_said_whatever_the_verdict() -> None:
    frame = pd.DataFrame({"instrument": ["BTC"], "lower": [float("nan")], "verdict": ["not_established"]})
    made = EventSplitResult(name="n", title="t", method="m", frame=frame, focus="BTC", date="2020-01-01")
    assert made.sentence == "Too few episodes to tell whether the response of BTC changed at 2020-01-01."


def test_notes_are_said_where_there_is_something_to_say() -> None:
    class Chosen:
        def __len__(self) -> int:
            return 9

        def chosen_events(self, name: str) -> int:
            return {"BTC": 2}.get(name, 0)

    chosen: Any = Chosen()
    (note,) = chosen_events(chosen, ["BTC", "SPX"])
    assert note.startswith("Events named after an instrument's own move, of 9: BTC 2. ")
    assert chosen_events(chosen, ["SPX"]) == not_highlighted([]) == ()
    assert not_highlighted(["a", "b"]) == ("To be highlighted, but not among the events that are reported: a, b.",)


def test_what_chose_the_events_itself_says_so_in_its_finding_and_has_no_p() -> None:
    from coupling.events.listing.asked import asked_events

    panel = load_panel(STUDY)
    assert panel.truth is not None
    section = EventsSection(**SECTION, selected_by=("SPX",))
    made = EventStudy(**section.study_parameters(), random_state=1).fit(panel, asked_events(section, panel.truth))
    told = of_study(made, events="shocks", focus="BTC", clock="C", level=0.95).findings
    cautions = {each.subject[0]: each.cautions for each in told if each.question == "responds"}
    assert cautions["BTC"] == ()
    assert len(cautions["SPX"]) == 1
    assert [each.p for each in told if each.subject[0] == "SPX" and each.question == "responds"] == [None]
