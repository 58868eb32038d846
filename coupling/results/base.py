"""What every result is: a frozen record with a tidy frame, a summary, a figure and its provenance."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from coupling.errors import CouplingError, TooShortError
from coupling.results.finding import Finding
from coupling.results.open_row import OpenRow
from coupling.results.packages import installed_packages
from coupling.version import __version__

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Failure", "LeftOut", "Origin", "Provenance", "Result", "RoomResult", "not_done"]


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where the observations of one instrument came from, and what must be known before they are believed.

    `failed` says why no live source served, where an old store does.
    """

    instrument: str
    source: str
    symbol: str
    clock: str
    sha256: str
    retrieved_at: pd.Timestamp | None
    rows: int
    first: pd.Timestamp | None
    last: pd.Timestamp | None
    repairs: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    confirmed: tuple[tuple[str, str], ...] = ()
    failed: str = ""

    @property
    def caution(self) -> str:
        """What must be known of the series in one sentence; empty where there is nothing."""
        return f"{self.instrument}: {'; '.join(self.cautions)}; see Data." if self.cautions else ""


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """What is needed to trace a number and to have it again; the packages that computed it are those installed."""

    origins: tuple[Origin, ...] = ()
    configuration: str = ""
    seed: int | None = None
    as_of: pd.Timestamp | None = None
    simulated: bool = False
    version: str = __version__
    packages: tuple[tuple[str, str], ...] = field(default_factory=installed_packages)

    @property
    def unread(self) -> dict[str, str]:
        """What stands in it for the reader alone, on which no result depends (see `coupling.keeping.keeper`)."""
        return {"configuration": self.configuration} if self.configuration else {}


@dataclass(frozen=True, kw_only=True)
class Result:
    """Base of every result.

    Parameters
    ----------
    name : str
        Anchor in the page and stem of the files that `to_folder` writes: lower-case words joined by hyphens.
    title : str
        Heading of the figure and of the table.
    method : str
        Formula, convention and source of the method, in a sentence or two.
    frame : DataFrame
        The numbers, tidy: one row per estimate with its interval and its sample size.
    provenance : Provenance
        Sources, hashes, configuration, seed and version.
    warnings : tuple of str
        What a reader must know before believing the numbers.
    findings : tuple of Finding
        What the numbers answer, each judged once; the sentence is made from them.
    """

    name: str
    title: str
    method: str
    frame: pd.DataFrame = field(repr=False)
    provenance: Provenance = field(default_factory=Provenance, repr=False)
    warnings: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = field(default=(), repr=False)

    @property
    def sentence(self) -> str:
        """One plain sentence that says what the numbers show, computed from them."""
        return f"{self.title}: {len(self.frame)} rows."

    def summary(self) -> pd.DataFrame:
        """Return the frame fit to read; a subclass shortens it where the frame is long."""
        return self.frame

    def plot(self, ax: Axes | None = None) -> Axes:  # noqa: ARG002
        """Draw the result; a subclass that has a figure overrides this."""
        raise TypeError(f"{type(self).__name__} has no figure; use .summary() or .frame.")

    def _marked(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return a table with the warnings in its attrs, where there are any."""
        if self.warnings:
            table.attrs["caution"] = " ".join(self.warnings)
        return table

    @property
    def has_figure(self) -> bool:
        """Whether `plot` draws something."""
        return type(self).plot is not Result.plot

    @property
    def entries(self) -> tuple[OpenRow, ...]:
        """The rows that open, where the page shows such rows in the place of the table."""
        return ()

    @property
    def simulated(self) -> bool:
        """Whether the numbers come from the simulated market."""
        return self.provenance.simulated

    @property
    def figure_rows(self) -> int:
        """How many panels `plot` stacks; the figure is as much taller."""
        return 1

    def _repr_html_(self) -> str:
        from coupling.text.notebook import result_html

        return result_html(self, self._image())

    def _image(self) -> str:
        if not self.has_figure:
            return ""
        from coupling.drawing import figure_of, picture

        return picture(figure_of(self), self.title)

    def to_folder(self, path: str | Path) -> list[Path]:
        """Write the frame as CSV and the figure, where there is one, as PNG and SVG; return the paths."""
        from coupling.results.folder import write_result

        return write_result(self, Path(path))


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Something that was asked for and raised an error: shown in the page, exit code 1."""

    name: str
    title: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class LeftOut(Result):
    """A part of the page by default that the sample is too short for: shown with its reason, exit code 0."""

    method: str = "A default of the page that nobody asked for by name, left out where the sample is too short for it."

    @property
    def sentence(self) -> str:
        """Why it is left out."""
        return f"Left out: {self.frame['reason'].iloc[0]}"


def not_done(name: str, title: str, error: CouplingError, *, stated: bool) -> Result | Failure:
    """Return a failure; or what is left out, where nobody stated it and the sample is too short for it."""
    if isinstance(error, TooShortError) and not stated:
        return LeftOut(name=name, title=title, frame=pd.DataFrame({"reason": [str(error)]}))
    return Failure(name=name, title=title, reason=str(error))


@dataclass(frozen=True, kw_only=True)
class RoomResult:
    """What one room answers: its question, its verdict and the results behind it.

    Parameters
    ----------
    name : str
        One of the rooms, or a section of another page.
    question : str
        The reader's question.
    verdict : str
        What was found, pair by pair where there are several; it heads the section.
    results : tuple of Result or Failure
        The evidence, in the order of the page.
    answer : str
        The verdict in one sentence, for the first screen; the verdict itself where it is short enough.
    findings : tuple of Finding
        What the room found, each judged once; its sentences are made from them.
    front : tuple of str, optional
        Names of the results that the page shows open, the others being folded; all of them where it is None.
    within : tuple of str
        Names of the results that the page holds within another one; `to_folder` writes them all the same.
    appendix : bool
        Whether the page shows the room after all others.
    """

    name: str
    question: str
    verdict: str
    results: tuple[Result | Failure, ...] = ()
    answer: str = ""
    findings: tuple[Finding, ...] = field(default=(), repr=False)
    front: tuple[str, ...] | None = None
    within: tuple[str, ...] = ()
    appendix: bool = False

    @property
    def shown(self) -> tuple[Result | Failure, ...]:
        """What the page shows open; what failed always is."""
        return tuple(each for each in self._listed if self.front is None or self._is_front(each))

    @property
    def folded(self) -> tuple[Result | Failure, ...]:
        """What the page folds."""
        return tuple(each for each in self._listed if self.front is not None and not self._is_front(each))

    @property
    def _listed(self) -> tuple[Result | Failure, ...]:
        return tuple(each for each in self.results if each.name not in self.within)

    def _is_front(self, result: Result | Failure) -> bool:
        return isinstance(result, Failure) or result.name in (self.front or ())
