"""Findings that a user confirms: the move was real, as a redenomination is, and puts no verdict in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from coupling.data.observations import Observations
from coupling.data.section import Repair, RepairRule
from coupling.errors import DataError

__all__ = ["CONFIRMED", "confirm", "in_doubt", "with_confirmed"]

CONFIRMED = "confirmed as real"


def confirm(item: Observations, found: pd.DataFrame, rules: Sequence[Repair]) -> tuple[Observations, pd.DataFrame]:
    """Mark the findings that the rules ``confirm`` name, and note it beside the origin of the series.

    Parameters
    ----------
    item : Observations
    found : DataFrame
        As `check_meaning` returns it.
    rules : sequence of Repair
        All rules of the instrument.

    Raises
    ------
    DataError
        If a rule names what was not found: what it once confirmed may have changed.
    """
    confirmed: list[tuple[str, str]] = []
    found = with_confirmed(item, found)
    for rule in rules:
        if rule.rule is not RepairRule.CONFIRM:
            continue
        for day in rule.dates:
            here = (found["check"] == rule.finding) & (pd.to_datetime(found["date"]) == pd.Timestamp(day))
            if not here.any():
                raise DataError(_not_found(item, found, rule, f"{day:%Y-%m-%d}"))
            found = found.assign(mend=found["mend"].mask(here, CONFIRMED))
            confirmed.append((str(rule.finding), f"{day:%Y-%m-%d}"))
    if not confirmed or item.origin is None:
        return item, found
    notes = (f"confirm: {finding} on {day}" for finding, day in confirmed)
    told, held = (*item.origin.rules, *notes), (*item.origin.confirmed, *confirmed)
    return replace(item, origin=replace(item.origin, rules=told, confirmed=held)), found


def with_confirmed(item: Observations, found: pd.DataFrame) -> pd.DataFrame:
    """Mark the findings that were confirmed when the series was loaded."""
    known = set() if item.origin is None else set(item.origin.confirmed)
    named = zip(found["check"], pd.to_datetime(found["date"]).dt.strftime("%Y-%m-%d"), strict=True)
    return (
        found.assign(mend=found["mend"].mask(np.array([one in known for one in named], dtype=bool), CONFIRMED))
        if known
        else found
    )


def in_doubt(found: pd.DataFrame) -> pd.DataFrame:
    """Return the findings that nobody confirmed."""
    return found[found["mend"] != CONFIRMED]


def _not_found(item: Observations, found: pd.DataFrame, rule: Repair, day: str) -> str:
    seen = [f"{check} on {date:%Y-%m-%d}" for check, date in zip(found["check"], found["date"], strict=True)]
    there = "; ".join(seen[:5]) or "nothing"
    return (
        f"{item.name}: data.repairs confirms '{rule.finding}' on {day}, and the checks find {there}; "
        "correct the rule, or leave it out."
    )
