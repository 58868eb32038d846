"""Write a configuration with its catalogue and claims into a folder of the user's, to start from."""

from __future__ import annotations

import os
import re
from pathlib import Path

from coupling.configuration.document import read_text
from coupling.configuration.shipped import shipped_file, shipped_folder
from coupling.errors import ConfigurationError
from coupling.events.listing.catalogue import catalogue_names, catalogue_text
from coupling.machine.writing import write_text_whole
from coupling.study.configuration import Study, load_study

__all__ = ["FIRST", "start_study"]

FIRST = "first_study"
"""The configuration that explains itself, for whoever names no story."""


def start_study(story: str = FIRST, folder: str | Path = ".") -> list[Path]:
    """Write a configuration that ships, its catalogue of events and its claims, each commented, into a folder.

    Parameters
    ----------
    story : str
        Name of a configuration that ships with the package.
    folder : path
        Where to; the claims and the catalogue go into folders of their own in it.

    Returns
    -------
    list of Path
        What was written, the configuration first. A catalogue or claims of the same content are left as they stand.

    Raises
    ------
    ConfigurationError
        If no configuration has that name, or a file stands in the way: nothing is written then.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.relative_to(folder).as_posix() for path in start_study("gold", folder)]
    ['gold.yaml', 'catalogues/gold.yaml', 'claims/gold.yaml']
    """
    texts = {Path(folder) / name: text for name, text in _texts(story).items()}
    configuration = next(iter(texts))
    standing = [path for path in texts if os.path.lexists(path) and (path == configuration or not _same(path, texts))]
    if standing:
        message = f"{standing[0]} stands there already and is never written over; name another folder with --out"
        raise ConfigurationError(message)
    wanted = [path for path in texts if not os.path.lexists(path)]
    for path in reversed(wanted):  # the configuration last: where it stands, what it names stands too
        write_text_whole(path, texts[path])
    return wanted


def _same(path: Path, texts: dict[Path, str]) -> bool:
    return path.is_file() and path.read_bytes() == texts[path].encode()


def _texts(story: str) -> dict[str, str]:
    """Return the files of a story by name: the configuration, then what it names."""
    source = shipped_file(story)
    study, text = load_study(source), read_text(source)
    own = _catalogue(study)
    found = {} if own is None else {f"catalogues/{own}.yaml": catalogue_text(own)}
    found |= {name: read_text(shipped_folder(name)) for name in study.claims}
    if own is not None:
        text = re.sub(rf"\bcatalogue: {own}\b", f"catalogue: catalogues/{own}.yaml", text)
    return {f"{story}.yaml": text, **found}


def _catalogue(study: Study) -> str | None:
    """Return the catalogue of the package that a study names."""
    named = None if study.events is None else study.events.catalogue
    return named if named in catalogue_names() else None
