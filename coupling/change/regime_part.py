"""The page's part on calm and stressed regimes."""

from __future__ import annotations

import pandas as pd

from coupling.change.context import ChangeContext
from coupling.change.findings import of_regimes
from coupling.change.page.regimes import RegimesResult
from coupling.change.regimes import RegimeModel
from coupling.change.section import RegimesSection
from coupling.errors import InputError

__all__ = ["regimes_result"]


def regimes_result(section: RegimesSection, context: ChangeContext) -> RegimesResult:
    """Fit two states to the focus and the instruments whose closes allow it.

    Raises
    ------
    InputError
        If every other instrument has non-synchronous closes.
    """
    names = [name for name in context.others if name not in context.unequal]
    left_out = tuple(f"{name} is left out: non-synchronous closes." for name in context.unequal)
    if not names:
        raise InputError("Every pair has non-synchronous closes; regimes need changes of one clock.")
    changes = context.panel.changes[[context.focus, *names]].dropna()
    if context.start is not None:
        changes = changes[changes.index >= context.start]
    model = RegimeModel(**dict(section), random_state=context.seed).fit(changes)
    result = RegimesResult(
        name="change-regimes",
        title="Calm and stressed regimes",
        method="Two hidden states, each with its own covariance (Hamilton 1989). A fit of two always finds two, so "
        "they are tested first, on directions of residuals of GARCH margins, which no common volatility moves: the "
        "likelihood ratio of two correlations to one against its law when rows are put in random order. The path is "
        "filtered: given the rows up to it, with the parameters of the whole sample. Basic bootstrap intervals.",
        frame=_pairs(model.table_, context.focus),
        provenance=context.panel.provenance,
        warnings=left_out,
        focus=context.focus,
        found=model.found_,
        p_value=model.p_value_,
        n=model.n_,
        states=model.states_,
        path=model.probability_.set_axis(context.sessions.labels(model.probability_.index)),
    )
    return of_regimes(
        result, (context.sessions.of(changes.index[0]), context.sessions.of(changes.index[-1])), context.clock
    )


def _pairs(table: pd.DataFrame, focus: str) -> pd.DataFrame:
    own = table[(table["left"] == focus) | (table["right"] == focus)]
    other = own["left"].where(own["left"] != focus, own["right"])
    frame = own.drop(columns=["left", "right"]).reset_index(drop=True)
    frame.insert(0, "with", other.to_numpy())
    return frame
