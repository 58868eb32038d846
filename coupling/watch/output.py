"""The files of a run: JSON for programs, Markdown for people; written whole, and over no file of another kind."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from coupling.errors import gravest_first
from coupling.machine.writing import write_text_whole
from coupling.results.json import require_replaceable
from coupling.version import __version__
from coupling.watch import running
from coupling.watch.markdown import MARK, markdown_text
from coupling.watch.record import SCHEMA, Morning, WatchRecord

__all__ = ["record_of_run", "require_writable", "write_json", "write_markdown"]


def record_of_run(mornings: Sequence[Morning]) -> WatchRecord:
    """Return the record of one run over some configurations."""
    return WatchRecord(
        schema="coupling-watch/1",
        version=__version__,
        ran_at=running.now().to_pydatetime(),
        exit_code=gravest_first(code for each in mornings for code in each.exit_codes)[0],
        studies=list(mornings),
    )


def write_json(record: WatchRecord, path: Path) -> Path:
    """Write a run for programs; see `coupling.watch.watch_schema`."""
    content = record.model_dump(mode="json", by_alias=True)
    return write_text_whole(path, json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n")


def write_markdown(record: WatchRecord, path: Path) -> Path:
    """Write a run for people."""
    return write_text_whole(path, markdown_text(record))


def require_writable(option: str, path: Path) -> None:
    """Raise InputError if a file would be written over a folder, or over one that is no watch's."""
    mark, what = (SCHEMA.partition("/")[0] + "/", "watch") if option == "--json" else (MARK, "watch")
    require_replaceable(path, mark.encode(), what)
