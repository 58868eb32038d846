"""``coupling instruments`` and ``coupling schema``: what a configuration may say."""

from __future__ import annotations

from typing import Annotated

import typer

from coupling.cli.terminal import guarded, print_table

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("instruments")(list_instruments)
    app.command("schema")(print_schema)


def list_instruments(
    names: Annotated[
        list[str] | None, typer.Argument(help="Names to look up, also as source:symbol (yahoo:^N225).")
    ] = None,
) -> None:
    """List the instruments that every configuration may name, or what given names stand for."""
    from coupling.data.instrument import instruments as listed

    def work() -> int:
        print_table(listed(names) if names else listed().drop(columns="sources"))
        return 0

    raise typer.Exit(guarded(work))


def print_schema(
    findings: Annotated[
        bool, typer.Option("--findings", help="Of the file that coupling report --json writes.")
    ] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Of the file that coupling watch --json writes.")] = False,
) -> None:
    """Print the JSON schema of a configuration, of a file of findings, or of a watch."""
    import json

    from coupling.results.json_schema import findings_schema
    from coupling.study import Study
    from coupling.watch import watch_schema

    if findings and watch:
        raise typer.BadParameter("give either --findings or --watch")
    schema = findings_schema() if findings else watch_schema() if watch else Study.model_json_schema()
    print(json.dumps(schema, indent=2))
