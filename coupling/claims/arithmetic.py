"""Plain arithmetic on stated figures, shown as such."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable

from coupling.claims.legs import Arithmetic
from coupling.claims.verdict import Finding, Verdict
from coupling.errors import InputError

__all__ = ["arithmetic", "evaluate"]

OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def evaluate(expression: str) -> float:
    """Compute an expression of numbers, ``+ - * /`` and parentheses.

    Raises
    ------
    InputError
        If it holds anything else, or divides by 0.

    Examples
    --------
    >>> evaluate("1090 * 91000 / 1e6")
    99.19
    """
    try:
        return float(_value(ast.parse(expression, mode="eval").body))
    except (SyntaxError, ZeroDivisionError, RecursionError, ValueError):
        raise InputError(f"{expression!r} cannot be computed; write numbers with + - * / and parentheses.") from None


def _value(node: ast.expr) -> float:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return float(node.value)
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        return OPERATORS[type(node.op)](_value(node.left), _value(node.right))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand)
    raise ValueError(ast.dump(node))


def arithmetic(leg: Arithmetic) -> Finding:
    """Check arithmetic on the claim's own figures; it is no evidence of anything else."""
    found = evaluate(leg.expression)
    tolerance = leg.tolerance if leg.tolerance is not None else 0.05 * abs(leg.value)
    holds = {
        ">=": found >= leg.value,
        "<=": found <= leg.value,
        "about": abs(found - leg.value) <= tolerance,
    }[leg.relation]
    word = "" if holds else "not "
    return Finding(
        verdict=Verdict.SUPPORTED if holds else Verdict.CONTRADICTED,
        sentence=f"{leg.expression} = {found:,.6g} {leg.unit}, {word}{leg.relation} {leg.value:,.6g} {leg.unit}: "
        "arithmetic on the stated figures, no evidence of intent.",
        rule="Supported: the relation holds on the stated figures (about: within the tolerance, 5 % by default).",
        claimed=leg.value,
        estimate=found,
        unit=leg.unit,
        method="Arithmetic.",
    )
