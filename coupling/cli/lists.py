"""``coupling instruments`` and ``coupling schema``: what a configuration may say."""

from __future__ import annotations

import typer

from coupling.cli.terminal import print_table

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("instruments")(list_instruments)
    app.command("schema")(print_schema)


def list_instruments() -> None:
    """List the instruments that every configuration may name."""
    from coupling.data.instrument import instruments as listed

    print_table(listed().drop(columns="sources"))


def print_schema() -> None:
    """Print the JSON schema of a configuration."""
    import json

    from coupling.study import Study

    print(json.dumps(Study.model_json_schema(), indent=2))
