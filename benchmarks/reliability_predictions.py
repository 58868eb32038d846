"""How well the probabilities of predictions are calibrated, on simulated GARCH series whose true probability is known.

Run ``python benchmarks/reliability_predictions.py [series]`` (about five minutes); it prints a table of
docs/predictions.md. Each series has 3,000 days with the variance 0.05 + 0.1 x² + 0.85 h, Student shocks with 5 degrees
of freedom and no drift. The true probability is the share of 4,000 paths of that law, begun at the true variance.
"""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import dataclass

import numpy as np

from coupling.claims.closes import Track
from coupling.claims.condition import Condition, on_paths
from coupling.claims.ledger_entry import span
from coupling.claims.origins import records
from coupling.claims.probability import chances
from coupling.claims.reliability import printed
from tests.claims.closes import track

SERIES, ROWS, PATHS, BURN = 40, 3000, 4000, 300


@dataclass(frozen=True)
class Question:
    """One row: its words, the days ahead, and what is asked."""

    words: str
    days: int
    reading: dict[str, object]


def volatility(days: int) -> Question:
    """Whether the volatility of the last 20 of some days ends below 17 % a year (19 % is the mean of the law)."""
    reading: dict[str, object] = {"of": "realised_volatility", "below": 17.0, "event": "last", "window": 20}
    return Question("volatility ends below 17 %", days, reading)


def fall(days: int) -> Question:
    """Whether the close is ever lower than now by a standard deviation of the whole horizon."""
    size = round(float(np.sqrt(days)), 1)
    return Question(f"price falls by {size:g} %, any day", days, {"of": "change", "below": -size, "event": "any_day"})


QUESTIONS = [ask(days) for ask in (volatility, fall) for days in (20, 60, 250)]


def garch(rng: np.random.Generator, rows: int, paths: int, h: float | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return changes, rows × paths, and the variance of the row after them."""
    x, variance = np.empty((rows, paths)), np.broadcast_to(np.asarray(h, dtype=float), (paths,))
    for row in x:
        row[:] = np.sqrt(variance * 0.6) * rng.standard_t(5, paths)
        variance = 0.05 + 0.1 * row**2 + 0.85 * variance
    return x, variance


@dataclass(frozen=True)
class Outcome:
    """Of one series: what was said and happened, and which ranges hold the true probability."""

    origins: int
    said: float
    happened: float
    rejected: bool
    alone: tuple[float, float]
    shown: tuple[float, float]
    truth: float


def outcome(question: Question, seed: int) -> Outcome:
    rng = np.random.default_rng([seed, question.days])
    x, variance = garch(rng, BURN + ROWS, 1, 1.0)
    known = track(x[BURN:, 0])
    made = known.last.date()
    by = made + dt.timedelta(days=question.days)
    asked = [[Condition(instrument="BTC", by=by, **question.reading)]]  # type: ignore[arg-type]
    given = chances(asked, {"BTC": known}, made, seed=seed)[0]
    record = records(asked, {"BTC": known}, made, seed=seed)[0]
    found = record.calibration
    return Outcome(
        origins=found.dates,
        said=found.said,
        happened=found.happened,
        rejected=found.p_value < 0.05,
        alone=span(given),
        shown=printed(given, record)[1:],
        truth=truth(asked[0][0], known, garch(rng, question.days, PATHS, variance)[0], made),
    )


def truth(condition: Condition, known: Track, paths: np.ndarray, made: dt.date) -> float:
    """Share of the paths of the true law on which the condition comes true."""
    whole = known.followed_by(paths, known.following(condition.deadline))
    return float(on_paths([condition], {"BTC": whole}, made)[0].mean())


def row(question: Question, series: int) -> str:
    """One line of the table."""
    each = [outcome(question, seed) for seed in range(series)]
    held = [np.mean([low <= one.truth <= high for one, (low, high) in pairs]) for pairs in _ranges(each)]
    width = [np.median([high - low for _, (low, high) in pairs]) for pairs in _ranges(each)]
    said, happened = (np.mean([getattr(one, name) for one in each]) for name in ("said", "happened"))
    cells = [
        question.words,
        f"{question.days}",
        f"{np.mean([one.origins for one in each]):.0f}",
        f"{said:.2f}",
        f"{happened:.2f}",
        f"{np.mean([one.rejected for one in each]):.2f}",
        f"{held[0]:.2f} ({width[0]:.2f})",
        f"{held[1]:.2f} ({width[1]:.2f})",
    ]
    return f"| {' | '.join(cells)} |"


def _ranges(each: list[Outcome]) -> list[list[tuple[Outcome, tuple[float, float]]]]:
    return [[(one, one.alone) for one in each], [(one, one.shown) for one in each]]


def main() -> None:
    series = int(sys.argv[1]) if len(sys.argv) > 1 else SERIES
    print(
        f"| {series} series each | days | origins | said | happened | calibration p < .05 "
        "| models' range holds the truth (width) | printed range holds it (width) |"
    )
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for question in QUESTIONS:
        print(row(question, series), flush=True)


if __name__ == "__main__":
    main()
