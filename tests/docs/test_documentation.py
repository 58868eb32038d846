"""Every example of the documentation runs: Python blocks in order, page by page, and the commands of console blocks.

A block under the comment `<!-- not run: reason -->` is left out. Pages run in a folder that holds a copy of the
configurations, so that an example may write and may name files as a reader would. Where a console block shows output,
the output must match (`...` stands for anything).
"""

from __future__ import annotations

import contextlib
import doctest
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from coupling.cli import app

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))
METHODS = sorted((ROOT / "docs" / "methods").glob("*.md"))
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(
    r"(?:<!-- not run: (?P<reason>\S[^>]*?) -->\s*\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?!https?://|mailto:)(?P<target>[^)#\s]*)(?:#[^)]*)?\)")
SHELL = re.compile(r"[|&;<>$`*?~#]")
"""What needs a shell to be understood."""
MATCHES = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    kind: str
    text: str
    line: int
    reason: str | None


def blocks(text: str) -> list[Block]:
    """Return the fenced blocks of a page in order, each with the line on which its first line stands."""
    found = BLOCK.finditer(text)
    return [Block(m["kind"], m["text"], text.count("\n", 0, m.start("text")) + 1, m["reason"]) for m in found]


def run_python(page: Path, block: Block, names: dict[str, Any]) -> None:
    """Run a Python block in the namespace of its page."""
    padded = "\n" * (block.line - 1) + block.text
    exec(compile(padded, str(page), "exec"), names)


def commands(text: str) -> list[tuple[str, str]]:
    """Return the commands of a console block, each with the output shown under it."""
    parts = re.split(r"^\$ ", text, flags=re.MULTILINE)
    assert not parts[0].strip(), "a console block begins with `$ `"
    pairs = [part.partition("\n") for part in parts[1:]]
    return [(command, shown.strip()) for command, _, shown in pairs]


def run_console(page: Path, block: Block, folder: Path) -> None:
    """Run the commands of a console block and compare the output where the page shows it."""
    for command, shown in commands(block.text):
        code, said, beside = run_command(command, folder)
        where = f"{page.name}:{block.line}: $ {command}\n{said}{beside}"
        assert code == 0, where
        assert not shown or doctest.OutputChecker().check_output(shown, said.strip(), MATCHES), where


def run_command(command: str, folder: Path) -> tuple[int, str, str]:
    """Run a command in a folder, our own in this process; return exit code, output and what went beside."""
    store = {"XDG_DATA_HOME": str(folder / "store")}
    if command.startswith("coupling ") and not SHELL.search(command):
        with contextlib.chdir(folder):
            own = CliRunner().invoke(app, shlex.split(command)[1:], env=store)
        return own.exit_code, own.stdout, own.stderr
    search = str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"]
    environment = os.environ | store | {"PATH": search}
    done = subprocess.run(command, shell=True, cwd=folder, env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def check_configuration(block: Block, folder: Path) -> None:
    """Load a YAML block if it is a configuration of a study or a file of claims."""
    written = yaml.safe_load(block.text)
    if not isinstance(written, dict) or not {"instruments", "claims"} & set(written):
        return
    path = folder / "configs" / "from_the_page.yaml"
    path.write_text(block.text, encoding="utf-8")
    from coupling import load_claims, load_study

    (load_study if "instruments" in written else load_claims)(path)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a copy of the configurations, as working directory."""
    shutil.copytree(ROOT / "configs", tmp_path / "configs")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.thorough
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_examples_run(page: Path, folder: Path) -> None:
    names: dict[str, Any] = {"__name__": "__main__"}
    for block in blocks(page.read_text(encoding="utf-8")):
        if block.reason is not None:
            continue
        if block.kind == "python":
            run_python(page, block, names)
        elif block.kind == "console":
            run_console(page, block, folder)
        elif block.kind == "yaml":
            check_configuration(block, folder)


@pytest.mark.thorough
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.name)
def test_cells_of_a_notebook_run_and_hold_no_output(notebook: Path, folder: Path) -> None:  # noqa: ARG001
    cells = [each for each in json.loads(notebook.read_text(encoding="utf-8"))["cells"] if each["cell_type"] == "code"]
    assert [cell["outputs"] for cell in cells] == [[]] * len(cells)
    names: dict[str, Any] = {"__name__": "__main__"}
    for place, cell in enumerate(cells, 1):
        exec(compile("".join(cell["source"]), f"{notebook.name}, code cell {place}", "exec"), names)


@pytest.mark.parametrize("page", [*PAGES, *METHODS, ROOT / "CONTRIBUTING.md"], ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = {match["target"] for match in LINK.finditer(page.read_text(encoding="utf-8")) if match["target"]}
    assert [target for target in sorted(targets) if not (page.parent / target).exists()] == []


def test_every_method_of_the_table_has_a_page_of_its_own() -> None:
    table = (ROOT / "docs" / "methods.md").read_text(encoding="utf-8").partition("## Inference")[0]
    named = {
        name for row in re.findall(r"^\| (`[A-Z].*?) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)
    }
    titles = {page: page.read_text(encoding="utf-8").split("\n", 1)[0].removeprefix("# ") for page in METHODS}
    assert named - set(titles.values()) == {"InstantsSplitTest"}  # on the page of SplitTest
    assert set(titles.values()) <= named
    for page, title in titles.items():
        text = page.read_text(encoding="utf-8")
        room = re.search(r"`coupling\.(\w+)\." + title, text)
        assert room is not None
        assert hasattr(import_module(f"coupling.{room[1]}"), title)
        assert all(
            f"\n## {word}" in text for word in ("It assumes", "When it fails", "Measured, and where it comes from")
        )


def test_the_links_of_the_readme_lead_into_the_tree() -> None:
    """They are absolute, for the index shows the page too."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    own = re.findall(rf"{re.escape(project['urls']['Source'])}/(?:blob|raw)/main/([^)\s]+)", text)
    assert len(own) > 20
    assert [name for name in own if not (ROOT / name).exists()] == []
    used, defined = set(re.findall(r"\]\[([^]]+)\]", text)), set(re.findall(r"^\[([^]]+)\]: ", text, re.MULTILINE))
    assert used == defined


PAGE = """# A page
```python
number = 1
```
<!-- not run: there is no network -->
```python
raise OSError
```
```console
$ echo one two
one ...
$ true
```
"""


def test_the_harness_reads_a_page() -> None:
    first, left_out, shell = blocks(PAGE)
    assert (first.kind, first.line, first.reason) == ("python", 3, None)
    assert left_out.reason == "there is no network"
    assert commands(shell.text) == [("echo one two", "one ..."), ("true", "")]


def test_the_harness_sees_a_wrong_example(folder: Path) -> None:
    page = Path("page.md")
    with pytest.raises(NameError):
        run_python(page, Block("python", "print(nothing_of_the_sort)", 1, None), {})
    run_console(page, Block("console", "$ echo one two\none ...\n", 1, None), folder)
    for wrong in ("$ echo one\ntwo\n", "$ false\n"):
        with pytest.raises(AssertionError, match=re.escape("page.md:1")):
            run_console(page, Block("console", wrong, 1, None), folder)
