"""Who adds to a shared page: the place a client sleeps, and the lines of the timeline."""

from collections.abc import Iterable

from beds.queries import moves, places
from programs.contributions import PlaceProvider, TimelineProvider

PLACES: PlaceProvider = places
TIMELINE: Iterable[TimelineProvider] = (moves,)
