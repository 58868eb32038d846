"""Work that is not done twice: what it gave is kept by its name, its inputs and the code, and read where all agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from coupling.keeping.code import code_version
from coupling.keeping.store import PartStore, own_folder
from coupling.keeping.values import NotPlainError, StandIns, fingerprint, pack, unpack
from coupling.limits.budget import refusals

__all__ = ["Keeper", "carried", "is_kept", "keeping", "kept"]

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Keeper:
    """Where parts are kept, and whether those of earlier runs may serve.

    Parameters
    ----------
    folder : Path
        From `coupling.keeping.store.own_folder`.
    fresh : bool
        Whether everything that data or settings decide is computed anew; what it gives replaces what was kept.
    """

    folder: Path
    fresh: bool = False

    def holds(self, work: Callable[..., Any], *inputs: Any, stand_ins: StandIns | None = None) -> bool:
        """Tell whether something is kept of some work, so that it will take no time."""
        return not self.fresh and PartStore(self.folder).holds(_key(work, inputs, stand_ins))

    def recall(
        self, work: Callable[..., T], inputs: tuple[Any, ...], stand_ins: StandIns | None, *, lasting: bool = False
    ) -> T:
        """Return what work gave, or gives; both are read from the same bytes, so that no digit depends on which."""
        try:
            key = _key(work, inputs, stand_ins)
        except NotPlainError:
            return work(*inputs)
        store, found = PartStore(self.folder), None
        raw = None if self.fresh and not lasting else store.read(key)
        if raw is not None:
            try:
                found = (unpack(raw, stand_ins),)
            except NotPlainError:
                store.remove(key)
        return self._made(store, key, work, inputs, stand_ins) if found is None else found[0]

    @staticmethod
    def _made(
        store: PartStore, key: str, work: Callable[..., T], inputs: tuple[Any, ...], stand_ins: StandIns | None
    ) -> T:
        before = refusals()
        value = work(*inputs)
        if refusals() != before:  # it hangs on what this machine had free, which is in no key
            return value
        try:
            raw = pack(value, stand_ins)
            read: T = unpack(raw, stand_ins)
        except NotPlainError:
            return value
        store.write(key, raw)
        return read


_keeper: ContextVar[Keeper | None] = ContextVar("keeper", default=None)


def kept(work: Callable[..., T], *inputs: Any, stand_ins: StandIns | None = None, lasting: bool = False) -> T:
    """Do some work, or take what it gave before where parts are kept and nothing that it depends on differs.

    Parameters
    ----------
    work : callable
        A function of a module; what it gives depends on its inputs alone.
    *inputs
        All that it depends on.
    stand_ins : dict, optional
        Texts and records in the inputs and in what it gives on which nothing else of that depends, by name.
    lasting : bool
        Whether it hangs on the versions of the libraries alone, as compiled code does: then it serves a fresh run too.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, keeping(Path(folder)):
    ...     kept(divmod, 7, 2), kept(divmod, 7, 2), len(list(Path(folder).iterdir()))
    ((3, 1), (3, 1), 1)
    """
    keeper = _keeper.get()
    return work(*inputs) if keeper is None else keeper.recall(work, inputs, stand_ins, lasting=lasting)


@contextmanager
def keeping(folder: Path | None = None, *, fresh: bool = False) -> Iterator[Keeper | None]:
    """Keep the parts of the work in a block, and take those that an earlier run kept.

    Parameters
    ----------
    folder : Path, optional
        By default in the user's folder for what can be made again; nothing is kept where there is none.
    fresh : bool
        Whether everything is computed anew.
    """
    place = own_folder(folder)
    keeper = None if place is None else Keeper(place, fresh)
    with _with(keeper):
        yield keeper
    if place is not None:
        PartStore(place).trim()


def is_kept(work: Callable[..., Any], *inputs: Any, stand_ins: StandIns | None = None) -> bool:
    """Tell whether `kept` would find something; arguments as there."""
    keeper = _keeper.get()
    return keeper is not None and keeper.holds(work, *inputs, stand_ins=stand_ins)


def carried(work: Callable[P, T]) -> Callable[P, T]:
    """Return some work that keeps its parts, in whatever process it is done, as this block does."""
    return partial(_under, _keeper.get(), work)


def _under(keeper: Keeper | None, work: Callable[..., T], *inputs: Any) -> T:
    with _with(keeper):
        return work(*inputs)


@contextmanager
def _with(keeper: Keeper | None) -> Iterator[None]:
    token = _keeper.set(keeper)
    try:
        yield
    finally:
        _keeper.reset(token)


def _key(work: Callable[..., Any], inputs: tuple[Any, ...], stand_ins: StandIns | None) -> str:
    return fingerprint((code_version(), work.__module__, work.__qualname__, inputs), stand_ins)
