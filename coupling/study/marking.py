"""Mark what rests on a series that may have changed its meaning: the banner, the verdict of a room, its results."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from coupling.results.base import Failure, Provenance, Result, RoomResult
from coupling.results.wording import listed

__all__ = ["mark", "say_doubts"]


def say_doubts(provenance: Provenance) -> str:
    """Return the banner: which series may have changed their meaning; empty where none did.

    Examples
    --------
    >>> say_doubts(Provenance())
    ''
    """
    names = list(_cautions(provenance))
    if not names:
        return ""
    return f"Doubtful data: {listed(names)} may have changed meaning; clean or explain this first (see Data)."


def mark(room: RoomResult, provenance: Provenance) -> RoomResult:
    """Add to a room's verdict, its answer and each of its results what must be known of their doubtful series."""
    cautions = _cautions(provenance)
    if not cautions:
        return room
    said = f" Caution: {' '.join(cautions.values())}"
    return replace(
        room,
        verdict=room.verdict + said,
        answer=room.answer + said if room.answer else "",
        results=tuple(_marked(result, cautions) for result in room.results),
    )


def _cautions(provenance: Provenance) -> dict[str, str]:
    return {origin.instrument: origin.caution for origin in provenance.origins if origin.caution}


def _marked(result: Result | Failure, cautions: dict[str, str]) -> Result | Failure:
    if isinstance(result, Failure):
        return result
    named = _names(result.frame)
    told = tuple(said for name, said in cautions.items() if not named or name in named)
    return replace(result, warnings=(*told, *result.warnings)) if told else result


def _names(frame: pd.DataFrame) -> set[str]:
    """Return every word of a table's headings and cells, which hold the names of the instruments that it is about."""
    parts: list[Iterable[object]] = [*_levels(frame.index), *_levels(frame.columns)]
    parts += [frame[name].unique() for name in frame.columns if frame[name].dtype == object or _is_text(frame[name])]
    return {word for part in parts for each in part if isinstance(each, str) for word in _words(each)}


def _levels(index: pd.Index) -> list[Iterable[object]]:
    return [index.get_level_values(level).unique() for level in range(index.nlevels)]


def _is_text(column: pd.Series) -> bool:
    return isinstance(column.dtype, pd.StringDtype | pd.CategoricalDtype)


def _words(text: str) -> list[str]:
    return text.replace("–", " ").replace(",", " ").replace("→", " ").split()
