"""Test all specifications of a curve together, against draws that they share."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coupling._typing import Floats

__all__ = ["joint_test"]


def joint_test(estimate: Floats, null: Floats, *, level: float = 0.95) -> pd.DataFrame:
    """Return the p-values of the median estimate and of the share significant.

    Parameters
    ----------
    estimate : array of shape (specifications,)
        Observed.
    null : array of shape (draws, specifications)
        Estimates under the same draws in a world without the effect; a draw that is missing for one specification is
        left out for all.
    level : float
        A specification is significant where its size exceeds this quantile of its own draws.

    Returns
    -------
    DataFrame
        By statistic (``median estimate``, ``share significant with one sign``): ``observed``, ``critical`` (the 95 %
        quantile of the draws), ``p_value`` (two-sided), ``n_specifications`` and ``replications``.

    References
    ----------
    Simonsohn, Simmons and Nelson (2020), Nature Human Behaviour 4, 1208-1214, step 3.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> null = rng.normal(size=(199, 1)) + 0.1 * rng.normal(size=(199, 20))
    >>> joint_test(np.full(20, 4.0), null)["p_value"].tolist()
    [0.005, 0.03]
    """
    known = null[np.isfinite(null).all(axis=1)]
    limits = np.quantile(np.abs(known), level, axis=0) if len(known) else np.full(len(estimate), np.nan)
    rows = {}
    for name, observed, draws in (
        ("median estimate", float(np.median(estimate)), np.median(known, axis=1)),
        ("share significant with one sign", _share(estimate[None], limits)[0], _share(known, limits)),
    ):
        reached = np.abs(draws) >= abs(observed) - 1e-12
        rows[name] = {
            "observed": observed,
            "critical": float(np.quantile(np.abs(draws), 0.95)) if len(draws) else float("nan"),
            "p_value": (1 + int(reached.sum())) / (1 + len(draws)),
            "n_specifications": len(estimate),
            "replications": len(draws),
        }
    return pd.DataFrame(rows).T.rename_axis("statistic").astype({"n_specifications": int, "replications": int})


def _share(values: Floats, limits: Floats) -> Floats:
    """Return the share of specifications that are significant with the sign that more of them have."""
    above, below = (values > limits).mean(axis=1), (values < -limits).mean(axis=1)
    return np.asarray(np.maximum(above, below))
