"""Who adds to a shared page: the place a client sleeps, and the lines of the timeline."""

from collections.abc import Iterable

from asam.queries import entries as levels
from beds.queries import moves, places
from chart.queries import moves as placements
from chart.queries import notes
from emar.queries import timeline as doses
from groups.queries import timeline as groups
from programs.contributions import PlaceProvider, TimelineProvider

PLACES: PlaceProvider = places
TIMELINE: Iterable[TimelineProvider] = (moves, groups, notes, levels, placements, doses)
