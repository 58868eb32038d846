"""The ledger and its scores, against scikit-learn and by hand."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import brier_score_loss

from coupling.claims.ledger import ledger
from coupling.claims.ledger_entry import Entry, brier, middle, span
from coupling.claims.origins import OriginsRecord
from coupling.claims.page.ledger import ChancesResult, LedgerResult
from coupling.claims.prediction_words import probability_words
from coupling.claims.probability import Chance
from coupling.drawing import figure_of
from coupling.results.base import Provenance


def chance(model: str, probability: float, **options: object) -> Chance:
    figures = {"lower": max(probability - 0.1, 0.0), "upper": min(probability + 0.1, 1.0), "n": 900, "horizons": 25}
    return Chance(model=model, probability=probability, **{**figures, **options})  # type: ignore[arg-type]


def entry(stated: float | None, outcome: bool | None, at_claim: list[Chance], **options: object) -> Entry:
    settings: dict[str, object] = {
        "words": "BTC level below 50,000 (any day, to 2026-06-30)",
        "made": dt.date(2025, 11, 21),
        "by": dt.date(2026, 6, 30),
        "known_to": pd.Timestamp("2026-08-20"),
        "outcome": outcome,
        "reached": outcome,
        "settled_on": None if outcome is None else pd.Timestamp("2026-06-30"),
        "stated": stated,
        "at_claim": at_claim,
        "now": at_claim if outcome is None else [],
    }
    return Entry(**(settings | options))  # type: ignore[arg-type]


MODELS = [chance("GARCH", 0.2), chance("log-HAR", 0.4), chance("base rate", 0.6, lower=0.0, upper=1.0)]


def made(*entries: Entry) -> tuple[LedgerResult, ChancesResult]:
    book, chances = ledger([(f"claim-{place}", each) for place, each in enumerate(entries)], Provenance())
    assert isinstance(book, LedgerResult)
    assert isinstance(chances, ChancesResult)
    return book, chances


def test_scores_are_those_of_scikit_learn() -> None:
    stated, outcomes = [0.72, 0.23, 0.5, 0.9], [True, False, True, False]
    book, _ = made(*(entry(p, o, MODELS) for p, o in zip(stated, outcomes, strict=True)))
    assert book.scored["brier_stated"].mean() == pytest.approx(brier_score_loss(outcomes, stated))
    assert book.scored["brier_models"].mean() == pytest.approx(brier_score_loss(outcomes, [0.4] * 4))
    assert (
        "Mean Brier score of the 4 settled with a stated probability: 0.298 as stated, 0.260 by the models"
        in book.sentence
    )


def test_an_open_prediction_and_one_without_a_probability_have_no_score() -> None:
    book, _ = made(entry(0.72, None, MODELS), entry(None, True, MODELS))
    assert book.frame["brier_stated"].isna().all()
    assert book.frame["brier_models"].tolist() == [pytest.approx(np.nan, nan_ok=True), pytest.approx(0.36)]
    assert book.scored.empty
    assert book.sentence == (
        "Of 2 predictions: 1 open, 1 came true. "
        "None of the 1 with a stated probability is settled, so none is scored yet."
    )


def test_a_cause_that_was_not_seen_scores_the_author_but_not_the_models() -> None:
    """The models speak of the level alone, which was reached."""
    book, _ = made(entry(0.23, False, MODELS, reached=True))
    assert book.frame["brier_stated"].item() == pytest.approx(0.23**2)
    assert book.frame["brier_models"].item() == pytest.approx((1 - 0.4) ** 2)


def test_range_and_mean_of_the_models() -> None:
    assert span(MODELS) == (pytest.approx(0.1), 0.6)  # the base rate counts with its share, not with its interval
    assert middle(MODELS) == pytest.approx(0.4)
    failed = Chance(model="log-HAR", n=10, horizons=0, failed="too short")
    assert middle([*MODELS, failed]) == pytest.approx(0.4)
    assert np.isnan(middle([failed]))
    assert np.isnan(span([failed])).all()
    assert np.isnan(brier(None, True))


def test_a_model_that_failed_is_shown() -> None:
    failed = Chance(model="log-HAR", n=10, horizons=0, failed="too short a past")
    _, chances = made(entry(0.5, None, [MODELS[0], failed]))
    assert chances.warnings[0] == "claim-0, at the claim: no log-HAR, because too short a past"
    assert len(chances.frame) == 4


def test_without_predictions_there_is_no_ledger() -> None:
    assert ledger([], Provenance()) == []


def test_the_figure_shows_every_range_and_the_probability_stated() -> None:
    book, _ = made(entry(0.72, None, MODELS), entry(None, True, MODELS))
    (ax,) = figure_of(book).axes
    assert [label.get_text() for label in ax.get_yticklabels()] == [
        "claim-0, at the claim",
        "claim-0, now",
        "claim-1, at the claim",
    ]
    strokes = [line for line in ax.get_lines() if line.get_marker() == "|"]
    assert [line.get_xdata()[0] for line in strokes] == [72.0, 72.0]  # type: ignore[index]


def test_the_summary_reads_well() -> None:
    book, _ = made(entry(0.72, None, MODELS))
    row = book.summary().iloc[0]
    assert (row["stated"], row["models_at_claim"], row["models_now"]) == ("72 %", "10 to 60 %", "10 to 60 %")


def test_what_the_models_said_before_stands_beside_and_widens_the_range() -> None:
    record = OriginsRecord(
        dates=pd.date_range("2015-01-01", periods=9, freq="YS"),
        said=np.full(9, 0.48),
        by_model={("GARCH", ""): np.full(9, 0.3)},
        happened=np.arange(9) < 3,
    )
    book, chances = made(entry(0.72, None, MODELS, record_at_claim=record, record_now=record))
    row = book.frame.iloc[0]
    assert (row["said"], row["origins"], row["dates"]) == (pytest.approx(0.48), 9, 9)
    assert row["happened"] == pytest.approx(1 / 3)
    assert (row["now_lower"], row["now_upper"]) == pytest.approx((0.0749, 0.7007), abs=1e-4)  # Clopper–Pearson, 3 of 9
    assert row["now"] == pytest.approx(0.4)
    assert book.summary()["past_forecasts"].item() == "said 48 %, happened 33 % (9 origins)"
    assert chances.frame["said"].tolist()[:3] == [pytest.approx(0.3), *[pytest.approx(np.nan, nan_ok=True)] * 2]


def test_forecasts_of_several_instruments_count_their_dates() -> None:
    record = OriginsRecord(
        dates=pd.DatetimeIndex(np.repeat(pd.date_range("2015-01-01", periods=9, freq="YS"), 5)),
        said=np.full(45, 0.48),
        by_model={},
        happened=np.repeat(np.arange(9) < 3, 5),
    )
    told = entry(0.72, None, MODELS, record_at_claim=record, record_now=record)
    book, _ = made(told)
    assert book.summary()["past_forecasts"].item() == "said 48 %, happened 33 % (45 origins of 9 dates)"
    assert "over 45 historical windows of 9 independent dates they said .48 and .33 happened" in probability_words(told)
