"""What leaves the machine tells nothing of it: no folder, home, drive, address of a share, user or host."""

from __future__ import annotations

import dataclasses
import re
import socket
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

__all__ = ["public", "without_names", "without_paths"]

T = TypeVar("T")

FOLDER, KNOWN = "the folder", "the data folder"
DATA_FILES = r"csv|tsv|txt|parquet|xlsx?|ya?ml|json|zip|gz|html|png|svg|npz|py|lock"
_PART = r"[^\s/\\'\"<>|:;,()\[\]{}]+"
_BEFORE = r"(?<![\w/.~\\%<>)\-])"  # what makes of a slash a fraction, a date, a mark-up or an address
_TOP = "home|root|tmp|var|usr|etc|opt|mnt|srv|media|users|volumes|private|run|proc|dev|work|data"
_FREE = "|".join(
    [
        rf"{_BEFORE}(?:file:/*|~[\w.-]*|(?:\.\./)*\.\.|[A-Za-z]:|\\(?=\\\w))(?:[/\\]+{_PART})+[/\\]?",
        rf"{_BEFORE}(?:/{_PART}){{2,}}/?",
        rf"{_BEFORE}/(?:{_TOP})\b/?",
        rf"{_BEFORE}(?:{_PART}/)+\.\.(?:/{_PART})+",
    ]
)
_QUOTED = r"(?P<quote>['\"])(?P<inner>(?:file:/+|~[\w.-]*/|/|[A-Za-z]:[/\\]|\\\\)[^'\"\n]*)(?P=quote)"
_PATH = re.compile(rf"(?P<address>\b[a-z]+s?://[^\s'\"<>]+)|{_QUOTED}|{_FREE}", re.IGNORECASE)
_START = r"(?:file:/+|~|\.\.?/|/|[A-Za-z]:[/\\]|\\\\)"
_WHOLE = re.compile(rf"(?!.*\s(?:[~/]|[A-Za-z]:)){_START}[^\n:;,'\"]*\.(?:{DATA_FILES})", re.IGNORECASE)
_NAMED = re.compile(rf"[^/\\]+\.(?:{DATA_FILES})", re.IGNORECASE)
_COMMON = frozenset({"root", "user", "admin", "ubuntu", "nobody", "data", "test", "localhost", "local", "home", "host"})


def without_paths(text: str, folders: Iterable[Path | str] = ()) -> str:
    """Return a text without the paths in it: of a file its name stays, of a folder nothing.

    Parameters
    ----------
    text : str
    folders : iterable of Path or str
        Folders that are known to be the user's, whose names may hold spaces; longer ones are taken out first.

    Examples
    --------
    >>> without_paths("/disk/ann/BTC.csv:3: no number; see https://example.org/a/b or 24/7 prices")
    'BTC.csv:3: no number; see https://example.org/a/b or 24/7 prices'
    >>> without_paths("[Errno 13] Permission denied: '/disk/my data/store'")
    "[Errno 13] Permission denied: 'the folder'"
    """
    for folder in _longest_first(tuple(folders)):
        if folder in text:
            text = _without(text, folder)
    if "/" not in text and "\\" not in text:
        return text
    return _last(text) if _WHOLE.fullmatch(text) else _PATH.sub(_shortened, text)


@lru_cache(maxsize=8)
def _longest_first(folders: tuple[Path | str, ...]) -> list[str]:
    """Return folders as texts, without those that are no name."""
    known = {str(one) for one in folders} - {".."}
    return sorted((one for one in known if len(one) > 1), key=len, reverse=True)


def _without(text: str, folder: str) -> str:
    """Take out one known folder, and what lies between it and a file in it."""
    files = rf"(?:/[^/'\"\n:;]+)*?/[^/'\"\n:;]+\.(?:{DATA_FILES})\b"
    inside = re.compile(rf"(?<![\w.-]){re.escape(folder)}(?P<rest>{files})")
    text = inside.sub(lambda found: found["rest"].rsplit("/", 1)[1], text)
    return re.sub(rf"(?<![\w.-]){re.escape(folder)}(?![\w.-])(?:/{_PART})*", KNOWN, text)


def _shortened(found: re.Match[str]) -> str:
    quote, inner = found["quote"], found["inner"]
    if found["address"] and not found[0].lower().startswith("file:"):
        return found[0]
    return _last(found[0]) if quote is None else f"{quote}{_last(inner)}{quote}"


def _last(path: str) -> str:
    end = "." if path.endswith(".") else ""
    name = re.split(r"[/\\]", path.rstrip("./\\"))[-1]
    return (name if _NAMED.fullmatch(name) else FOLDER) + end


@cache
def _own_names() -> re.Pattern[str] | None:
    """What the user and the machine are called, where that is no common word."""
    import getpass

    names = {socket.gethostname(), socket.gethostname().partition(".")[0], Path.home().name}
    with suppress(OSError, KeyError, ImportError):  # an account without a name
        names.add(getpass.getuser())
    rare = sorted((name for name in names if len(name) > 3 and name.lower() not in _COMMON), key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, rare))})(?![\w-])") if rare else None


