"""Write a safety plan as a new version, and have the client sign it or say that they would not."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max

from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from chart.models import SafetyPlan, SafetySigning
from chart.rules.safety import check_sections
from programs.placed import told
from programs.rules.signature import read_strokes, stroke_findings, svg_of
from programs.rules.words import check_words
from programs.scene import scene
from staff.models import Person
from staff.rules.capabilities import Capability


def _newer(kwargs: Mapping[str, Any]) -> Finding:
    return stop(
        "safety.newer", "Somebody wrote a newer version just now. Look at it, then write what is still missing."
    )


def _signed(kwargs: Mapping[str, Any]) -> Finding:
    return stop("safety.signed", "This version was answered already. Reload the page to see it.")


@action("chart.safety_plan", explain={"chart_safety_plan_version": _newer})
def write_safety_plan(
    *,
    by: Person,
    at: datetime,
    client_id: int,
    sections: Mapping[str, str],
    seen: int,
    key: UUID | None = None,
) -> SafetyPlan:
    """Keep a new version in the client's own words. ``seen`` is the number of the version it was written over (0: none).

    Raises Refused: a section is missing or too long (``detail['field']``), a newer version came meanwhile; NotAllowed.
    """
    here = scene(by, at, client_id, Capability.SAFETY_PLANS)
    newest = SafetyPlan.objects.select_related("by").filter(client=here.client).order_by("-number").first()
    if newest is not None and newest.number != seen:
        when = told(newest.at, here.site.tz)
        message = (
            f"{newest.by.signature} wrote version {newest.number} at {when}. Look at it, then add what is missing."
        )
        raise Refused(stop("safety.newer", message))
    if findings := check_sections(sections):
        raise Refused(*findings)
    highest = SafetyPlan.objects.filter(client=here.client).aggregate(highest=Max("number"))["highest"] or 0

    kept = {code: words.strip() for code, words in sections.items() if words.strip()}
    row = SafetyPlan.objects.create(client=here.client, number=highest + 1, sections=kept, at=at, by=by)
    here.record("chart.safety_plan", f"{here.client.short_name}: safety plan version {row.number}", row, by, at)
    return row


@action("chart.sign_safety_plan", explain={"chart_safetysigning_plan_id_key": _signed})
def sign_safety_plan(
    *,
    by: Person,
    at: datetime,
    plan_id: int,
    how: str,
    strokes: object = None,
    note: str = "",
    key: UUID | None = None,
) -> SafetySigning:
    """Write what the client said to the newest version: signed on the screen (``strokes``), by word, or refused with why.

    Raises Refused: not the newest version, answered before, nothing drawn; NotAllowed; SafetyPlan.DoesNotExist.
    """
    here = scene(by, at, SafetyPlan.objects.only("client_id").get(pk=plan_id).client_id, Capability.SAFETY_PLANS)
    plan = SafetyPlan.objects.get(pk=plan_id)
    if SafetyPlan.objects.filter(client=here.client, number__gt=plan.number).exists():
        raise Refused(stop("safety.old", "There is a newer version of this plan. Sign that one."))
    earlier = SafetySigning.objects.filter(plan=plan).first()
    if earlier is not None:
        when = told(earlier.at, here.site.tz)
        message = f"The client answered this version at {when}: {earlier.get_how_display().lower()}. A new version asks again."
        raise Refused(stop("safety.signed", message))
    findings = check_words(
        note, "note", longest=200, missing="Write what they said." if how == SafetySigning.How.REFUSED else ""
    )
    drawn = read_strokes(strokes) if how == SafetySigning.How.DRAWN else ()
    if how not in SafetySigning.How.values:
        findings.append(stop("safety.how", "Choose how the client answered.", field="how"))
    elif how == SafetySigning.How.DRAWN:
        findings += stroke_findings(drawn)
    if findings:
        raise Refused(*findings)

    row = SafetySigning.objects.create(
        plan=plan, how=how, strokes=[list(map(list, stroke)) for stroke in drawn or ()],
        svg=svg_of(drawn) if drawn else "", note=note.strip(), at=at, by=by,
    )  # fmt: skip
    words = f"{here.client.short_name}: safety plan version {plan.number}, {row.get_how_display().lower()}"
    here.record("chart.sign_safety_plan", words, row, by, at)
    return row
