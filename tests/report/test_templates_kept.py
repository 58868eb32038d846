"""Templates that are kept give what compiled ones give, and what is damaged or changed is never run."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from coupling.keeping.store import PartStore
from coupling.report.templates_kept import KeptTemplates, kept_templates

TEXT = "{% for name in names %}<b>{{ name }}</b>{% endfor %}"


def filled(folder: Path, text: str = TEXT) -> str:
    environment = Environment(
        loader=DictLoader({"page": text}), autoescape=True, bytecode_cache=KeptTemplates(PartStore(folder))
    )
    return environment.get_template("page").render(names=["a", "<"])


def test_a_kept_template_is_not_compiled_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = filled(tmp_path)
    monkeypatch.setattr(Environment, "_generate", None)
    assert filled(tmp_path) == before == "<b>a</b><b>&lt;</b>"


def test_a_changed_template_is_compiled(tmp_path: Path) -> None:
    filled(tmp_path)
    assert filled(tmp_path, "{{ names | length }}") == "2"


@pytest.mark.parametrize("keep", [0, 10, 60, -1])
def test_a_damaged_template_is_compiled(tmp_path: Path, keep: int) -> None:
    before = filled(tmp_path)
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(kept.read_bytes()[:keep] + b"\0")
    assert filled(tmp_path) == before


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("COUPLING_CACHE", str(blocked))
    assert kept_templates() is None
    monkeypatch.setenv("COUPLING_CACHE", str(tmp_path / "named"))
    assert kept_templates() is not None
