"""Who adds to a shared page: the place a client sleeps, the next review, who is in a group now, the timeline, and what can be
done from the sheet of a bed."""

from collections.abc import Iterable

from admissions.views.acts import ACTS as ADMISSIONS_ACTS
from asam.queries import entries as levels
from asam.queries import next_reviews
from beds.queries import moves, places, slept
from beds.views.act import Act
from chart.queries import moves as placements
from chart.queries import notes, scored
from emar.queries import timeline as doses
from emar.queries.withdrawal import dose_marks
from groups.queries import present
from groups.queries import timeline as groups
from programs.contributions import (
    DoseMarkProvider,
    PlaceProvider,
    PresentProvider,
    ReviewProvider,
    SleptProvider,
    TimelineProvider,
)

PLACES: PlaceProvider = places
SLEPT: SleptProvider = slept
REVIEWS: ReviewProvider = next_reviews
PRESENT: PresentProvider = present
DOSE_MARKS: DoseMarkProvider = dose_marks
TIMELINE: Iterable[TimelineProvider] = (moves, groups, notes, scored, levels, placements, doses)
BED_ACTS: Iterable[Act] = ADMISSIONS_ACTS
