"""``test: arithmetic``: plain arithmetic on stated figures, shown as such."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import ClassVar, Literal

from pydantic import Field

from coupling.claims.evidence import Evidence
from coupling.claims.leg import Leg
from coupling.claims.verdict import LegOutcome, Verdict
from coupling.errors import InputError

__all__ = ["Arithmetic", "evaluate"]

OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
RELATIONS = {">=": "at least", "<=": "at most", "about": "about"}


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


def _is_number(expression: str) -> bool:
    return isinstance(ast.parse(expression, mode="eval").body, ast.Constant)


class Arithmetic(Leg):
    """Plain arithmetic on stated figures: an expression, a relation and what it is compared with."""

    test: Literal["arithmetic"]
    expression: str
    relation: Literal[">=", "<=", "about"]
    value: float
    tolerance: float | None = Field(default=None, gt=0)
    unit: str = ""
    about_market: ClassVar[bool] = False

    def check(self, evidence: Evidence) -> LegOutcome:  # noqa: ARG002
        """Check arithmetic on the claim's own figures; it is no evidence of anything else."""
        found = evaluate(self.expression)
        tolerance = self.tolerance if self.tolerance is not None else 0.05 * abs(self.value)
        holds = {
            ">=": found >= self.value,
            "<=": found <= self.value,
            "about": abs(found - self.value) <= tolerance,
        }[self.relation]
        word = "" if holds else "not "
        figure = f"{found:,.6g} {self.unit}".strip()
        made = "" if _is_number(self.expression) else f"{self.expression} = "
        return LegOutcome(
            verdict=Verdict.SUPPORTED if holds else Verdict.CONTRADICTED,
            sentence=f"{made}{figure} is {word}{RELATIONS[self.relation]} {f'{self.value:,.6g} {self.unit}'.strip()}.",
            beside="Arithmetic on the stated figures, no evidence of intent.",
            rule="Supported: the relation holds on the stated figures (about: within the tolerance, 5 % by default).",
            claimed=self.value,
            estimate=found,
            unit=self.unit,
            method="Arithmetic.",
        )
