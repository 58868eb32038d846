"""A configuration is read safely, and every refusal names its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from coupling.document import read_document
from coupling.errors import ConfigurationError


def write(folder: Path, text: str) -> Path:
    path = folder / "study.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_setting_has_its_line(tmp_path: Path) -> None:
    text = "title: A\n# remark\ncorrelation:\n  rolling: {window: 60}\ninstruments:\n  - BTC\n  - SPX\n"
    document = read_document(write(tmp_path, text))
    assert document.settings["correlation"] == {"rolling": {"window": 60}}
    assert document.line_of(("correlation", "rolling", "window")) == 4
    assert document.line_of(("instruments", 1)) == 7
    assert document.line_of(("instruments", 1, "nothing", "below")) == 7


def test_an_alias_is_read_as_what_it_names(tmp_path: Path) -> None:
    settings = read_document(write(tmp_path, "a: &x [1, 2]\nb: *x\n")).settings
    assert settings == {"a": [1, 2], "b": [1, 2]}


def test_aliases_of_aliases_cannot_blow_up_memory(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 10)}]" for k in range(1, 12)]
    with pytest.raises(ConfigurationError, match="unfold to too many values"):
        read_document(write(tmp_path, "\n".join(lines)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title: [unclosed\n", r"study\.yaml:2: this is no YAML"),
        ("- a\n- b\n", r"study\.yaml:1: the file holds no settings"),
        ("", "holds no settings"),
        ("title: A\ntitle: B\n", r"study\.yaml:2: key 'title' stands twice"),
        ("x: !!python/object/apply:os.system ['true']\n", r"study\.yaml:1: the tag"),
        ("x: 2015-13-45\n", r"study\.yaml:1: the value '2015-13-45' cannot be read"),
        ("a: " + "[" * 60 + "]" * 60, "too many values"),
        ("\tx: 1\n", "this is no YAML"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        read_document(write(tmp_path, text))


def test_a_file_that_is_no_text_or_too_large_or_missing_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    path.write_bytes(b"title: \xff\xfe")
    with pytest.raises(ConfigurationError, match="no UTF-8 text"):
        read_document(path)
    path.write_text("x: " + "a" * 1_000_001)
    with pytest.raises(ConfigurationError, match="larger than 1,000,000 bytes"):
        read_document(path)
    with pytest.raises(ConfigurationError, match="does not exist"):
        read_document(tmp_path / "gone.yaml")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_document(tmp_path)
