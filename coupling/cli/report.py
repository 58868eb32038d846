"""``coupling report``: one page per configuration."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import typer

from coupling.cli.options import (
    Against,
    Configurations,
    Data,
    Fallback,
    Fresh,
    Json,
    JsonFolder,
    Offline,
    Open,
    Out,
    PrintForm,
    Quiet,
    StoreFolder,
    Tables,
    Verbose,
    Workers,
    Yes,
    is_simulated,
    print_form,
)
from coupling.cli.progress import working
from coupling.cli.sharing import sharing
from coupling.cli.terminal import guarded, log_to_stderr, say, worst
from coupling.errors import ConfigurationError
from coupling.machine.names import file_in, folder_in, resolved

if TYPE_CHECKING:
    from coupling.results.study import StudyResult

__all__ = ["equal_stems", "register"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("report")(write_reports)


def write_reports(
    configurations: Configurations,
    data: Data = None,
    store: StoreFolder = None,
    offline: Offline = False,
    out: Out = Path("reports"),
    tables: Tables = None,
    json: Json = None,
    json_dir: JsonFolder = None,
    against: Against = None,
    fallback: Fallback = None,
    printed: PrintForm = "summary",
    open_page: Open = False,
    yes: Yes = False,
    workers: Workers = "auto",
    fresh: Fresh = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """Write one HTML page per configuration."""
    log_to_stderr(verbose=verbose, quiet=quiet)
    form = print_form(printed)
    refused = guarded(partial(_require_apart, configurations, out, json, against))
    if refused:
        raise typer.Exit(refused)
    simulated = is_simulated(fallback)
    where = {"data": data, "store": store, "offline": offline, "fallback_simulated": simulated, "yes": yes}
    asked = _Asked(
        out=out, tables=tables, json=json, json_folder=json_dir, printed=form, open_page=open_page, quiet=quiet
    )
    work = partial(_report_one, where={**where, "against": against}, asked=asked)
    with sharing(workers, fresh=fresh):
        code = worst([guarded(partial(work, path)) for path in configurations])
    raise typer.Exit(code)


@dataclass(frozen=True)
class _Asked:
    """What is to be written where."""

    out: Path
    tables: Path | None
    json: Path | None
    json_folder: Path | None
    printed: Literal["summary", "full"]
    open_page: bool
    quiet: bool

    def write(self, result: StudyResult, page: Path, stem: str) -> None:
        """Write all but the page, and print every path."""
        print(page)
        if self.json is not None:
            print(result.to_json(self.json))
        if self.json_folder is not None:
            print(result.to_json(file_in(self.json_folder, stem, ".json")))
        if self.tables is not None:
            for written in result.to_folder(folder_in(self.tables, stem)):
                print(written)
        if self.open_page:
            typer.launch(page.as_uri() if page.is_absolute() else page.absolute().as_uri())


def _report_one(path: Path, *, where: dict[str, Any], asked: _Asked) -> int:
    from coupling import load_study, run
    from coupling.results.json import require_replaceable
    from coupling.study.running import expect

    study = load_study(path)
    if asked.json is not None:
        require_replaceable(asked.json)
    expect(study, **{name: where[name] for name in ("data", "store", "offline")})  # no thread runs beside this one yet
    with working(quiet=asked.quiet):
        result = run(study, **where)
        page = result.to_html(file_in(asked.out, path.stem, ".html"), print=asked.printed)
    if result.provenance.simulated:
        say("SIMULATED MARKET: nothing on this page is about the real one.")
    if result.banner:
        say(result.banner)
    if result.since is not None:
        say(f"{result.since.title} ({result.since.file}): {result.since.sentence}")
    asked.write(result, page, path.stem)
    if study.variants is not None:
        say(f"{path} has variants, which a page of their own answers: coupling compare {path}")
    for failure in result.failures:
        say(f"{path}: {failure.title}: {failure.reason}")
    return result.exit_code


def _require_apart(configurations: list[Path], out: Path, json: Path | None, against: Path | None) -> int:
    problem = (
        equal_stems(configurations)
        or _for_one(configurations, json, against)
        or _overwritten(json, [*configurations, *(file_in(out, path.stem, ".html") for path in configurations)])
    )
    if problem:
        raise ConfigurationError(problem)
    return 0


def equal_stems(paths: list[Path]) -> str:
    """Say which configurations have one name, and so one file or folder; empty where none."""
    repeated = [stem for stem, count in Counter(path.stem.casefold() for path in paths).items() if count > 1]
    return f"two configurations would write {repeated[0]}.html; rename one of them" if repeated else ""


def _for_one(paths: list[Path], json: Path | None, against: Path | None) -> str:
    """Say why an option that holds one run cannot serve several; empty where there is one."""
    if len(paths) == 1:
        return ""
    if json is not None:
        return (
            f"--json {json} holds the findings of one configuration, and {len(paths)} are given; use --json-dir FOLDER"
        )
    if against is not None:
        return f"--against {against} holds one run, and {len(paths)} configurations are given; give that run's alone"
    return ""


def _overwritten(json: Path | None, others: list[Path]) -> str:
    """Say which file the findings would be written over; empty where none."""
    lost = [path for path in others if json is not None and resolved(path) == resolved(json)]
    return f"--json {json} would be written over {lost[0]}; name another file" if lost else ""
