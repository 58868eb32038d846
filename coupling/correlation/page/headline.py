"""How tight it is: the focus with each other instrument over 500 days on true instants, and this year beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from coupling.correlation.context import CorrelationContext, with_p_values
from coupling.correlation.findings import HEADLINE, of_pair, of_pairs
from coupling.correlation.fragile import fragile_weeks
from coupling.correlation.joint import JointPairs
from coupling.correlation.rolling import RollingCorrelation
from coupling.correlation.section import CorrelationSection, HayashiYoshidaSection
from coupling.correlation.wording import OF_VERDICT, verdict
from coupling.dates.durations import parse_duration
from coupling.dates.sessions import session_of
from coupling.errors import TooShortError
from coupling.inference.families import MAX_T
from coupling.results.base import Result
from coupling.results.finding import Finding
from coupling.results.page_part import PagePart
from coupling.results.verdicts import Coupled
from coupling.text.wording import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["LONG", "THIS_YEAR", "HeadlinePairs", "make"]

LONG, THIS_YEAR = "500d", "250d"
"""Calendar time of the headline, and of what is called this year."""

MANY_REPEATS = 0.05
MOMENT = pd.Timedelta(seconds=1)
SHORT = 0.9
"""Share of the headline's window below which the sample is said to be shorter."""

_METHOD = (
    "Asynchronous-adjusted (Hayashi–Yoshida) correlation over the last 500 calendar days that both instruments "
    "have (where "
    "they have less, over all of it). 95 % intervals: delete-one-week jackknife across all instruments at once, t "
    "quantile. p is adjusted over the pairs by the joint law of their t statistics (step-down max-t). Coupled: "
    "adjusted p below .05 and a correlation of at least {smallest:g} in size; weak: adjusted p below .05, but smaller; "
    "not coupled: the interval lies inside ±{smallest:g}; else not established. Minimum detectable: 2.80 standard "
    "errors of Fisher's z, unadjusted. Fragile: without one week, left out of all instruments, the verdict would be "
    "another. 250 days are shown as this year. Size and power of the rule: docs/size.md."
)
_SAME_ROWS = "fewer than ten weeks: contemporaneous correlation, delete-block jackknife, p adjusted by Holm"


