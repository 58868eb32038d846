"""Write ``public_names.md``: the public names of every room, from what the rooms export."""

from __future__ import annotations

import inspect
import pkgutil
from importlib import import_module
from pathlib import Path
from types import ModuleType

import coupling

PAGE = Path(__file__).parent / "public_names.md"
HEAD = """# Public names

What the rooms export; the rest may change. This page is made from each room's `__all__` by
`python docs/make_public_names.py`, and a test holds it to them.
"""


def rooms() -> list[ModuleType]:
    """Return the package and those of its packages that export something, in the order of their names."""
    names = sorted(f"coupling.{info.name}" for info in pkgutil.iter_modules(coupling.__path__) if info.ispkg)
    found = [import_module(name) for name in names]
    return [coupling, *(room for room in found if getattr(room, "__all__", []))]


def section(room: ModuleType) -> str:
    """Return the table of one room: name, what it is asked with, and what it is."""
    lines = [
        f"## {room.__name__}",
        "",
        (inspect.getdoc(room) or "").splitlines()[0],
        "",
        "| name | what it is |",
        "|---|---|",
    ]
    for name in sorted(set(room.__all__), key=lambda word: (word.startswith("_"), word)):
        item = getattr(room, name)
        told = (inspect.getdoc(item) or "").splitlines()[0] if callable(item) else type(item).__name__
        lines.append(f"| `{name}` | {told.replace('|', chr(92) + '|')} |")
    return "\n".join(lines)


def page() -> str:
    """Return the whole page."""
    return "\n\n".join([HEAD.rstrip(), *map(section, rooms())]) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
