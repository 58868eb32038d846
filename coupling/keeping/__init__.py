"""What was computed once and is asked again: kept by everything that it depends on, in a format that holds no code."""

from coupling.keeping.keeper import Keeper, keeping, kept
from coupling.keeping.values import NotPlainError, fingerprint, pack, unpack

__all__ = ["Keeper", "NotPlainError", "fingerprint", "keeping", "kept", "pack", "unpack"]
