"""How results show in a notebook."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from coupling.privacy import public
from coupling.results.tables import readable

if TYPE_CHECKING:
    from coupling.results.base import Result

__all__ = ["frame_html", "result_html"]


def result_html(result: Result) -> str:
    """Return heading, sentence, warnings, table and method of a result; everything is escaped."""
    result = public(result)
    simulated = "<p><strong>SIMULATED market</strong></p>" if result.provenance.simulated else ""
    warnings = "".join(f"<li>{escape(warning)}</li>" for warning in result.warnings)
    return (
        f"{simulated}<h4>{escape(result.title)}</h4><p>{escape(result.sentence)}</p>"
        f"{f'<ul>{warnings}</ul>' if warnings else ''}{frame_html(result.summary())}"
        f"<p><small>{escape(result.method)}</small></p>"
    )


def frame_html(frame: pd.DataFrame) -> str:
    """Return a frame as an HTML table with the decimals of the page."""
    table = readable(frame)
    head = "".join(f'<th scope="col">{escape(heading)}</th>' for heading in table.headings)
    rows = "".join(f"<tr>{_cells(row, table.row_headings)}</tr>" for row in table.rows)
    note = f"<p><small>{escape(table.note)}</small></p>" if table.note else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{note}"


def _cells(row: tuple[str, ...], headings: int) -> str:
    heads = "".join(f'<th scope="row">{escape(cell)}</th>' for cell in row[:headings])
    return heads + "".join(f'<td style="text-align:right">{escape(cell)}</td>' for cell in row[headings:])
