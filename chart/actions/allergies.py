"""Record an allergy, end one with a reason, and say that none is known. What ended stays on record."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from chart.models import Allergy, NoKnownAllergies
from chart.rules.allergies import LONGEST_REASON, check_allergy, said
from programs.placed import told
from programs.rules.words import check_words, tidy
from programs.scene import after, scene
from staff.models import Person
from staff.rules.capabilities import Capability


def _same(kwargs: Mapping[str, Any]) -> Finding:
    words = f"{tidy(kwargs['substance'])} stands on the chart already. Reload the page to see it."
    return stop("allergy.same", words, field="substance")


def _not_both(kwargs: Mapping[str, Any]) -> Finding:
    return stop("allergy.or_none", "Somebody recorded an allergy just now. Reload the page and look at it.")


@action("chart.allergy", explain={"chart_allergy_once_any_case": _same, "chart_allergy_or_none": _not_both})
def note_allergy(
    *,
    by: Person,
    at: datetime,
    client_id: int,
    substance: str,
    kind: str,
    reaction: str = "",
    severity: str = "unknown",
    source: str = "",
    key: UUID | None = None,
) -> Allergy:
    """Record an allergy or intolerance from now on; 'no known allergies' ends with it.

    Raises Refused: a value is wrong (``detail['field']``), or the substance stands there already (who wrote it, when); NotAllowed.
    """
    here = scene(by, at, client_id, Capability.ALLERGIES)
    substance, reaction = tidy(substance), tidy(reaction)
    findings = check_allergy(substance, reaction) or check_words(substance + reaction, "substance", longest=200)
    if (
        kind not in Allergy.Kind.values
        or severity not in Allergy.Severity.values
        or source not in Allergy.Source.values
    ):
        findings.append(stop("allergy.choice", "Choose kind, severity and source from the lists."))
    same = Allergy.objects.filter(client=here.client, substance__iexact=substance, ended_at=None).first()
    if same is not None:
        who = f"{same.noted_by.signature} recorded it" if same.noted_by else "It was recorded"
        message = f"{same.substance} stands on the chart already: {who} at {told(same.noted_at, here.site.tz)}."
        findings.append(
            stop("allergy.same", f"{message} End that one first where it is to be changed.", field="substance")
        )
    if findings:
        raise Refused(*findings)

    for none in NoKnownAllergies.objects.filter(client=here.client, ended_at=None):
        none.ended_at = after(none.started_at, at)
        none.save(update_fields=["ended_at"])
    row = Allergy.objects.create(
        client=here.client, substance=substance, kind=kind, reaction=reaction, severity=severity, source=source,
        noted_at=at, noted_by=by,
    )  # fmt: skip
    words = said(substance, reaction, severity, kind)
    here.record("chart.allergy", f"{here.client.short_name}: {row.get_kind_display().lower()} {words}", row, by, at)

    here.announce(at)
    return row


@action("chart.end_allergy")
def end_allergy(*, by: Person, at: datetime, allergy_id: int, why: str, key: UUID | None = None) -> Allergy:
    """End an allergy now, with the reason: it was tested, it was another substance, it was a mistake.

    Raises Refused: ended before (who, when), no reason; NotAllowed; Allergy.DoesNotExist.
    """
    here = scene(by, at, Allergy.objects.only("client_id").get(pk=allergy_id).client_id, Capability.ALLERGIES)
    row = Allergy.objects.select_related("ended_by").get(pk=allergy_id)
    if row.ended_at is not None:
        who = row.ended_by.signature if row.ended_by else "Somebody"
        message = f"{who} ended this allergy at {told(row.ended_at, here.site.tz)} already: {row.ended_why}"
        raise Refused(stop("allergy.ended", message))
    if findings := check_words(why, "why", longest=LONGEST_REASON, missing="Say why it no longer counts."):
        raise Refused(*findings)

    row.ended_at, row.ended_by, row.ended_why = after(row.noted_at, at), by, why.strip()
    row.save(update_fields=["ended_at", "ended_by", "ended_why"])
    here.record(
        "chart.end_allergy", f"{here.client.short_name}: allergy to {row.substance} ended: {why.strip()}", row, by, at
    )

    here.announce(at)
    return row


@action("chart.no_known_allergies", explain={"chart_allergy_or_none": _not_both})
def state_none_known(*, by: Person, at: datetime, client_id: int, key: UUID | None = None) -> NoKnownAllergies:
    """Somebody asked, and no allergy is known. Said again later, it begins anew, so that the newest asking shows.

    Raises Refused while an allergy stands on the chart; NotAllowed.
    """
    here = scene(by, at, client_id, Capability.ALLERGIES)
    known = list(Allergy.objects.filter(client=here.client, ended_at=None).order_by("substance"))
    if known:
        listed = ", ".join(each.substance for each in known)
        message = f"On the chart: {listed}. End what no longer counts first, each with its reason."
        raise Refused(stop("allergy.or_none", message))

    begins = at
    for none in NoKnownAllergies.objects.filter(client=here.client, ended_at=None):
        none.ended_at = begins = after(none.started_at, at)
        none.save(update_fields=["ended_at"])
    row = NoKnownAllergies.objects.create(client=here.client, started_at=begins, by=by)
    here.record("chart.no_known_allergies", f"{here.client.short_name}: no known allergies", row, by, at)

    here.announce(at)
    return row
