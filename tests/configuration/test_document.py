"""A configuration is read safely, and every refusal names its line."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from coupling.configuration import document
from coupling.configuration.document import read_document
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
        ("x: !!python/object/apply:os.system ['true']\n", r"study\.yaml:1: x: the tag"),
        ("x: 2015-13-45\n", r"study\.yaml:1: x: the value '2015-13-45' cannot be read"),
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


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x: !!bool foo\n", "'foo' cannot be read as yes or no"),
        ("x: !!int ''\n", "'' cannot be read as a whole number"),
        ("x: !!float ''\n", "cannot be read as a number"),
        ("x: !!float 1..2\n", "cannot be read as a number"),
        ("x: !!timestamp foo\n", "'foo' cannot be read as a date"),
        ("x: !!int " + "9" * 5000 + "\n", "cannot be read as a whole number"),
        ("x: !!binary aGk=\n", "tag .* is not allowed"),
        ("x: !!set {a, b}\n", "tag .* is not allowed"),
        ("x: !!omap [a: 1]\n", "tag .* is not allowed"),
        ("x: !!pairs [a: 1]\n", "tag .* is not allowed"),
        ("x: !!str {a: 1}\n", "tag .* is not allowed"),
        ("x: !!int [1]\n", "tag .* is not allowed"),
        ("x: !!map foo\n", "tag .* is not allowed"),
        ("x: !own foo\n", "tag '!own' is not allowed"),
        ("x: !!python/name:os.system ''\n", "tag .* is not allowed"),
        ("y: &y {a: 1}\nx:\n  <<: *y\n", r"study\.yaml:3: x: merged settings"),
        ("x:\n  ? [a, b]\n  : 1\n", "a key is a word"),
        ("x:\n  a: 1\n  a: 2\n", r"study\.yaml:3: x: key 'a' stands twice"),
        ("x: 010\n", "begins with 0"),
        ("x: a\n---\ny: b\n", "expected a single document"),
        ("x: a\0b\n", r"study\.yaml:1: the sign '\\x00' cannot be read"),
        ('x: "\\ud800\\q"\n', "this is no YAML"),
        ("x: &a [*a]\n", "too many values"),
        ("x: *gone\n", "undefined alias"),
        ("{" * 3000, "nested too deeply"),
        ("x:\n" + "".join(f"{' ' * k}- \n" for k in range(1, 80)), "nested too deeply|too many|this is no YAML"),
        ("- " * 20000, "nested too deeply|holds no settings"),
        ("x: [" + "a, " * 30_000 + "]", "too many values"),
    ],
)
def test_what_yaml_can_do_and_settings_cannot_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as refused:
        read_document(write(tmp_path, text))
    assert refused.value.line
    assert len(str(refused.value).splitlines()) == 1


def test_a_time_of_day_stays_as_it_is_written_and_a_mark_of_the_encoding_is_no_sign(tmp_path: Path) -> None:
    path = write(tmp_path, "\ufeffat: 16:00\nrows: 1_000\nat_night: 0:30\nsign: =\n")
    assert read_document(path).settings == {"at": "16:00", "rows": 1000, "at_night": "0:30", "sign": "="}


def test_a_pipe_or_device_is_refused_before_it_is_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    for path in (tmp_path / "pipe.yaml", Path("/dev/zero"), Path("x\0y.yaml")):
        with pytest.raises(ConfigurationError, match="cannot be read|is no path"):
            read_document(path)


def told(path: Path, loader: Any, monkeypatch: pytest.MonkeyPatch) -> object:
    """What is read by a loader, or why it is refused."""
    monkeypatch.setattr(document, "QUICK", loader)
    try:
        found = read_document(path, lists=True)
    except ConfigurationError as error:
        return str(error)
    return found.settings, found.lines


@pytest.mark.parametrize(
    "text",
    [
        "k: !\n",
        "- !bb:! 1\n",
        "k: |2#\n",
        "k: >+#\n  a\n",
        "a:\n\ufeff",
        "k: [a, ?b]\n",
        "k: {a: !!str 5}\n",
        "a:\tb\n",
        "title: Is it real?\nnames: [a, b]\n",
    ],
)
def test_both_loaders_read_and_refuse_alike(tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path, quick = write(tmp_path, text), document.QUICK
    assert told(path, quick, monkeypatch) == told(path, yaml.SafeLoader, monkeypatch)


@pytest.mark.parametrize("text", ["[" * 200_000, "a: " + "{[" * 100_000])
def test_many_brackets_in_a_line_are_refused_at_once(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigurationError, match="nested too deeply"):  # an hour, if each bracket looks along its line
        read_document(write(tmp_path, text))
