"""What is written about a client that belongs to no single room: notes, allergies and scores."""

from chart.models.allergies import Allergy, NoKnownAllergies
from chart.models.belongings import Belonging, BelongingEnd, Inventory
from chart.models.break_glass import BreakGlass, BreakGlassPaper, BreakGlassReview
from chart.models.contacts import Contact, SafeChannel, TeamMember
from chart.models.deadlines import ProgramDeadlines
from chart.models.diagnoses import Diagnosis
from chart.models.handoff import DayReport, Handoff, HandoffDraft, HandoffReceipt
from chart.models.handovers import HandOver, HandOverAnswer
from chart.models.incidents import Incident, IncidentClient, IncidentReview, IncidentStaff, IncidentTold
from chart.models.note_templates import NotePolicy, NoteTemplate
from chart.models.notes import Note, NoteCosign, NoteDraft, NoteObjective
from chart.models.plan_facts import ObjectiveStatus, PlanAgreement, PlanReview
from chart.models.plans import Goal, Intervention, Objective, Plan, Problem
from chart.models.rounds import ObservationCheck, ObservationOrder
from chart.models.safety import SafetyPlan, SafetySigning
from chart.models.scores import Score
from chart.models.screens import DrugScreen, ScreenResult, ScreenStep
from chart.models.tasks import Task, TaskHolder
from chart.models.vitals import Vitals, VitalsPolicy

__all__ = [
    "Allergy",
    "Belonging",
    "BelongingEnd",
    "BreakGlass",
    "BreakGlassPaper",
    "BreakGlassReview",
    "Contact",
    "DayReport",
    "Diagnosis",
    "DrugScreen",
    "Goal",
    "HandOver",
    "HandOverAnswer",
    "Handoff",
    "HandoffDraft",
    "HandoffReceipt",
    "Incident",
    "IncidentClient",
    "IncidentReview",
    "IncidentStaff",
    "IncidentTold",
    "Intervention",
    "Inventory",
    "NoKnownAllergies",
    "Note",
    "NoteCosign",
    "NoteDraft",
    "NoteObjective",
    "NotePolicy",
    "NoteTemplate",
    "Objective",
    "ObjectiveStatus",
    "ObservationCheck",
    "ObservationOrder",
    "Plan",
    "PlanAgreement",
    "PlanReview",
    "Problem",
    "ProgramDeadlines",
    "SafeChannel",
    "SafetyPlan",
    "SafetySigning",
    "Score",
    "ScreenResult",
    "ScreenStep",
    "Task",
    "TaskHolder",
    "TeamMember",
    "Vitals",
    "VitalsPolicy",
]
