"""The findings of the room: who leads in time, and who sends more than it receives, judged once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from coupling.direction import judge
from coupling.results.finding import Finding, numbers_of
from coupling.results.verdicts import Leads

__all__ = ["OTHERS", "of_nets", "of_pairs", "of_peaks"]

OTHERS = "all others"
NET, SHARE = "net of the contemporaneous component", "% of forecast-error variance"
ORDER = "artefact of non-synchronous closes: no claim about who moves whom can rest on it"

Span = tuple[date, date]


def of_peaks(
    peaks: pd.DataFrame,
    sizes: Mapping[str, float],
    spans: Mapping[str, Span],
    *,
    focus: str,
    unit: str,
    order_of_closes: bool,
    **said: Any,
) -> tuple[Finding, ...]:
    """Return a finding for each pair of the focus: where its curve peaks, and who moves first there.

    Parameters
    ----------
    peaks : DataFrame
        By other instrument: ``lag``, ``lower``, ``upper``.
    sizes : mapping of str to float
        What each estimate at lag 0 rests on.
    spans : mapping of str to tuple of date
        First and last session of each pair.
    focus, unit : str
        The instrument common to the pairs, and what a lag counts.
    order_of_closes : bool
        Whether no claim can rest on them.
    **said
        ``clock`` and ``evidence`` of every finding.
    """
    return tuple(
        Finding(
            question="leads",
            subject=(focus, str(other)),
            specification=f"lag in {unit}",
            quantity=f"lag of the peak (negative: {focus} moves first)",
            unit=unit,
            primary=False,
            # of a lag the first one leads where it is negative
            verdict=judge.leads(-row["upper"], -row["lower"], with_zero=Leads.NO_LEAD),
            estimate=None if pd.isna(row["lag"]) else float(row["lag"]),
            **numbers_of(row, ("lower", "upper")),
            n=float(sizes[str(other)]),
            start=spans[str(other)][0],
            end=spans[str(other)][1],
            method="set of the lags not statistically different from the peak (sup-t)",
            cautions=(ORDER,) if order_of_closes else (),
            **said,
        )
        for other, row in peaks.astype(float).iterrows()
    )


def of_nets(nets: pd.DataFrame, span: Span, *, one_instant: bool, **said: Any) -> tuple[Finding, ...]:
    """Return a finding for each instrument: whether it sends more than it receives, beyond same-row correlation."""
    rows = [((str(name), OTHERS), row) for name, row in nets.iterrows()]
    return _nets(rows, span, one_instant=one_instant, **said)


def of_pairs(nets: pd.DataFrame, span: Span, *, focus: str, one_instant: bool, **said: Any) -> tuple[Finding, ...]:
    """Return a finding for the net of each pair, the focus first."""
    pairs: list[Any] = list(nets.index)
    rows = [
        (pair[::-1], _turned(row)) if pair[1] == focus else (pair, row)
        for pair, row in zip(pairs, nets.to_dict("records"), strict=True)
    ]
    return _nets(rows, span, one_instant=one_instant, **said)


def _turned(row: dict[Any, Any]) -> dict[Any, Any]:
    """Return the net of a pair the other way round."""
    return row | {"estimate": -row["estimate"], "lower": -row["upper"], "upper": -row["lower"]}


def _nets(
    rows: list[tuple[tuple[str, str], Any]], span: Span, *, one_instant: bool, **said: Any
) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            question="leads",
            subject=subject,
            specification="net spillover",
            quantity=NET,
            unit=SHARE,
            primary=False,
            verdict=judge.leads(row["lower"], row["upper"], with_zero=Leads.NOT_ESTABLISHED),
            **numbers_of(row),
            start=span[0],
            end=span[1],
            method="generalised forecast-error variance shares, residual bootstrap",
            cautions=() if one_instant else (ORDER,),
            **said,
        )
        for subject, row in rows
    )
