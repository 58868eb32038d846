"""How much of one instrument's forecast-error variance comes from the others, before and after a date."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import pandas as pd

from coupling.direction.bootstrap import BootstrapDraws, BootstrapPlan, bootstrap_measures
from coupling.direction.measures import measure_names
from coupling.direction.spillover import Spillover
from coupling.errors import InputError
from coupling.kernels.decomposition import Method
from coupling.kernels.var import fit_var
from coupling.limits.asked import require_instrument, require_whole
from coupling.machine.scikit import clone

__all__ = ["received_share"]


def received_share(
    changes: pd.DataFrame,
    focus: Hashable,
    split: pd.Timestamp | str,
    *,
    lags: int | str = 1,
    max_lags: int = 8,
    horizon: int = 10,
    method: Method = "generalized",
    level: float = 0.95,
    replications: int = 499,
    block: int | None = None,
    random_state: int = 0,
    n_jobs: int = 1,
    allow_levels: bool = False,
) -> pd.DataFrame:
    """Compare the share of the focus's forecast-error variance that comes from the others, before and after a date.

    Parameters
    ----------
    changes : DataFrame, shape (n_rows, n_instruments)
        Changes on a DatetimeIndex.
    focus : str
        The receiving instrument.
    split : Timestamp or str
        First instant of the second period; without a time zone it is taken in that of the index.
    lags, max_lags, horizon, method
        As in `Spillover`; a criterion is applied to each period.
    level : float
        Coverage asked of the intervals, between 0 and 1.
    replications, block, random_state, n_jobs
        As in `Spillover`.
    allow_levels : bool
        Whether columns that look like levels pass.

    Returns
    -------
    DataFrame
        Rows ``before``, ``after`` and ``change`` (after less before); columns ``estimate``, ``bias_corrected``,
        ``lower``, ``upper``, ``without_links``, ``n``, in %. A short period has a larger share by noise alone, so that
        the change to read is the bias-corrected one; its interval comes from independent draws in both periods.

    Raises
    ------
    InputError
        If the focus is unknown, or a period is too short or unstable.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = pd.DataFrame(rng.normal(size=(600, 2)), columns=["A", "B"], index=pd.date_range("2020-01-01", periods=600))
    >>> X.loc["2021":, "A"] += X.loc["2021":, "B"]
    >>> received_share(X, "A", "2021-01-01", replications=99)[["estimate", "lower"]].round(0)
            estimate  lower
    before       0.0    0.0
    after       33.0   29.0
    change      33.0   29.0
    """
    require_instrument(focus, changes.columns)
    parts = _halves(changes, pd.Timestamp(split))
    place = _place(changes.columns, focus)
    seed = require_whole(random_state, "random_state", least=0)
    model = Spillover(lags=lags, max_lags=max_lags, horizon=horizon, method=method, allow_levels=allow_levels)
    rows, draws = {}, []
    for number, (name, part) in enumerate(parts.items()):
        spillover = _stable(model, part, f"{name} {split}")
        plan = BootstrapPlan(
            lags=spillover.lags_,
            horizon=horizon,
            method=method,
            replications=require_whole(replications, "replications", least=39),
            block=block,
            seed=(seed, number),
            n_jobs=n_jobs,
        )
        draws.append(_one(_draws_of(part, plan), place))
        rows[name] = _row(float(spillover.from_[focus]), draws[-1], level, least=0.0) | {"n": spillover.n_}
    change = rows["after"]["estimate"] - rows["before"]["estimate"]
    rows["change"] = _row(change, _difference(*draws), level, least=-100.0) | {
        "n": rows["before"]["n"] + rows["after"]["n"]
    }
    return pd.DataFrame(rows).T.astype({"n": int})


def _stable(model: Spillover, part: pd.DataFrame, period: str) -> Spillover:
    """Return the model fitted to a period, or refuse one that is not stable."""
    fitted: Spillover = clone(model).fit(part)
    if not fitted.stable_:
        raise InputError(f"The model of the period {period} is not stable, so it has no interval; use changes.")
    return fitted


def _halves(changes: pd.DataFrame, split: pd.Timestamp) -> dict[str, pd.DataFrame]:
    index = changes.index
    if not isinstance(index, pd.DatetimeIndex):
        raise InputError(f"A split by date needs rows labelled by time, not {type(index).__name__}.")
    if index.tz is not None and split.tz is None:
        split = split.tz_localize(index.tz)
    return {"before": changes[index < split], "after": changes[index >= split]}


def _place(names: pd.Index, focus: Hashable) -> int:
    kinds = measure_names(list(names))
    return int(np.flatnonzero((kinds["measure"] == "from") & (kinds["receiver"] == focus))[0])


def _draws_of(part: pd.DataFrame, plan: BootstrapPlan) -> BootstrapDraws:
    values = part.dropna().to_numpy(dtype=np.float64)
    fit = fit_var(values, plan.lags)
    if fit is None:
        raise InputError("The columns or their lags are collinear, so the model has no solution; leave one out.")
    return bootstrap_measures(values, fit, plan)


def _one(draws: BootstrapDraws, place: int) -> BootstrapDraws:
    """Return the draws of one measure only."""
    return BootstrapDraws(
        centre=draws.centre[[place]],
        draws=draws.draws[:, [place]],
        error=draws.error[[place]],
        errors=draws.errors[:, [place]],
        without_links=draws.without_links[[place]],
    )


def _difference(before: BootstrapDraws, after: BootstrapDraws) -> BootstrapDraws:
    """Return the draws of the second measure less the first, drawn independently."""
    return BootstrapDraws(
        centre=after.centre - before.centre,
        draws=after.draws - before.draws,
        error=np.hypot(after.error, before.error),
        errors=np.hypot(after.errors, before.errors),
        without_links=after.without_links - before.without_links,
    )


def _row(estimate: float, draws: BootstrapDraws, level: float, *, least: float) -> dict[str, float]:
    lower, upper = draws.limits(level)
    cut = {"bias_corrected": draws.bias_corrected, "lower": lower, "upper": upper}
    limited = {name: float(np.clip(value[0], least, 100.0)) for name, value in cut.items()}
    return {"estimate": estimate, **limited, "without_links": float(draws.without_links[0])}
