"""The compiled templates of the page, kept beside the compiled loops: compiling takes longer than filling them."""

from __future__ import annotations

from importlib.metadata import version

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from coupling.keeping.store import PartStore, own_folder
from coupling.machine.surroundings import cache_folder

__all__ = ["KeptTemplates", "kept_templates"]


def kept_templates() -> KeptTemplates | None:
    """Return where templates are kept; None where no folder of the user's own can be written."""
    place = cache_folder("templates")
    folder = None if place is None else own_folder(place)
    return None if folder is None else KeptTemplates(PartStore(folder))


class KeptTemplates(BytecodeCache):
    """Templates by their text and the version of jinja2; what is damaged is compiled anew.

    Parameters
    ----------
    store : PartStore
    """

    def __init__(self, store: PartStore) -> None:
        self._store = store

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill a bucket from what is kept, if anything is."""
        raw = self._store.read(_key(bucket))
        if raw is not None:
            bucket.bytecode_from_string(raw)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what a bucket holds."""
        self._store.write(_key(bucket), bucket.bytecode_to_string())


def _key(bucket: Bucket) -> str:
    return f"{bucket.key}-{bucket.checksum}-{version('jinja2')}"
