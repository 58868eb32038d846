"""One self-contained HTML file from a study's result."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, get_args

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from coupling.errors import InputError
from coupling.machine.privacy import public
from coupling.machine.writing import write_text_whole
from coupling.report.compact import compact_page
from coupling.report.drawn import drawings
from coupling.report.figure_text import Drawing
from coupling.report.first_screen import first_screen
from coupling.report.pair_figure import PairFigure, pair_figure
from coupling.report.policy import POLICY, guarded, script
from coupling.report.templates_kept import kept_templates
from coupling.report.theme import variables
from coupling.results.answered import Answered
from coupling.results.base import Failure, Provenance, Result, RoomResult
from coupling.results.open_row import OpenRow
from coupling.text.instants import add_local
from coupling.text.passage import Passage, Sentence
from coupling.text.tables import ShownTable, readable
from coupling.text.typesetting import typeset

__all__ = ["Print", "render", "write_page"]

Print = Literal["summary", "full"]

_BARS = {"hourly": "end of each bar"}
"""What a reader calls the clock of bars, whatever their length."""


def write_page(study: Answered, path: Path, *, print: Print = "summary") -> Path:  # noqa: A002
    """Write the page of a study, whole or not at all.

    Parameters
    ----------
    study : StudyResult
    path : Path
        The file; its folder is made where it is missing.
    print : {"summary", "full"}
        What goes on paper: what the page shows as it opens, or every table, method and folded part too.

    Returns
    -------
    Path
        The file written.
    """
    if path.is_dir():
        raise InputError(f"{path} is a folder; name the file of the page, as {str(path / 'page.html')!r}.")
    logging.getLogger("coupling").info("drawing the page")
    return write_text_whole(path, render(study, print=print))


def render(study: Answered, *, print: Print = "summary") -> str:  # noqa: A002
    """Return the page of a study as text, free of the user's paths; the same study gives the same text."""
    if print not in get_args(Print):
        raise InputError(f"print is {print!r}; it is one of {', '.join(get_args(Print))}.")
    study = public(study)
    shared, said = pair_figure(study), set[str]()
    drawn = drawings(study, () if shared is None else shared.drawn)
    text = (
        _environment()
        .get_template("page.html.j2")
        .render(
            study=study,
            print=print,
            screen=first_screen(study),
            sections=[_section(room, study.timezone, shared, said, drawn) for room in study.answered],
            answers=[_answer(room, study.timezone) for room in study.answered],
            sources=_sources(study.provenance, study.timezone),
            as_of=_as_of(study),
            since=None if study.since is None else _result(study.since, study.timezone, set(), drawn),
            css=_css(),
            script=script(),
            policy=Markup(POLICY),
        )
    )
    return guarded(compact_page(text))


def _answer(room: RoomResult, zone: str) -> dict[str, Any]:
    return {
        "anchor": f"room-{room.name}",
        "question": room.question,
        "answer": _told(room.answer or room.verdict, zone),
    }


def _section(
    room: RoomResult, zone: str, shared: PairFigure | None, said: set[str], drawn: Mapping[str, Drawing]
) -> dict[str, Any]:
    """Return a section; a caution that stands on the page already (`said`) is not repeated."""

    def parts(results: tuple[Result | Failure, ...]) -> list[dict[str, Any]]:
        return [
            _failure(each)
            if isinstance(each, Failure)
            else _result(each, zone, said, drawn, shared=shared, told=room.verdict)
            for each in results
        ]

    return {
        "anchor": f"room-{room.name}",
        "title": room.name.replace("_", " ").capitalize(),
        "appendix": room.appendix,
        "question": room.question,
        "verdict": _told(room.verdict, zone),
        "shown": parts(room.shown),
        "folded": parts(room.folded),
    }


def _is_told(result: Result, said: str, verdict: str) -> bool:
    """Whether the section has said it: the same words, or what the headline rests on, pair by pair."""
    if said == verdict:
        return True
    is_list = any(sentence.is_list for sentence in Passage(said).sentences)
    return is_list and any(finding.primary for finding in result.findings)


