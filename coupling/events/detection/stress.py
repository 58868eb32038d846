"""Where market stress begins by the rule of a configuration, and that rule in words."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from coupling._typing import Places
from coupling.data.changes import ChangeRule
from coupling.data.observations import Observations
from coupling.events.detection.scoring import stress_onsets
from coupling.events.detection.section import DetectorSection

__all__ = ["stress_begins", "stress_in_words"]


def stress_begins(
    section: DetectorSection,
    parts: Mapping[str, str],
    observations: Mapping[str, Observations],
    sessions: pd.DatetimeIndex,
) -> Places | None:
    """Return where episodes of market stress begin, by the dates of the values.

    Nothing where the section has no rule, or where a part of the rule has no instrument.

    Parameters
    ----------
    section : DetectorSection
    parts : mapping of str to str
        The instrument that serves each part.
    observations : mapping of str to Observations
    sessions : DatetimeIndex
    """
    rule = section.stress
    if rule is None or not set(rule.parts) <= set(parts):
        return None
    items = {part: observations[parts[part]] for part in rule.parts}
    levels = {
        part: pd.Series(item.levels.to_numpy(), index=item.dates.to_numpy()).reindex(sessions, method="ffill")
        for part, item in items.items()
    }
    in_bp = {part for part, item in items.items() if item.change is ChangeRule.BASIS_POINTS}
    return stress_onsets(
        {part: 100 * level if part in in_bp else level for part, level in levels.items()},
        drawdown=rule.drawdown,
        change=rule.change,
        rising=[part for part in items if section.parts[part].side == "rises"],
        differences=[part for part, item in items.items() if item.change is not ChangeRule.LOG],
        horizon=rule.sessions,
    )


def stress_in_words(
    section: DetectorSection, parts: Mapping[str, str], units: Mapping[str, str], *, before: int
) -> str:
    """Say when market stress begins, and until when a signal counts.

    Parameters
    ----------
    section : DetectorSection
    parts : mapping of str to str
        The instrument that serves each part.
    units : mapping of str to str
        By instrument the unit of its moves.
    before : int
        Sessions before an onset from which a signal counts.
    """
    rule = section.stress
    if rule is None or not set(rule.parts) <= set(parts):
        return ""
    told = [
        f"{parts[part]} more than {size:g} {units[parts[part]]} {_extreme(section, part)}"
        for part, size in rule.drawdown.items()
    ]
    told += [
        f"{parts[part]} more than {size:g} {units[parts[part]]} {_side(section, part)} its value "
        f"{rule.sessions} sessions before"
        for part, size in rule.change.items()
    ]
    return (
        f"Market stress begins with {' or '.join(told)}; a signal counts from {before} sessions before (tolerances "
        "pre-specified)."
    )


def _extreme(section: DetectorSection, part: str) -> str:
    assert section.stress is not None
    rises = section.parts[part].side == "rises"
    return f"{_side(section, part)} its {section.stress.sessions}-session {'low' if rises else 'high'}"


def _side(section: DetectorSection, part: str) -> str:
    return "above" if section.parts[part].side == "rises" else "below"