@dataclass(frozen=True, kw_only=True)
class HeadlinePairs(Result):
    """The focus with each other instrument, judged over 500 days and over 250.

    Parameters
    ----------
    focus : str

    Notes
    -----
    ``frame`` is indexed by ``with`` and ``window``: ``estimate``, ``lower``, ``upper``, ``n`` (overlaps),
    ``n_effective``, ``p_value``, ``p_adjusted``, ``verdict``, ``fragile_on`` (last day of the week without which the
    verdict would be another), ``detectable`` (with 80 % power, unadjusted), ``from`` and ``to``.
    """

    focus: str

    @property
    def sentence(self) -> str:
        """Say each pair's verdict with its interval, adjusted p and sample."""
        return verdict(self.findings)

    @property
    def figure_rows(self) -> int:
        """Grows with the number of pairs."""
        return max(1, round(len(self.frame) / 7))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw each estimate with its interval, hollow where it is not significant after adjustment."""
        from coupling import drawing

        ax = drawing.axes(ax)
        keys: list[Any] = list(self.frame.index)
        labels = [f"{other}, {window[:-1]} days" for other, window in keys]
        drawing.intervals(
            ax,
            self.frame.set_axis(labels),
            names=[other for other, _ in keys],
            hollow=~(self.frame["p_adjusted"] < 0.05).to_numpy(),
        )
        drawing.zero_line(ax, vertical=True)
        ax.set_xlabel(f"correlation with {self.focus}, 95 % interval; hollow: adjusted p not below 0.05")
        return ax


def make(section: CorrelationSection, context: CorrelationContext) -> HeadlinePairs:
    """Return the findings on which the headline rests, and those of this year.

    Raises
    ------
    TooShortError
        If no pair has an estimate.
    """
    options = dict(section.hayashi_yoshida or HayashiYoshidaSection())
    long, year = (_findings(context, window, options) for window in (LONG, THIS_YEAR))
    if not long:
        why = "has three changes that overlap and move"
        raise TooShortError(f"No pair of {context.focus} {why}; give more observations, or another focus.")
    findings = (*(replace(each, primary=True) for each in long), *year)
    missing = [other for other in context.others if other not in {each.subject[-1] for each in long}]
    return HeadlinePairs(
        name=HEADLINE,
        title="Asynchronous-adjusted correlation over 500 days",
        method=_METHOD.format(smallest=context.smallest),
        frame=_frame(findings),
        provenance=context.panel.provenance,
        findings=findings,
        focus=context.focus,
        warnings=(f"Not estimated (nothing overlaps, or nothing moves): {', '.join(missing)}.",) if missing else (),
    )


def _findings(context: CorrelationContext, window: str, options: dict[str, Any]) -> tuple[Finding, ...]:
    """Judge every pair over one window, asynchronous-adjusted where there are ten weeks and else on same rows."""
    pairs = context.joint(window, options)
    rows = pairs.frame
    known = rows.index[rows["estimate"].notna()]
    short = {other for other in known if pd.isna(rows.loc[other, "lower"]) and other not in context.unequal}
    by_rows = {other: _same_rows(context, str(other), window) for other in short}
    made = [by_rows.get(other) or _on_instants(context, pairs, str(other), window) for other in known]
    weeks = dict(zip(pairs.others, fragile_weeks(pairs, smallest=context.smallest), strict=True))
    jointly = None if any(by_rows.values()) else rows.loc[known, "p_adjusted"].to_numpy()
    judged = of_pairs(made, jointly=jointly)
    return tuple(
        _fragile(each, pairs, weeks[each.subject[-1]]) if each.adjustment == MAX_T else each for each in judged
    )


def _on_instants(context: CorrelationContext, pairs: JointPairs, other: str, window: str) -> Finding:
    place = pairs.others.index(other)
    opens, closes = (pd.Timestamp(int(each[place]), unit="ns", tz="UTC") for each in (pairs.opens, pairs.closes))
    days = (closes - opens) / pd.Timedelta(days=1)
    shorter = days < SHORT * (parse_duration(window) / pd.Timedelta(days=1))
    return of_pair(
        (context.focus, other),
        pairs.frame.loc[other],
        (session_of(opens + MOMENT), session_of(closes)),
        smallest=context.smallest,
        specification=f"true instants {window}",
        clock="UTC days",
        method="Hayashi–Yoshida correlation, delete-one-week jackknife; n counts overlaps",
        cautions=_cautions(context, other, f"{days:.0f} days are all that both have" if shorter else ""),
        evidence=HEADLINE,
    )


def _cautions(context: CorrelationContext, other: str, *more: str) -> tuple[str, ...]:
    repeated = max(context.repeated[context.focus], context.repeated[other])
    many = f"repeated quotes ({percent(repeated)} of changes) pull it towards 0" if repeated > MANY_REPEATS else ""
    return tuple(filter(None, (*more, many)))


def _same_rows(context: CorrelationContext, other: str, window: str) -> Finding | None:
    """Judge a pair by the rows of the window, where weeks are too few; None where rows are too few as well."""
    changes = context.pair(other).changes
    changes = changes[changes.index > changes.index[-1] - parse_duration(window)].dropna()
    if len(changes) < 3:
        return None
    fitted = RollingCorrelation().fit(changes)
    row = with_p_values(fitted, context.focus, other).iloc[-1]
    if pd.isna(row["lower"]):
        return None
    label = context.sessions.of
    return of_pair(
        (context.focus, other),
        row,
        (label(changes.index[0]), label(changes.index[-1])),
        smallest=context.smallest,
        specification=f"same rows {window}",
        clock=context.clock,
        method="contemporaneous correlation, delete-block jackknife; n counts changes",
        cautions=(_SAME_ROWS,),
        evidence=HEADLINE,
    )


def _fragile(finding: Finding, pairs: JointPairs, week: int | None) -> Finding:
    if week is None or finding.end is None:
        return finding
    return replace(finding, fragile_on=min(pairs.week(week).date(), finding.end))


def _frame(findings: tuple[Finding, ...]) -> pd.DataFrame:
    rows = [
        {
            "with": each.subject[-1],
            "window": each.specification.rsplit(" ", 1)[-1],
            "estimate": each.estimate,
            "lower": each.lower,
            "upper": each.upper,
            "n": each.n,
            "n_effective": each.n_effective,
            "p_value": each.p,
            "p_adjusted": each.p_adjusted,
            "verdict": OF_VERDICT[Coupled(each.verdict)],
            "fragile_on": each.fragile_on,
            "detectable": each.detectable,
            "from": each.start,
            "to": each.end,
        }
        for each in findings
    ]
    frame = pd.DataFrame(rows).set_index(["with", "window"])
    numbers = ["estimate", "lower", "upper", "n", "n_effective", "p_value", "p_adjusted", "detectable"]
    dates = {name: pd.to_datetime(frame[name]) for name in ("fragile_on", "from", "to")}
    return frame.astype(dict.fromkeys(numbers, float)).assign(**dates)


PART = PagePart(place=5, section="", name=HEADLINE, title="How tight it is", make=make)
