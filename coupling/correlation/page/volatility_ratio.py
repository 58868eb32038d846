"""Rolling ratio of volatilities: whether a slope moved because the coupling did, or because one market grew wilder."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coupling._typing import Floats, Integers
from coupling.correlation.context import CorrelationContext
from coupling.correlation.page.paths import CorrelationPaths, paths_of
from coupling.correlation.page.rolling import POINTWISE
from coupling.correlation.section import BetaSection
from coupling.correlation.windows import Windows, resolve_windows
from coupling.kernels.rolling_jackknife import block_counts, complete_rows, student_quantile
from coupling.results.page_part import PagePart

__all__ = ["PART", "make", "ratios"]

LEVEL = 0.95


def make(section: BetaSection, context: CorrelationContext) -> CorrelationPaths:
    """Return the focus's volatility over that of each other instrument, on the rows of the rolling beta."""
    parts = {}
    for other in context.others:
        changes = context.pair_changes(other, section.window)[[context.focus, other]]
        windows = resolve_windows(changes.index, section.window, min_share=section.min_share)
        parts[other] = context.shown(ratios(changes, windows))
    length = context.length(section.window)
    units = {name: context.panel.instruments[name].change_unit for name in (context.focus, *context.others)}
    per = ", ".join(f"{units[context.focus]} per {units[other]} of {other}" for other in context.others)
    return paths_of(
        context,
        parts,
        name="correlation-volatility-ratio",
        title=f"Rolling ratio of volatilities over {length}",
        method=f"Standard deviation of {context.focus}'s changes over that of the other's, over {length}: {per}. The "
        "rolling beta is the correlation times this ratio: where the beta moved and the correlation did not, the "
        "volatilities moved. 95 % intervals, for the volatilities of the window itself: delete-block jackknife of the "
        "logarithm with a Student quantile whose degrees of freedom follow the kurtosis of the left-out values. "
        f"{POINTWISE}",
        quantity="ratio of volatilities",
    )


def ratios(changes: pd.DataFrame, windows: Windows) -> pd.DataFrame:
    """Return the first column's volatility over the second's in every window: ``estimate, lower, upper, n``.

    Missing where a window holds too few rows in which both are known, or where one of them does not move.

    Parameters
    ----------
    changes : DataFrame of shape (rows, 2)
        Missing rows are left out.
    windows : Windows
        Over the rows of `changes`.

    Examples
    --------
    >>> x = pd.DataFrame({"a": np.tile([3.0, -3.0], 10), "b": np.tile([1.0, -1.0], 10)})
    >>> ratios(x, resolve_windows(x.index, None)).round(6).to_dict("records")
    [{'estimate': 3.0, 'lower': 3.0, 'upper': 3.0, 'n': 20}]
    """
    first, second = changes.to_numpy(dtype=float).T
    x, y, begin, end = complete_rows(first, second, windows.starts, windows.stops)
    n = end - begin
    columns = {name: np.full(len(n), np.nan) for name in ("estimate", "lower", "upper")}
    blocks = np.where(n >= windows.required, block_counts(n), 0)
    for count in np.unique(blocks[blocks > 0]):
        which = blocks == count
        logs = [_log_deviations(values, begin[which], end[which], int(count)) for values in (x, y)]
        whole, without = (over - under for over, under in zip(*logs, strict=True))
        reach = _reach(without)
        for name, value in (("estimate", whole), ("lower", whole - reach), ("upper", whole + reach)):
            columns[name][which] = np.where(np.isfinite(whole), np.exp(value), np.nan)
    return pd.DataFrame({**columns, "n": n}, index=windows.ends)


def _log_deviations(values: Floats, begin: Integers, end: Integers, blocks: int) -> tuple[Floats, Floats]:
    """Return the log of the standard deviation of every window, and of the window without each of its blocks.

    Sums are those of the blocks themselves, so that nothing outside a window enters.
    """
    edges = begin[:, None] + (end - begin)[:, None] * np.arange(blocks + 1) // blocks
    centred = values - np.median(values)
    sums = [_between(power, edges) for power in (centred, centred**2)]
    counts = np.diff(edges)

    def log_deviation(n: Integers, first: Floats, second: Floats) -> Floats:
        spread = second - first**2 / n
        moved = spread > 1e-12 * second  # what is left of rounding is no movement
        return np.where(moved, np.log(np.where(moved, spread / (n - 1), 1.0)) / 2, np.nan)

    n, first, second = (part.sum(axis=1) for part in (counts, *sums))
    whole = log_deviation(n, first, second)
    without = log_deviation(n[:, None] - counts, first[:, None] - sums[0], second[:, None] - sums[1])
    return whole, without


def _between(values: Floats, edges: Integers) -> Floats:
    """Return the sums between neighbouring edges of every row of them."""
    padded = np.append(values, 0.0)
    return np.add.reduceat(padded, edges.ravel()).reshape(edges.shape)[:, :-1]


def _reach(without: Floats) -> Floats:
    """Return half the interval of what was estimated without each block."""
    blocks = without.shape[1]
    gaps = without - without.mean(axis=1, keepdims=True)
    variance = (gaps**2).mean(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        kurtosis = np.where(variance > 0, (gaps**4).mean(axis=1) / variance**2, 1.0)
    inverse_freedom = np.clip((kurtosis - 1) / (2 * blocks), 1 / (blocks - 1), 0.5)
    return np.asarray(student_quantile(LEVEL, inverse_freedom) * np.sqrt((blocks - 1) * variance))


PART = PagePart(
    place=65, section="beta", name="correlation-volatility-ratio", title="Rolling ratio of volatilities", make=make
)
