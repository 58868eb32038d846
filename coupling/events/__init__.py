"""What happens in an unwind? Catalogues of events, event studies with inference over episodes, local projections."""

from coupling.events.catalogue import Catalogue, catalogue_names, load_events
from coupling.events.clock import first_session
from coupling.events.detector import UnwindDetector
from coupling.events.event import Event, Precision
from coupling.events.intraday import IntradayPath
from coupling.events.local_projection import LocalProjection
from coupling.events.scoring import choose_threshold, market_falls, score_signals
from coupling.events.shocks import unwind_shock
from coupling.events.study import EventStudy

__all__ = [
    "Catalogue",
    "Event",
    "EventStudy",
    "IntradayPath",
    "LocalProjection",
    "Precision",
    "UnwindDetector",
    "catalogue_names",
    "choose_threshold",
    "first_session",
    "load_events",
    "market_falls",
    "score_signals",
    "unwind_shock",
]
