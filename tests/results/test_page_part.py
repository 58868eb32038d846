"""Parts of a page: each file declares its own, and the page finds them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from coupling.correlation import page
from coupling.correlation.section import CorrelationSection
from coupling.results.page_part import parts_of

NEW = """
from coupling.results.page_part import PagePart
PART = PagePart(place={place}, section="rolling", name="{name}", title="T", make=lambda section, context: None)
"""


def test_every_file_that_makes_a_part_of_the_correlation_page_stands_on_it_once() -> None:
    parts = parts_of(page)
    made = {path.stem for path in Path(page.__file__).parent.glob("*.py") if "\ndef make(" in path.read_text()}
    assert {part.make.__module__.rpartition(".")[2] for part in parts} == made
    assert len({part.name for part in parts}) == len({part.place for part in parts}) == len(parts)
    assert {part.section for part in parts} <= {"", *CorrelationSection.model_fields}  # "": asked in any case


def test_a_new_file_is_a_new_part_in_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "some_page"
    folder.mkdir()
    for name, place in (("z", 10), ("a", 20), ("between", 15)):
        (folder / f"{name}.py").write_text(NEW.format(place=place, name=name))
    (folder / "shared_tools.py").write_text("PART = 'no part'\n")
    (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    import some_page  # type: ignore[import-not-found]

    assert [part.name for part in parts_of(some_page)] == ["z", "between", "a"]
    for name in [each for each in sys.modules if each.split(".")[0] == "some_page"]:
        monkeypatch.delitem(sys.modules, name)
