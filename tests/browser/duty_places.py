"""The pages of the privacy officer's duties, for the walk over every page."""

from collections.abc import Iterator

from privacy.models import AccessRequest, BreachIncident, EmergencyCall, Engagement, LegalRequest, RestrictionRequest


def duty_places() -> Iterator[tuple[str, str]]:
    """The privacy officer's duties: restrictions, legal papers, engagements, access requests, incidents; an emergency."""
    waiting = RestrictionRequest.objects.filter(steps=None).get()
    paid = RestrictionRequest.objects.filter(paid_in_full=True).get()
    call = EmergencyCall.objects.filter(disclosure=None).get()
    order, fax = LegalRequest.objects.get(kind="order"), BreachIncident.objects.exclude(notices=None).get()
    asked, paper, breach = (
        f"/clients/{waiting.client_id}/consents/",
        f"/privacy/legal/{order.pk}/",
        f"/privacy/incidents/{fax.pk}/",
    )
    own, given = AccessRequest.objects.get(steps=None), AccessRequest.objects.exclude(steps=None).get()
    audit, research = (
        f"/privacy/engagements/{Engagement.objects.get(kind=kind).pk}/" for kind in ("audit", "research")
    )
    yield from (
        ("privacy", "/privacy/duties/"), ("intake", f"{asked}restrictions/"), ("intake", f"{asked}restrictions/ask/"),
        ("privacy", f"{asked}restrictions/{waiting.pk}/decide/"),
        ("privacy", f"/clients/{paid.client_id}/consents/restrictions/{paid.pk}/end/"),
        ("nurse", f"/clients/{call.client_id}/emergency/"), ("nurse", f"/clients/{call.client_id}/emergency/call/"),
        ("nurse", f"/clients/{call.client_id}/emergency/{call.pk}/"), ("privacy", "/privacy/legal/new/"), ("privacy", paper),
        ("privacy", f"{paper}step/"), ("privacy", "/privacy/engagements/new/"), ("privacy", audit), ("privacy", research),
        ("privacy", f"{audit}step/"), ("privacy", f"/privacy/access/{own.pk}/"), ("privacy", f"/privacy/access/{given.pk}/"),
        ("privacy", f"/privacy/access/{own.pk}/step/"), ("privacy", f"/clients/{own.client_id}/release/asked/"),
        ("privacy", f"/clients/{own.client_id}/release/?access={own.pk}"),
        ("director", "/privacy/incidents/new/"), ("privacy", breach),
        *(("privacy", f"{breach}{act}/") for act in ("person", "assess", "notice", "close")),
    )  # fmt: skip
