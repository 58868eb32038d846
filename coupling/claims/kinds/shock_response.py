"""``test: shock_response``: what volatility, or open interest, does after days of large forced sales."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import Field

from coupling.claims.evidence import Evidence
from coupling.claims.judging import effect_rule, hangs_on, judge_effect, power_from, ruled, sensitive, upheld
from coupling.claims.leg import Effect, PeriodLeg
from coupling.claims.series import levels_of
from coupling.claims.shocks import price_frame, shock_days
from coupling.claims.verdict import LegOutcome, Variant, Verdict
from coupling.errors import InputError
from coupling.events import LocalProjection
from coupling.events.judge import responds
from coupling.events.studies.projection_result import LocalProjectionResult
from coupling.text.wording import percent

__all__ = ["ShockResponse"]

LAGS = 7
LEVEL = 0.05
SHARES, DAYS = (0.02, 0.1), (5, 10)


class ShockResponse(Effect, PeriodLeg):
    """The response of a price's volatility, or of open interest, to the largest days of a flow.

    Parameters
    ----------
    shock : str
        The flow whose largest days are the shocks, as liquidations.
    price : str
        Instrument with highs and lows: its volatility responds, and that of the day itself is held fixed.
    open_interest : str, optional
        Where it is named, it responds instead.
    share : float
        Which share of days is large, against the year before each.
    days : int
        Over how many days after the shock the response is taken: the mean volatility, or the change of open interest
        from the day before the shock on.
    """

    test: Literal["shock_response"]
    shock: str
    price: str
    open_interest: str | None = None
    share: float = Field(default=0.05, gt=0, le=0.2)
    days: int = Field(default=20, ge=2, le=120)

    @property
    def instruments(self) -> tuple[str, ...]:
        """The flow, the price and, where named, the open interest."""
        return tuple(name for name in (self.shock, self.price, self.open_interest) if name is not None)

    @property
    def responding(self) -> str:
        """What responds."""
        return f"{self.price}'s volatility" if self.open_interest is None else self.open_interest

    def check(self, evidence: Evidence) -> LegOutcome:
        """Hold the smallest effect against the interval of the response."""
        first = _respond(self, evidence)
        others = [{"share": share} for share in SHARES if share != self.share]
        others += [{"days": days} for days in DAYS if days != self.days]
        variants = ruled(self, [_variant(self, other, evidence) for other in others])
        return _finding(self, first, variants)


@dataclass(frozen=True, kw_only=True)
class _Response:
    """The response over the whole span of days, in %."""

    estimate: float
    lower: float
    upper: float
    p_value: float
    smallest_p: float
    episodes: int
    rows: int
    sample: tuple[pd.Timestamp, pd.Timestamp]
    path: LocalProjectionResult

    @property
    def able(self) -> bool:
        """Whether so many episodes can reject anything at 5 %."""
        return self.smallest_p <= LEVEL


def _respond(leg: ShockResponse, evidence: Evidence) -> _Response:
    frame, shocks = _aligned(leg, evidence)
    of_level = leg.open_interest is not None
    projection = LocalProjection(
        horizons=leg.days if of_level else leg.days - 1,
        lags=LAGS,
        cumulative=True,
        random_state=evidence.seed,
        allow_levels=True,  # log volatility is slow by nature, and its lags stand among the controls
    )
    result = projection.fit(frame, shocks)
    table = result.frame[result.frame["instrument"] == frame.columns[0]].sort_values("horizon")
    counts = 1.0 if of_level else table["horizon"].to_numpy(dtype=float) + 1.0
    bands = ["estimate", "lower", "upper", "band_lower", "band_upper"]
    shown = table.assign(**{name: 100.0 * np.expm1(table[name] / counts / 100.0) for name in bands})
    shown = shown.assign(unit="%", instrument=leg.responding, horizon=table["horizon"] + (0 if of_level else 1))
    last = shown.iloc[-1]
    complete = frame.index[frame.notna().all(axis=1) & shocks.notna()]
    return _Response(
        estimate=float(last["estimate"]),
        lower=float(last["lower"]),
        upper=float(last["upper"]),
        p_value=float(last["p_value"]),
        smallest_p=float(last["smallest_p"]),
        episodes=int(last["n_episodes"]),
        rows=int(last["n"]),
        sample=(pd.Timestamp(complete[0]), pd.Timestamp(complete[-1])),
        path=replace(
            result,
            name=f"claims-response-of-{(leg.open_interest or leg.price).lower().replace('_', '-')}",
            title=f"{leg.responding} after the largest days of {leg.shock}",
            frame=shown.reset_index(drop=True),
            provenance=evidence.provenance,
        ),
    )


def _aligned(leg: ShockResponse, evidence: Evidence) -> tuple[pd.DataFrame, pd.Series]:
    """Return the frame whose first column responds, and the shocks, on the days that all have."""
    flow = levels_of(evidence.observations[leg.shock])
    frame = price_frame(evidence, leg.price)
    if leg.open_interest is not None:
        open_ = levels_of(evidence.observations[leg.open_interest])
        frame.insert(0, leg.open_interest, 100.0 * np.log(open_.where(open_ > 0)).asfreq("D").diff())
    shocks = shock_days(flow, share=leg.share, days=leg.days)
    days = frame.dropna().index.intersection(shocks.dropna().index)
    days = days[(days >= pd.Timestamp(leg.start or days.min())) & (days <= pd.Timestamp(leg.end or days.max()))]
    if not len(days):
        raise InputError(f"{', '.join(leg.instruments)} share no days; give files that overlap.")
    every = pd.date_range(days[0], days[-1], freq="D")
    return frame.reindex(every), shocks.reindex(every).fillna(0.0)


def _variant(leg: ShockResponse, change: dict[str, float], evidence: Evidence) -> Variant:
    (what, value), other = next(iter(change.items())), leg.model_copy(update=change)
    name = f"the largest {percent(value)} of days" if what == "share" else f"{value:g} days after"
    try:
        found = _respond(other, evidence)
    except InputError as error:
        return Variant(name=name, note=f"not to be had: {error}")
    return Variant(
        name=name,
        estimate=found.estimate,
        lower=found.lower,
        upper=found.upper,
        p_value=found.p_value,
        n=found.rows,
        n_effective=found.episodes,
        detectable=power_from(found.lower, found.upper),
        verdict=None if found.able else Verdict.UNDECIDED,
        note=f"{found.episodes} episodes",
    )


def _finding(leg: ShockResponse, found: _Response, variants: tuple[Variant, ...]) -> LegOutcome:
    answer = responds(found.lower, found.upper, able=found.able)
    verdict = upheld(judge_effect(leg, found.lower, found.upper), answer) if found.able else Verdict.UNDECIDED
    weak = (
        ""
        if found.able
        else f"; {found.episodes} episodes cannot reject anything (minimum attainable p-value {found.smallest_p:.2f})"
    )
    what = "lies" if leg.open_interest is None else "has moved by"
    where = "from what it would have been, on the mean" if leg.open_interest is None else "more than it would have"
    return LegOutcome(
        verdict=verdict,
        sentence=f"After {found.episodes} episodes of the largest {percent(leg.share)} of days of {leg.shock}, "
        f"{leg.responding} {what} {found.estimate:+.1f} % {where} over {leg.days} days (95 % interval "
        f"{found.lower:+.1f} to {found.upper:+.1f}){weak}.{hangs_on(verdict, variants)}",
        rule=f"{effect_rule(leg)} Undecided too where so few episodes can reject nothing.",
        claimed=-leg.smallest if leg.side == "negative" else leg.smallest,
        estimate=found.estimate,
        lower=found.lower,
        upper=found.upper,
        unit="%",
        p_value=found.p_value,
        n=found.rows,
        n_effective=found.episodes,
        sample=found.sample,
        detectable=power_from(found.lower, found.upper),
        method="Local projection (Jordà 2005) on the first day of each episode of shocks, given volatility and change "
        f"of that day and the {LAGS - 1} before; volatility is the log of the day's range (Parkinson 1980); errors and "
        "p by episode (t, wild bootstrap). A noisy measure of that day's volatility leaves some of its persistence in "
        "the response, upwards.",
        variants=variants,
        sensitive=sensitive(verdict, variants),
        details=(found.path,),
    )
