"""The ledger: predictions, what became of them, how probable they were, and their scores."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from coupling.claims.ledger_entry import Entry, brier
from coupling.claims.origins import OriginsRecord
from coupling.claims.page.ledger import ChancesResult, LedgerResult
from coupling.claims.probability import DRAWS, PATHS, Chance
from coupling.claims.reliability import printed
from coupling.results.base import Provenance, Result

__all__ = ["ledger"]

CHANCES = ["claim", "asked", "model", "drift", "probability", "lower", "upper", "n", "past_horizons"]
NUMBERS = ["stated", "at_claim", "at_claim_lower", "at_claim_upper", "now", "now_lower", "now_upper"]
RELIABILITY = ["said", "happened", "origins", "dates", "p_calibration"]


def ledger(entries: Sequence[tuple[str, Entry]], provenance: Provenance) -> list[Result]:
    """Return the ledger and, model by model, the probabilities behind it; nothing where no claim is a prediction.

    Parameters
    ----------
    entries : sequence of (claim, Entry)
    provenance : Provenance
    """
    if not entries:
        return []
    return [_ledger(entries, provenance), _chances(entries, provenance)]


def _ledger(entries: Sequence[tuple[str, Entry]], provenance: Provenance) -> LedgerResult:
    frame = pd.DataFrame([_row(claim, entry) for claim, entry in entries]).set_index("claim")
    return LedgerResult(
        name="claims-ledger",
        title="The ledger of predictions",
        method="Computed anew from the file of claims and the available data; nothing is remembered. The probability "
        "of "
        "the models is the mean over models, its range that over models and parameter draws (the base rate counts with "
        "its share). The same models forecast at past origins whose horizons do not overlap: said is their mean "
        "probability there, happened the share that came true, p that both are equal (t-test clustered by date). With "
        "at least 100 origins the range is recalibrated by one intercept, shrunk by n / (n + 25); with fewer it is "
        "widened to the exact binomial interval of what happened, and no end lies beyond what n origins can show, "
        "1 − .05^(1/n). Brier score: the squared difference of a probability and what happened (0 or 1), lower is "
        "better, 0.25 is a coin; given once a prediction is settled, for the probability stated and for that of the "
        "models at the claim. A score of few predictions says little.",
        frame=frame.astype(dict.fromkeys([*NUMBERS, *RELIABILITY, "brier_stated", "brier_models"], float)),
        provenance=provenance,
    )


def _row(claim: str, entry: Entry) -> dict[str, object]:
    then, low_then, high_then = printed(entry.at_claim, entry.record_at_claim)
    now, low_now, high_now = printed(entry.now, entry.record_now)
    return {
        "claim": claim,
        "prediction": entry.words,
        "made": pd.Timestamp(entry.made),
        "by": pd.Timestamp(entry.by),
        "known_to": entry.known_to,
        "status": str(entry.status),
        "settled_on": entry.settled_on if entry.settled_on is not None else pd.NaT,
        "stated": entry.stated,
        "at_claim": then,
        "at_claim_lower": low_then,
        "at_claim_upper": high_then,
        "now": now,
        "now_lower": low_now,
        "now_upper": high_now,
        "past_horizons": entry.horizons,
        "calibratable": entry.calibratable,
        **_reliability(entry.record_now if entry.now else entry.record_at_claim),
        "brier_stated": brier(entry.stated, entry.outcome),
        "brier_models": brier(then, entry.reached),
    }


def _reliability(record: OriginsRecord | None, model: tuple[str, str] | None = None) -> dict[str, object]:
    """Return what the models, or one of them, said at past origins and what happened; missing without a record."""
    if record is None:
        return dict.fromkeys(RELIABILITY, float("nan"))
    found = record.calibration if model is None else record.of_model(*model)
    return dict(zip(RELIABILITY, (found.said, found.happened, found.origins, found.dates, found.p_value), strict=True))


def _chances(entries: Sequence[tuple[str, Entry]], provenance: Provenance) -> ChancesResult:
    each = [
        (claim, asked, chance, record)
        for claim, entry in entries
        for asked, chances, record in (
            ("at the claim", entry.at_claim, entry.record_at_claim),
            ("now", entry.now, entry.record_now),
        )
        for chance in chances
    ]
    rows = [_chance(claim, asked, chance, record) for claim, asked, chance, record in each]
    frame = pd.DataFrame(rows, columns=[*CHANCES, *RELIABILITY]).set_index(CHANCES[:4])
    failed = [
        f"{claim}, {asked}: no {chance.model}, because {chance.failed}"
        for claim, asked, chance, _ in each
        if chance.failed
    ]
    return ChancesResult(
        name="claims-chances",
        title="Model-implied probabilities, model by model",
        method=f"{DRAWS} draws of the parameters with {PATHS} paths each. Interval of a model: 95 % of the parameter "
        "draws, without what the number of paths adds; of the base rate: Clopper–Pearson with non-overlapping "
        "historical windows as trials. With fewer than 20 of them no probability of this length can be checked "
        "against the past. "
        "Said and happened: each model at past origins, before any recalibration.",
        frame=frame,
        warnings=tuple(failed),
        provenance=provenance,
    )


def _chance(claim: str, asked: str, chance: Chance, record: OriginsRecord | None) -> dict[str, object]:
    return {
        "claim": claim,
        "asked": asked,
        "model": chance.model,
        "drift": chance.drift,
        "probability": chance.probability,
        "lower": chance.lower,
        "upper": chance.upper,
        "n": chance.n,
        "past_horizons": chance.horizons,
        **_reliability(record, (chance.model, chance.drift)),
    }
