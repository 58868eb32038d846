"""What happens around an event? Catalogues of events, event studies with inference over episodes, local projections."""

from coupling.events.detection.detector import EventDetector
from coupling.events.detection.scoring import choose_threshold, score_signals, stress_onsets
from coupling.events.listing.catalogue import Catalogue, catalogue_names, load_events
from coupling.events.listing.event import Event, Precision
from coupling.events.studies.clock import first_session
from coupling.events.studies.intraday import IntradayPath
from coupling.events.studies.local_projection import LocalProjection
from coupling.events.studies.shocks import event_shock
from coupling.events.studies.study import EventStudy

__all__ = [
    "Catalogue",
    "Event",
    "EventDetector",
    "EventStudy",
    "IntradayPath",
    "LocalProjection",
    "Precision",
    "catalogue_names",
    "choose_threshold",
    "event_shock",
    "first_session",
    "load_events",
    "score_signals",
    "stress_onsets",
]
