"""A Dask cluster of separate processes on loopback, to share work and to be killed."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["free_port", "started"]

Cluster = tuple[str, list[subprocess.Popen[bytes]]]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(folder: Path, count: int = 2) -> Iterator[Cluster]:
    """Start a scheduler and some workers of one thread; yield the address and the workers, and end them all."""
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    quiet = ["--no-dashboard", "--host", "127.0.0.1"]
    scheduler = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", str(port), *quiet]
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--no-nanny", "--nthreads", "1", *quiet]
    commands = [scheduler, *([*worker, "--local-directory", str(folder / f"w{k}")] for k in range(count))]
    running = [subprocess.Popen(each, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for each in commands]
    try:
        yield address, running[1:]
    finally:
        for process in running:
            process.kill()
        for process in running:
            process.wait()
