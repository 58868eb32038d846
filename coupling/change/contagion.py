"""Contagion or only volatility: the Forbes-Rigobon adjustment with its assumptions tested."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coupling._typing import Floats
from coupling.change import judge
from coupling.change.checks import changes_of, instant, require_effort
from coupling.change.forbes_rigobon import equal_slopes, figures_of, slope_of
from coupling.change.moments import moments_of
from coupling.errors import InputError
from coupling.inference import basic_interval, block_length, bootstrap_means
from coupling.limits.asked import require_instrument, require_level
from coupling.limits.keywords import plain_keywords
from coupling.limits.upper import require_limits
from coupling.machine.scikit import BaseEstimator
from coupling.results.estimated import Estimated
from coupling.results.verdicts import Changed

__all__ = ["ContagionTest"]

SMALLEST = 5
INVALID = "adjustment not valid"


@plain_keywords
class ContagionTest(Estimated, BaseEstimator):  # type: ignore[misc]
    """Ask whether source and target are tied more closely under stress, the source's own variance allowed for.

    A correlation rises by itself when the variance of the source rises. The adjustment takes that out, but it holds
    only from a named source to a target whose own noise (what the source leaves unexplained) keeps its variance. So
    both directions are shown, the noise is compared, and a regression slope, which no rise in variance moves, stands
    beside it.

    Parameters
    ----------
    source, target : str
        Columns of X (x0, x1, … for an array).
    calm, stress : pair or slice of labels, boolean Series or array, or index of labels
        The rows of each period: first and last label (dates in UTC if nothing is said), a mask over the rows of X, or
        the labels themselves. Rows in both count as stress. Choose them without looking at the target.
    level : float
        Coverage of the intervals.
    replications : int
        Bootstrap replications; circular blocks within each period, the variance ratio estimated again in each.
    random_state : int
        Seed.
    allow_levels : bool
        Whether columns that look like levels pass; ``caution_`` then names them.

    Attributes
    ----------
    adjusted_ : float
        Adjusted correlation under stress.
    unadjusted_ : float
        Correlation under stress as it is.
    calm_ : float
        Correlation in calm.
    p_value_ : float
        Two-sided p-value of adjusted minus calm (Fisher's z), from the bootstrap.
    valid_ : bool
        False when the noise of the target rose as well (lower end of the interval of its variance ratio above 1): then
        the adjustment takes too much, and `verdict_` begins "adjustment not valid".
    verdict_ : str
        One sentence.
    table_ : DataFrame
        One row per direction (source to target, and back): correlations, ``difference`` of adjusted and calm with
        interval and p-value, variance ratios of source and noise, slopes with the p-value of their change, rows.
    caution_ : str
        What of X was left out, allowed or lost; empty where there is nothing to say.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> source = rng.normal(size=600) * np.repeat([1.0, 3.0], [400, 200])
    >>> x = pd.DataFrame({"USDJPY": source, "SPX": 0.5 * source + rng.normal(size=600)})
    >>> test = ContagionTest(source="USDJPY", target="SPX", calm=(0, 399), stress=(400, 599)).fit(x)
    >>> bool(test.unadjusted_ - test.calm_ > 0.3 and abs(test.adjusted_ - test.calm_) < 0.1)
    True
    """

    def __init__(
        self,
        *,
        source: Hashable,
        target: Hashable,
        calm: Any,
        stress: Any,
        level: float = 0.95,
        replications: int = 999,
        random_state: int = 0,
        allow_levels: bool = False,
    ) -> None:
        self.source = source
        self.target = target
        self.calm = calm
        self.stress = stress
        self.level = level
        self.replications = replications
        self.random_state = random_state
        self.allow_levels = allow_levels

    def fit(self, X: Any, y: Any = None) -> ContagionTest:  # noqa: ARG002
        """Compare the two periods.

        Parameters
        ----------
        X : DataFrame or array of shape (T, k)
            Changes, rows = time, columns = instruments.
        y : None
            Not used; there for scikit-learn.

        Returns
        -------
        ContagionTest
            Itself.

        Raises
        ------
        InputError
            If a column is unknown, or a period has fewer than 5 usable rows.
        """
        require_limits(self)
        require_level(self.level)
        changes = changes_of(self, X)
        require_effort(changes.iloc[:, :2], 0.02 + 1e-7 * len(changes) * self.replications)
        names = [require_instrument(name, changes.columns) for name in (self.source, self.target)]
        if names[0] == names[1]:
            raise InputError(f"Source and target are both {names[0]!r}; name two instruments.")
        beyond = int(changes.attrs["unfinished"])
        stressed = _mask(self.stress, changes.index, "stress", beyond)
        calm = _mask(self.calm, changes.index, "calm", beyond) & ~stressed
        pair = changes[names]
        periods = [_rows(pair, mask, word) for mask, word in ((calm, "calm"), (stressed, "stress"))]
        scale = max(float(np.abs(p).max()) for p in periods) or 1.0
        width = np.maximum(np.abs(np.concatenate(periods)).max(axis=0), np.finfo(float).tiny * scale)
        periods = [p / width for p in periods]
        forward = self._direction(periods, names, width)
        backward = self._direction([p[:, ::-1] for p in periods], names[::-1], width[::-1])
        self.table_ = pd.DataFrame([forward, backward])
        self.calm_, self.unadjusted_ = forward["calm"], forward["stress"]
        self.adjusted_, self.p_value_ = forward["adjusted"], forward["p_value"]
        self.valid_ = bool(forward["valid"])
        self.verdict_ = _verdict(forward, self.level)
        return self

    def _direction(self, periods: list[Floats], names: list[Hashable], width: Floats) -> dict[str, Any]:
        calm, stress = (self._moments(period, seed) for seed, period in enumerate(periods))
        rows = (len(periods[0]), len(periods[1]))
        figures, draws = (figures_of(calm[part], stress[part], rows) for part in (0, 1))
        slopes = [slope_of(period) for period in periods]
        row: dict[str, Any] = {"source": names[0], "target": names[1]}
        row |= {key: float(figures[key]) for key in ("calm", "stress", "adjusted", "variance_ratio", "noise_ratio")}
        row |= self._test(figures, draws)
        with np.errstate(divide="ignore", invalid="ignore"):
            noise, drawn = np.log(figures["noise_ratio"]), np.log(draws["noise_ratio"])
        lower, upper = (np.exp(end) for end in self._interval(noise, drawn))
        row |= {"noise_lower": float(lower), "noise_upper": float(upper), "valid": not lower > 1}
        unit = float(width[1] / width[0])
        row |= {
            "slope_calm": slopes[0][0] * unit,
            "slope_stress": slopes[1][0] * unit,
            "slope_p_value": equal_slopes(*slopes),
        }
        return row | {"n_calm": len(periods[0]), "n_stress": len(periods[1])}

    def _moments(self, x: Floats, seed: int) -> tuple[Floats, Floats]:
        moments = moments_of(x - x.mean(axis=0))
        length = min(block_length(moments[:, 2:]), max(len(x) / 4, 1.0))
        state = self.random_state + 7919 * seed
        draws = bootstrap_means(moments, block=length, replications=self.replications, random_state=state)
        return moments.mean(axis=0), draws

    def _test(self, figures: dict[str, Floats], draws: dict[str, Floats]) -> dict[str, float]:
        with np.errstate(divide="ignore", invalid="ignore"):
            z, drawn = (np.arctanh(f["adjusted"]) - np.arctanh(f["calm"]) for f in (figures, draws))
        gap = float(figures["adjusted"] - figures["calm"])
        lower, upper = self._interval(figures["adjusted"] - figures["calm"], draws["adjusted"] - draws["calm"])
        known = drawn[np.isfinite(drawn)]
        p = float("nan")
        if np.isfinite(z) and known.size:
            p = float((1 + (np.abs(known - z) >= abs(float(z))).sum()) / (1 + known.size))
        return {"difference": gap, "lower": float(lower), "upper": float(upper), "p_value": p}

    def _interval(self, estimate: Any, draws: Floats) -> tuple[Floats, Floats]:
        known = draws[np.isfinite(draws)]
        if not np.isfinite(estimate) or known.size == 0:
            return np.asarray(np.nan), np.asarray(np.nan)
        return basic_interval(estimate, known, level=self.level)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


def _mask(period: Any, index: pd.Index, word: str, beyond: int) -> NDArray[np.bool_]:
    if isinstance(period, slice):
        period = (period.start, period.stop)
    if not isinstance(period, pd.Series) and len(period) == 2:
        first, last = (instant(label, index) for label in period)
        return np.asarray((index >= first) & (index <= last))
    labels = period.index if isinstance(period, pd.Series) else None
    given = np.asarray(period)
    if given.dtype == bool:
        if beyond and len(given) == len(index) + beyond:  # rows that are not over yet were left out
            given, labels = given[:-beyond], None if labels is None else labels[:-beyond]
        if labels is not None and not labels.equals(index):
            raise InputError(f"The mask of {word} must have the index of X; reindex it first.")
        if given.shape != (len(index),):
            raise InputError(f"The mask of {word} has shape {given.shape}; X has {len(index)} rows.")
        return given
    return np.asarray(index.isin([instant(label, index) for label in period]))


def _rows(pair: pd.DataFrame, mask: NDArray[np.bool_], word: str) -> Floats:
    rows = pair[mask].dropna().to_numpy()
    if len(rows) < SMALLEST:
        raise InputError(f"The {word} period has {len(rows)} usable rows; at least {SMALLEST} are needed.")
    return rows


def _verdict(row: dict[str, Any], level: float) -> str:
    span = f"{row['calm']:.2f} in calm, {row['stress']:.2f} under stress, {row['adjusted']:.2f} adjusted"
    if not np.isfinite(row["p_value"]):
        return f"No verdict: a correlation does not exist ({span})."
    if not row["valid"]:
        rise = f"the variance of what is {row['target']}'s own rose {row['noise_ratio']:.1f} times as well"
        return f"{INVALID.capitalize()}: {rise} ({span})."
    told = judge.contagious(row["p_value"], level=level, valid=row["valid"]) is Changed.CHANGED
    word = "differs from" if told else "is not distinguishable from"
    return f"The adjusted correlation {word} the calm one ({span}; p = {row['p_value']:.2f})."
