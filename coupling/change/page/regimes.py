"""Calm and stressed regimes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from coupling.change import judge
from coupling.change.context import ChangeContext
from coupling.change.finding_rows import known
from coupling.change.regimes import RegimeModel
from coupling.change.section import RegimesSection
from coupling.errors import InputError
from coupling.results.base import Result
from coupling.results.finding import Finding, numbers_of
from coupling.results.verdicts import Changed
from coupling.text.passage import Passage, Sentence
from coupling.text.wording import percent, probability, signed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["RegimesResult", "make", "of_regimes"]


@dataclass(frozen=True, kw_only=True)
class RegimesResult(Result):
    """Whether there are two states at all, and what the correlation is in each.

    Parameters
    ----------
    focus : str
        The instrument common to all pairs.
    found : bool
        Whether two states beat one with changing variances.
    p_value : float
        Of that bootstrap likelihood ratio.
    n : int
        Rows.
    states : DataFrame
        By state: share of time, expected duration in rows, standard deviation of each instrument.
    path : Series
        Filtered probability of the stressed state at each row.

    Notes
    -----
    ``frame`` has one row per instrument (``with``) and ``state`` (calm, stressed, difference): ``estimate, lower,
    upper, n_effective``. Unless two states were found it describes states that need not exist.
    """

    focus: str
    found: bool
    p_value: float
    n: int
    states: pd.DataFrame = field(repr=False)
    path: pd.Series = field(repr=False)

    @property
    def sentence(self) -> str:
        """Say whether there are two states, and only then what differs between them."""
        test = f"p = {probability(self.p_value)}, n = {self.n} changes"
        if not self.found:
            return f"Two states do no better than one with changing variances ({test}), so no regimes are shown."
        share = percent(float(self.states["share"]["stressed"]))
        gaps = self.frame[self.frame["state"] == "difference"]
        parts = tuple(f"with {row['with']} {_gap(row, self.findings)}" for _, row in gaps.iterrows())
        return Passage(
            Sentence(f"Two states are found ({test}), stressed {share} of the time; stressed less calm:", parts)
        )

    def summary(self) -> pd.DataFrame:
        """Return the correlation in each state; without two states only that they were not found."""
        if self.found:
            return self.frame.reset_index(drop=True)
        return pd.DataFrame({"two states found": [False], "p_value": [self.p_value], "n": [self.n]})

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the filtered probability of stress, if there are two states."""
        from coupling import drawing

        ax = drawing.axes(ax)
        if not self.found:
            ax.set_axis_off()
            ax.text(0.5, 0.5, "the regimes cannot be distinguished", ha="center", transform=ax.transAxes)
            return ax
        drawing.path(ax, self.path, look=drawing.look(self.focus))
        ax.set_ylabel("probability of stress (filtered)")
        ax.set_ylim(-0.02, 1.02)
        drawing.time_axis(ax, "session")
        return ax


def _gap(row: Any, findings: tuple[Finding, ...]) -> str:
    if not row["lower"] <= row["upper"]:
        return "undecided"
    span = (
        f"95 % interval {signed(row['lower'])} to {signed(row['upper'])}, about {row['n_effective']:.0f} observations"
    )
    told = any(each.verdict is Changed.CHANGED for each in findings if each.subject[-1] == row["with"])
    return f"{signed(row['estimate'])} ({span}): {'a' if told else 'no'} significant difference"


def make(section: RegimesSection, context: ChangeContext) -> RegimesResult:
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


def of_regimes(result: RegimesResult, span: tuple[date, date], clock: str) -> RegimesResult:
    """Return the regimes with a finding for each pair, where two states were found: stressed less calm."""
    rows = result.frame[result.frame["state"] == "difference"] if result.found else result.frame.iloc[:0]
    findings = tuple(
        Finding(
            question="changed",
            subject=(result.focus, str(row["with"])),
            specification="stressed less calm",
            quantity="change of the correlation",
            primary=False,
            verdict=judge.separated(row["lower"], row["upper"]),
            **numbers_of(row, ("estimate", "lower", "upper")),
            n=float(result.n),
            n_effective=known(row["n_effective"]),
            p=known(result.p_value),
            start=span[0],
            end=span[1],
            clock=clock,
            method="two hidden states, basic bootstrap; p is that of two states against one",
            evidence=result.name,
        )
        for _, row in rows.iterrows()
    )
    return replace(result, findings=findings)
