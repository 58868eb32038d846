"""Processes beside the first one, which share independent work: the same answers, in the same order, sooner."""

from __future__ import annotations

import logging
import os
import signal
import threading
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import partial
from importlib import import_module
from typing import Any

from coupling.errors import CouplingError
from coupling.limits.asked import require_workers
from coupling.limits.budget import allowance, allowed_seconds
from coupling.machine.forking import copying
from coupling.machine.parallel import watch_parent
from coupling.machine.progress import Progress

__all__ = ["Crew", "Job", "cores", "crew", "crew_at_work"]

log = logging.getLogger("coupling")

REPAID = 6.0
"""Seconds of other work from which on a process beside this one repays its start."""


@dataclass(frozen=True)
class Job:
    """A piece of work that depends on no other one.

    Parameters
    ----------
    name : str
        As it is called while it runs.
    seconds : float
        Estimated time on one core; a worker that begins takes the longest that waits.
    work : callable
        A function of a module.
    given : tuple
        Its arguments.
    """

    name: str
    seconds: float
    work: Callable[..., Any] = field(repr=False)
    given: tuple[Any, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class _Answer:
    """What a job gave, or the error that it raised on purpose, and what it logged as a warning."""

    value: Any = None
    error: tuple[type[CouplingError], tuple[Any, ...], dict[str, Any]] | None = None
    told: tuple[str, ...] = ()
    fault: BaseException | None = None

    def given(self) -> Any:
        """Return the value, or raise the error, after what was logged."""
        for message in self.told:
            log.warning("%s", message)
        if self.fault is not None:
            raise self.fault
        if self.error is None:
            return self.value
        kind, arguments, told = self.error
        error = kind.__new__(kind, *arguments)
        error.args = arguments
        error.__dict__.update(told)
        raise error


class Crew:
    """Workers on this machine, this process being one of them.

    Parameters
    ----------
    workers : int
        How many there are at most; -1 takes every core. Others are started when there is work that repays it, and stay
        until `dismiss`.
    """

    def __init__(self, workers: int = 1) -> None:
        require_workers(workers)
        self.workers = workers if workers > 0 else cores()
        self._others: Any = None

    def do(self, jobs: Sequence[Job]) -> list[Any]:
        """Do jobs, in turn or at the same time, and return what they gave, in their order.

        Raises
        ------
        CouplingError
            That of the first job, in their order, that raised one.
        """
        progress = Progress([(job.name, job.seconds) for job in jobs])
        if self.workers < 2 or not self._repays([job.seconds for job in jobs]):
            return [progress.through(place, partial(job.work, *job.given)) for place, job in enumerate(jobs)]
        return [answer.given() for answer in self._together(jobs, progress)]

    def expect(self, seconds: Sequence[float], libraries: Sequence[str]) -> None:
        """Start the others ahead of jobs that are likely to repay it, so that they load while this process reads.

        Parameters
        ----------
        seconds : sequence of float
            What the jobs are estimated to take.
        libraries : sequence of str
            The modules that do them, which take a while to load.
        """
        if self.workers > 1 and self._others is None and self._repays(seconds):
            others = self._started()
            for _ in range(self.workers - 1):
                others.submit(_load, libraries)

    def dismiss(self) -> None:
        """End the other processes at once."""
        if self._others is not None:
            self._others.shutdown(wait=False, kill_workers=True)
            self._others = None

    def _repays(self, seconds: Sequence[float]) -> bool:
        """Tell whether jobs are enough for another process, which must load the libraries first, or one is there."""
        if len(seconds) < 2:
            return False
        return self._others is not None or sum(seconds) - max(seconds) >= REPAID

    def _together(self, jobs: Sequence[Job], progress: Progress) -> list[_Answer]:
        """Let this process and the others take the longest job that waits, until none does."""
        waiting = _Waiting(jobs)
        others = self._started()
        serving = [
            threading.Thread(target=_serve, args=(others, waiting, progress, allowed_seconds()), daemon=True)
            for _ in range(min(self.workers, len(jobs)) - 1)
        ]
        for thread in serving:
            thread.start()
        try:
            _work(waiting, progress)
            for thread in serving:
                thread.join()
            _work(waiting, progress)  # what a process that was lost left behind
        finally:
            waiting.empty()
        return [waiting.answers[place] for place in range(len(jobs))]

    def _started(self) -> Any:
        if self._others is None:
            from joblib.externals.loky.process_executor import ProcessPoolExecutor

            self._others = ProcessPoolExecutor(
                self.workers - 1, context=copying(), initializer=_enter, initargs=(os.getpid(),)
            )
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # of threads beside a copy: `copying` knows them
                self._others.submit(os.getpid)  # they begin now, before a thread does
        return self._others


class _Waiting:
    """Jobs that wait, the longest first, and the answers to those that are done."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self.jobs = jobs
        self.answers: dict[int, _Answer] = {}
        self._line = deque(sorted(range(len(jobs)), key=lambda place: -jobs[place].seconds))

    def take(self) -> int | None:
        try:
            return self._line.popleft()
        except IndexError:
            return None

    def give_back(self, place: int) -> None:
        self._line.append(place)

    def empty(self) -> None:
        self._line.clear()


def _work(waiting: _Waiting, progress: Progress) -> None:
    while (place := waiting.take()) is not None:
        job = waiting.jobs[place]
        waiting.answers[place] = progress.through(place, partial(_answer, job.work, job.given))


def _serve(others: Any, waiting: _Waiting, progress: Progress, seconds: float) -> None:
    """Hand jobs to one of the other processes until none waits; where it is lost its job waits again."""
    from concurrent.futures.process import BrokenProcessPool
    from pickle import PicklingError

    while (place := waiting.take()) is not None:
        job = waiting.jobs[place]
        try:
            waiting.answers[place] = progress.through(place, partial(_asked, others, job, seconds))
        except (BrokenProcessPool, PicklingError, RuntimeError, MemoryError):
            # killed, dismissed, in want of what both take, or not to be sent: this process goes on with what it sends
            waiting.give_back(place)
            return
        except BaseException as error:  # noqa: BLE001 - it is raised in its turn
            waiting.answers[place] = _Answer(fault=error)


def _asked(others: Any, job: Job, seconds: float) -> _Answer:
    answer: _Answer = others.submit(_answer_there, job.work, job.given, seconds).result()
    return answer


def _answer(work: Callable[..., Any], given: tuple[Any, ...]) -> _Answer:
    """Do a job, and keep what it logs as a warning for its turn."""
    heard = _Heard()
    log.addFilter(heard)
    try:
        answer = _Answer(work(*given))
    except CouplingError as error:
        answer = _Answer(error=(type(error), error.args, dict(error.__dict__)))
    finally:
        log.removeFilter(heard)
    return replace(answer, told=tuple(heard.messages))


def _answer_there(work: Callable[..., Any], given: tuple[Any, ...], seconds: float) -> _Answer:
    """Answer in another process, under the same allowance."""
    with allowance(seconds=seconds, quiet=True):
        return _answer(work, given)


class _Heard(logging.Filter):
    """Holds back what one thread logs as a warning."""

    def __init__(self) -> None:
        super().__init__()
        self.thread = threading.get_ident()
        self.messages: list[str] = []

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING or record.thread != self.thread:
            return True
        self.messages.append(record.getMessage())
        return False


def _load(libraries: Sequence[str]) -> None:
    for library in libraries:
        import_module(library)


def _enter(parent: int) -> None:
    """End with the parent, which alone answers to the keyboard, has a crew, and says what is being done."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _crew.set(None)
    log.setLevel(logging.WARNING)
    watch_parent(parent)


def cores() -> int:
    """Return how many cores this process may use."""
    from joblib import cpu_count

    return int(cpu_count())


_crew: ContextVar[Crew | None] = ContextVar("crew", default=None)


@contextmanager
def crew(workers: int = 1) -> Iterator[Crew]:
    """Let workers share the work in a block; they end with it.

    Parameters
    ----------
    workers : int
        Processes, this one included; -1 takes every core.

    Examples
    --------
    >>> with crew(1) as alone:
    ...     alone.do([Job("powers", 0.1, pow, (2, power)) for power in range(4)])
    [1, 2, 4, 8]
    """
    made = Crew(workers)
    token = _crew.set(made)
    try:
        yield made
    finally:
        _crew.reset(token)
        made.dismiss()


def crew_at_work() -> Crew:
    """Return the crew of the block; this process alone where there is none."""
    return _crew.get() or Crew()
