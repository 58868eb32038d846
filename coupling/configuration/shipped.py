"""What ships with the package by name: configurations, claims. A file of the user's own always comes first."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

from coupling.errors import ConfigurationError, nearest

__all__ = ["CLAIMS", "file_of", "shipped_file", "shipped_folder", "shipped_names", "shipped_table"]

CLAIMS = "claims"
SUFFIXES = (".yaml", ".yml")


def shipped_table(package: str, name: str) -> dict[str, Any]:
    """Return a table of the package (a YAML file that nobody else writes), read by libyaml where it is there.

    Examples
    --------
    >>> shipped_table("coupling.data.clocks", "clocks.yaml")["H10"]["at"]
    '12:00 America/New_York'
    """
    import yaml

    text = files(package).joinpath(name).read_text(encoding="utf-8")
    table: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return table


def shipped_folder(part: str = "") -> Path:
    """Return the folder of the configurations that ship, or of a `part` of it.

    In an installed package it lies inside; in a checkout it is the ``configs`` beside the package, of which the wheel
    holds a copy.
    """
    package = Path(str(files("coupling")))
    inside, beside = package / "configs", package.parent / "configs"
    checkout = not inside.is_dir() and (package.parent / "pyproject.toml").is_file()
    return (beside if checkout else inside) / part


def shipped_names(part: str = "") -> tuple[str, ...]:
    """Return the names of the configurations that ship, or of the files of a `part` such as the claims.

    Examples
    --------
    >>> "yen_carry" in shipped_names(), shipped_names("claims")[-1]
    (True, 'terminal_reflexivity')
    """
    return tuple(sorted(path.stem for path in shipped_folder(part).glob("*.yaml")))


def shipped_file(name: str, part: str = "") -> Path:
    """Return the file of a name that ships.

    Raises
    ------
    ConfigurationError
        If nothing has that name; with the nearest that has.
    """
    return _named(name, part, "not among")


def file_of(source: str | Path, part: str = "") -> Path:
    """Return the file that a path or a name stands for; a file wins over what ships under the same name.

    Parameters
    ----------
    source : str or Path
        A path, or a name without folder and suffix.
    part : str
        Where a name is looked for: the configurations, or ``claims``.

    Raises
    ------
    ConfigurationError
        If a name is neither a file nor ships, or a file that is missing has the name of one that ships.

    Examples
    --------
    >>> file_of("yen_carry").name, file_of("mine/study.yaml").as_posix()
    ('yen_carry.yaml', 'mine/study.yaml')
    >>> file_of("yen_cary")
    Traceback (most recent call last):
    coupling.errors.ConfigurationError: 'yen_cary' is neither ... did you mean 'yen_carry'?
    """
    path = Path(source)
    if path.suffix in SUFFIXES:
        _refuse_missing(path, part)
        return path
    if _has(path, Path.is_file) or len(path.parts) != 1 or path.suffix or path.name == "..":
        return path
    if _has(path, Path.exists) and path.name not in shipped_names(part):
        return path  # a folder or a pipe: whoever reads it says so
    return _named(path.name, part, "neither a file nor among")


def _named(name: str, part: str, what: str) -> Path:
    names = shipped_names(part)
    if name not in names:
        kind = part or "configurations"
        raise ConfigurationError(f"{name!r} is {what} the {kind} that come with the package; {nearest(name, names)}")
    return shipped_folder(part) / f"{name}.yaml"


def _refuse_missing(path: Path, part: str) -> None:
    """Tell of what ships under the name of a file that is not there."""
    if path.stem in shipped_names(part) and not _has(path, Path.exists):
        message = f"the file does not exist; check the path, or write {path.stem} for what ships under that name"
        raise ConfigurationError(message, file=path)


def _has(path: Path, asked: Callable[[Path], bool]) -> bool:
    try:
        return asked(path)
    except (OSError, ValueError):  # no file can have such a name
        return False
