"""Shipped configurations, claims and catalogues, broken in any way: read, or refused in one sentence, and in time.

The seed is fixed. 200 files are tried with every run of the tests and 2,000 with the simulations.
"""

from __future__ import annotations

import random
import re
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

import coupling
from coupling.claims.claim import load_claims
from coupling.errors import ConfigurationError
from coupling.events import load_events
from coupling.study import load_study
from coupling.study.claiming import read_claims

CONFIGS = Path(__file__).resolve().parents[2] / "configs"
CATALOGUES = Path(coupling.__file__).parent / "events" / "catalogues"
PATIENCE = 60  # seconds, on a machine that does much else; a file takes well under one
TAGGED = [
    "!!bool foo",
    "!!int ''",
    "!!timestamp foo",
    "!!float x",
    "!!binary aGk=",
    "!!python/name:os.system x",
    "!own 1",
]
SHORT = [
    r"''",
    r"~",
    r"true",
    r"[]",
    r"{}",
    r"[[]]",
    r"0",
    r"-1",
    r"1e400",
    r".nan",
    r".inf",
    r"-0",
    r"1e-400",
    r"07",
    r"0001-01-01",
    r"9999-12-31",
    r"1677-01-01",
    r"2262-12-31",
    r"2024-02-30",
    r"05/12/2023",
    r"999999999999d",
    r"1e400h",
    r"0d",
    r"-1d",
    r"0.00000000001s",
    r"24:00",
    r"close",
    r"dateutil//etc/passwd",
    r"../../etc/passwd",
    r'"x\0y"',
    r'"\ud800"',
    r'"\u202e"',
    r"=1+1",
    r"*x",
    r"<<",
    r"!",
    r"@",
    r"`",
    r"|",
    r">",
    r"%",
    r"日経",
    r"BTC/USD",
    r"XNYS",
    r"XKRX",
    r"every",
    r"UTC",
    r"hourly",
    r"1d",
    r"[null]",
    r"[1.5]",
    r"[true]",
    r"2024-01-01T00:00Z",
    r"12:30:15",
    r'"\t"',
    r"None",
]
WORDS = [
    *SHORT,
    *(
        "",
        "[a, b]",
        "{a: b}",
        "9" * 30,
        "9" * 5000,
        "9" * 400 + "d",
        "25:00 UTC",
        "16:00 ",
        "16:00 Mars/Base",
        "a" * 3000,
    ),
    *("BTC - BTC", "A / A", "&x [*x]", "- -", "? x", "a: b: c", "[1, 2, 3]", "[5, -5]", "[-5, 10]"),
]
COLONS = [":\t", "::", "", ": &x", ": *x", ": !!str", ": |", ": ["]
SIGNS = "\t\0\x1b\ufeff'\"{}[]#&*!|>%@`,:-?é\u2028\u0085"


class TooSlowError(Exception):
    """A file took longer than it may."""


@contextmanager
def in_time(seconds: int) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TooSlowError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def put_sign(line: str, rng: random.Random) -> str:
    cut = rng.randrange(len(line) + 1)
    return line[:cut] + rng.choice(SIGNS) + line[cut:]


WAYS: list[Callable[[str, random.Random], str]] = [
    lambda line, _: f"{line}\n{line}",
    lambda line, _: line[:0],
    lambda line, rng: " " * rng.randint(1, 4) + line,
    lambda line, rng: re.sub(r":.*", lambda _: ": " + rng.choice(WORDS + TAGGED), line, count=1),
    lambda line, rng: line.replace(":", rng.choice(COLONS), 1),
    put_sign,
    lambda line, rng: line[: rng.randrange(len(line) + 1)],
    lambda line, rng: line[:0] + rng.choice(["---", "<<: {a: b}", "..."]),
    lambda line, _: line.lstrip(),
]


def in_lines(text: str, rng: random.Random) -> str:
    """Break the text itself: lines, signs, indents and values."""
    lines = text.splitlines()
    for _ in range(rng.randint(1, 3)):
        place = rng.randrange(len(lines))
        lines[place] = rng.choice(WAYS)(lines[place], rng)
    return "\n".join(lines) + "\n"


def places_in(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place, *(found for key, one in inner for found in places_in(one, (*place, key)))]


def in_values(text: str, rng: random.Random) -> str:
    """Put into one or two settings what does not belong there."""
    settings = yaml.safe_load(text)
    marks = []
    for number in range(rng.randint(1, 2)):
        place = rng.choice([one for one in places_in(settings) if one] or [()])
        if not place:
            continue
        around = settings
        for key in place[:-1]:
            around = around[key]
        if rng.random() < 0.15 and isinstance(around, dict):
            around[rng.choice(["", "..", "a b", "=1", "x" * 300, "BTC", "<<"])] = around.pop(place[-1])
            continue
        around[place[-1]] = f"MARK{number}MARK"
        marks.append(number)
    written: str = yaml.safe_dump(settings, sort_keys=False, allow_unicode=True)
    for number in marks:
        written = written.replace(f"MARK{number}MARK", rng.choice(WORDS + TAGGED))
    return written


def shipped() -> list[Path]:
    studies = sorted(CONFIGS.glob("*.yaml"))
    return studies + sorted((CONFIGS / "claims").glob("*.yaml")) + sorted(CATALOGUES.glob("*.yaml"))


def read(path: Path) -> None:
    """Read a file as what it was before it was broken."""
    if path.parent.name == "claims":
        load_claims(path)
    elif path.parent.name == "catalogues":
        load_events(path)
    else:
        study = load_study(path)
        study.as_text()
        read_claims(study)
        if study.events is not None and study.events.catalogue is not None:
            load_events(study.events.relative_to(study.base).catalogue)


def fuzz(folder: Path, count: int, seed: int) -> tuple[int, list[str]]:
    """Return how many broken files were refused, and what went wrong otherwise."""
    for name in ("catalogues", "claims"):
        shutil.copytree(CATALOGUES if name == "catalogues" else CONFIGS / name, folder / name)
    sources = shipped()
    refused, wrong = 0, []
    for number in range(count):
        rng = random.Random(f"{seed}-{number}")
        source = sources[number % len(sources)]
        text = source.read_text(encoding="utf-8")
        broken = (in_lines if rng.random() < 0.5 else in_values)(text, rng)
        path = folder / (source.parent.name if source.parent.name in ("claims", "catalogues") else "") / "broken.yaml"
        path.write_bytes(broken.encode("utf-8", "surrogatepass"))
        try:
            with in_time(PATIENCE):
                read(path)
        except ConfigurationError as error:
            refused += 1
            if len(str(error)) > 1500 or "\n" in str(error) or str(folder) not in str(error):
                wrong.append(f"{number} {source.name}: {str(error)[:300]}")
        except Exception as error:  # noqa: BLE001
            wrong.append(f"{number} {source.name}: {type(error).__name__} {str(error)[:300]}")
        path.unlink()
    return refused, wrong


@pytest.mark.thorough
def test_a_broken_file_is_read_or_refused_in_one_sentence(tmp_path: Path) -> None:
    refused, wrong = fuzz(tmp_path, 200, seed=20251121)
    assert wrong == []
    assert refused > 100


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_two_thousand_broken_files_are_read_or_refused_in_one_sentence(tmp_path: Path) -> None:
    refused, wrong = fuzz(tmp_path, 2000, seed=12)
    assert wrong == []
    assert refused > 1000
