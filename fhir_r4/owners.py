"""Whose is a resource? From its type and id to the client, so that one resource is read through the gate like a whole chart."""

import re
from collections.abc import Mapping

from django.db.models import Model

from chart.models import (
    Allergy,
    Contact,
    Diagnosis,
    Goal,
    NoKnownAllergies,
    Note,
    Plan,
    Problem,
    Score,
    ScreenResult,
    Vitals,
)
from emar.models import Administration, Order
from groups.models import Attendance, Part
from programs.models import Client, Episode, Placement

Way = tuple[type[Model], str]
OWNERS: Mapping[str, Mapping[str, Way]] = {
    "Patient": {"": (Client, "pk")},
    "RelatedPerson": {"": (Contact, "client")},
    "EpisodeOfCare": {"": (Episode, "client")},
    "Encounter": {"": (Placement, "episode__client"), "session": (Attendance, "client")},
    "Condition": {"diagnosis": (Diagnosis, "client"), "problem": (Problem, "plan__episode__client")},
    "AllergyIntolerance": {"": (Allergy, "client"), "none": (NoKnownAllergies, "client")},
    "MedicationRequest": {"": (Order, "client")},
    "MedicationAdministration": {"": (Administration, "order__client")},
    "Observation": {
        "vitals": (Vitals, "client"),
        "score": (Score, "client"),
        "screen": (ScreenResult, "screen__client"),
    },
    "CarePlan": {"": (Plan, "episode__client")},
    "Goal": {"": (Goal, "plan__episode__client")},
    "DocumentReference": {"note": (Note, "episode__client"), "group": (Part, "client")},
}
"""Type, beginning of its id, the table and the way to the client."""
NAMED = re.compile(r"(?:([a-z]+)-)?([1-9][0-9]{0,17})(?:-[a-z0-9]+)?")


def owner(kind: str, name: str) -> int | None:
    """The record a resource belongs to; None where there is none of that name. One query."""
    found = NAMED.fullmatch(name)
    way = OWNERS.get(kind, {}).get(found[1] or "") if found else None
    if way is None or found is None:
        return None
    model, path = way
    client_id: int | None = model._default_manager.filter(pk=int(found[2])).values_list(path, flat=True).first()
    return client_id


def patient_key(words: str) -> int | None:
    """'12' or 'Patient/12' as a key; None for anything else."""
    found = re.fullmatch(r"(?:Patient/)?([1-9][0-9]{0,17})", words)
    return int(found[1]) if found else None
