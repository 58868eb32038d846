"""A claim in YAML, tested on the observations at hand, and its verdict."""

from coupling.claims.claim import Claim, load_claims
from coupling.claims.verdict import Verdict

__all__ = ["Claim", "Verdict", "load_claims"]
