"""How wide words are in the font of the figures, and words broken or shortened to a width."""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import pairwise

__all__ = ["LINE", "elided", "lines_of", "shortened", "width_of"]

LINE = 11.5
"""Points from one line of text to the next."""

# Widths of the letters from the space to the tilde in DejaVu Sans, in thousandths of their size, and of others.
# fmt: off
_NORMAL = (
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636, 636,
    636, 636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656,
    557, 863, 748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500, 500, 613,
    635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818,
    592, 592, 525, 636, 337, 636, 838,
)
_BOLD = (
    348, 456, 521, 838, 696, 1002, 872, 306, 457, 457, 523, 838, 380, 415, 380, 365, 696, 696, 696, 696, 696, 696,
    696, 696, 696, 696, 400, 400, 838, 838, 838, 580, 1000, 774, 762, 734, 830, 683, 683, 821, 837, 372, 372, 775,
    637, 995, 837, 850, 733, 850, 770, 720, 682, 812, 774, 1103, 771, 724, 725, 457, 365, 457, 838, 500, 500, 675,
    716, 593, 716, 678, 435, 716, 712, 343, 343, 665, 343, 1042, 712, 687, 716, 716, 493, 595, 478, 712, 652, 924,
    645, 652, 582, 712, 365, 712, 838,
)
# fmt: on
_OTHERS = {
    200: "\u2009\u202f",
    318: "\u00a0·‘’",
    401: "²³",
    500: "–°§†‡",
    518: "“”„",
    590: "•",
    636: "£€¥µðøßþđ«»\u2007",
}


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
    return sum(_advance(letter, bold=bold) for letter in text) * size / 1000


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
def _advance(letter: str, *, bold: bool) -> int:
    """Return the width of a letter in thousandths of its size; one without its own entry has that of its base."""
    base = unicodedata.normalize("NFD", letter)[:1] or letter
    if " " <= base <= "~":
        return (_BOLD if bold else _NORMAL)[ord(base) - 32]
    known = next((width for width, letters in _OTHERS.items() if letter in letters), None)
    wide = known or (1000 if unicodedata.east_asian_width(letter) in "WF" or ord(letter) > 0x2FFF else 830)
    return round(wide * 1.12) if bold else wide
