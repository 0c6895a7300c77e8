"""Whose record a page shows, and which part of it: what the trail says somebody opened.

An address that names a client, an episode, an order or another row of one client's record is told by itself, under the name of its room
where it has no better one here. Addresses whose key could be anything are named one by one; a test finds one that was forgotten.
"""

from collections.abc import Mapping
from typing import NamedTuple

from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from beds.models import BedStay
from programs.models import Client, Merge
from programs.people import with_others

PARTS: Mapping[str, str] = {
    "chart:chart": "chart", "chart:papers": "papers", "chart:draft_summary": "papers", "chart:notes": "notes", "chart:note": "notes",
    "chart:amend_note": "notes", "chart:write_note": "notes", "chart:write": "notes", "chart:score": "scales", "chart:scales": "scales",
    "chart:scores": "scales", "chart:trend": "scales", "chart:score_kept": "scales", "chart:hand_over_begin": "scales",
    "chart:handed": "scales", "chart:vitals": "vitals", "chart:take_vitals": "vitals", "chart:client_review": "review of the chart",
    "chart:compare": "two records", "chart:facts": "facts", "chart:record": "face sheet", "chart:record_change": "face sheet",
    "chart:contact": "contacts", "chart:channel": "contacts", "chart:contact_change": "contacts", "chart:contact_end": "contacts",
    "chart:allergy": "allergies", "chart:none_known": "allergies", "chart:allergy_end": "allergies", "chart:diagnosis": "diagnoses",
    "chart:diagnosis_change": "diagnoses", "chart:safety": "safety plan", "chart:safety_write": "safety plan",
    "chart:safety_sign": "safety plan", "chart:screens": "drug screens", "chart:screen": "drug screens",
    "chart:screen_new": "drug screens", "chart:screen_correct": "drug screens", "chart:screen_step": "drug screens",
    "chart:belongings": "belongings", "chart:belongings_new": "belongings", "chart:belonging_correct": "belongings",
    "chart:belonging_end": "belongings", "chart:plan": "plan", "chart:plan_versions": "plan", "chart:plan_review": "plan",
    "chart:plan_draft": "plan", "chart:plan_objective": "plan", "chart:plan_version": "plan", "chart:plan_hand": "plan",
    "chart:plan_answer": "plan", "chart:task": "task", "emar:mar": "medication record", "emar:orders": "orders",
    "emar:order_new": "orders", "emar:order_change": "orders", "emar:order_act": "orders", "emar:band_page": "wristband",
    "groups:weeks": "minutes", "asam:packet": "review packet", "asam:review": "review packet", "asam:review_record": "review packet",
    "asam:authorisations": "authorisations", "admissions:precautions": "precautions", "admissions:transition": "step",
    "admissions:step": "step", "beds:sheet": "bed", "chart:counseling": "counseling notes", "chart:counseling_new": "counseling notes",
    "chart:counseling_note": "counseling notes", "chart:counseling_correct": "counseling notes",
}  # fmt: skip
OF_ROOM: Mapping[str, str] = {
    "chart": "chart", "emar": "doses", "groups": "groups", "asam": "level", "admissions": "placement", "beds": "bed", "unit": "unit",
    "privacy": "consents and disclosures", "fhir_page": "record as FHIR", "api-1": "record by the interface",
}  # fmt: skip
SHARED: Mapping[str, tuple[str, str]] = {
    "unit:incident": ("incident", "chart.Incident"),
    "unit:incident_correct": ("incident", "chart.Incident"),
    "groups:session": ("group session", "groups.Session"),
    "privacy:incident": ("incident of privacy", "privacy.BreachIncident"),
    "privacy:engagement": ("audit or research", "privacy.Engagement"),
}
"""Pages about one thing in which several clients are named: the part, and the model of the thing."""


class Leads(NamedTuple):
    """Rows of a model lead to their client over a path of fields."""

    model: str
    path: str


KEYS: Mapping[str, Leads] = {
    "episode_id": Leads("programs.Episode", "client"),
    "order_id": Leads("emar.Order", "client"),
    "administration_id": Leads("emar.Administration", "order__client"),
    "reassessment_id": Leads("emar.Reassessment", "administration__order__client"),
    "verbal_id": Leads("emar.VerbalOrder", "order__client"),
    "assessment_id": Leads("asam.Assessment", "episode__client"),
    "decision_id": Leads("asam.Decision", "assessment__episode__client"),
}
PKS: Mapping[str, Leads] = {
    "admissions:requests:line": Leads("programs.PlacementRequest", "client"),
    "admissions:requests:act": Leads("programs.PlacementRequest", "client"),
    "admissions:admit": Leads("programs.PlacementRequest", "client"),
    "admissions:transition": Leads("asam.Transition", "entered__episode__client"),
    "admissions:packet": Leads("asam.Transition", "entered__episode__client"),
    "asam:review_record": Leads("asam.LevelReview", "episode__client"),
    "asam:review_pdf": Leads("asam.LevelReview", "episode__client"),
    "asam:look_over": Leads("asam.Draft", "episode__client"),
    "asam:assessment": Leads("asam.Assessment", "episode__client"),
    "asam:determination": Leads("asam.Assessment", "episode__client"),
    "asam:decide": Leads("asam.Assessment", "episode__client"),
    "asam:choice": Leads("asam.Assessment", "episode__client"),
    "asam:client_part": Leads("asam.Decision", "assessment__episode__client"),
    "asam:correct_authorisation": Leads("asam.Authorisation", "episode__client"),
    "asam:take_over": Leads("asam.Draft", "episode__client"),
    "chart:task": Leads("chart.Task", "client"),
    "privacy:legal_request": Leads("privacy.LegalRequest", "client"),
    "privacy:legal_step": Leads("privacy.LegalRequest", "client"),
    "privacy:legal_reply": Leads("privacy.LegalRequest", "client"),
    "privacy:access_request": Leads("privacy.AccessRequest", "client"),
    "privacy:access_step": Leads("privacy.AccessRequest", "client"),
}


def part_of(address: str) -> str:
    """The part of a record that an address shows."""
    return PARTS.get(address) or OF_ROOM.get(address.partition(":")[0], "record")


def names_somebody(address: str, kwargs: Mapping[str, object]) -> bool:
    """Whether the address leads to one client."""
    return "client_id" in kwargs or address in PKS or address == "beds:sheet" or any(key in kwargs for key in KEYS)


def client_of(address: str, kwargs: Mapping[str, object]) -> Client | None:
    """The client whose record the address shows; the one that stays where it was merged. None where there is none (a free bed). One
    query, or two; ``ids_of`` asks nothing more."""
    pk = _client_id(address, kwargs)
    if pk is None:
        return None
    into = Exists(Merge.objects.filter(into=OuterRef("pk"), client=pk, ended_at=None))
    found = list(with_others(Client.objects.filter(Q(pk=pk) | into)))
    return next((each for each in found if each.pk != pk), found[0] if found else None)


def _client_id(address: str, kwargs: Mapping[str, object]) -> int | None:
    if "client_id" in kwargs:
        return int(str(kwargs["client_id"]))
    if address == "beds:sheet":
        return (
            BedStay.objects.filter(bed=int(str(kwargs["pk"])), ended_at=None).values_list("client", flat=True).first()
        )
    leads, pk = next(((KEYS[key], kwargs[key]) for key in KEYS if key in kwargs), (PKS.get(address), kwargs.get("pk")))
    if leads is None:
        return None
    found: int | None = (
        apps.get_model(leads.model)._default_manager.filter(pk=pk).values_list(leads.path, flat=True).first()
    )
    return found
