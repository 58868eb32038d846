"""Results of the room `coupling.data`: what came from where, and how it was aligned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from coupling.results.base import Result
from coupling.text.passage import Passage, Sentence
from coupling.text.wording import listed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "AlignmentResult",
    "ChecksResult",
    "InstrumentsResult",
    "OverlapResult",
    "PanelLevelsResult",
    "RevisionsResult",
    "SourcesResult",
    "TruthResult",
]

PLACES = {"file": "files", "simulated": "the simulated market", "formula": "formulas", "yahoo": "Yahoo", "fred": "FRED"}

_NAMED, _FEW = 6, 3  # pairs that a sentence names, and how many of more


@dataclass(frozen=True, kw_only=True)
class InstrumentsResult(Result):
    """What each instrument is, and what a rise of it means."""

    @property
    def sentence(self) -> str:
        """Say what a rise means."""
        meanings = self.frame["a rise means"].items()
        return Passage(Sentence("A rise means:", tuple(f"{name} {meaning}" for name, meaning in meanings)))


@dataclass(frozen=True, kw_only=True)
class SourcesResult(Result):
    """One row per instrument: which source served, its clock, its span and its repairs."""

    unknown_files: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """Say how many instruments came from where."""
        served = self.frame.groupby("source", sort=False).size()
        text = ", ".join(
            f"{count} instruments from {PLACES.get(str(source), source)}" for source, count in served.items()
        )
        mended = self.frame.loc[self.frame["repairs"] != "", "repairs"]
        repairs = "; ".join(f"{name}: {what}" for name, what in mended.items()) or "none"
        ruled = self.frame.loc[self.frame["repaired by rule"] != "", "repaired by rule"]
        rules = "".join(f" By rule, {name}: {what}." for name, what in ruled.items())
        unknown = f" Files that no instrument declares, left alone: {', '.join(self.unknown_files)}."
        return f"{text[:1].upper()}{text[1:]}. Repairs: {repairs}.{rules}" + (unknown if self.unknown_files else "")

    def summary(self) -> pd.DataFrame:
        """Return the table without the repairs, which the sentence names, and without columns that are empty."""
        table = self.frame.drop(columns="repairs")
        empty = [name for name in ("second sources", "repaired by rule") if not (table[name] != "").any()]
        return table.drop(columns=empty)


@dataclass(frozen=True, kw_only=True)
class RevisionsResult(Result):
    """What vintages of the store revised: one row per vintage, with the largest change."""

    @property
    def sentence(self) -> str:
        """Say how many values of each instrument were revised."""
        counts = self.frame[["changed", "removed", "added"]].sum(axis=1).groupby(self.frame["instrument"], sort=False)
        parts = [f"{name} {count}" for name, count in counts.sum().items()]
        return f"Values revised after they were first retrieved: {', '.join(parts)}."

    def summary(self) -> pd.DataFrame:
        """Return the newest revisions first, the largest change with its date."""
        table = self.frame.sort_values("retrieved_at", ascending=False, kind="stable").set_index("instrument")
        return table.rename(columns={"retrieved_at": "retrieved at", "when": "largest on"})


@dataclass(frozen=True, kw_only=True)
class ChecksResult(Result):
    """What looks wrong in the series, found and not corrected."""

    @property
    def sentence(self) -> str:
        """Say how much was found, by check, and that nothing was corrected."""
        if self.frame.empty:
            return "The checks found nothing to look at."
        counts = (self.frame["instrument"] + " " + self.frame["check"]).value_counts(sort=False)
        parts = [f"{what}: {count}" for what, count in counts.items()]
        return f"{len(self.frame)} values are flagged for review and none was corrected ({'; '.join(parts)})."

    def summary(self) -> pd.DataFrame:
        """Return for each instrument and check how many were found, and the largest with its date."""
        if self.frame.empty:
            return self.frame
        largest = self.frame.assign(absolute=self.frame["size"].abs()).sort_values("absolute", ascending=False)
        groups = largest.groupby(["instrument", "check"])
        table = groups[["date", "value", "against", "size", "source"]].first()
        table.insert(0, "found", groups.size())
        return table.rename(columns={"date": "largest on"})


@dataclass(frozen=True, kw_only=True)
class TruthResult(Result):
    """The true correlation of every pair before and after its shift, which only a simulated market knows."""

    shift: pd.Timestamp
    alone: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """Say when the true correlation shifts, for which pair most, and which instruments have none."""
        moved = (self.frame["after"] - self.frame["before"]).abs()
        row = None if self.frame.empty else self.frame.iloc[int(moved.to_numpy().argmax())]
        verb = "is" if len(self.alone) == 1 else "are"
        apart = (
            f"{listed(self.alone)} {verb} drawn independently of everything else: every true correlation is 0, and no "
            "simulated event moves the level."
        )
        told = (
            f"The truth shifts at {self.shift:%Y-%m-%d}, most for {row['left']}–{row['right']}: "
            f"from {row['before']:.2f} to {row['after']:.2f}."
            if row is not None and moved.max() > 0
            else "No true correlation of these pairs shifts."
        )
        return f"{told} {apart}" if self.alone else told


@dataclass(frozen=True, kw_only=True)
class AlignmentResult(Result):
    """Rows in, kept and dropped per instrument, and why."""

    rule: str
    ticks: pd.DatetimeIndex

    @property
    def sentence(self) -> str:
        """Say how many ticks were kept of how many, and over which period."""
        considered = int(self.frame["ticks_considered"].iloc[0])
        span = f"{self.ticks[0]:%Y-%m-%d} to {self.ticks[-1]:%Y-%m-%d}"
        dropped = considered - len(self.ticks)
        kept = f"{len(self.ticks):,} of {considered:,} observation times are kept and {dropped:,} dropped, {span}"
        return f"By the rule {self.rule.replace('_', ' ')}, {kept}."


@dataclass(frozen=True, kw_only=True)
class OverlapResult(Result):
    """How many hours the change intervals of a pair share in a row."""

    @property
    def answer(self) -> str:
        """Count the pairs whose closes are unequal."""
        unequal = int(self.frame["unequal_closes"].sum())
        if not unequal:
            return "the changes of every pair span the same hours"
        verb = "has" if unequal == 1 else "have"
        pull = "which pull a contemporaneous correlation towards 0"
        return f"{unequal} of {len(self.frame)} pairs {verb} non-synchronous closes, {pull}"

    @property
    def sentence(self) -> str:
        """Name the pairs whose closes are unequal, or count them and name those that share least."""
        unequal = self.frame[self.frame["unequal_closes"]]
        if unequal.empty:
            return "The change intervals of every pair share at least 60 % of their interval."
        many = len(unequal) > _NAMED
        named = unequal.nsmallest(_FEW, "share") if many else unequal
        pairs = ", ".join(f"{row.left}–{row.right} ({row.share:.2f})" for row in named.itertuples())
        if many:
            pairs = f"{len(unequal)} of {len(self.frame)} pairs, {pairs} the least of them,"
        return (
            f"Non-synchronous closes: {pairs} share less than 60 % of their interval, so a contemporaneous "
            "correlation of them is pulled "
            "towards 0; read the Hayashi–Yoshida estimate instead."
        )


@dataclass(frozen=True, kw_only=True)
class PanelLevelsResult(Result):
    """Levels at the kept ticks."""

    kinds: dict[str, str]
    units: dict[str, str]

    @property
    def sentence(self) -> str:
        """Say the last level of each instrument, with its unit and date."""
        levels = self.frame.iloc[-1].to_dict()
        digits = {name: 3 if kind == "yield" else 2 for name, kind in self.kinds.items()}
        parts = [f"{name} {levels[name]:,.{digits[name]}f} {unit}" for name, unit in self.units.items()]
        return f"In the last session ({self.frame.index[-1]:%Y-%m-%d}): {', '.join(parts)}."

    def summary(self) -> pd.DataFrame:
        """Return first, last, lowest and highest level of each instrument."""
        frame = self.frame
        return (
            pd.DataFrame(
                {"first": frame.iloc[0], "last": frame.iloc[-1], "lowest": frame.min(), "highest": frame.max()}
            )
            .assign(unit=pd.Series(self.units), n=len(frame))
            .rename_axis("instrument")
        )

    @property
    def figure_rows(self) -> int:
        """One panel per instrument."""
        return self.frame.shape[1]

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw one panel per instrument in its own unit; a price that grew eightfold stands on a logarithmic axis."""
        from coupling import drawing

        ax = drawing.axes(ax, rows=self.figure_rows)
        panels = drawing.panels(ax, list(self.units))
        for panel, name in zip(panels, self.units, strict=True):
            levels = self.frame[name]
            drawing.path(panel, levels, look=drawing.look(name), decimals=3 if self.kinds[name] == "yield" else 2)
            grown = self.kinds[name] != "yield" and levels.min() > 0 and levels.max() > 8 * levels.min()
            if grown:
                drawing.logarithmic(panel)
            drawing.written_out(panel)
            panel.set_ylabel(f"{self.units[name]}, log scale" if grown else self.units[name])
        drawing.time_axis(panels[-1], "session")
        return ax
