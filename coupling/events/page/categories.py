"""Responses by announced category."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import pandas as pd

from coupling.events.findings import of_categories
from coupling.events.listing.catalogue import Catalogue
from coupling.events.responses import response_of
from coupling.events.section import EventsSection
from coupling.events.studies.result import EventStudyResult
from coupling.events.studies.selection import choosers, same_selection
from coupling.events.studies.shown import StudyNumbers
from coupling.limits.budget import count
from coupling.results.base import Result
from coupling.text.passage import Passage, Sentence
from coupling.text.wording import by_chance, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["CategoriesResult", "make"]


@dataclass(frozen=True, kw_only=True)
class CategoriesResult(Result):
    """Mean responses by announced category and instrument, % and bp side by side.

    Parameters
    ----------
    focus : str
    titles : dict of str to str
        What prose, tables and figures call a category.
    """

    focus: str
    titles: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def sentence(self) -> str:
        """Name what differs from 0, and how many categories cannot tell."""
        sure = self._titled[self.frame["verdict"] == "differs from 0"]
        few = self.frame.loc[self.frame["verdict"].str.startswith("cannot reject"), "category"].nunique()
        found = tuple(f"{row.category}: {row.instrument} {response_of(row)}" for row in sure.itertuples())
        none = "No category has a statistically significant response."
        told = Sentence("Statistically significant responses:", found) if found else none
        return Passage(told, _too_few(few) if few else "")

    @property
    def _titled(self) -> pd.DataFrame:
        return self.frame.assign(category=self.frame["category"].replace(dict(self.titles)))

    def summary(self) -> pd.DataFrame:
        """Return the frame with the titles of the categories."""
        return self._titled

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the response of each instrument by category, those of one unit on one scale; hollow: not significant."""
        from coupling import drawing

        rows = self._titled[self.frame["lower"].notna()]
        names = list(dict.fromkeys(rows["instrument"]))
        scales = {unit: _scale(part) for unit, part in rows.groupby("unit", sort=False)}
        ax = drawing.axes(ax, rows=len(names))
        places = drawing.panels(ax, names, share=False) if len(names) > 1 else [ax]
        for place, name in zip(places, names, strict=True):
            part = rows[rows["instrument"] == name].set_index("category")
            hollow = (part["verdict"] != "differs from 0").tolist()
            drawing.intervals(place, part, names=[name] * len(part), hollow=hollow)
            drawing.zero_line(place, vertical=True)
            place.set_xlim(scales[part["unit"].iloc[0]])
            place.set_xlabel(drawing.axis_label("mean cumulative response", part["unit"].iloc[0]))
        return ax

    @property
    def figure_rows(self) -> int:
        """How many panels the figure stacks."""
        return int(self.frame["instrument"].nunique())

    @property
    def has_figure(self) -> bool:
        """Whether any category has an interval to draw."""
        return bool(self.frame["lower"].notna().any())


def make(study: EventStudyResult, section: EventsSection, catalogue: Catalogue, focus: str) -> CategoriesResult:
    """Return the responses of every announced category."""
    names = sorted(set(study.mapping.loc[study.mapping["used"], "category"]))
    parts = []
    for category in names:
        by = choosers(catalogue, category, tuple(dict.fromkeys(study.frame["instrument"])))
        numbers = cast("StudyNumbers", study.numbers).of(category, (*section.selected_by, *by))
        placebo = same_selection(numbers, by[0]).placebo_p if by else numbers.placebo_p
        table = numbers.summary().reset_index()
        table.insert(0, "category", category)
        parts.append(table.assign(placebo_p=numbers.withheld(placebo)))
    frame = pd.concat(parts, ignore_index=True)
    order = ["category", "instrument", "unit", "estimate", "lower", "upper", "p_value", "sign_p", "smallest_sign_p"]
    order += ["placebo_p", "n_events", "n_episodes", "day_0", "verdict"]
    name = "events-by-category"
    return CategoriesResult(
        name=name,
        title="Responses by announced category",
        method=study.method + " Log changes are shown as simple %, yields in bp; the announced category leads. Where "
        "an instrument's own move named the events, placebo dates are sessions on which it moved alike.",
        frame=frame[order],
        provenance=study.provenance,
        warnings=(_by_chance(len(frame), section.level),),
        findings=of_categories(frame, study, clock=section.days, level=section.level, evidence=name),
        focus=focus,
        titles=catalogue.category_titles,
    )


def _too_few(categories: int) -> str:
    known = "1 category has" if categories == 1 else f"{categories} categories have"
    return f"{known} too few episodes to reject anything."


def _by_chance(tests: int, level: float) -> str:
    """Say how many tests would reject where nothing responds."""
    shown = f"{count(tests, 'test')} {'is' if tests == 1 else 'are'} shown"
    return f"{shown}; at the {percent(1 - level)} level {by_chance(tests, 1 - level)} would reject by chance."


def _scale(rows: pd.DataFrame) -> tuple[float, float]:
    """Return the ends of an axis for all rows of one unit."""
    low, high = min(0.0, float(rows["lower"].min())), max(0.0, float(rows["upper"].max()))
    margin = 0.04 * (high - low)
    return low - margin, high + margin
