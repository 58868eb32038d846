"""What a whole study answers: the rooms in their order, the claims, and the way to have it all again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pandas as pd

import coupling
from coupling.errors import InputError, nearest
from coupling.machine.names import file_in
from coupling.machine.privacy import public
from coupling.machine.writing import write_text_whole
from coupling.results.base import Failure, Origin, Provenance, Result, RoomResult
from coupling.results.finding import Finding
from coupling.results.headline import headline
from coupling.text.wording import listed

if TYPE_CHECKING:
    from coupling.results.json import RecordedRun
    from coupling.results.since import SinceResult

__all__ = ["StudyResult"]


@dataclass(frozen=True, kw_only=True)
class StudyResult:
    """The answer to one configuration.

    Parameters
    ----------
    title : str
        Title of the page.
    focus : str
        The instrument that was compared with every other; empty where there is none.
    rooms : tuple of RoomResult
        In the order of the page: data, correlation, change, direction, events.
    question : str
        What was asked, in a sentence or two; made from the focus where it is not given.
    claims : RoomResult, optional
        Verdicts on claims; where a frame of it has a column ``verdict``, the first screen counts them.
    banner : str
        What must be known before anything is read, such as the age of the data.
    provenance : Provenance
        Sources, hashes, configuration, seed and versions.
    timezone : str
        Zone in which the page shows instants beside UTC; empty for none.
    signs : tuple of str
        What a rise means, of the instruments of which it must be said.
    since : SinceResult, optional
        What changed since another run; see `against`.
    """

    title: str
    focus: str = ""
    rooms: tuple[RoomResult, ...]
    question: str = ""
    claims: RoomResult | None = None
    banner: str = ""
    provenance: Provenance = field(default_factory=Provenance, repr=False)
    timezone: str = ""
    signs: tuple[str, ...] = ()
    since: SinceResult | None = None

    def __post_init__(self) -> None:
        names = [result.name for result in (*self.results, *self._beside)]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise InputError(f"study {self.title!r} has two results named {twice[0]!r}; give each a name of its own.")

    @property
    def asked(self) -> str:
        """What was asked."""
        if self.question or not self.focus:
            return self.question
        others = [origin.instrument for origin in self.provenance.origins if origin.instrument != self.focus]
        return f"Is the coupling of {self.focus} with {listed(others) or 'the others'} real?"

    @property
    def sign_note(self) -> str:
        """What a rise means, in a sentence; empty where nothing must be said."""
        return f"{'; '.join(self.signs)}." if self.signs else ""

    @property
    def sections(self) -> tuple[RoomResult, ...]:
        """The rooms, then the claims."""
        return self.rooms if self.claims is None else (*self.rooms, self.claims)

    @property
    def answered(self) -> tuple[RoomResult, ...]:
        """The sections in the order of the page: the claims, the rooms that answer, the appendix."""
        told = self.rooms if self.claims is None else (self.claims, *self.rooms)
        return tuple(sorted(told, key=lambda section: (section.appendix, section.name == "data")))

    @property
    def headline(self) -> str:
        """What the study says in at most 20 words, made from its verdicts; its title where nothing was judged."""
        return headline(self.found) or self.title

    @property
    def results(self) -> tuple[Result | Failure, ...]:
        """Every result and failure, in the order of the page."""
        return tuple(result for section in self.sections for result in section.results)

    @property
    def _beside(self) -> tuple[Result, ...]:
        return () if self.since is None else (self.since,)

    @property
    def origins(self) -> tuple[Origin, ...]:
        """Every series that was used, those that one section alone reads included."""
        results = [result.provenance for result in self.results if isinstance(result, Result)]
        return tuple(dict.fromkeys(origin for each in (self.provenance, *results) for origin in each.origins))

    @property
    def found(self) -> tuple[Finding, ...]:
        """Every finding, in the order of the page."""
        return tuple(dict.fromkeys(finding for section in self.sections for finding in section.findings))

    @property
    def findings(self) -> pd.DataFrame:
        """Every finding as a row, in the order of the page, with the columns of ``coupling schema --findings``.

        Examples
        --------
        >>> import coupling as cp
        >>> two = {"title": "Two", "focus": "BTC", "instruments": ["BTC", "SPX"], "data": {"source": "simulated"}}
        >>> cp.run(two).findings.query("primary")[["question", "verdict"]].values.tolist()
        [['coupled', 'coupled']]
        """
        from coupling.results.table import findings_frame

        return findings_frame(self.found)

    @property
    def failures(self) -> tuple[Failure, ...]:
        """What was asked for and raised an error."""
        return tuple(result for result in self.results if isinstance(result, Failure))

    @property
    def exit_code(self) -> int:
        """0 where everything asked for was done, 1 where something failed, or could not be compared, and is shown."""
        return 1 if self.failures or (self.since is not None and self.since.refused) else 0

    def __iter__(self) -> Iterator[RoomResult]:
        return iter(self.sections)

    def __getitem__(self, name: str) -> RoomResult | Result | Failure:
        """Return a room, or a result by its name."""
        known = {part.name: part for part in (*self.results, *self._beside, *self.sections)}
        if name not in known:
            raise KeyError(f"no section or result is named {name!r}; {nearest(name, known)}.")
        return known[name]

    def summary(self) -> pd.DataFrame:
        """Return one row per question: room, question, verdict and how many results failed."""
        rows = [
            (part.name, part.question, part.verdict, sum(isinstance(each, Failure) for each in part.results))
            for part in self.sections
        ]
        return pd.DataFrame(rows, columns=["room", "question", "verdict", "failed"]).set_index("room")

    def to_html(self, path: str | Path, *, print: Literal["summary", "full"] = "summary") -> Path:  # noqa: A002
        """Write the page, whole or not at all, and return its path.

        Parameters
        ----------
        path : path
            The file; its folder is made where it is missing.
        print : {"summary", "full"}
            What goes on paper: what the page shows as it opens, or every table, method and folded part too.
        """
        return coupling.write_page(self, Path(path), print=print)

    def to_json(self, path: str | Path) -> Path:
        """Write the findings as JSON, whole or not at all, and return the path.

        The same run gives the same bytes: UTF-8, sorted by id, full precision, null for what is missing.

        Parameters
        ----------
        path : path
            The file; its folder is made where it is missing.

        Examples
        --------
        >>> import coupling as cp
        >>> from tempfile import TemporaryDirectory
        >>> two = {"title": "Two", "focus": "BTC", "instruments": ["BTC", "SPX"], "data": {"source": "simulated"}}
        >>> with TemporaryDirectory() as folder:
        ...     cp.run(two).to_json(Path(folder) / "two.json").name
        'two.json'
        """
        from coupling.results.json import write_findings

        return write_findings(self, Path(path))

    def compare_with(self, previous: str | Path | RecordedRun) -> SinceResult:
        """Return what changed since another run, whose findings a file holds.

        Parameters
        ----------
        previous : path or RecordedRun
            What `to_json` wrote; see `coupling.results.json.read_findings`.

        Examples
        --------
        >>> import coupling as cp
        >>> from tempfile import TemporaryDirectory
        >>> two = {"title": "Two", "focus": "BTC", "instruments": ["BTC", "SPX"], "data": {"source": "simulated"}}
        >>> result = cp.run(two)
        >>> with TemporaryDirectory() as folder:
        ...     result.compare_with(result.to_json(Path(folder) / "two.json")).counts
        '0 verdicts changed, 0 new, 0 gone'
        """
        from coupling.results.json import RecordedRun, read_findings, record_of
        from coupling.results.since import since

        before = previous if isinstance(previous, RecordedRun) else read_findings(previous)
        return since(before, record_of(self), self.provenance)

    def against(self, previous: str | Path | RecordedRun | None) -> StudyResult:
        """Return the study with what changed since another run: on the page, in a notebook and in `to_folder`.

        Parameters
        ----------
        previous : path or RecordedRun, optional
            See `compare_with`; without one the study comes back as it is.
        """
        return self if previous is None else replace(self, since=self.compare_with(previous))

    def to_folder(self, path: str | Path) -> list[Path]:
        """Write every frame and figure in full, the verdicts and the configuration; return the paths."""
        from coupling.results.folder import write_table

        folder, shown = Path(path), public(self)
        verdicts = write_table(shown.summary(), folder, "verdicts")
        configuration = write_text_whole(file_in(folder, "configuration", ".yaml"), shown.provenance.configuration)
        parts = [*shown.results, *shown._beside]
        written = [each.to_folder(folder) for each in parts if isinstance(each, Result)]
        return [verdicts, configuration, *(one for paths in written for one in paths)]

    def _repr_html_(self) -> str:
        from html import escape

        from coupling.text.notebook import frame_html, result_html

        simulated = "SIMULATED market. " if self.provenance.simulated else ""
        banner = f"<p><strong>{escape(simulated + self.banner)}</strong></p>" if simulated or self.banner else ""
        head = f"<h3>{escape(self.title)}</h3>{banner}<p>{escape(self.asked)}</p>"
        return head + frame_html(self.summary()) + ("" if self.since is None else result_html(self.since))
