"""Incidents: reported, corrected, told, reviewed; what goes into a chart and what does not."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from audit.rules.findings import Refused
from chart.actions import incidents
from chart.actions.incidents import Involved, ToldTo
from chart.models import Incident, IncidentReview, Task
from chart.queries.incidents import incidents_of
from staff.access import NotAllowed
from tests.chart.unit_here import MINUTE, Unit, unit
from tests.documents.reading import pages
from tests.factories import World, world
from tests.signing import signed_in


@pytest.fixture
def alder(here: World) -> Unit:
    return unit(here)


@pytest.fixture
def today(db: None) -> Unit:
    return unit(world(timezone.now()))


def report(alder: Unit, **changes: Any) -> Incident:
    """Lena and Omar shouted at each other, reported by the technician."""
    asked: dict[str, Any] = {
        "by": alder.tech, "at": alder.now, "site_id": alder.here.site.pk, "kind": "aggression", "severity": "none",
        "happened_at": alder.now - 10 * MINUTE, "place": "Dining room", "what": "Lena Harmon and Omar Diaz shouted.",
        "done": "Talked to both.",
        "clients": (
            Involved(alder.lena.pk, "involved", "Shouted at another client."),
            Involved(alder.omar.pk, "harmed", "Was shouted at by another client.", "Scratch"),
        ),
        "told": (ToldTo("Nurse in charge", "in person", alder.now - 5 * MINUTE),),
    }  # fmt: skip
    return incidents.report(**asked | changes)


def codes(alder: Unit, **changes: Any) -> list[str]:
    with pytest.raises(Refused) as told:
        report(alder, **changes)
    assert not Incident.objects.exists()
    return [each.code for each in told.value.findings]


def entries(alder: Unit, client_id: int) -> str:
    found = incidents_of(client_id, alder.now - timedelta(days=1), alder.now + timedelta(days=1), alder.now + MINUTE)
    return " | ".join(f"{each.title}: {each.line}" for each in found)


def test_each_clients_chart_says_what_concerns_them_and_names_nobody_else(alder: Unit) -> None:
    report(alder)
    mine, other = entries(alder, alder.lena.pk), entries(alder, alder.omar.pk)
    assert mine == "Incident: aggression, no harm: Shouted at another client."
    assert other == "Incident: aggression, no harm: Was shouted at by another client. Injury: Scratch"
    assert "Diaz" not in mine


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "party"}, "incidents.kind"),
        ({"severity": ""}, "incidents.severity"),
        ({"what": " "}, "incidents.what"),
        ({"done": "x" * 4001}, "incidents.done"),
        ({"place": ""}, "incidents.place"),
        ({"staff_ids": [999_999]}, "incidents.staff"),
        ({"clients": (Involved(999_999, "involved", "Fell."),)}, "incidents.unknown"),
        ({"told": "future"}, "incidents.future"),
    ],
)
def test_a_report_that_is_not_whole_is_refused(alder: Unit, changes: dict[str, Any], code: str) -> None:
    if changes.get("told") == "future":
        changes = {"told": (ToldTo("Police", "", alder.now + MINUTE),)}
    assert code in codes(alder, **changes)


def test_what_is_said_of_one_client_may_not_name_another(alder: Unit) -> None:
    people = (
        Involved(alder.lena.pk, "involved", "Shouted at Omar Diaz."),
        Involved(alder.omar.pk, "harmed", "Shouted at."),
    )
    assert codes(alder, clients=people) == ["incidents.names_another"]


def test_one_client_is_named_once(alder: Unit) -> None:
    people = (Involved(alder.lena.pk, "involved", "Fell."), Involved(alder.lena.pk, "harmed", "Fell."))
    assert "incidents.twice" in codes(alder, clients=people)


def test_a_grave_one_gives_the_director_a_task_which_the_review_ends(alder: Unit) -> None:
    row = report(alder, severity="severe")
    task = Task.objects.get()
    assert (task.urgent, task.capability) == (True, "unit.review_incidents")
    incidents.review(
        by=alder.here.director, at=alder.now + MINUTE, incident_id=row.pk, step="follow_up", text="Seats changed."
    )
    task.refresh_from_db()
    assert task.done_by == alder.here.director


def test_a_correction_is_a_new_report_and_only_the_newer_one_stands_in_the_chart(alder: Unit) -> None:
    row = report(alder)
    newer = report(
        alder,
        at=alder.now + MINUTE,
        severity="minor",
        corrects_id=row.pk,
        corrected_why="There was a scratch",
        key=uuid4(),
    )
    row.refresh_from_db()
    assert (row.severity, newer.corrects) == ("none", row)
    assert entries(alder, alder.lena.pk).count("Incident") == 1
    assert "minor harm" in entries(alder, alder.lena.pk)
    with pytest.raises(Refused, match="corrected this report already"):
        report(alder, at=alder.now + 2 * MINUTE, corrects_id=row.pk, corrected_why="Again")
    with pytest.raises(Refused, match="Review the newer one"):
        incidents.review(by=alder.here.director, at=alder.now + MINUTE, incident_id=row.pk, step="closed", text="Done.")


def test_a_closed_report_takes_no_step_until_it_is_open_again(alder: Unit) -> None:
    row, asked = report(alder), {"by": alder.here.director, "text": "Mats are in place."}
    incidents.review(at=alder.now + MINUTE, incident_id=row.pk, step="closed", **asked)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="closed"):
        incidents.review(at=alder.now + 2 * MINUTE, incident_id=row.pk, step="follow_up", **asked)  # type: ignore[arg-type]
    incidents.review(at=alder.now + 3 * MINUTE, incident_id=row.pk, step="reopened", **asked)  # type: ignore[arg-type]
    incidents.review(at=alder.now + 4 * MINUTE, incident_id=row.pk, step="root_cause", **asked)  # type: ignore[arg-type]
    assert IncidentReview.objects.count() == 3


def test_who_only_reports_reviews_nothing(alder: Unit) -> None:
    row = report(alder)
    with pytest.raises(NotAllowed):
        incidents.review(by=alder.tech, at=alder.now, incident_id=row.pk, step="closed", text="Done.")
    with pytest.raises(NotAllowed):
        report(alder, by=alder.here.housekeeper)


@pytest.mark.parametrize("model", ["Incident", "IncidentClient", "IncidentTold", "IncidentReview"])
def test_the_database_keeps_reports_as_they_are(alder: Unit, model: str) -> None:
    from django.apps import apps

    row = report(alder)
    incidents.review(by=alder.here.director, at=alder.now, incident_id=row.pk, step="closed", text="Done.")
    table = apps.get_model("chart", model)
    with pytest.raises(IntegrityError), transaction.atomic():
        table.objects.update(id=table.objects.first().pk + 1000)
    with pytest.raises(IntegrityError), transaction.atomic():
        table.objects.all().delete()


def test_the_reporter_and_whoever_may_read_them_see_a_report_and_nobody_else(today: Unit) -> None:
    row = report(today)
    address = reverse("unit:incident", args=[row.pk])
    assert signed_in(today.tech).get(address).status_code == 200
    assert signed_in(today.here.on_unit).get(address).status_code == 200
    assert signed_in(today.here.facilitator).get(address).status_code == 404
    assert "Dining room" not in signed_in(today.here.facilitator).get(reverse("unit:incidents")).content.decode()
    assert signed_in(today.here.elsewhere).get(address).status_code == 404


def test_a_report_is_written_told_reviewed_and_printed_on_its_pages(today: Unit) -> None:
    tech, director = signed_in(today.tech), signed_in(today.here.director)
    then = timezone.localtime(today.now - 10 * MINUTE, today.here.site.tz)
    sent = {
        "key": str(uuid4()), "kind": "fall", "severity": "minor", "happened_at": f"{then:%Y-%m-%dT%H:%M}", "place": "Bathroom",
        "what": "Slipped.", "done": "Helped up.", "client0": today.lena.pk, "part0": "harmed", "about0": "Slipped.", "injury0": "Bruise",
    }  # fmt: skip
    wrong = tech.post(reverse("unit:incident_new"), sent | {"about0": ""})
    assert (wrong.status_code, Incident.objects.count()) == (422, 0)
    assert tech.post(reverse("unit:incident_new"), sent).status_code == 302
    row = Incident.objects.get()
    told = {"key": str(uuid4()), "who": "Family", "how": "By phone", "told_at": f"{then:%Y-%m-%dT%H:%M}"}
    assert tech.post(reverse("unit:incident_told", args=[row.pk]), told).status_code == 302
    step = {"key": str(uuid4()), "step": "closed", "text": "Mats are in place."}
    assert director.post(reverse("unit:incident_review", args=[row.pk]), step).status_code == 302
    assert tech.post(reverse("unit:incident_review", args=[row.pk]), step).status_code == 403
    paper = " ".join(pages(director.get(reverse("unit:incident_pdf", args=[row.pk])).content))
    assert "Mats are in place." in paper
    assert "Family" in paper
    corrected = sent | {"key": str(uuid4()), "severity": "none", "corrected_why": "No bruise after all"}
    assert tech.post(reverse("unit:incident_correct", args=[row.pk]), corrected).status_code == 302
    assert "was corrected" in tech.get(reverse("unit:incident", args=[row.pk])).content.decode()
