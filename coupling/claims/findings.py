"""The findings of the claims: one per claim, and one per test where a claim has several."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from coupling.claims.claim import Claim
from coupling.claims.evidence import Evidence
from coupling.dates.sessions import session_of
from coupling.results.finding import Finding, numbers_of
from coupling.results.verdicts import Claimed

__all__ = ["findings_of"]

FAMILY, ADJUSTMENT = "tests of claims that have a p-value", "Benjamini–Yekutieli"


def findings_of(
    claims: Sequence[Claim], scorecard: pd.DataFrame, legs: pd.DataFrame, evidence: Evidence
) -> tuple[Finding, ...]:
    """Return what was found of each claim.

    Parameters
    ----------
    claims : sequence of Claim
    scorecard, legs : DataFrame
        The frames of the scorecard, one row per claim, and of the tests, in the order of the claims.
    evidence : Evidence
        Its series may be doubtful.
    """
    rows = iter(legs.to_dict("records"))
    return tuple(
        finding
        for claim, verdict in zip(claims, scorecard["verdict"], strict=True)
        for finding in _of_claim(claim, str(verdict), [next(rows) for _ in claim.tests], evidence)
    )


def _of_claim(claim: Claim, verdict: str, rows: list[dict[Any, Any]], evidence: Evidence) -> Iterator[Finding]:
    cautions = [_cautions(leg.instruments, evidence) for leg in claim.tests]
    shared: dict[str, Any] = {"question": "claim", "subject": (claim.id,), "clock": "sessions of each instrument"}
    whole = tuple(dict.fromkeys(caution for each in cautions for caution in each))
    yield Finding(
        **shared,
        **(_told(rows[0]) if len(rows) == 1 else {"quantity": "all tests together"}),
        verdict=Claimed(verdict),
        cautions=whole,
        evidence="claims-scorecard",
    )
    if len(rows) < 2:
        return
    for place, (row, caution) in enumerate(zip(rows, cautions, strict=True), start=1):
        yield Finding(
            **shared,
            **_told(row),
            specification=f"test {place}: {row['test']}",
            primary=False,
            verdict=Claimed(row["verdict"]),
            cautions=caution,
            evidence="claims-legs",
        )


def _told(row: dict[Any, Any]) -> dict[str, Any]:
    """Return the fields of a finding that one test gives."""
    numbers = {key: pd.to_numeric(row[key]) for key in ("estimate", "lower", "upper", "detectable", "n_effective")}
    n, p, q = row["n"], row["p_value"], row["q_value"]
    tested = pd.notna(p)
    return {
        "quantity": str(row["test"]).replace("_", " "),
        "unit": "" if row["unit"] == "correlation" else str(row["unit"]),
        **numbers_of(numbers, numbers),
        "n": None if pd.isna(n) else float(n),
        "p": float(p) if tested else None,
        "p_adjusted": float(q) if tested else None,
        "family": FAMILY if tested else "",
        "adjustment": ADJUSTMENT if tested else "",
        "start": None if pd.isna(row["from"]) else session_of(row["from"]),
        "end": None if pd.isna(row["to"]) else session_of(row["to"]),
        "method": str(row["method"]),
    }


def _cautions(names: Sequence[str], evidence: Evidence) -> tuple[str, ...]:
    origins = [evidence.observations[name].origin for name in names if name in evidence.observations]
    return tuple(dict.fromkeys(origin.caution for origin in origins if origin is not None and origin.caution))
