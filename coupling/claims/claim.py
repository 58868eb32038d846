"""Claims in YAML: who says what, and the legs on which it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Self, get_args

from pydantic import Field, ValidationError, model_validator

from coupling.claims.kinds.table import KINDS, AnyLeg
from coupling.claims.leg import Leg
from coupling.configuration.document import Document, Place, read_document
from coupling.configuration.refusal import refuse
from coupling.configuration.section import Section
from coupling.configuration.shipped import CLAIMS, file_of
from coupling.data.instrument import Instrument, resolve
from coupling.errors import ConfigurationError
from coupling.machine.names import LONGEST_NAME

__all__ = ["Claim", "Claims", "load_claims"]

WORDS = frozenset(word for kind in KINDS for word in get_args(kind.model_fields["test"].annotation))


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

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=LONGEST_NAME)
    source: str
    says: str
    legs: tuple[AnyLeg, ...] = Field(min_length=1)
    note: str = ""

    @model_validator(mode="before")
    @classmethod
    def _single_leg(cls, settings: Any) -> Any:
        if not isinstance(settings, Mapping):
            return settings
        if "test" not in settings:
            if "legs" not in settings:
                raise ValueError("the claim has no test; add test: and its fields, or legs: with one test each")
            return settings
        own = {name: settings[name] for name in ("id", "source", "says", "note") if name in settings}
        return {**own, "legs": [{name: value for name, value in settings.items() if name not in own}]}

    @property
    def tests(self) -> tuple[Leg, ...]:
        """What is judged, one finding each: the legs, or their parts where a leg says more than one thing."""
        return tuple(part for leg in self.legs for part in leg.parts)

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


def load_claims(
    path: str | Path | Mapping[str, Any], define: Mapping[str, Instrument] | None = None
) -> tuple[Claim, ...]:
    """Load the claims of a YAML file: a mapping with the one key ``claims``.

    Parameters
    ----------
    path : str, Path or mapping
        The file, the name of one that ships with the package, or what it would hold.
    define : dict of str to Instrument, optional
        Instruments of one's own that claims may name beside those of the catalogue.

    Raises
    ------
    ConfigurationError
        If something in it is wrong, or an instrument is unknown: one sentence with file, line, path and the nearest
        valid word.

    Examples
    --------
    >>> [claim.id for claim in load_claims("terminal_reflexivity")][:2]
    ['same-day-selloff', 'intraday-low']
    """
    document = None if isinstance(path, Mapping) else read_document(file_of(path, CLAIMS))
    settings = path if isinstance(path, Mapping) else {} if document is None else document.settings
    written = partial(_as_written, settings)
    try:
        claims = Claims.model_validate(settings).claims
    except ValidationError as error:
        raise refuse(error, Claims, document, written) from None
    for number, claim in enumerate(claims):
        for place, leg in enumerate(claim.legs):
            _check_instruments(leg, dict(define or {}), partial(_refused, document, written, number, place))
    return claims


def _check_instruments(
    leg: Leg, define: dict[str, Instrument], refused: Callable[[str, ConfigurationError], ConfigurationError]
) -> None:
    for name in (*leg.instruments, *leg.extras):
        try:
            resolve(name, define)
        except ConfigurationError as error:
            field = next(key for key, value in leg.model_dump().items() if _holds(value, name))
            raise refused(field, error) from None


def _refused(
    document: Document | None,
    written: Callable[[Place], Place],
    number: int,
    leg: int,
    field: str,
    error: ConfigurationError,
) -> ConfigurationError:
    place = written(("claims", number, "legs", leg, field))
    file, line = (None, None) if document is None else (document.path, document.line_of(place))
    return ConfigurationError(error.message, file=file, line=line, path=".".join(map(str, place)))


def _as_written(settings: Mapping[str, Any], place: Place) -> Place:
    """Return the place in the file of a place in the model: without the kind's word, and without the legs left out."""
    if len(place) < 4 or place[2] != "legs":
        return place
    start, rest = place[:4], place[4:]
    if rest and rest[0] in WORDS:
        rest = rest[1:]
    claim = settings["claims"][place[1]]
    written = claim["legs"][place[3]] if "legs" in claim else claim
    if rest[:1] == ("conditions",) and "conditions" not in written:
        rest = rest[2:]
    return (*start, *rest) if "legs" in claim else (*place[:2], *rest)


def _holds(value: object, name: str) -> bool:
    """Tell whether a field is a name, or holds it somewhere inside."""
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, tuple) else ()
    return value == name or any(_holds(each, name) for each in inner)
