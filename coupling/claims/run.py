"""Test every claim on the observations at hand, and keep the score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from coupling.claims import facts
from coupling.claims.arithmetic import arithmetic
from coupling.claims.claim import Claim
from coupling.claims.legs import (
    Arithmetic,
    DatedChange,
    DatedLevel,
    Leg,
    LevelChange,
    LevelsAgainstChanges,
    RealisedVolatility,
    Record,
)
from coupling.claims.measures import levels_against_changes, volatility_level
from coupling.claims.verdict import Finding, Verdict, combine
from coupling.data.instrument import Instrument
from coupling.data.observations import Observations
from coupling.errors import CouplingError
from coupling.results.base import Provenance, RoomResult
from coupling.results.claims import LegsResult, ScorecardResult

__all__ = ["Evidence", "run"]

QUESTION = "Is the story true?"
SIMULATED = "not testable: simulated market"
NOTHING = Finding(verdict=Verdict.NOT_TESTABLE, sentence="", rule="Not testable: what is missing is named.")


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What claims are tested on.

    Parameters
    ----------
    observations, instruments : dict by instrument
    missing : dict of str to str
        Instruments that claims name and that cannot be had, with the reason.
    provenance : Provenance
    seed : int
    """

    observations: Mapping[str, Observations]
    instruments: Mapping[str, Instrument]
    missing: Mapping[str, str]
    provenance: Provenance
    seed: int


def run(claims: Sequence[Claim], evidence: Evidence) -> RoomResult:
    """Return the scorecard of all claims.

    Parameters
    ----------
    claims : sequence of Claim
        From `coupling.claims.load_claims`.
    evidence : Evidence
        A claim about the real market is not testable on a simulated one.
    """
    found = [(claim, [_find(leg, evidence) for leg in claim.legs]) for claim in claims]
    scorecard = ScorecardResult(
        name="claims-scorecard",
        title="Scorecard",
        method="Each claim stands on one or more legs; where they differ the claim holds partly. The rule of every leg "
        "is in the table below. Facts and arithmetic stand outside any correction for multiple testing.",
        frame=_scorecard(found),
        provenance=evidence.provenance,
    )
    legs = LegsResult(
        name="claims-legs",
        title="The legs of the claims",
        method="A fact has no interval: it rounds to the figure stated or it does not.",
        frame=_legs(found),
        provenance=evidence.provenance,
    )
    return RoomResult(name="claims", question=QUESTION, verdict=scorecard.sentence, results=(scorecard, legs))


def _find(leg: Leg, evidence: Evidence) -> Finding:
    """Test one leg; what keeps it from being tested is said."""
    if evidence.provenance.simulated and not isinstance(leg, Arithmetic):
        return _not_testable(SIMULATED)
    named = [name for field in ("instrument", "left", "right") if (name := getattr(leg, field, None))]
    for name in named:
        if name in evidence.missing:
            return _not_testable(f"not testable: {evidence.missing[name]}")
    try:
        return _tested(leg, evidence)
    except CouplingError as error:
        return _not_testable(f"not testable: {error}")


def _not_testable(sentence: str) -> Finding:
    return Finding(verdict=Verdict.NOT_TESTABLE, sentence=sentence, rule=NOTHING.rule)


def _tested(leg: Leg, evidence: Evidence) -> Finding:
    if isinstance(leg, Arithmetic):
        return arithmetic(leg)
    if isinstance(leg, LevelsAgainstChanges):
        return levels_against_changes(leg, evidence.observations, evidence.instruments, evidence.seed)
    item = evidence.observations[leg.instrument]
    if isinstance(leg, RealisedVolatility):
        return volatility_level(leg, item, evidence.instruments[leg.instrument])
    return _fact(leg, item)


def _fact(leg: DatedChange | DatedLevel | LevelChange | Record, item: Observations) -> Finding:
    if isinstance(leg, DatedChange):
        return facts.dated_change(leg, item)
    if isinstance(leg, DatedLevel):
        return facts.dated_level(leg, item)
    return facts.level_change(leg, item) if isinstance(leg, LevelChange) else facts.record(leg, item)


def _scorecard(found: list[tuple[Claim, list[Finding]]]) -> pd.DataFrame:
    rows = [
        {
            "claim": claim.id,
            "says": claim.says,
            "source": claim.source,
            "verdict": str(combine([finding.verdict for finding in findings])),
            "finding": " ".join(dict.fromkeys(finding.sentence for finding in findings)),
            "note": claim.note,
        }
        for claim, findings in found
    ]
    return pd.DataFrame(rows).set_index("claim")


def _legs(found: list[tuple[Claim, list[Finding]]]) -> pd.DataFrame:
    rows = [
        {
            "claim": claim.id,
            "test": leg.test,
            "instrument": getattr(leg, "instrument", None) or " – ".join(_pair(leg)),
            "verdict": str(finding.verdict),
            "claimed": finding.claimed,
            "estimate": finding.estimate,
            "lower": finding.lower,
            "upper": finding.upper,
            "unit": finding.unit,
            "n": finding.n,
            "p_value": finding.p_value,
            "method": finding.method,
            "rule": finding.rule,
        }
        for claim, findings in found
        for leg, finding in zip(claim.legs, findings, strict=True)
    ]
    frame = pd.DataFrame(rows).set_index("claim")
    numbers = ["claimed", "estimate", "lower", "upper", "n", "p_value"]
    return frame.astype(dict.fromkeys(numbers, float)).astype({"n": "Int64"})


def _pair(leg: Leg) -> tuple[str, ...]:
    return (leg.left, leg.right) if isinstance(leg, LevelsAgainstChanges) else ()
