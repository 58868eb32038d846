"""How Sphinx builds the site: the pages of this folder, and the reference of every room from its docstrings."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from make_public_names import rooms  # noqa: E402

from coupling.version import __version__  # noqa: E402

project, author, release = "coupling", "The coupling developers", __version__
copyright = author  # noqa: A001
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.mathjax", "numpydoc"]
exclude_patterns = ["gallery", "**/__pycache__"]
html_extra_path = [name for name in ("gallery",) if (HERE / name).is_dir()]
html_theme, html_title = "furo", f"coupling {__version__}"
html_show_sphinx = False
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]
autodoc_default_options = {"members": True, "show-inheritance": False}
autodoc_typehints = "none"
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
numpydoc_xref_param_type = False

REFERENCE = HERE / "reference"


def write_reference() -> None:
    """Write a page of the reference for each room, from what the room exports."""
    REFERENCE.mkdir(exist_ok=True)
    wanted = {f"{room.__name__}.rst": room.__name__ for room in rooms()}
    for old in REFERENCE.glob("*.rst"):
        if old.name not in wanted:
            old.unlink()
    for file, name in wanted.items():
        text = f"{name}\n{'=' * len(name)}\n\n.. automodule:: {name}\n"
        if name == "coupling":  # its names have their homes in the rooms
            text += "   :no-index:\n"
        if not (REFERENCE / file).is_file() or (REFERENCE / file).read_text(encoding="utf-8") != text:
            (REFERENCE / file).write_text(text, encoding="utf-8")


def setup(app: Any) -> None:
    """Leave out of the reference what scikit-learn puts into every estimator."""
    write_reference()
    app.connect("autodoc-skip-member", lambda *told: str(told[2]).startswith("set_") or None)
