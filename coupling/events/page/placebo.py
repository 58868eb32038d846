"""The leading tests, with studies of dates without an event."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from coupling.events import judge
from coupling.events.studies.result import EventStudyResult
from coupling.results.base import Result
from coupling.results.finding import SIZE
from coupling.results.verdicts import Responds
from coupling.text.wording import p_value

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["PlaceboResult", "make"]

TESTS = {
    "date_mean_t": "t-test on episode means",
    "sign_flip": "sign-flip randomisation",
    "placebo_randomisation": "placebo-date randomisation",
    "westfall_young": "Westfall–Young",
    "skewness": "skewness of the responses",
}


@dataclass(frozen=True, kw_only=True)
class PlaceboResult(Result):
    """The leading tests, with the placebo studies among them.

    Parameters
    ----------
    drawn : DataFrame
        The date-mean t of every placebo study, one column per instrument.
    """

    drawn: pd.DataFrame = field(repr=False)

    @property
    def sentence(self) -> str:
        """Name the instruments that differ from placebo dates."""
        rows = self.frame[self.frame["test"] == "placebo_randomisation"]
        sure = rows[[judge.unlike_placebo(p) is Responds.RESPONDS for p in rows["p_value"]]]
        if sure.empty:
            return "No response differs significantly from that on placebo dates."
        names = ", ".join(f"{name} ({p_value(p)})" for name, p in zip(sure["instrument"], sure["p_value"], strict=True))
        return f"Significantly different from placebo dates, individually: {names}."

    def summary(self) -> pd.DataFrame:
        """Return the tests under the names that the field uses."""
        return self.frame.assign(test=self.frame["test"].replace(TESTS))

    @property
    def _tested(self) -> list[str]:
        return [str(name) for name in self.drawn if self.drawn[name].notna().any()]

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw a ridge of placebo studies per instrument, with the events' own value; hollow: not significant."""
        from coupling import drawing
        from coupling.events.studies import figures

        tests: Any = self.frame.set_index(["instrument", "test"])
        ax = drawing.axes(ax, rows=self.figure_rows)
        ridges = [
            figures.Ridge(
                name,
                self.drawn[name].to_numpy(float),
                float(tests.loc[(name, "date_mean_t"), "statistic"]),
                float(tests.loc[(name, "placebo_randomisation"), "p_value"]),
            )
            for name in self._tested
        ]
        figures.draw_ridges(ax, ridges, level=SIZE)
        return ax

    @property
    def figure_rows(self) -> int:
        """Grows with the number of ridges."""
        return max(1, round(len(self._tested) / 4))

    @property
    def has_figure(self) -> bool:
        """Whether any placebo study could be drawn."""
        return bool(self._tested)


def make(study: EventStudyResult) -> PlaceboResult:
    """Return the leading tests."""
    return PlaceboResult(
        name="events-placebo",
        title="Primary tests and placebo dates",
        method="t-test on episode means; sign-flip randomisation test with its minimum attainable p-value; the same t "
        "against studies of as many dates without an event (seeded); Westfall–Young over instruments; a warning where "
        "responses are skewed.",
        frame=study.tests(),
        provenance=study.provenance,
        drawn=study.placebos(),
    )
