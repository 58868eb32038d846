"""Mark what rests on a doubtful series: the banner, the verdict of a room, its results and its findings."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from coupling.results.base import Failure, Provenance, Result, RoomResult
from coupling.results.finding import Finding
from coupling.text.passage import Passage
from coupling.text.wording import listed

__all__ = ["doubts_of", "mark", "say_doubts"]


def say_doubts(*provenances: Provenance, place: str = "see Data") -> str:
    """Return the banner: which series may have changed their meaning; empty where none did.

    Examples
    --------
    >>> say_doubts(Provenance())
    ''
    """
    names = list(dict.fromkeys(name for each in provenances for name in _cautions(each)))
    if not names:
        return ""
    return f"Doubtful data: {listed(names)} may have changed meaning; clean or explain this first ({place})."


def doubts_of(provenance: Provenance, rooms: Iterable[RoomResult | None]) -> str:
    """Say which series of a study, or of those that a room reads beside them, are doubtful."""
    results = [result for room in rooms if room is not None for result in room.results if isinstance(result, Result)]
    return say_doubts(provenance, *(result.provenance for result in results))


def mark(room: RoomResult, provenance: Provenance, *, whole: bool = False) -> RoomResult:
    """Add to a room's verdict, its answer and each of its results what must be known of their doubtful series.

    Parameters
    ----------
    room : RoomResult
    provenance : Provenance
        The sources that the room rests on.
    whole : bool
        Whether each result rests on all of them; else on those that its table names.
    """
    cautions = _cautions(provenance)
    if not cautions:
        return room
    said = f"Caution: {' '.join(cautions.values())}"
    return replace(
        room,
        verdict=Passage(room.verdict, said),
        answer=Passage(room.answer, said) if room.answer else "",
        results=tuple(_marked(result, cautions, whole) for result in room.results),
        findings=_cautioned(room.findings, cautions, whole=whole),
    )


def _cautions(provenance: Provenance) -> dict[str, str]:
    return {origin.instrument: origin.caution for origin in provenance.origins if origin.caution}


def _marked(result: Result | Failure, cautions: dict[str, str], whole: bool) -> Result | Failure:
    if isinstance(result, Failure):
        return result
    words = "" if whole else _words(result.frame)
    told = [said for name, said in cautions.items() if not words or _stands_in(name, words)]
    findings = _cautioned(result.findings, cautions, whole=whole)
    return replace(result, warnings=(*told, *result.warnings), findings=findings) if told else result


def _cautioned(findings: tuple[Finding, ...], cautions: dict[str, str], *, whole: bool) -> tuple[Finding, ...]:
    """Add to each finding what must be known of the doubtful series in its subject."""
    told = [tuple(said for name, said in cautions.items() if whole or name in each.subject) for each in findings]
    return tuple(
        replace(each, cautions=(*said, *each.cautions)) if said else each
        for each, said in zip(findings, told, strict=True)
    )


def _stands_in(name: str, words: str) -> bool:
    return re.search(rf"(?<![\w:]){re.escape(name)}(?![\w])", words) is not None


def _words(frame: pd.DataFrame) -> str:
    """Return every text of a table's headings and cells, which hold the names of the instruments that it is about."""
    parts: list[Iterable[object]] = [*_levels(frame.index), *_levels(frame.columns)]
    columns = (frame.iloc[:, place] for place in range(frame.shape[1]))
    parts += [column.unique() for column in columns if column.dtype == object or _is_text(column)]
    return "\n".join(each for part in parts for each in part if isinstance(each, str))


def _levels(index: pd.Index) -> list[Iterable[object]]:
    return [index.get_level_values(level).unique() for level in range(index.nlevels)]


def _is_text(column: pd.Series) -> bool:
    return isinstance(column.dtype, pd.StringDtype | pd.CategoricalDtype)
