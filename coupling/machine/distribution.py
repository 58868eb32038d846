"""The distribution that this package comes from, and others that bring a package of the same name."""

from __future__ import annotations

from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

__all__ = ["DISTRIBUTION", "IMPORTED", "beside"]

DISTRIBUTION = "macro-coupling"
"""What is installed; its name is not that of the package, which another distribution has on the public index."""

IMPORTED = "coupling"


def beside(package: Path | None = None) -> str:
    """Say that the distribution called ``coupling`` is installed too; empty where it is not.

    Both bring a package ``coupling``: in one folder each has written over the other's files, in two folders the first
    on the path hides the other.

    Parameters
    ----------
    package : Path, optional
        Folder of this package.
    """
    other = _installed(IMPORTED)
    if other is None:
        return ""
    own = Path(__file__).parents[1] if package is None else package
    place = Path(str(other.locate_file(IMPORTED)))
    harm = (
        "wrote into the same folder, and either may be broken"
        if place.resolve() == own.resolve()
        else f"brings a package of this name too, and 'import {IMPORTED}' takes whichever comes first on the path"
    )
    return (
        f"the distribution '{IMPORTED} {other.version}', which is another project, {harm}; "
        f"install {DISTRIBUTION} into an environment of its own."
    )


def _installed(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None
