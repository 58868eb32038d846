"""What happens in an unwind? Catalogues of events, event studies with inference over episodes, local projections."""

from coupling.events.detection.detector import UnwindDetector
from coupling.events.detection.scoring import choose_threshold, market_falls, score_signals
from coupling.events.listing.catalogue import Catalogue, catalogue_names, load_events
from coupling.events.listing.event import Event, Precision
from coupling.events.studies.clock import first_session
from coupling.events.studies.intraday import IntradayPath
from coupling.events.studies.local_projection import LocalProjection
from coupling.events.studies.shocks import unwind_shock
from coupling.events.studies.study import EventStudy

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
