"""One self-contained HTML file from a study's result."""

from __future__ import annotations

import logging
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from coupling.errors import InputError
from coupling.machine.privacy import public
from coupling.machine.writing import write_text_whole
from coupling.report.compact import compact_page
from coupling.report.policy import POLICY, guarded, script
from coupling.report.theme import variables
from coupling.results.answered import Answered
from coupling.results.base import Failure, Provenance, Result, RoomResult
from coupling.text.instants import add_local
from coupling.text.passage import Passage, Sentence
from coupling.text.tables import ShownTable, readable
from coupling.text.typesetting import typeset

__all__ = ["render", "write_page"]

_VERDICTS = {"supported": "✓", "partly": "◐", "contradicted": "✗", "undecided": "?", "not testable": "–"}


def write_page(study: Answered, path: Path) -> Path:
    """Write the page of a study, whole or not at all.

    Parameters
    ----------
    study : StudyResult
    path : Path
        The file; its folder is made where it is missing.

    Returns
    -------
    Path
        The file written.
    """
    if path.is_dir():
        raise InputError(f"{path} is a folder; name the file of the page, as {str(path / 'page.html')!r}.")
    logging.getLogger("coupling").info("drawing the page")
    return write_text_whole(path, render(study))


def render(study: Answered) -> str:
    """Return the page of a study as text, free of the user's paths; the same study gives the same text."""
    study = public(study)
    text = (
        _environment()
        .get_template("page.html.j2")
        .render(
            study=study,
            sections=[_section(room, study.timezone) for room in study.sections],
            answers=[_answer(room, study.timezone) for room in study.answered],
            scorecard=_scorecard(study.claims),
            sources=_sources(study.provenance, study.timezone),
            as_of=_as_of(study),
            since=None if study.since is None else _result(study.since, study.timezone),
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


def _section(room: RoomResult, zone: str) -> dict[str, Any]:
    return {
        "anchor": f"room-{room.name}",
        "title": room.name.replace("_", " ").capitalize(),
        "question": room.question,
        "verdict": _told(room.verdict, zone),
        "results": [_failure(each) if isinstance(each, Failure) else _result(each, zone) for each in room.results],
    }


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


def _result(result: Result, zone: str) -> dict[str, Any]:
    from coupling.report.figures import draw

    drawing = draw(result) if result.has_figure else None
    return {
        "name": result.name,
        "title": result.title,
        "reason": None,
        "sentence": _told(result.sentence, zone),
        "warnings": result.warnings,
        "method": result.method,
        "simulated": result.provenance.simulated,
        "drawing": drawing,
        "svg": Markup(drawing.svg) if drawing else "",
        "attributes": Markup(drawing.attributes) if drawing else "",
        "table": readable(result.summary(), zone=zone),
    }


def _scorecard(claims: RoomResult | None) -> list[tuple[str, str, int]]:
    """Return sign, verdict and count, in a fixed order, of the first result of the claims that has verdicts."""
    for result in claims.results if claims else ():
        if isinstance(result, Result) and "verdict" in result.frame.columns:
            counts = result.frame["verdict"].value_counts()
            known = [(sign, word, int(counts.get(word, 0))) for word, sign in _VERDICTS.items()]
            others = [("·", str(word), int(count)) for word, count in counts.items() if word not in _VERDICTS]
            return known + others
    return []


def _as_of(study: Answered) -> str:
    instant = study.provenance.as_of
    return "not stated" if instant is None else add_local(f"{instant:%Y-%m-%dT%H:%MZ}", study.timezone)


def _sources(provenance: Provenance, zone: str) -> Any:
    rows = [
        {
            "instrument": origin.instrument,
            "source": origin.source,
            "symbol": origin.symbol,
            "clock": origin.clock,
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
    )
    made.filters |= {"typeset": typeset, "is_long": _is_long, "is_prose": _is_prose, "is_small": _is_small}
    return made


@cache
def _css() -> Markup:
    folder = files("coupling.report") / "templates"
    texts = ((folder / name).read_text(encoding="utf-8") for name in ("style.css", "reading.css"))
    return Markup(variables() + "".join(texts))