def without_names(text: str) -> str:
    """Return the text of an error without the names of this machine and of its user."""
    names = _own_names()
    return text if names is None else names.sub("this machine", text)


def public(value: T, folders: Iterable[Path | str] = ()) -> T:
    """Return a result, or anything that results are made of, with every text in it free of paths.

    Parameters
    ----------
    value : object
        A text, a frame, a mapping, a sequence or a record; what holds no path comes back as the same object. What is
        called ``reason`` is the text of an error and loses the names of user and machine too.
    folders : iterable of Path or str
        See `without_paths`.

    Examples
    --------
    >>> public(("no BTC in /disk/ann/data", 1.5))
    ('no BTC in the folder', 1.5)
    """
    cleaned: T = _Cleaner(tuple(folders)).cleaned(value)
    return cleaned


class _Cleaner:
    """What is met often – the provenance of every result, names in columns – is cleaned once."""

    def __init__(self, folders: tuple[Path | str, ...]) -> None:
        self.folders = folders
        self.texts: dict[str, str] = {}
        self.records: dict[int, tuple[Any, Any]] = {}  # with what they are of, so that no other takes its place

    def cleaned(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, pd.DataFrame | pd.Series | pd.Index):
            return self._once(value, self._frame)
        if isinstance(value, Mapping):
            cleaned: Any = {self.cleaned(key): self.cleaned(one) for key, one in value.items()}
            return value if _same(cleaned, value) else cleaned
        if type(value) in (tuple, list, frozenset, set):
            parts = [self.cleaned(one) for one in value]
            return value if all(map(_is, parts, value)) else type(value)(parts)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return self._once(value, self._record)
        return value

    def _once(self, value: Any, clean: Callable[[Any], Any]) -> Any:
        known = self.records.get(id(value))
        if known is None:
            known = self.records[id(value)] = value, clean(value)
        return known[1]

    def _text(self, text: Any) -> Any:
        """Clean a text, a passage part by part; a word of an enumeration comes back as it is."""
        if type(text) is str:
            known = self.texts.get(text)
            if known is None:
                known = self.texts[text] = without_paths(text, self.folders)
            return text if known == text else known
        change = getattr(text, "mapped", None)
        cleaned = text if change is None else change(self._text)
        return text if cleaned == text else cleaned

    def _record(self, record: Any) -> Any:
        changes: dict[str, Any] = {}
        for field in dataclasses.fields(record):
            old = getattr(record, field.name)
            new = self.cleaned(old)
            if field.name == "reason" and isinstance(new, str):
                new = without_names(new)
            if new is not old and field.init:
                changes[field.name] = new
        return dataclasses.replace(record, **changes) if changes else record

    def _frame(self, frame: Any) -> Any:
        if isinstance(frame, pd.Index):
            return self._index(frame)
        changed = frame
        dtypes = [frame.dtype] if isinstance(frame, pd.Series) else list(frame.dtypes)
        for place in (place for place, dtype in enumerate(dtypes) if _is_text(dtype)):
            column = frame if isinstance(frame, pd.Series) else frame.iloc[:, place]
            if self._is_clean(column):
                continue
            cleaned = column.map(self.cleaned, na_action="ignore")
            if not all(map(_is, cleaned, column)) and not cleaned.equals(column):
                changed = cleaned if isinstance(frame, pd.Series) else _with_column(changed, place, cleaned)
        for axis in range(frame.ndim):
            labels = changed.axes[axis]
            cleaned_labels = self._index(labels)
            changed = changed if cleaned_labels is labels else changed.set_axis(cleaned_labels, axis=axis)
        return changed

    def _is_clean(self, values: pd.Series | pd.Index) -> bool:
        """Whether nothing in a column is changed, as its distinct values show; without hashes it is unknown."""
        try:
            distinct = values.unique()
        except TypeError:
            return False
        return all(self.cleaned(one) is one for one in distinct)

    def _index(self, index: pd.Index) -> pd.Index:
        if not any(_is_text(dtype) for dtype in (index.dtypes if isinstance(index, pd.MultiIndex) else [index.dtype])):
            return index
        if self._is_clean(index):
            return index
        cleaned = index.map(self.cleaned)
        return index if cleaned.equals(index) else cleaned.set_names(index.names)


def _is(one: Any, other: Any) -> bool:
    return one is other


def _same(one: Mapping[Any, Any], other: Mapping[Any, Any]) -> bool:
    return all(map(_is, one, other)) and all(map(_is, one.values(), other.values()))


def _with_column(frame: pd.DataFrame, place: int, column: pd.Series) -> pd.DataFrame:
    copied = frame.copy()
    copied.isetitem(place, column.array)
    return copied


def _is_text(dtype: Any) -> bool:
    return bool(pd.api.types.is_object_dtype(dtype) or pd.api.types.is_string_dtype(dtype) or dtype == "category")
