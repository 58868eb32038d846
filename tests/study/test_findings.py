"""Whether BTC and IXIC's correlation changed is one finding, which every place that answers it reads."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

import coupling as cp
from coupling.change import wording
from coupling.change.page.matrices import MatricesResult
from coupling.change.run import run as run_change
from coupling.change.section import ChangeSection
from coupling.claims.claim import Claim
from coupling.claims.evidence import Evidence
from coupling.results.base import Result, RoomResult
from coupling.results.finding import Finding
from coupling.results.study import StudyResult
from coupling.results.verdicts import Changed

DAYS = pd.date_range("2018-01-01", "2022-12-31")
WEEKDAYS = pd.bdate_range("2018-01-02", "2022-12-30")
SPLIT = "2021-01-04"
SECTIONS: dict[str, Any] = {
    "correlation": {"rolling": {"window": 60}, "hayashi_yoshida": {}, "tail": {}},
    "change": {"splits": [SPLIT], "baselines": ["all", "equal"], "breaks": {}, "envelope": None, "levels": None}
    | {"bai_perron": None, "regimes": None},
    "direction": {"lead_lag": {"max_lag": 2, "replications": 100, "max_hours": 24, "step_hours": 12}},
    "events": {"dates": ["2019-03-05", "2020-02-11", "2021-05-18", "2022-01-11"], "by": None},
    "seed": 5,
}
CLAIM = {
    "id": "tied-to-tech",
    "source": "nobody",
    "says": "It is now tied to US technology.",
    "test": "correlation_change",
    "left": "BTC",
    "right": "IXIC",
    "date": SPLIT,
    "side": "positive",
    "smallest": 0.05,
    "baselines": ["all", "equal"],
}
SAID = {
    Changed.CHANGED: ("changed with IXIC", "changed"),
    Changed.DEPENDS_ON_BASELINE: ("is sensitive to the baseline with IXIC", "is sensitive to the baseline"),
    Changed.UNCHANGED: ("did not change with IXIC", "is unchanged"),
    Changed.NOT_ESTABLISHED: ("shows no significant difference", "has no significant difference"),
}


def closes() -> pd.DataFrame:
    """Return two prices whose changes correlate 0 before the split and 0.7 since."""
    rng = np.random.default_rng(3)
    tied = (DAYS >= SPLIT) * 0.7
    shared, own, other = (rng.normal(0, 0.01, len(DAYS)) for _ in range(3))
    btc = np.sqrt(1 - tied) * own + np.sqrt(tied) * shared
    ixic = np.sqrt(1 - tied) * other + np.sqrt(tied) * shared
    paths = pd.DataFrame({"BTC": btc, "IXIC": ixic}, index=DAYS).cumsum()
    return (100 * np.exp(paths)).assign(IXIC=lambda frame: frame["IXIC"].reindex(WEEKDAYS)).round(4)


@pytest.fixture(scope="module")
def panel() -> cp.Panel:
    return cp.align(closes())


@pytest.fixture(scope="module")
def study(panel: cp.Panel) -> StudyResult:
    return cp.run(panel, focus="BTC", claims=[CLAIM], yes=True, **SECTIONS)


def room(study: StudyResult, name: str) -> RoomResult:
    found = study[name]
    assert isinstance(found, RoomResult)
    return found


def evidence_of(panel: cp.Panel) -> Evidence:
    return Evidence(
        observations=panel.observations, instruments=panel.instruments, missing={}, provenance=panel.provenance, seed=5
    )


def primary(found: RoomResult, question: str) -> list[Finding]:
    return [each for each in found.findings if each.question == question and each.primary]


def test_first_screen_section_matrix_and_claim_read_one_finding(study: StudyResult, panel: cp.Panel) -> None:
    change = room(study, "change")
    (finding,) = primary(change, "changed")
    assert finding.id == f"changed/BTC/IXIC/split {SPLIT} against all"
    assert finding.verdict is Changed.CHANGED
    matrices = study[f"change-matrices-{SPLIT}"]
    assert isinstance(matrices, MatricesResult)
    assert matrices.findings[0] is finding
    assert SAID[Changed.CHANGED][0] in change.answer
    assert wording.WORDS[Changed.CHANGED] in change.verdict
    evidence = evidence_of(panel)
    (leg,) = Claim.model_validate(CLAIM).legs
    rests = leg.check(evidence).rests_on
    assert rests is not None
    assert (rests.id, rests.verdict, rests.estimate) == (finding.id, finding.verdict, finding.estimate)
    legs = study["claims-legs"]
    assert isinstance(legs, Result)
    assert wording.WORDS[Changed.CHANGED] in legs.frame["finding"].iloc[0]


@pytest.mark.parametrize("verdict", list(Changed))
def test_all_four_follow_the_one_function(verdict: Changed, panel: cp.Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coupling.change.judge.changed", lambda *_, **__: verdict)
    section = ChangeSection.model_validate(SECTIONS["change"] | {"breaks": None, "monitor": None})
    found = run_change(section, panel, focus="BTC", start=None, seed=5)
    first, matrix = SAID[verdict]
    assert first in found.answer
    assert wording.WORDS[verdict] in found.verdict
    split, matrices = found.results
    assert isinstance(split, Result)
    assert isinstance(matrices, Result)
    assert f"; it {matrix} (p " in matrices.sentence
    evidence = evidence_of(panel)
    (leg,) = Claim.model_validate(CLAIM).legs
    outcome = leg.check(evidence)
    assert wording.WORDS[verdict] in outcome.sentence
    assert outcome.verdict == ("supported" if verdict is Changed.CHANGED else "undecided")


def test_every_room_hands_out_findings_of_its_question(study: StudyResult) -> None:
    asked = {"correlation": "coupled", "change": "changed", "direction": "leads", "events": "responds"}
    for name, question in (asked | {"claims": "claim"}).items():
        found = room(study, name)
        assert primary(found, question)
        ids = [each.id for each in found.findings]
        assert len(ids) == len(set(ids))
        names = {result.name for result in found.results}
        assert {each.evidence for each in found.findings} <= names
        assert all(each.start is not None and each.end is not None and each.clock for each in found.findings)
    assert {each.question for each in room(study, "correlation").findings} == {"coupled", "tail"}


def test_every_test_carries_its_adjusted_p_and_family(study: StudyResult) -> None:
    """Of every question; and no verdict of an effect stands on a p that its family takes away."""
    asked = [each for each in study.found if each.question != "claim"]
    assert {"coupled", "tail", "changed", "leads", "responds", "ran_up"} <= {each.question for each in asked}
    for each in asked:
        if each.p is None:
            continue
        assert each.p_adjusted is not None, each.id
        assert each.p <= each.p_adjusted + 1e-9 or each.adjustment == "Westfall–Young", each.id  # of another statistic
        assert each.family, each.id
        assert each.adjustment, each.id
        if each.verdict.value in ("coupled", "weak", "changed", "responds", "leads", "follows"):
            assert each.survives, each.id
    tested = {each.question for each in asked if each.p_adjusted is not None}
    assert tested == {each.question for each in asked} - {"monitor"}  # a sequential test has a rate, and no p


def test_samples_end_with_the_session_that_the_last_tick_closes(study: StudyResult) -> None:
    last = {each.id: each.end for each in room(study, "correlation").findings}
    assert last["coupled/BTC/IXIC/rolling pearson 60 rows"] == date(2022, 12, 30)
    assert last["coupled/BTC/IXIC/true instants 250d"] == date(2022, 12, 30)
    (finding,) = primary(room(study, "change"), "changed")
    assert (finding.start, finding.end) == (date(2018, 1, 3), date(2022, 12, 30))


def test_an_answer_is_a_list_of_its_points_wherever_it_is_shown(study: StudyResult) -> None:
    told = room(study, "change").verdict
    assert [len(sentence.points) for sentence in told.sentences] == [1, 1, 0]  # type: ignore[attr-defined]
