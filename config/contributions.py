"""Who adds to a shared page: the place a client sleeps, the next review, who is in a group now, the timeline, and what can be
done from the sheet of a bed."""

from collections.abc import Iterable

from admissions.views.acts import ACTS as ADMISSIONS_ACTS
from asam.models import Assessment, Decision, LevelReview, Transition
from asam.pdf.chart import sections as levels_paper
from asam.queries import entries as levels
from asam.queries import next_reviews
from asam.queries.chart_line import standing as level_standing
from asam.queries.done import done as levels_done
from asam.queries.evidence import attendance, leaves, notes_about, scores, screens, taken, vitals
from asam.queries.transitions import entries as transitions
from asam.queries.wishes import wishes
from beds.models import BedStay
from beds.queries import moves, places, room_tags, slept, wards
from beds.queries import told as bed_told
from beds.queries.own import asleep_here
from beds.views.act import Act
from chart.models import (
    Allergy,
    Diagnosis,
    DrugScreen,
    IncidentClient,
    NoKnownAllergies,
    Note,
    ObjectiveStatus,
    Plan,
    PlanAgreement,
    PlanReview,
    SafetyPlan,
    SafetySigning,
    Score,
    Vitals,
)
from chart.pdf.sections import sections as chart_paper
from chart.queries import scored
from chart.queries import told as program_told
from chart.queries.facts_told import allergies, diagnoses, safety_plans, screened
from chart.queries.facts_told import raised as facts_raised
from chart.queries.incidents import incidents_of
from chart.queries.objective_notes import worked as notes_worked
from chart.queries.plan_timeline import plans
from chart.queries.timeline import moves as placements
from chart.queries.timeline import notes
from chart.queries.vitals import measured
from emar.models import Administration
from emar.pdf.chart import sections as orders_paper
from emar.queries import timeline as doses
from emar.queries import told as dose_told
from emar.queries.running import medications
from emar.queries.standing import standing as order_standing
from emar.queries.starts import order_starts
from emar.queries.waiting import waiting as medication_waiting
from emar.queries.withdrawal import dose_marks
from groups.models import Attendance
from groups.pdf.chart import sections as groups_paper
from groups.queries import present
from groups.queries import timeline as groups
from groups.queries import told as group_told
from groups.queries.own import in_groups_of
from groups.queries.packs import cosigning
from groups.queries.prompts import worked as groups_worked
from groups.queries.standing import standing as week_standing
from groups.queries.unsigned import unsigned
from groups.queries.waiting import waiting as groups_waiting
from groups.queries.worked import holidays, served
from programs.contributions import (
    CosignProvider,
    DayFigureProvider,
    DoneProvider,
    DoseMarkProvider,
    EvidenceProvider,
    ExceptionProvider,
    HolidayProvider,
    MedicationProvider,
    OrderStartProvider,
    PlaceProvider,
    PresentProvider,
    ReviewProvider,
    ServedProvider,
    SleptProvider,
    TagProvider,
    UnsignedProvider,
    WaitingProvider,
    WardProvider,
    WishProvider,
    WorkProvider,
)
from programs.models import Episode, Leave, Placement
from programs.own import OwnProvider
from programs.papers import SectionProvider
from programs.standing import NowProvider
from programs.strands import Moments, Strand

PLACES: PlaceProvider = places
SLEPT: SleptProvider = slept
WARDS: WardProvider = wards
TAGS: TagProvider = room_tags
EXCEPTIONS: Iterable[ExceptionProvider] = (
    program_told.program_exceptions,
    program_told.exceptions,
    dose_told.exceptions,
    bed_told.exceptions,
    group_told.exceptions,
    facts_raised,
)
DAY_FIGURES: Iterable[DayFigureProvider] = (
    bed_told.day_figures,
    dose_told.day_figures,
    group_told.day_figures,
    program_told.day_figures,
)
REVIEWS: ReviewProvider = next_reviews
PRESENT: PresentProvider = present
HOLIDAYS: HolidayProvider = holidays
SERVED: ServedProvider = served
DONE: Iterable[DoneProvider] = (levels_done,)
UNSIGNED: UnsignedProvider = unsigned
WAITING: Iterable[WaitingProvider] = (medication_waiting, groups_waiting)
DOSE_MARKS: DoseMarkProvider = dose_marks
MEDICATIONS: MedicationProvider = medications
ORDER_STARTS: OrderStartProvider = order_starts
OBJECTIVE_WORK: Iterable[WorkProvider] = (notes_worked, groups_worked)
COSIGN: CosignProvider = cosigning
OWN: Iterable[OwnProvider] = (asleep_here, in_groups_of)
CHART_NOW: Iterable[NowProvider] = (level_standing, order_standing, week_standing)
SECTIONS: Iterable[SectionProvider] = (chart_paper, levels_paper, orders_paper, groups_paper)
# a provider, and every column that one of its entries may stand at: a column that is missing hides what stands there alone
STRANDS: Iterable[Strand] = (
    Strand(moves, (Moments(BedStay, "started_at", "client"), Moments(BedStay, "ended_at", "client"))),
    Strand(groups, (Moments(Attendance, "session__started_at", "client"),)),
    Strand(notes, (Moments(Note, "about_at", "episode__client"),)),
    Strand(scored, (Moments(Score, "at", "client"),)),
    Strand(
        levels,
        (
            Moments(Assessment, "at", "episode__client"),
            Moments(Decision, "at", "assessment__episode__client"),
            Moments(LevelReview, "at", "episode__client"),
        ),
    ),
    Strand(transitions, (Moments(Transition, "at", "entered__episode__client"),)),
    Strand(
        placements,
        (
            Moments(Placement, "started_at", "episode__client"),
            Moments(Episode, "ended_at", "client"),
            Moments(Leave, "started_at", "episode__client"),
            Moments(Leave, "ended_at", "episode__client"),
        ),
    ),
    Strand(doses, (Moments(Administration, "given_at", "order__client"),)),
    Strand(
        plans,
        (
            Moments(Plan, "signed_at", "episode__client"),
            Moments(PlanAgreement, "at", "plan__episode__client"),
            Moments(PlanReview, "at", "plan__episode__client"),
            Moments(ObjectiveStatus, "at", "objective__plan__episode__client"),
        ),
    ),
    Strand(measured, (Moments(Vitals, "at", "client"),)),
    Strand(
        allergies,
        (
            Moments(Allergy, "noted_at", "client"),
            Moments(Allergy, "ended_at", "client"),
            Moments(NoKnownAllergies, "started_at", "client"),
        ),
    ),
    Strand(incidents_of, (Moments(IncidentClient, "incident__happened_at", "client"),)),
    Strand(diagnoses, (Moments(Diagnosis, "at", "client"),)),
    Strand(safety_plans, (Moments(SafetyPlan, "at", "client"), Moments(SafetySigning, "at", "plan__client"))),
    Strand(screened, (Moments(DrugScreen, "collected_at", "client"),)),
)
EVIDENCE: Iterable[EvidenceProvider] = (scores, vitals, taken, screens, notes_about, attendance, leaves)
WISHES: WishProvider = wishes
BED_ACTS: Iterable[Act] = ADMISSIONS_ACTS
