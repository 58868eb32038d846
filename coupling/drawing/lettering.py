"""How wide words are in the font of the figures, and words broken or shortened to a width."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

__all__ = ["LINE", "elided", "lines_of", "shortened", "width_of"]

LINE = 11.5
"""Points from one line of text to the next."""

_SIZE = 100.0


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a line of text in points.

    Parameters
    ----------
    text : str
    size : float
        Of the font, in points.
    bold : bool

    Examples
    --------
    >>> width_of("", 9.0)
    0.0
    >>> 20 < width_of("BTC", 12.0) < 30
    True
    """
    return sum(_advance(letter, bold=bold) for letter in text) * size / _SIZE


def lines_of(text: str, room: float, size: float, *, bold: bool = False) -> list[str]:
    """Return text broken between words into lines no wider than the room, in points; one long word is cut.

    Examples
    --------
    >>> lines_of("one two", 1000.0, 9.0), lines_of("one two", 25.0, 9.0), lines_of("", 25.0, 9.0)
    (['one two'], ['one', 'two'], [])
    """
    lines: list[str] = []
    for word in (part for each in text.split() for part in _cut(each, room, size, bold=bold)):
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(joined, size, bold=bold) <= room:
            lines[-1] = joined
        else:
            lines.append(word)
    return lines


def elided(text: str, room: float, size: float, *, most: int = 2) -> list[str]:
    """Return text in at most so many lines, its middle left out where it needs more.

    Examples
    --------
    >>> elided("one two three four five six", 45.0, 9.0)
    ['one two', '… five six']
    """
    lines = lines_of(text, room, size)
    if len(lines) <= most:
        return lines
    end = lines[-1]
    for longer in _endings(text):
        if width_of(f"\N{HORIZONTAL ELLIPSIS} {longer}", size) > room:
            break
        end = longer
    return [*lines[: most - 1], f"\N{HORIZONTAL ELLIPSIS} {end}"]


def shortened(text: str, room: float, size: float) -> str:
    """Return a name in one line no wider than the room, in points; what is left out of its middle is marked.

    Examples
    --------
    >>> shortened("BTC", 60.0, 9.0), shortened("a very long name indeed", 60.0, 9.0)
    ('BTC', 'a very…eed')
    """
    if width_of(text, size, bold=True) <= room:
        return text
    most = len(text) - 1
    while most > 3 and width_of(_middle_out(text, most), size, bold=True) > room:
        most -= 1
    return _middle_out(text, most)


def _middle_out(text: str, letters: int) -> str:
    end = max(1, letters // 3)
    return f"{text[: letters - end].rstrip()}\N{HORIZONTAL ELLIPSIS}{text[-end:].lstrip()}"


def _endings(text: str) -> list[str]:
    words = text.split()
    return [" ".join(words[-count:]) for count in range(1, len(words))]


def _cut(word: str, room: float, size: float, *, bold: bool) -> list[str]:
    if width_of(word, size, bold=bold) <= room:
        return [word]
    ends = [0]
    for place in range(1, len(word)):
        if width_of(word[ends[-1] : place + 1], size, bold=bold) > room:
            ends.append(place)
    return [word[start:end] for start, end in pairwise([*ends, len(word)])]


@cache
def _advance(letter: str, *, bold: bool) -> float:
    glyph = _font(bold=bold).load_char(ord(letter))
    return float(glyph.linearHoriAdvance) / 65536


@cache
def _font(*, bold: bool) -> Any:
    from matplotlib.font_manager import FontProperties, findfont
    from matplotlib.ft2font import FT2Font

    weight = "bold" if bold else "normal"
    font = FT2Font(findfont(FontProperties(family="DejaVu Sans", weight=weight)))
    font.set_size(_SIZE, 72)  # of its own: the fonts that matplotlib keeps change their size
    return font
