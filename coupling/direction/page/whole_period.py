"""Spillovers over the whole period: what each instrument sends and receives, and its net."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from coupling.direction.context import DirectionContext
from coupling.direction.findings import OTHERS, of_nets
from coupling.direction.page.fitting import BOOTSTRAP, METHODS, estimator, lags_in_words, unstable
from coupling.direction.section import SpilloverSection
from coupling.direction.spillover import Spillover
from coupling.direction.wording import ORDER_OF_CLOSES, one_decimal, percent
from coupling.results.base import Result
from coupling.results.finding import Finding
from coupling.results.verdicts import Leads

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["SpilloverResult", "fit", "make", "method_of"]


@dataclass(frozen=True, kw_only=True)
class SpilloverResult(Result):
    """What each instrument sends and receives over the whole period.

    Parameters
    ----------
    names : tuple of str
        The instruments.
    focus : str
        The instrument that the page is about.
    horizon : int
        Steps ahead.
    one_instant : bool
        Whether the closes allow a claim about direction.

    Notes
    -----
    ``frame`` is what `Spillover.intervals` returns.
    """

    names: tuple[str, ...]
    focus: str
    horizon: int
    one_instant: bool

    def measure(self, kind: str, key: str) -> pd.DataFrame:
        """Return the rows of a measure by instrument; `key` is ``sender`` or ``receiver``."""
        return self.frame[self.frame["measure"] == kind].set_index(key)

    @property
    def total(self) -> Any:
        """The row of the total."""
        return self.frame[self.frame["measure"] == "total"].iloc[0]

    @property
    def sentence(self) -> str:
        """Say the total beside what is expected under independence, what the focus receives, and who sends more."""
        total: Any = self.total
        own: Any = self.measure("from", "receiver").loc[self.focus]
        expected = f"{one_decimal(total['without_links'])} % expected under independence"
        note = f"; {expected}" if total["lower"] <= total["upper"] else ""
        whole = percent(total["estimate"], total["lower"], total["upper"])
        received = percent(own["estimate"], own["lower"], own["upper"])
        return (
            f"Total connectedness index {whole} of the variance of {self.horizon}-step forecast errors, "
            f"n = {total['n']:,} changes{note}; {self.focus} from others {received}. {self._net}{self._caution}"
        )

    @property
    def _net(self) -> str:
        if not self.one_instant or not all(each.has_interval for each in self.findings):
            return ""
        senders = [each.subject[0] for each in self.findings if each.verdict is Leads.LEADS]
        receivers = [each.subject[0] for each in self.findings if each.verdict is Leads.FOLLOWS]
        if not senders and not receivers:
            return "Net of the contemporaneous component no instrument has a significant net spillover."
        parts = [_listed(senders, "sends", "send", "more"), _listed(receivers, "receives", "receive", "more")]
        return f"Net of the contemporaneous component {' and '.join(part for part in parts if part)} on net."

    @property
    def _caution(self) -> str:
        return "" if self.one_instant else ORDER_OF_CLOSES

    def summary(self) -> pd.DataFrame:
        """Return the total and, per instrument, what it receives, sends, and the net, in %."""
        rows = self.frame[self.frame["measure"].isin(["total", "from", "to", "net", "net_lagged"])].copy()
        rows.insert(0, "instrument", (rows["sender"].astype(str) + rows["receiver"].astype(str)).replace("", "all"))
        words = {"total": "total", "from": "from others", "to": "to others", "net": "net (to − from)"}
        words["net_lagged"] = "net of the contemporaneous component"
        rows.insert(1, "share in %", rows["measure"].map(words))
        columns = ["estimate", "bias_corrected", "lower", "upper", "without_links", "n"]
        return rows.set_index(["instrument", "share in %"])[columns]

    @property
    def told(self) -> str:
        """What the first screen says of the focus: what it receives, and its net less the contemporaneous component."""
        own: Any = self.measure("from", "receiver").loc[self.focus]
        net = next(each for each in self.findings if each.subject == (self.focus, OTHERS))
        return (
            f"{percent(own['estimate'], own['lower'], own['upper'])} of {self.focus}'s forecast-error variance comes "
            f"from the others, n = {own['n']:,} ({own['without_links']:.1f} % expected under independence); net of the "
            f"contemporaneous component it {_net(net)}."
        )

    @property
    def figure_rows(self) -> int:
        """Two panels: the nets, and the nets less the contemporaneous component."""
        return 2

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw what each instrument sends on net, whole and less the contemporaneous part; hollow: not significant.

        Both panels have one scale.
        """
        from coupling import drawing

        ax = drawing.axes(ax, rows=self.figure_rows)
        net = self.measure("net", "sender").sort_values("estimate", ascending=False)
        panels = drawing.panels(ax, ["net (to − from)", "net of the contemporaneous component"])
        for panel, kind in zip(panels, ("net", "net_lagged"), strict=True):
            drawing.zero_line(panel, vertical=True)
            rows = self.measure(kind, "sender").loc[net.index]
            drawing.intervals(panel, rows, hollow=drawing.holds_zero(rows) if self.one_instant else [False] * len(rows))
            panel.set_xlabel("net (to − from), % of variance")
        return ax


def fit(section: SpilloverSection, context: DirectionContext) -> Spillover:
    """Return the model of the reported period."""
    return estimator(section, None, context.seed).fit(context.reported)


def method_of(fitted: Spillover, section: SpilloverSection, context: DirectionContext) -> str:
    """Return how the shares were made."""
    start, end = context.span
    return (
        f"Vector autoregression with a constant and {lags_in_words(fitted.lags_, section.lags)}, "
        f"{start} to {end}; {METHODS[section.method]}, "
        f"moving-average terms 0 to {section.horizon - 1}; "
        f"largest root {fitted.spectral_radius_:.2f}. {BOOTSTRAP}"
    )


def make(
    fitted: Spillover, frame: pd.DataFrame, section: SpilloverSection, context: DirectionContext
) -> SpilloverResult:
    """Return the table of the reported period from what `Spillover.intervals` returned."""
    name, one_instant = "direction-spillover", context.closes.support_direction
    nets = frame[frame["measure"] == "net_lagged"].set_index("sender")
    return SpilloverResult(
        name=name,
        title=context.titled("Spillovers over the whole period"),
        method=method_of(fitted, section, context),
        frame=frame,
        provenance=context.panel.provenance,
        warnings=context.warnings + unstable(fitted),
        findings=of_nets(nets, context.span, one_instant=one_instant, clock=context.clock, evidence=name),
        names=tuple(map(str, context.reported.columns)),
        focus=context.focus,
        horizon=section.horizon,
        one_instant=one_instant,
    )


def _net(finding: Finding) -> str:
    estimate, lower, upper = (value or 0.0 for value in (finding.estimate, finding.lower, finding.upper))
    if finding.verdict is Leads.LEADS:
        return f"sends on net {percent(estimate, lower, upper)}"
    if finding.verdict is Leads.FOLLOWS:
        return f"is a net recipient of {percent(-estimate, -upper, -lower)}"
    return "has no significant net spillover"


def _listed(names: Iterable[Any], one: str, several: str, word: str) -> str:
    texts = [str(name) for name in names]
    if not texts:
        return ""
    return f"{', '.join(texts)} {one if len(texts) == 1 else several} {word}"
