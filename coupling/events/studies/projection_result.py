"""The result of local projections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from coupling.events.responses import response_of
from coupling.limits.asked import require_instrument
from coupling.limits.budget import count
from coupling.results.base import Result
from coupling.text.passage import Passage, Sentence

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["LocalProjectionResult"]


@dataclass(frozen=True, kw_only=True)
class LocalProjectionResult(Result):
    """Responses by horizon.

    ``frame``: one row per state, instrument and horizon with ``estimate, lower, upper`` (pointwise) and, for an
    observed shock, ``band_lower, band_upper`` (sup-t over horizons), ``p_value`` (wild bootstrap over episodes),
    ``smallest_p`` that it can reach, and ``n_episodes``.
    """

    @property
    def sentence(self) -> str:
        """Say the last response of each instrument."""
        last = self.frame[self.frame["horizon"] == self.frame["horizon"].max()]
        parts = tuple(
            f"{row.instrument} {response_of(row)}" + ("" if row.state == "all" else f" ({row.state})")
            for row in last.itertuples()
        )
        return Passage(Sentence(f"Response after {count(int(last['horizon'].iloc[0]), 'observation')}:", parts))

    def summary(self) -> pd.DataFrame:
        """Return the frame; ``attrs["caution"]`` holds the warnings, where there are any."""
        return self._marked(self.frame.copy(deep=False))

    def plot(self, ax: Axes | None = None, *, instrument: str | None = None) -> Axes:
        """Draw the responses with their pointwise intervals; all instruments stacked, or one.

        Parameters
        ----------
        ax : Axes, optional
        instrument : str, optional
        """
        from coupling import drawing

        known = list(dict.fromkeys(self.frame["instrument"]))
        if instrument is not None:
            require_instrument(instrument, known)
        names = known if instrument is None else [instrument]
        ax = drawing.axes(ax, rows=len(names))
        places = drawing.panels(ax, names) if len(names) > 1 else [ax]
        states = list(dict.fromkeys(self.frame["state"]))
        for place, name in zip(places, names, strict=True):
            for shade, state in enumerate(states):
                rows = self.frame[(self.frame["instrument"] == name) & (self.frame["state"] == state)].set_index(
                    "horizon"
                )
                look = drawing.look(name if not shade else f"{name} {state}")
                drawing.path(place, rows["estimate"], rows["lower"], rows["upper"], look=look, label=state)
            drawing.zero_line(place)
            place.set_ylabel(drawing.axis_label("response", str(rows["unit"].iloc[0])))
            if len(states) > 1:
                place.legend(frameon=False, fontsize=8)
        places[-1].set_xlabel("observations after the shock")
        return ax

    @property
    def figure_rows(self) -> int:
        """How many panels the figure stacks."""
        return int(self.frame["instrument"].nunique())
