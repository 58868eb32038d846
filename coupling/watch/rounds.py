"""One run over several configurations: their states are held, their mornings told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from coupling.errors import CouplingError
from coupling.machine.names import folder_in
from coupling.study.configuration import load_study
from coupling.watch.mornings import morning_without_answer
from coupling.watch.record import Alert, Morning
from coupling.watch.running import WatchedStudy
from coupling.watch.state import held

__all__ = ["Round", "default_state", "held_states", "watched_rounds"]

Watch = Callable[[Path, Path], WatchedStudy]


def default_state() -> Path:
    """Return the folder of the states where none is named: in the user's data folder, beside the store."""
    from platformdirs import user_data_path

    return user_data_path("coupling", appauthor=False) / "watch"


@dataclass(frozen=True, kw_only=True)
class Round:
    """One configuration of a run.

    Parameters
    ----------
    configuration : Path
    folder : Path
        Its state.
    morning : Morning
    watched : WatchedStudy, optional
        Nothing where an error kept it from being watched.
    error : str
        Why there is no answer, with the places that a record leaves out; for the terminal.
    """

    configuration: Path
    folder: Path
    morning: Morning
    watched: WatchedStudy | None = field(default=None, repr=False)
    error: str = ""

    def remember(self, pending: Sequence[Alert]) -> None:
        """Write the state; of what could not be watched the state stays as it was."""
        if self.watched is not None:
            self.watched.remember(self.folder, pending)


@contextmanager
def held_states(configurations: Sequence[Path], state: Path) -> Iterator[Mapping[Path, Path | CouplingError]]:
    """Hold the state of every configuration, or say why it cannot be read or held; all are let go at the end.

    Parameters
    ----------
    configurations : sequence of Path
        No two with one stem.
    state : Path
        Folder of the states, each in a folder named after its configuration.
    """
    with ExitStack() as stack:
        found: dict[Path, Path | CouplingError] = {}
        for path in sorted(configurations, key=lambda each: each.stem):  # in one order, so that two runs never cross
            try:
                load_study(path)  # what is no configuration gets no state
                folder = folder_in(state, path.stem)
                stack.enter_context(held(folder))
                found[path] = folder
            except CouplingError as error:
                found[path] = error
        yield found


def watched_rounds(
    configurations: Sequence[Path], states: Mapping[Path, Path | CouplingError], state: Path, watch: Watch
) -> Iterator[Round]:
    """Yield the round of each configuration; an error of one does not stop the others."""
    for path in configurations:
        held_one, folder = states[path], state / path.stem
        try:
            if isinstance(held_one, CouplingError):
                raise held_one
            folder, watched = held_one, watch(path, held_one)
        except CouplingError as error:
            morning = morning_without_answer(path.stem, error)
            yield Round(configuration=path, folder=folder, morning=morning, error=str(error))
        else:
            yield Round(
                configuration=path, folder=folder, morning=watched.morning, watched=watched, error=watched.error
            )
