"""Names of months in English, German, French, Spanish, Italian and Portuguese: no name means two months."""

from __future__ import annotations

__all__ = ["MONTH_NAMES"]

_BY_MONTH = (
    "january jan januar jänner janvier janv enero ene gennaio gen janeiro",
    "february feb februar février fevrier févr fevr fév fev febrero febbraio fevereiro",
    "march mar märz maerz mär mrz mars marzo março marco",
    "april apr avril avr abril abr aprile",
    "may mai mayo maggio mag maio",
    "june jun juni juin junio giugno giu junho",
    "july jul juli juillet juil julio luglio lug julho",
    "august aug août aout agosto ago",
    "september sept sep septembre septiembre setiembre settembre sett set setembro",
    "october oct oktober okt octobre octubre ottobre ott outubro out",
    "november nov novembre noviembre novembro",
    "december dec dezember dez décembre decembre déc diciembre dic dicembre dezembro",
)
MONTH_NAMES = {name: month for month, names in enumerate(_BY_MONTH, 1) for name in names.split()}
"""Number of each month by its name or short name, in lower case."""
