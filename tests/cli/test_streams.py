"""Terminals, pipes and disks as a service finds them: one sentence, the right exit code, and never a traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import coupling
from coupling.cli.streams import _replace, plainly
from coupling.cli.terminal import worst

ROOT = Path(coupling.__file__).parents[1]
SIMULATED = (
    "title: ρ − é\nfocus: BTC\ninstruments: [BTC, SPX]\ndata: {source: simulated}\nperiod: {start: 2025-06-01}\n"
    "correlation: {rolling: {window: 30}, hayashi_yoshida: null}\n"
)
FULL = Path("/dev/full")


def shell(line: str, **variables: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line of bash in which ``$C`` is the command."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "C": f"{sys.executable} -P -m coupling", **variables}
    return subprocess.run(["bash", "-c", line], capture_output=True, env=environment, check=False)


@given(st.characters())
def test_every_letter_has_something_to_stand_for_it(letter: str) -> None:
    assert plainly(letter).isascii() or unicodedata.category(letter) == "Cs"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "koi8-r"])
@given(text=st.text(st.characters(exclude_categories=["Cs"])))
def test_every_text_can_be_written_in_every_encoding(encoding: str, text: str) -> None:
    from codecs import register_error

    register_error("plainly", _replace)
    assert text.encode(encoding, "plainly").decode(encoding).isprintable() or not text.isprintable()


def test_the_gravest_code_wins() -> None:
    assert [worst(codes) for codes in ([0], [0, 1], [1, 4], [3, 4, 1], [3, 2, 0])] == [0, 1, 4, 3, 2]


@pytest.mark.thorough
@pytest.mark.processes
def test_a_reader_who_has_enough_is_no_failure() -> None:
    answer = shell("$C instruments | head -1; exit ${PIPESTATUS[0]}")
    assert (answer.returncode, answer.stderr) == (0, b"")


@pytest.mark.thorough
@pytest.mark.processes
@pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")
@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("$C instruments >/dev/full", 1, b"standard output cannot be written (No space left on device)"),
        ("$C instruments >&-", 1, b"standard output cannot be written (Bad file descriptor)"),
        ("$C report nothing.yaml 2>/dev/full", 2, b""),
        ("$C report nothing.yaml >&-", 2, b"error: nothing.yaml: the file does not exist"),
    ],
)
def test_full_and_closed_streams_give_a_sentence_and_a_code(line: str, code: int, words: bytes) -> None:
    answer = shell(line)
    assert answer.returncode == code
    assert words in answer.stderr
    assert b"Traceback" not in answer.stderr
    assert b"Exception" not in answer.stderr


@pytest.mark.thorough
@pytest.mark.processes
def test_an_ascii_terminal_and_a_name_that_is_no_text(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/latin-\xe9.yaml"
    with open(path, "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write(SIMULATED)
    line = f"$C report $'{tmp_path}/latin-\\xe9.yaml' --out {tmp_path}/out"
    answer = shell(line, PYTHONIOENCODING="ascii")
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith(os.fsencode(tmp_path) + b"/out/latin~")
    assert Path(os.fsdecode(answer.stdout.strip())).read_text(encoding="utf-8").startswith("<!")


@pytest.mark.thorough
@pytest.mark.processes
def test_a_full_disk_leaves_no_page_and_no_part_of_one(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text(SIMULATED)
    answer = shell(f"ulimit -f 8; $C report {tmp_path}/study.yaml --out {tmp_path}/out --tables {tmp_path}/tables")
    assert answer.returncode == 1
    assert b"study.html cannot be written or read (File too large)" in answer.stderr
    assert b"Traceback" not in answer.stderr
    assert os.listdir(tmp_path / "out") == []


@pytest.mark.thorough
@pytest.mark.processes
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_command_as_a_signal_does(tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "study.yaml").write_text(SIMULATED)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "coupling", "report", tmp_path / "study.yaml", "--out", tmp_path / "out", "-v"]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    assert process.stderr is not None
    assert process.stderr.readline()  # its first word: every library is loaded, and the study is under way
    process.send_signal(number)
    _, said = process.communicate(timeout=30)
    assert process.returncode == -number
    assert b"Traceback" not in said
