"""Claims in YAML: who says what, and the legs on which it stands."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from pydantic import Field, ValidationError, model_validator

from coupling.claims.kinds.table import AnyLeg
from coupling.document import read_document
from coupling.refusal import refuse
from coupling.section import Section

__all__ = ["Claim", "Claims", "load_claims"]


class Claim(Section):
    """One claim.

    Parameters
    ----------
    id : str
        Short name, lower-case words joined by hyphens.
    source : str
        Who says it, where.
    says : str
        The claim in a sentence.
    legs : tuple of Leg
        What is tested; a claim with one leg may write its fields beside `says`.
    note : str
        What a reader should know about the figures.
    """

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    source: str
    says: str
    legs: tuple[AnyLeg, ...] = Field(min_length=1)
    note: str = ""

    @model_validator(mode="before")
    @classmethod
    def _single_leg(cls, settings: Any) -> Any:
        if not isinstance(settings, Mapping) or "test" not in settings:
            return settings
        own = {name: settings[name] for name in ("id", "source", "says", "note") if name in settings}
        return {**own, "legs": [{name: value for name, value in settings.items() if name not in own}]}

    @property
    def instruments(self) -> tuple[str, ...]:
        """Instruments that the legs need, or can use."""
        return tuple(dict.fromkeys(name for leg in self.legs for name in (*leg.instruments, *leg.extras)))


class Claims(Section):
    """The claims of one file."""

    claims: tuple[Claim, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        names = [claim.id for claim in self.claims]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two claims have the id {twice[0]!r}; give each its own")
        return self


def load_claims(path: str | Path) -> tuple[Claim, ...]:
    """Load the claims of a YAML file: a mapping with the one key ``claims``.

    Parameters
    ----------
    path : str or Path
        The file.

    Raises
    ------
    ConfigurationError
        If something in it is wrong: one sentence with file, line, path and the nearest valid word.

    Examples
    --------
    >>> [claim.id for claim in load_claims("configs/claims/terminal_reflexivity.yaml")][:2]
    ['same-day-selloff', 'intraday-low']
    """
    document = read_document(Path(path))
    try:
        return Claims.model_validate(document.settings).claims
    except ValidationError as error:
        raise refuse(error, Claims, document) from None
