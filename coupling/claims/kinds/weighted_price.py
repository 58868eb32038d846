"""``test: weighted_price``: the mean price of purchases, weighted by the positive net flows that paid for them."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pandas as pd

from coupling.claims.evidence import Evidence
from coupling.claims.leg import Figure, PeriodLeg
from coupling.claims.series import fact, levels_of, within, written
from coupling.claims.verdict import LegOutcome, Variant, Verdict
from coupling.errors import InputError

__all__ = ["WeightedPrice"]


class WeightedPrice(Figure, PeriodLeg):
    """The mean of `price` over the days from `start` to `end`, weighted by the inflows of `flow`; outflows weigh 0."""

    test: Literal["weighted_price"]
    price: str
    flow: str

    @property
    def instruments(self) -> tuple[str, ...]:
        """Price and flow."""
        return self.price, self.flow

    def check(self, evidence: Evidence) -> LegOutcome:
        """Weigh the close of each day by its inflow; other prices and weights stand beside it."""
        flow = within(evidence.observations[self.flow], self)
        closes = levels_of(evidence.observations[self.price])
        inflow = flow[flow > 0]
        found, n = _mean(closes, inflow), len(inflow)
        others = {
            "close of the day before": (_mean(closes.shift(1), inflow), n),
            "mean of both closes": (_mean((closes + closes.shift(1)) / 2, inflow), n),
        }
        if flow.sum() > 0:
            others["all net flows, outflows taken off"] = _mean(closes, flow), len(flow)
        unit = evidence.instruments[self.price].unit
        sentence = f"The mean of {self.price} weighted by {n} days of inflow is {written(found, self, '')} {unit}"
        finding = fact(self, found, "", sentence, f"Close of {self.price} on the date of each inflow of {self.flow}.")
        variants = tuple(_variant(self, name, *figures) for name, figures in others.items())
        beside = f"Otherwise: {', '.join(f'{each.name} {each.estimate:,.0f}' for each in variants)}."
        return replace(
            finding, beside=beside, unit=unit, n=n, sample=(flow.index[0], flow.index[-1]), variants=variants
        )


def _mean(price: pd.Series, weight: pd.Series) -> float:
    paid = price.reindex(weight.index)
    if weight.empty:
        raise InputError(
            "Nothing flowed in over the span of the claim, so there is no price to average; check its dates."
        )
    if paid.isna().any():
        lacking = int(paid.isna().sum())
        raise InputError(f"{lacking} of {len(weight)} days of flow have no price; give a longer series of prices.")
    return float((paid * weight).sum() / weight.sum())


def _variant(leg: WeightedPrice, name: str, found: float, n: int) -> Variant:
    return Variant(
        name=name, estimate=found, n=n, verdict=Verdict.SUPPORTED if leg.holds(found) else Verdict.CONTRADICTED
    )
