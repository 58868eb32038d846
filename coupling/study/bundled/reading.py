"""Read a configuration that ships with the package."""

from __future__ import annotations

from importlib.resources import as_file, files

from coupling.study.configuration import Study, load_study

__all__ = ["bundled_study"]


def bundled_study(name: str) -> Study:
    """Return a study that ships with the package.

    Examples
    --------
    >>> bundled_study("detector").events.detector.instruments
    ('USDJPY', 'SPX', 'VIX', 'CFTC_JPY')
    """
    with as_file(files("coupling.study.bundled").joinpath(f"{name}.yaml")) as path:
        return load_study(path)
