"""What a watch remembers of one configuration: two files, written whole or not at all, by one run at a time."""

from __future__ import annotations

import itertools
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, ConfigDict, Field, ValidationError

from coupling.configuration.document import read_plain, text_of
from coupling.errors import ConfigurationError, DataError
from coupling.machine.writing import TEMPORARY, make_folder, write_text_whole
from coupling.results.json import RecordedRun, read_findings
from coupling.results.json_schema import Hash, Instant, RecordPart
from coupling.watch.monitors import SeenAlarm
from coupling.watch.record import Alert, Told
from coupling.watch.series import SeenSeries

__all__ = ["LastRun", "State", "findings_name", "held", "read_last_findings", "read_state", "write_state"]

log = logging.getLogger("coupling")

SCHEMA = "coupling-watch-state/1"
FILE, LOCK, FINDINGS = "state.json", ".lock", "findings-{}.json"
SEAL = "state_sha256"
MOST_BYTES = 100_000_000
PATIENCE = 120.0
"""Seconds for which a second run waits until the first has ended."""
BEGIN = "move it away to begin anew, or give --state another folder"


def _settings(text: str) -> str:
    """Return a text of settings; raise ValueError where it is none."""
    try:
        found = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError):
        found = ""
    if found is not None and not isinstance(found, dict):
        raise ValueError("it holds no settings")
    return text


class LastRun(RecordPart):
    """What the last run was made from, and what today is held against."""

    findings: Told = Field(description="File of its findings, in the same folder.")
    findings_sha256: Hash
    ran_at: Instant
    session: date | None = Field(description="Last session that its answers reach.")
    focus: Told
    simulated: bool
    configuration: Annotated[str, AfterValidator(_settings)] = Field(
        description="The configuration that decides the numbers, as YAML."
    )
    files: dict[str, Hash] = Field(description="The files of claims and events that it names.")
    software: dict[str, str]
    seed: int | None
    series: list[SeenSeries]
    predictions: dict[str, str] = Field(description="By prediction what has become of it.")
    detected_to: date | None = Field(description="Last session that the detector had judged.")
    alarms: list[SeenAlarm] = Field(description="Alarms of the monitor.")


class State(RecordPart):
    """What is remembered."""

    model_config = ConfigDict(title="State of coupling watch", populate_by_name=True)

    schema_: Literal["coupling-watch-state/1"] = Field(default="coupling-watch-state/1", alias="schema")
    told: list[Alert] = Field(default=[], description="Alerts that were told and still hold.")
    pending: list[Alert] = Field(default=[], description="Alerts that the webhook has not taken yet.")
    last: LastRun | None = None


@contextmanager
def held(folder: Path, patience: float | None = None) -> Iterator[None]:
    """Be the only run that uses a state; its folder is made.

    Raises
    ------
    DataError
        If another run holds it until patience is over.
    ConfigurationError
        If the folder cannot be written.
    """
    from filelock import FileLock, Timeout

    path, seconds = folder / LOCK, PATIENCE if patience is None else patience
    try:
        make_folder(folder)
        if path.is_symlink() or (path.exists() and not path.is_file()):
            raise ConfigurationError(f"{path} is no plain file, so the state cannot be locked; remove it")
        lock = FileLock(path)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            log.warning("state %s is used by another run; waiting up to %.0f s for it to end.", folder, seconds)
            lock.acquire(timeout=seconds)
    except Timeout:
        raise DataError(
            f"state {folder} is still used by another run after {seconds:.0f} s; wait for it to end, then run again."
        ) from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigurationError(
            f"state {folder} cannot be written ({reason}); allow it, or give --state another folder"
        ) from None
    try:
        yield
    finally:
        lock.release()


