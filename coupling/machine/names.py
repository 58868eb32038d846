"""Names that a user gives, and the one way from a name to a file: inside its folder, of its own, on every system."""

from __future__ import annotations

import re
import unicodedata
from hashlib import sha256
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

from coupling.errors import ConfigurationError

__all__ = [
    "LONGEST_NAME",
    "FileNames",
    "Name",
    "check_name",
    "file_in",
    "folder_in",
    "place_of",
    "resolved",
    "safe_stem",
]

LONGEST_NAME = 100
LONGEST_STEM = 150  # bytes: the suffix, and the name of a file while it is written, still fit into 255
NEVER_FIRST = "=+-@'."  # a spreadsheet would run it, or a shell hide it
NOT_IN_FILES = frozenset('/\\:*?"<>|~')
DEVICES = re.compile(r"(CON|PRN|AUX|NUL|COM\d|LPT\d|CONIN\$|CONOUT\$)", re.IGNORECASE)


def check_name(text: str) -> str:
    """Return a name as it is, if it may be one: 1 to 100 printable letters, digits and signs, without a slash.

    ``yahoo:^GSPC``, ``S&P 500`` and ``日経平均`` are names. What begins with ``= + - @ ' .`` or a space, ends in a
    space, or holds a slash, a line end or a letter that cannot be seen is none.

    Raises
    ------
    ValueError
        One sentence on what stands in the way.

    Examples
    --------
    >>> check_name("yahoo:MSTR@XNYS")
    'yahoo:MSTR@XNYS'
    >>> check_name("../../victim")
    Traceback (most recent call last):
    ValueError: '../../victim' is no name: it holds '/'; use letters, digits, spaces and signs but slashes
    """
    problem = _problem(text)
    if problem:
        shown = text if len(text) <= LONGEST_NAME else f"{text[:40]}…"
        raise ValueError(f"{shown!r} is no name: {problem}; use letters, digits, spaces and signs but slashes")
    return text


Name = Annotated[str, AfterValidator(check_name)]


def _problem(text: str) -> str:
    if not text:
        return "it is empty"
    if len(text) > LONGEST_NAME:
        return f"it has {len(text)} letters, and {LONGEST_NAME} are allowed"
    hidden = [letter for letter in text if not letter.isprintable() or _is_slash(letter)]
    if hidden:
        return f"it holds {hidden[0]!r}"
    if text != text.strip() or text[0] in NEVER_FIRST:
        return f"it begins with {text[0]!r}" if text[0] in f"{NEVER_FIRST} " else "it ends in a space"
    return "" if unicodedata.is_normalized("NFC", text) else "its accents are written apart from their letters"


def _is_slash(letter: str) -> bool:
    """Whether a letter is a slash, looks like one, or becomes one where letters are simplified."""
    return letter in "∕⁄⧵⧸⧹╱╲" or any(one in "/\\" for one in unicodedata.normalize("NFKC", letter))


def safe_stem(name: str) -> str:
    r"""Return a name fit for a file on every system; two names never share one, but for upper and lower case.

    A plain name stays; another becomes readable words, ``~`` (which no plain name holds) and a hash of the name.

    Examples
    --------
    >>> safe_stem("BTC"), safe_stem("yahoo:^GSPC"), safe_stem("nul")
    ('BTC', 'yahoo-GSPC~953cbaf1b8b9', 'nul~99e624275901')
    """
    if _is_plain(name):
        return name
    words = re.sub(r"[^A-Za-z0-9]+", "-", name[:60]).strip("-")
    return f"{words}~{sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def _is_plain(name: str) -> bool:
    fits = 0 < len(name) <= LONGEST_STEM and len(name.encode("utf-8", "surrogatepass")) <= LONGEST_STEM
    if not fits or not name.isprintable() or NOT_IN_FILES & set(name) or DEVICES.fullmatch(name.split(".")[0].strip()):
        return False
    return name[0] not in "-. " and name[-1] not in ". " and unicodedata.is_normalized("NFC", name)


def file_in(folder: Path, name: str, suffix: str) -> Path:
    """Return the path of a file in a folder by any name.

    Parameters
    ----------
    folder : Path
        Where it is to lie; what it leads to by links of the user's own is the user's choice.
    name : str
        Any text; see `safe_stem`.
    suffix : str
        Such as ``.csv``.

    Raises
    ------
    ConfigurationError
        If the path would leave the folder.

    Examples
    --------
    >>> file_in(Path("reports"), "../../victim", ".csv").as_posix()
    'reports/victim~e2c35920a2e0.csv'
    """
    return _inside(folder, folder / f"{safe_stem(name)}{suffix}")


def place_of(folder: Path, name: str | Path) -> Path:
    """Return the path that a user writes: in a folder, in one below it, or where it says, ``~`` being the home.

    Raises
    ------
    ConfigurationError
        If it names the home of somebody unknown.

    Examples
    --------
    >>> place_of(Path("study"), "prices/a.csv").as_posix(), place_of(Path("study"), "/data/a.csv").as_posix()
    ('study/prices/a.csv', '/data/a.csv')
    """
    try:
        return folder / Path(name).expanduser()
    except RuntimeError:
        raise ConfigurationError(f"{str(name)!r} begins in a home that is not known; write the whole path") from None


def resolved(path: Path) -> Path:
    """Return a path without links and dots.

    Raises
    ------
    ConfigurationError
        If its links lead around without an end.

    Examples
    --------
    >>> resolved(Path("/a/b/../c")).as_posix().endswith("/a/c")
    True
    """
    try:
        return path.resolve()
    except (RuntimeError, OSError):  # an endless link, by version of Python
        raise ConfigurationError(f"{path} is a link that leads to itself; remove it, or choose another") from None


def folder_in(folder: Path, name: str) -> Path:
    """Return the path of a folder in a folder by any name; a link in its place is refused.

    Raises
    ------
    ConfigurationError
        If the path would leave the folder.
    """
    path = folder / safe_stem(name)
    if path.is_symlink():
        raise ConfigurationError(f"{path} is a link and nothing is written through it; remove it, or choose another")
    return _inside(folder, path)


def _inside(folder: Path, path: Path) -> Path:
    if resolved(path.parent) != resolved(folder) or path.name in ("", ".", ".."):
        raise ConfigurationError(f"{path.name!r} would be written outside {folder}; choose another name")
    return path


class FileNames:
    """Hands out the files of one folder by name: each of its own, also where upper and lower case are the same.

    Parameters
    ----------
    folder : Path

    Examples
    --------
    >>> names = FileNames(Path("out"))
    >>> [names.file(name, ".csv").name for name in ("BTC", "btc", "BTC.2")]
    ['BTC.csv', 'btc~c5492e7ae56b.csv', 'BTC.2.csv']
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._taken: set[str] = set()

    def file(self, name: str, suffix: str) -> Path:
        """Return the path for a name that was not asked for before; see `file_in`."""
        path = file_in(self.folder, name, suffix)
        tries = 0
        while path.name.casefold() in self._taken:
            mark = sha256(f"{name}\0{tries}".encode("utf-8", "surrogatepass")).hexdigest()[:12]
            path = path.with_name(f"{safe_stem(name).partition('~')[0]}~{mark}{suffix}")
            tries += 1
        self._taken.add(path.name.casefold())
        return path
