"""``coupling watch``: today against the last run, what changed and why, and an exit code that rings."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coupling.cli.options import (
    Configurations,
    Data,
    Fallback,
    Fresh,
    Offline,
    Out,
    Quiet,
    StoreFolder,
    Verbose,
    Workers,
    Yes,
    is_simulated,
)
from coupling.cli.progress import working
from coupling.cli.sharing import sharing
from coupling.cli.terminal import guarded, log_to_stderr, say, worst
from coupling.errors import ConfigurationError
from coupling.machine.names import file_in, resolved

if TYPE_CHECKING:
    from coupling.watch.record import Morning, WatchRecord
    from coupling.watch.rounds import Round
    from coupling.watch.running import WatchedStudy
    from coupling.watch.webhook_address import WebhookAddress

__all__ = ["register"]

StateFolder = Annotated[
    Path | None,
    typer.Option("--state", help="Folder that remembers the last run; by default in the user's data folder."),
]
JsonFile = Annotated[Path | None, typer.Option("--json", help="File for the alerts, changes and reasons (JSON).")]
MarkdownFile = Annotated[Path | None, typer.Option("--markdown", help="File for the same, to be read (Markdown).")]
Webhook = Annotated[
    str | None,
    typer.Option(help="Post each alert: env:NAME, a variable that holds the address. Without: COUPLING_WEBHOOK_URL."),
]
Page = Annotated[bool, typer.Option("--page", help="Write the page of each configuration into --out too.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("watch")(watch_configurations)


def watch_configurations(
    configurations: Configurations,
    state: StateFolder = None,
    data: Data = None,
    store: StoreFolder = None,
    offline: Offline = False,
    json: JsonFile = None,
    markdown: MarkdownFile = None,
    webhook: Webhook = None,
    page: Page = False,
    out: Out = Path("reports"),
    fallback: Fallback = None,
    yes: Yes = False,
    workers: Workers = "auto",
    fresh: Fresh = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """Fetch, run, and say what changed since the last run and why; exit code 4 where a rule alerts."""
    log_to_stderr(verbose=verbose, quiet=quiet)
    where = {"data": data, "store": store, "offline": offline, "fallback_simulated": is_simulated(fallback), "yes": yes}
    places = {"--json": json, "--markdown": markdown}
    pages = out if page else None
    work = partial(_watch, configurations, state, where, places, webhook=webhook, pages=pages, quiet=quiet)
    with sharing(workers, fresh=fresh):
        code = guarded(work)
    raise typer.Exit(code)


def _watch(
    paths: list[Path],
    state: Path | None,
    where: dict[str, Any],
    places: dict[str, Path | None],
    *,
    webhook: str | None,
    pages: Path | None,
    quiet: bool,
) -> int:
    from coupling.watch.rounds import default_state, held_states, watched_rounds
    from coupling.watch.running import watch_study
    from coupling.watch.webhook_address import webhook_address

    _require_apart(paths, places, pages)
    address, folder = webhook_address(webhook), default_state() if state is None else state

    def watch(path: Path, kept: Path) -> WatchedStudy:
        with working(quiet=quiet):
            return watch_study(path, kept, **where)

    with held_states(paths, folder) as states:
        rounds = list(watched_rounds(paths, states, folder, watch))
        for each in rounds:
            _write_page(each, pages)
            _say(each, quiet=quiet)
        _write(rounds, places)
        for each in rounds:
            each.remember([] if address is None else each.morning.alerts)
        if address is not None:
            rounds = _delivered(rounds, address)
            _write(rounds, places)
    for path in filter(None, places.values()):
        print(path)
    return worst(code for each in rounds for code in each.morning.exit_codes)


def _delivered(rounds: list[Round], address: WebhookAddress) -> list[Round]:
    from coupling.watch.delivery import delivered

    told = [delivered(each, address) for each in rounds]
    for each in told:
        outcome = each.morning.delivery
        if outcome is not None and outcome.reason:
            left = outcome.posted - outcome.told
            said = f"{left} of {outcome.posted} alerts not delivered ({outcome.reason}); posted again by the next run."
            say(f"{each.configuration}: {said}")
    return told


def _write_page(each: Round, pages: Path | None) -> None:
    if pages is not None and each.watched is not None and each.watched.result is not None:
        print(each.watched.result.to_html(file_in(pages, each.configuration.stem, ".html")))


def _write(rounds: list[Round], places: dict[str, Path | None]) -> None:
    from coupling.watch.output import write_json, write_markdown

    record = _record(rounds)
    for name, write in (("--json", write_json), ("--markdown", write_markdown)):
        path = places[name]
        if path is not None:
            write(record, path)


def _record(rounds: list[Round]) -> WatchRecord:
    from coupling.watch.output import record_of_run

    return record_of_run([each.morning for each in rounds])


def _say(each: Round, *, quiet: bool) -> None:
    """Say what rings, then in a line what changed."""
    morning, name = each.morning, each.configuration
    if each.error:
        say(f"error: {each.error}")
    for alert in () if quiet else morning.alerts:
        say(f"{name}: ALERT {alert.rule.replace('_', ' ')}: {alert.told}")
    for failure in () if quiet else morning.failures:
        say(f"{name}: {failure.title}: {failure.reason}")
    for caution in () if quiet else morning.cautions:
        say(f"{name}: {caution}")
    if not quiet and not morning.error:
        say(f"{name}: {_line(morning)}")


def _line(morning: Morning) -> str:
    from coupling.watch.markdown import compared_with, unchanged_words

    if morning.first:
        return compared_with(morning)
    changed = len(morning.changes)
    told = f"{changed:,} finding{'' if changed == 1 else 's'} changed" if changed else "no verdict changed"
    return f"{compared_with(morning)} {told[:1].upper()}{told[1:]}. {unchanged_words(morning)}"


def _require_apart(paths: list[Path], places: dict[str, Path | None], pages: Path | None) -> None:
    """Refuse what would be written over the configuration, a page, or something else; before anything runs."""
    from coupling.cli.report import equal_stems
    from coupling.watch.output import require_writable

    problem = equal_stems(paths)
    taken = {resolved(path): path for path in paths}
    if pages is not None:
        taken |= {resolved(page): page for page in (file_in(pages, path.stem, ".html") for path in paths)}
    for name, path in places.items():
        if path is not None:
            require_writable(name, path)
            problem = problem or (
                f"{name} {path} would be written over {taken[resolved(path)]}; name another file"
                if resolved(path) in taken
                else ""
            )
            taken[resolved(path)] = path
    if problem:
        raise ConfigurationError(problem)
