"""A thousand specifications over five instruments and ten years: throughput, and what a second worker brings.

The peer is the same work without sharing: every specification in a batch of its own, which moves and aligns the history
again for itself. Run as ``python benchmarks/bench_comparison.py [specifications] [draws]``.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace

from coupling.comparison.specifications import Plan, expand, plan
from coupling.comparison.workers import run_batches
from coupling.study import load_study

PAIRS = [["BTC", other] for other in ("JGB10Y", "USDJPY", "SPX", "IXIC")]
STUDY = {
    "title": "A thousand specifications",
    "focus": "BTC",
    "instruments": ["BTC", "JGB10Y", "USDJPY", "SPX", "IXIC"],
    "data": {"source": "simulated"},
    "seed": 7,
    "variants": {
        "outcome": {"pair": ["BTC", "SPX"], "statistic": "mean"},
        "grid": {
            "variants.outcome.pair": PAIRS,
            "alignment.frequency": ["1d", "2d", "1w"],
            "correlation.rolling.window": [20, 25, 30, 35, 40, 45, 50, 55, 60],
            "period.start": [f"{year}-{month:02}-01" for year in (2016, 2017, 2018) for month in (1, 4, 10)] + [None],
        },
        "replications": 99,
    },
}


def seconds(planned: Plan, n_jobs: int) -> float:
    """Return how long the batches take; the workers are warm."""
    list(run_batches(planned.batches[:2], n_jobs=n_jobs))
    begun = time.perf_counter()
    done = sum(len(outcomes) for outcomes in run_batches(planned.batches, n_jobs=n_jobs))
    assert done == sum(len(batch.asked) for batch in planned.batches)
    return time.perf_counter() - begun


def main(specifications: int = 1000, draws: int = 99) -> None:
    study = load_study(STUDY)
    assert study.variants is not None
    variants = study.variants.model_copy(update={"replications": draws})
    begun = time.perf_counter()
    chosen = expand(study)
    chosen = chosen[:: max(1, len(chosen) // specifications)][:specifications]
    planned = plan(chosen, variants)
    rows = max(len(item.levels) for item in planned.dataset.observations.values())
    print(f"| {len(chosen)} specifications, up to {rows} rows, {draws} draws each, {len(planned.batches)} batches | |")
    print("| --- | ---: |")
    print(f"| load, align and plan | {time.perf_counter() - begun:.1f} s |")
    one, two = seconds(planned, 1), seconds(planned, 2)
    rate = len(chosen) / one
    print(f"| one worker | {one:.1f} s: {rate:.1f} specifications/s, {rate * draws:,.0f} draws/s |")
    print(f"| two workers | {two:.1f} s: {one / two:.2f} times as fast |")
    sample = planned.batches[:4]
    alone = tuple(replace(batch, asked=(each,)) for batch in sample for each in batch.asked)
    shared, apart = (seconds(replace(planned, batches=batches), 1) for batches in (sample, alone))
    print(f"| every specification in a batch of its own | {apart / shared:.1f} times as long |")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
