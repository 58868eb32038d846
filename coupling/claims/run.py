"""Test every claim on the evidence at hand, and keep the score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

import numpy as np
import pandas as pd

from coupling.claims.claim import Claim
from coupling.claims.evidence import Evidence
from coupling.claims.findings import findings_of
from coupling.claims.ledger import ledger
from coupling.claims.leg import Leg
from coupling.claims.page.legs import FindingsResult, LegsResult, VariantsResult
from coupling.claims.page.scorecard import ScorecardResult
from coupling.claims.verdict import LegOutcome, Verdict, combine
from coupling.errors import CouplingError
from coupling.inference import adjust_p_values
from coupling.keeping.keeper import kept
from coupling.results.base import Result, RoomResult

__all__ = ["run"]

QUESTION = "Is the story true?"
SIMULATED = "not testable: simulated market"
NOT_TESTABLE_RULE = "Not testable: what is missing is named."
NUMBERS = ["claimed", "estimate", "lower", "upper", "p_value", "detectable", "n_effective"]

Tested = list[tuple[Claim, list[LegOutcome]]]


def run(claims: Sequence[Claim], evidence: Evidence) -> RoomResult:
    """Return the scorecard of all claims, their legs, the variants beside them and what the legs have to show.

    Parameters
    ----------
    claims : sequence of Claim
        From `coupling.claims.load_claims`.
    evidence : Evidence
        A claim about the real market is not testable on a simulated one.
    """
    found = [(claim, [_find(leg, evidence) for leg in claim.tests]) for claim in claims]
    legs = _legs(found)
    variants = _variants(found, evidence)
    scorecard = _scorecard_result(found, legs, variants, evidence)
    entries = [(claim.id, outcome.entry) for claim, outcomes in found for outcome in outcomes if outcome.entry]
    results = (
        scorecard,
        _legs_result(legs, evidence),
        _findings_result(found, legs, evidence),
        *variants,
        *ledger(entries, evidence.provenance),
        *chain.from_iterable(outcome.details for _, outcomes in found for outcome in outcomes),
    )
    return RoomResult(
        name="claims",
        question=QUESTION,
        verdict=scorecard.sentence,
        results=results,
        findings=findings_of(claims, scorecard.frame, legs, evidence),
        front=(scorecard.name, "claims-ledger"),
        within=("claims-findings", "claims-variants"),
    )


def _scorecard_result(
    found: Tested, legs: pd.DataFrame, variants: Sequence[Result], evidence: Evidence
) -> ScorecardResult:
    return ScorecardResult(
        name="claims-scorecard",
        title="Scorecard",
        method="Each claim stands on one or more tests; where they differ the claim holds partly. The rule of "
        "every test is below it. Facts and arithmetic stand outside any correction for multiple testing.",
        frame=_scorecard(found),
        provenance=evidence.provenance,
        legs=legs,
        variants=variants[0].frame if variants else pd.DataFrame(),
    )


def _legs_result(legs: pd.DataFrame, evidence: Evidence) -> LegsResult:
    tests = int(legs["p_value"].notna().sum())
    return LegsResult(
        name="claims-legs",
        title="The tests of the claims",
        method="A fact has no interval: it rounds to the figure stated or it does not. The adjusted p (BY) is "
        f"Benjamini–Yekutieli's over the {f'{tests} ' if tests > 1 else ''}tests that have a p-value, one "
        "primary specification each, fixed in the file of claims; variants, facts, arithmetic and ledgers are outside "
        "it.",
        frame=legs,
        provenance=evidence.provenance,
    )


def _findings_result(found: Tested, legs: pd.DataFrame, evidence: Evidence) -> FindingsResult:
    return FindingsResult(
        name="claims-findings",
        title="What each test found, and by which rule it is judged",
        method="The rule of every verdict was fixed before the test was run.",
        frame=legs[["test", "instruments", "verdict", "finding", "beside it", "rule"]],
        provenance=evidence.provenance,
        sensitive=sum(outcome.sensitive for _, outcomes in found for outcome in outcomes),
    )


def _find(leg: Leg, evidence: Evidence) -> LegOutcome:
    """Test one leg; what keeps it from being tested is said."""
    if evidence.provenance.simulated and leg.about_market:
        return _not_testable(SIMULATED)
    for name in leg.instruments:
        if name in evidence.missing:
            return _not_testable(f"Not testable: {evidence.missing[name].rstrip('.')}.")
    try:
        own = evidence.only((*leg.instruments, *leg.extras))
        unread = {**evidence.provenance.unread, "provenance": evidence.provenance}
        return _marked(kept(_check, leg, own, stand_ins=unread), leg, evidence)
    except CouplingError as error:
        return _not_testable(f"Not testable: {error}")


def _check(leg: Leg, evidence: Evidence) -> LegOutcome:
    return leg.check(evidence)


def _marked(finding: LegOutcome, leg: Leg, evidence: Evidence) -> LegOutcome:
    """Add to a finding what must be known of the series that it rests on."""
    origins = [evidence.observations[name].origin for name in leg.instruments if name in evidence.observations]
    cautions = dict.fromkeys(origin.caution for origin in origins if origin is not None and origin.caution)
    if not cautions:
        return finding
    return replace(finding, sentence=f"{finding.sentence} Caution: {' '.join(cautions)}")


def _not_testable(sentence: str) -> LegOutcome:
    return LegOutcome(verdict=Verdict.NOT_TESTABLE, sentence=sentence, rule=NOT_TESTABLE_RULE)


def _scorecard(found: Tested) -> pd.DataFrame:
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


def _legs(found: Tested) -> pd.DataFrame:
    rows = [
        {
            "claim": claim.id,
            "test": leg.test,
            "instruments": " – ".join(leg.instruments),
            "verdict": str(finding.verdict),
            "claimed": finding.claimed,
            "estimate": finding.estimate,
            "lower": finding.lower,
            "upper": finding.upper,
            "unit": finding.unit,
            "p_value": finding.p_value,
            "q_value": np.nan,
            "n": finding.n,
            "n_effective": finding.n_effective,
            "from": finding.sample[0] if finding.sample else pd.NaT,
            "to": finding.sample[1] if finding.sample else pd.NaT,
            "detectable": finding.detectable,
            "finding": finding.sentence,
            "beside it": finding.beside,
            "method": finding.method,
            "rule": finding.rule,
        }
        for claim, findings in found
        for leg, finding in zip(claim.tests, findings, strict=True)
    ]
    frame = pd.DataFrame(rows).set_index("claim").astype(dict.fromkeys([*NUMBERS, "n"], float)).astype({"n": "Int64"})
    return frame.assign(q_value=adjust_p_values(frame["p_value"].to_numpy(), method="benjamini_yekutieli"))


def _variants(found: Tested, evidence: Evidence) -> list[Result]:
    """Return the table of variants, where any leg has some."""
    rows = [
        {
            "claim": claim.id,
            "instruments": " – ".join(leg.instruments),
            "variant": variant.name,
            "estimate": variant.estimate,
            "lower": variant.lower,
            "upper": variant.upper,
            "unit": finding.unit,
            "p_value": variant.p_value,
            "n": variant.n,
            "detectable": variant.detectable,
            "same rule": str(variant.verdict or ""),
            "note": variant.note,
        }
        for claim, findings in found
        for leg, finding in zip(claim.tests, findings, strict=True)
        for variant in finding.variants
    ]
    if not rows:
        return []
    numbers = ["estimate", "lower", "upper", "p_value", "detectable", "n"]
    frame = pd.DataFrame(rows).set_index("claim").astype(dict.fromkeys(numbers, float)).astype({"n": "Int64"})
    return [
        VariantsResult(
            name="claims-variants",
            title="Robustness checks",
            method="Every variant uses another definition, comparison period or treatment of non-synchronous closes "
            "than the "
            "primary specification. Variants qualify a verdict and never choose it; their p-values are not adjusted.",
            frame=frame,
            provenance=evidence.provenance,
        )
    ]
