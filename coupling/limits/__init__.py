"""What a user may ask for: kinds of values, their upper limits, and how much work is begun unasked."""

from coupling.limits.budget import allowance

__all__ = ["allowance"]
