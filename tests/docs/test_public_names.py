"""The page of public names says what the rooms export, neither more nor less."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

DOCS = Path(__file__).resolve().parents[2] / "docs"


def maker() -> ModuleType:
    """Return the script that makes the page."""
    spec = importlib.util.spec_from_file_location("make_public_names", DOCS / "make_public_names.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_what_the_rooms_export() -> None:
    written = (DOCS / "public_names.md").read_text(encoding="utf-8")
    assert written == maker().page(), "run `python docs/make_public_names.py`"


def test_every_public_name_is_there_once_and_said_in_a_line() -> None:
    for room in maker().rooms():
        assert len(set(room.__all__)) == len(room.__all__)
        assert [name for name in room.__all__ if name.startswith("_") and name != "__version__"] == []
