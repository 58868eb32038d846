"""The structure of the package: no circles, late imports for weight alone, short functions, one class to a name."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WEIGHT = "weight"

LATE = {
    "coupling.cli.*": WEIGHT,  # a command loads what it needs, so that --help and shell completion are quick
    "* -> coupling.drawing": WEIGHT,  # matplotlib
    "* -> coupling.events.studies.figures": WEIGHT,  # matplotlib
    "* -> coupling.results.folder": WEIGHT,  # matplotlib
    "* -> coupling.text.notebook": WEIGHT,  # loaded where a notebook asks
    "* -> coupling.data.sources.browser": WEIGHT,  # curl_cffi, which need not be there
    "* -> coupling.data.tables.parquet": WEIGHT,  # pyarrow
    "* -> coupling.data.tables.excel": WEIGHT,  # python-calamine
    "* -> coupling.events.studies.garch": WEIGHT,  # arch
    "* -> coupling.kernels.*_loops": WEIGHT,  # numba
    "* -> coupling.results.table": WEIGHT,  # loaded where a frame of findings is asked for
    "* -> coupling.data.gate.texts": WEIGHT,  # only where a table holds texts
}
"""Imports inside functions that may be there, each with its one reason."""

LONGEST = 40
"""Lines of a function, without its docstring."""


@cache
def trees() -> dict[str, ast.Module]:
    """Return every module of the package, parsed."""
    found = {}
    for path in sorted((ROOT / "coupling").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = ast.parse(path.read_text(encoding="utf-8"))
    return found


def imports(node: ast.AST, *, late: bool = False) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    """Yield every import with whether it stands in a function; those for the type checker count too."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child, late
        yield from imports(child, late=late or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda))


def targets(node: ast.Import | ast.ImportFrom) -> list[str]:
    """Return the modules of the package that an import names."""
    known = trees()
    if isinstance(node, ast.Import):
        return [each.name for each in node.names if each.name in known]
    base = node.module or ""
    inner = [f"{base}.{each.name}" for each in node.names]
    return [name if name in known else base for name in inner if name in known or base in known]


@cache
def edges() -> dict[str, dict[str, bool]]:
    """Return by module the modules that it imports, each with whether only late; the public face loads on first use."""
    found: dict[str, dict[str, bool]] = {name: {} for name in trees()}
    for name, tree in trees().items():
        for node, late in imports(tree) if name != "coupling" else ():
            for target in targets(node):
                if target not in (name, "coupling"):
                    found[name][target] = late and found[name].get(target, True)
    return found


def circles(graph: dict[str, list[str]]) -> list[list[str]]:
    """Return every set of modules of which each reaches each other."""
    reached: dict[str, set[str]] = {}
    for start in graph:
        seen, waiting = set(), list(graph[start])
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting += graph.get(name, [])
        reached[start] = seen
    groups = {tuple(sorted(n for n in reached[name] if name in reached.get(n, ()))) for name in graph}
    return [list(group) for group in sorted(groups) if group]


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert circles({name: list(to) for name, to in edges().items()}) == []


def test_a_circle_is_seen() -> None:
    assert circles({"a": ["b"], "b": ["c"], "c": ["a"], "d": ["a"]}) == [["a", "b", "c"]]


def test_late_imports_are_there_for_weight_alone() -> None:
    late = {(name, to) for name, found in edges().items() for to, only_late in found.items() if only_late}

    def listed(name: str, to: str) -> bool:
        kinds = (f"* -> {to}", f"{name.rsplit('.', 1)[0]}.*")
        loops = to.startswith("coupling.kernels.") and to.endswith("_loops")
        return loops or any(kind in LATE for kind in kinds)

    assert sorted(f"{name} -> {to}" for name, to in late if not listed(name, to)) == []
    used = {f"* -> {to}" for _, to in late} | {"coupling.cli.*", "* -> coupling.kernels.*_loops"}
    assert set(LATE) <= used, "take out what no import needs any more"
    assert set(LATE.values()) == {WEIGHT}


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the lines of a function without its docstring."""
    first = function.body[0]
    told = (
        (first.end_lineno or 0) - first.lineno + 1
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
        else 0
    )
    return (function.end_lineno or 0) - function.lineno + 1 - told


def test_a_function_fits_in_a_glance() -> None:
    long = {
        f"{name}.{node.name}"
        for name, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and length(node) > LONGEST
    }
    assert long == set()


def test_no_two_public_classes_share_a_name() -> None:
    homes: dict[str, list[str]] = defaultdict(list)
    for name, tree in trees().items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].append(name)
    assert {name: places for name, places in homes.items() if len(places) > 1} == {}


def test_a_shared_alias_has_one_home() -> None:
    homes: dict[str, list[str]] = defaultdict(list)
    for name, tree in trees().items():
        for node in tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript):
                alias = ast.unparse(node.value)
                if "NDArray[" in alias and not alias.startswith(("tuple", "dict")):
                    homes[alias.removeprefix("npt.")].append(name)
    assert {alias: places for alias, places in homes.items() if set(places) != {"coupling._typing"}} == {}
