"""How results show in a notebook."""

from __future__ import annotations

from html import escape
from typing import Protocol

import pandas as pd

from coupling.machine.privacy import public
from coupling.text.tables import readable
from coupling.text.typesetting import typeset

__all__ = ["Told", "frame_html", "result_html"]


class Told(Protocol):
    """What a notebook shows: a result."""

    @property
    def title(self) -> str:
        """Heading."""

    @property
    def method(self) -> str:
        """How the numbers were made."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What must be known before they are believed."""

    @property
    def simulated(self) -> bool:
        """Whether its numbers come from the simulated market."""

    @property
    def sentence(self) -> str:
        """What the numbers show."""

    def summary(self) -> pd.DataFrame:
        """Return the table."""


def result_html(result: Told, figure: str = "") -> str:
    """Return heading, sentence, warnings, figure, table and method of a result; all but the figure is escaped."""
    result = public(result)
    simulated = "<p><strong>SIMULATED market</strong></p>" if result.simulated else ""
    warnings = "".join(f"<li>{escape(typeset(warning))}</li>" for warning in result.warnings)
    return (
        f"{simulated}<h4>{escape(result.title)}</h4><p>{escape(typeset(result.sentence))}</p>"
        f"{f'<ul>{warnings}</ul>' if warnings else ''}{figure}{frame_html(result.summary())}"
        f"<p><small>{escape(typeset(result.method))}</small></p>"
    )


def frame_html(frame: pd.DataFrame) -> str:
    """Return a frame as an HTML table with the decimals of the page."""
    table = readable(frame)
    head = "".join(f'<th scope="col">{escape(heading)}</th>' for heading in table.headings)
    rows = "".join(f"<tr>{_cells(row, table.row_headings)}</tr>" for row in table.rows)
    note = f"<p><small>{escape(table.note)}</small></p>" if table.note else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{note}"


def _cells(row: tuple[str, ...], headings: int) -> str:
    heads = "".join(f'<th scope="row">{escape(typeset(cell))}</th>' for cell in row[:headings])
    return heads + "".join(f'<td style="text-align:right">{escape(typeset(cell))}</td>' for cell in row[headings:])