def read_state(folder: Path) -> State:
    """Return what is remembered; where no run has ended yet, nothing.

    Raises
    ------
    ConfigurationError
        If what lies there is damaged, of another version or of something else; it is left as it is.
    """
    path = folder / FILE
    if not path.exists() and not path.is_symlink():
        strange = [item.name for item in _visible(folder)]
        if strange:
            raise ConfigurationError(f"the folder holds {strange[0]!r} and no state of a watch; {BEGIN}", file=folder)
        return State()
    content = _parsed(path)
    seal = content.pop(SEAL, None)
    if seal != _seal(content):
        raise ConfigurationError(f"the state is not what was written (its hash is another); {BEGIN}", file=path)
    try:
        return State.model_validate_json(json.dumps(content), strict=True)
    except ValidationError as error:
        wrong = ".".join(map(str, error.errors(include_url=False)[0]["loc"]))
        raise ConfigurationError(f"the state is damaged at {wrong!r}; {BEGIN}", file=path) from None


def _visible(folder: Path) -> list[Path]:
    """Return what a folder holds beside what a first run that was cut short may leave."""
    own = (LOCK, TEMPORARY)
    items = sorted(folder.iterdir()) if folder.is_dir() else []
    return [item for item in items if not item.name.endswith(own) and not item.match(FINDINGS.format("*"))]


def _parsed(path: Path) -> dict[str, Any]:
    text = text_of(read_plain(path, MOST_BYTES, "a state of a watch"), path)
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise ConfigurationError(f"the state is no JSON, or damaged; {BEGIN}", file=path) from None
    schema = content.get("schema") if isinstance(content, dict) else None
    if schema == SCHEMA:
        return dict(content)
    if isinstance(schema, str) and schema.startswith(SCHEMA.partition("/")[0] + "/"):
        message = f"its schema is {schema[:80]!r}, and this version reads {SCHEMA!r}; {BEGIN}"
        raise ConfigurationError(message, file=path)
    raise ConfigurationError(f"the file is no state of a watch (it has no schema: {SCHEMA!r}); {BEGIN}", file=path)


def read_last_findings(folder: Path, last: LastRun) -> RecordedRun:
    """Return the findings of the last run.

    Raises
    ------
    ConfigurationError
        If their file is missing, damaged, or another one than the state names.
    """
    if Path(last.findings).name != last.findings:
        raise ConfigurationError(f"the state names {last.findings!r}, which is no file in it; {BEGIN}", file=folder)
    try:
        run = read_findings(folder / last.findings)
    except ConfigurationError:  # its own advice is for a file that a person named
        message = f"the findings of the last run are missing or damaged; {BEGIN}"
        raise ConfigurationError(message, file=folder / last.findings) from None
    if run.sha256 != last.findings_sha256:
        message = f"the findings are not those of the last run (their hash is another); {BEGIN}"
        raise ConfigurationError(message, file=folder / last.findings)
    return run


def write_state(folder: Path, state: State, findings: str | None = None) -> None:
    """Remember: the findings under a name of their own first, then, in one step, the state that names them.

    Parameters
    ----------
    folder : Path
        It is held.
    state : State
    findings : str, optional
        Text of the file that `state.last` names; without it that file is there already.
    """
    if findings is not None and state.last is not None:
        write_text_whole(folder / state.last.findings, findings)
    content = state.model_dump(mode="json", by_alias=True)
    text = json.dumps({**content, SEAL: _seal(content)}, ensure_ascii=False, indent=1, allow_nan=False)
    write_text_whole(folder / FILE, f"{text}\n")
    kept = None if state.last is None else state.last.findings
    for path in itertools.chain(folder.glob(FINDINGS.format("*")), folder.glob(f".*{TEMPORARY}")):
        if path.name != kept:
            with suppress(OSError):
                path.unlink()


def findings_name(text: str) -> tuple[str, str]:
    """Return the name of the file of some findings, and its hash."""
    digest = sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
    return FINDINGS.format(digest[:12]), digest


def _seal(content: dict[str, Any]) -> str:
    return sha256(json.dumps(content, sort_keys=True, ensure_ascii=True).encode("ascii")).hexdigest()