def _told(text: str, zone: str) -> tuple[Sentence, ...]:
    """Return the sentences of a text, each instant in it with its time in a zone."""
    return Passage(text).mapped(lambda part: add_local(part, zone)).sentences


def _is_long(table: ShownTable) -> bool:
    """Whether a table scrolls in a box of its own; one that holds sentences is shown whole."""
    return len(table.rows) > 24 and not _is_prose(table)


def _is_small(table: ShownTable) -> bool:
    """Whether a table stays on one sheet of paper."""
    return len(table.rows) < 16 and not _is_prose(table)


def _is_prose(table: ShownTable) -> bool:
    """Whether a cell holds a sentence; a phone then shows each row as a card."""
    return any(len(cell) > 60 for row in table.rows for cell in row if " " in cell)


def _failure(failure: Failure) -> dict[str, Any]:
    return {"name": failure.name, "title": failure.title, "reason": failure.reason}


def _result(
    result: Result,
    zone: str,
    said: set[str],
    drawn: Mapping[str, Drawing],
    *,
    shared: PairFigure | None = None,
    told: str = "",
) -> dict[str, Any]:
    drawing, sentence = drawn.get(result.name), result.sentence
    warnings = [warning for warning in result.warnings if warning not in said]
    said.update(warnings)
    return {
        "name": result.name,
        "title": result.title,
        "reason": None,
        "sentence": _told(sentence, zone),
        "is_told": _is_told(result, sentence, told),
        "pairs": shared if shared is not None and shared.drawn[:1] == (result.name,) else None,
        "warnings": warnings,
        "method": result.method,
        "simulated": result.provenance.simulated,
        "drawing": drawing,
        "svg": Markup(drawing.svg) if drawing else "",
        "entries": [_entry(entry, zone) for entry in result.entries],
        "attributes": Markup(drawing.attributes) if drawing else "",
        "table": readable(result.summary(), zone=zone),
    }


def _entry(entry: OpenRow, zone: str) -> dict[str, Any]:
    """Return a row that opens, with the tables of its parts as text."""
    parts = [
        {
            "title": part.title,
            "verdict": part.verdict,
            "told": [add_local(text, zone) for text in part.told],
            "table": readable(part.frame, zone=zone) if len(part.frame) else None,
        }
        for part in entry.parts
    ]
    return {**{name: getattr(entry, name) for name in ("name", "says", "verdict", "source", "note")}, "parts": parts}


def _as_of(study: Answered) -> str:
    instant = study.provenance.as_of
    return "not stated" if instant is None else add_local(f"{instant:%Y-%m-%dT%H:%MZ}", study.timezone)


def _sources(provenance: Provenance, zone: str) -> Any:
    rows = [
        {
            "instrument": origin.instrument,
            "source": origin.source,
            "symbol": origin.symbol,
            "clock": _BARS.get(origin.clock, origin.clock),
            "retrieved at": origin.retrieved_at,
            "first": origin.first,
            "last": origin.last,
            "rows": origin.rows,
            "repairs": (*origin.repairs, *(f"by rule: {rule}" for rule in origin.rules)),
            "sha256": origin.sha256,
        }
        for origin in provenance.origins
    ]
    return readable(pd.DataFrame(rows).set_index("instrument"), zone=zone) if rows else None


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("coupling.report"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        optimized=False,  # else what our filters make of constants would be kept too
        bytecode_cache=kept_templates(),
    )
    made.filters |= {"typeset": typeset, "is_long": _is_long, "is_prose": _is_prose, "is_small": _is_small}
    return made


@cache
def _css() -> Markup:
    folder = files("coupling.report") / "templates"
    texts = ((folder / name).read_text(encoding="utf-8") for name in ("style.css", "reading.css"))
    return Markup(variables() + "".join(texts))
