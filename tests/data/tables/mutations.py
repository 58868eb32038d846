"""Mutations of good files with a fixed seed, and what each may end in."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Mutated", "mutate_bytes", "mutate_text"]

JUNK = [
    "",
    "-",
    "x",
    "#N/A",
    "2025-13-45",
    "1e999",
    "5,900.5",
    '"',
    "''",
    "\0",
    "\ufeff",
    "=1+1",
    "∞",
    "９",
    "1_0",
    "--1",
]


@dataclass(frozen=True)
class Mutated:
    """A damaged file: how it was damaged, and whether cells of values or dates were."""

    how: str
    text: str
    cells_kept: bool


def mutate_text(text: str, seed: int) -> Mutated:
    """Damage a CSV of dates and values once."""
    draw = random.Random(seed)
    how = draw.choice(sorted(MUTATIONS))
    changed, kept = MUTATIONS[how](text.splitlines(), draw)
    return Mutated(f"{how} ({seed})", changed, kept)


Lines = list[str]
Change = Callable[[Lines, random.Random], tuple[str, bool]]


def _join(lines: Lines, end: str = "\n") -> str:
    return end.join(lines) + end


def _blank_line(lines: Lines, draw: random.Random) -> tuple[str, bool]:
    lines.insert(draw.randint(0, len(lines)), draw.choice(["", " ", ",", ",,,"]))
    return _join(lines), True


def _comment(lines: Lines, draw: random.Random) -> tuple[str, bool]:
    lines.insert(draw.randint(0, len(lines)), "# 2025-06-02, 1.5")
    return _join(lines), True


def _heading_again(lines: Lines, draw: random.Random) -> tuple[str, bool]:
    lines.insert(draw.randint(1, len(lines)), lines[0])
    return _join(lines), True


def _line_ends(lines: Lines, draw: random.Random) -> tuple[str, bool]:
    return _join(lines, draw.choice(["\r", "\r\n"])), True


def _delimiter(lines: Lines, draw: random.Random) -> tuple[str, bool]:
    mark = draw.choice([";", "\t", "|"])
    return _join([line.replace(",", mark) for line in lines]), True


def _quotes(lines: Lines, draw: random.Random) -> tuple[str, bool]:
    del draw
    return _join(['"' + line.replace(",", '","') + '"' for line in lines]), True


def _mark(lines: Lines, draw: random.Random) -> tuple[str, bool]:
    at = draw.randint(0, len(lines) - 1)
    lines[at] = "\ufeff" + lines[at]
    return _join(lines), True


def _more_columns(lines: Lines, draw: random.Random) -> tuple[str, bool]:
    name = draw.choice(["", "note", "volume", "value", "date"])
    return _join([f"{line},{name if not k else draw.choice(['', '7'])}" for k, line in enumerate(lines)]), True


def _order(lines: Lines, draw: random.Random) -> tuple[str, bool]:
    body = lines[1:]
    draw.shuffle(body)
    return _join([lines[0], *body]), True


def _title(lines: Lines, draw: random.Random) -> tuple[str, bool]:
    return _join([draw.choice(["A title", "A, title", '"A title"', "date", "Date: 2025-06-02", "a;b"]), *lines]), True


def _footer(lines: Lines, draw: random.Random) -> tuple[str, bool]:
    return _join([*lines, draw.choice(["Source: X", "Downloaded,2025-11-22", "Mean,1.5", "---", "(c) X, Y"])]), True


def _repeat(lines: Lines, draw: random.Random) -> tuple[str, bool]:
    lines.insert(draw.randint(1, len(lines)), draw.choice(lines[1:]))
    return _join(lines), True


def _stray_quote(lines: Lines, draw: random.Random) -> tuple[str, bool]:
    text = _join(lines)
    at = draw.randint(len(lines[0]) + 1, len(text))
    return text[:at] + '"' + text[at:], False


def _cut(lines: Lines, draw: random.Random) -> tuple[str, bool]:
    text = _join(lines)
    return text[: draw.randint(1, len(text))], False


def _character(lines: Lines, draw: random.Random) -> tuple[str, bool]:
    text = _join(lines)
    at = draw.randint(0, len(text) - 1)
    return text[:at] + draw.choice(["", "0", ".", ",", ";", "\n", "\r", "\t", "'", "é", "\0", "-"]) + text[
        at + 1 :
    ], False


def _cell(lines: Lines, draw: random.Random) -> tuple[str, bool]:
    at = draw.randint(1, len(lines) - 1)
    cells = lines[at].split(",")
    cells[draw.randint(0, 1)] = draw.choice(JUNK)
    lines[at] = ",".join(cells)
    return _join(lines), False


def _beyond(lines: Lines, draw: random.Random) -> tuple[str, bool]:
    at = draw.randint(1, len(lines) - 1)
    lines[at] += draw.choice([",", ",,", ",9", ",x"])
    return _join(lines), True


def _gone(lines: Lines, draw: random.Random) -> tuple[str, bool]:
    del lines[draw.randint(0, len(lines) - 1)]
    return _join(lines), False


MUTATIONS: dict[str, Change] = {
    change.__name__: change
    for change in (
        *(_blank_line, _comment, _heading_again, _line_ends, _delimiter, _quotes, _mark, _more_columns, _order),
        *(_title, _footer, _repeat, _stray_quote, _cut, _character, _cell, _beyond, _gone),
    )
}


def mutate_bytes(raw: bytes, seed: int) -> bytes:
    """Damage bytes: some are changed, a piece is cut out or repeated, or the end is missing."""
    draw, changed = random.Random(seed), bytearray(raw)
    how = draw.randint(0, 3)
    if how == 0:
        for _ in range(draw.choice([1, 3, 20])):
            changed[draw.randint(0, len(changed) - 1)] = draw.randint(0, 255)
    elif how == 1:
        at = draw.randint(0, len(changed) - 1)
        del changed[at : at + draw.choice([1, 8, 200])]
    elif how == 2:
        at = draw.randint(0, len(changed) - 1)
        changed[at:at] = changed[at : at + draw.choice([1, 8, 200])]
    else:
        del changed[draw.randint(0, len(changed) - 1) :]
    return bytes(changed)
