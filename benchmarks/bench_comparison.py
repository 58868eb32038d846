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
    print(
        f"{len(chosen)} specifications, 5 instruments, up to {rows} rows, {draws} draws, {len(planned.batches)} batches"
    )
    print(f"load, align and plan: {time.perf_counter() - begun:.1f} s")
    one = seconds(planned, 1)
    print(f"1 worker: {one:.1f} s, {len(chosen) / one:.1f} specifications/s, {len(chosen) * draws / one:,.0f} draws/s")
    two = seconds(planned, 2)
    print(f"2 workers: {two:.1f} s, {one / two:.2f} times as fast")
    sample = planned.batches[:4]
    shared = seconds(replace(planned, batches=sample), 1)
    alone = tuple(replace(batch, asked=(each,)) for batch in sample for each in batch.asked)
    print(
        f"sharing the alignment: {seconds(replace(planned, batches=alone), 1) / shared:.1f} times as fast as each alone"
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
