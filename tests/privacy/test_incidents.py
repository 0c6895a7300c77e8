"""Incidents of privacy: the clocks on the site's calendar, four factors, who was told, and no end without an assessment."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from audit.models import Event
from audit.rules.findings import Refused
from privacy.actions import breaches
from privacy.models import BreachAssessment, BreachClosing, BreachIncident, BreachNotice
from privacy.queries.breaches import incident, incidents
from programs.models import Client
from staff.access import NotAllowed
from tests.factories import World, admit, client
from tests.privacy.gate_rows import DAY
from tests.signing import signed_in


@pytest.fixture
def sara(here: World) -> Client:
    who = client(here, "Sara", "Amari")
    admit(here, who, here.residential, here.beds[0])
    return who


def wrong(here: World, **more: object) -> BreachIncident:
    fields: dict[str, object] = {
        "what": "A fax went to a wrong number",
        "discovered_at": here.now - DAY,
        "people": 1,
    } | more
    return breaches.keep_incident(by=here.director, at=here.now, site=here.site, **fields)  # type: ignore[arg-type]


def assessed(here: World, row: BreachIncident, **more: object) -> BreachAssessment:
    fields: dict[str, object] = {
        "information": "Name and diagnosis", "receiver": "A shop", "acquired": "Read", "mitigated": "Shredded, in writing",
        "breach": True, "reason": "It was read", "people": 1, "most_in_state": 1,
    } | more  # fmt: skip
    return breaches.assess(by=here.director, at=here.now, incident_id=row.pk, **fields)  # type: ignore[arg-type]


def told(here: World, row: BreachIncident, whom: str, sent_on: date | None = None) -> BreachNotice:
    return breaches.keep_notice(
        by=here.director, at=here.now, incident_id=row.pk, whom=whom, sent_on=sent_on or here.now.astimezone(here.site.tz).date(),
        how="First-class mail", proof="Binder 9",
    )  # fmt: skip


def closes(here: World, row: BreachIncident) -> BreachClosing:
    return breaches.close_incident(
        by=here.director, at=here.now, incident_id=row.pk, words="Numbers are dialled by two"
    )


def codes(call: Callable[[], object]) -> list[str]:
    with pytest.raises(Refused) as error:
        call()
    return [each.code for each in error.value.findings]


def test_the_day_of_discovery_is_the_sites(here: World) -> None:
    here.site.time_zone = "America/Chicago"
    here.site.save()
    evening = datetime(2025, 1, 1, 3, tzinfo=UTC)  # still New Year's Eve there
    found = incident({here.site.pk}, here.now, wrong(here, discovered_at=evening).pk)
    assert found is not None
    assert [(each.whom.value, each.due) for each in found.clocks] == [
        ("individuals", date(2025, 3, 1)), ("hhs", date(2025, 3, 1)),
    ]  # fmt: skip


def test_it_is_not_closed_without_an_assessment_nor_before_everybody_was_told(here: World, sara: Client) -> None:
    row = wrong(here)
    assert codes(lambda: closes(here, row)) == ["breach.not_assessed"]
    assessed(here, row)
    assert codes(lambda: closes(here, row)) == ["breach.not_told", "breach.not_told"]
    told(here, row, "individuals")
    assert codes(lambda: told(here, row, "individuals")) == ["breach.told"]
    told(here, row, "hhs")
    assert closes(here, row).incident == row
    assert codes(lambda: assessed(here, row)) == ["breach.closed"]
    [found] = incidents({here.site.pk}, here.now)
    assert found.next is None and found.closing is not None


def test_a_low_probability_stops_the_clocks_and_a_later_assessment_starts_them_again(here: World) -> None:
    row = wrong(here, people=40)
    assessed(here, row, breach=False, reason="Nobody read it", people=40)
    [found] = incidents({here.site.pk}, here.now)
    assert found.clocks == () and found.left is None
    assessed(here, row, people=700, most_in_state=600)
    [found] = incidents({here.site.pk}, here.now)
    assert {each.whom.value for each in found.clocks} == {"individuals", "hhs", "media"} and found.left == 59


def test_what_cannot_be_is_refused_with_a_sentence(here: World) -> None:
    row = wrong(here)
    assert codes(lambda: wrong(here, people=0)) == ["breach.count"]
    assert codes(lambda: wrong(here, discovered_at=here.now + DAY)) == ["breach.later"]
    assert codes(lambda: wrong(here, happened_on=date(2100, 1, 1))) == ["breach.order"]
    assert codes(lambda: assessed(here, row, mitigated=" ", most_in_state=2)) == ["words.missing", "breach.state"]
    assert codes(lambda: told(here, row, "hhs", date(2020, 1, 1))) == ["breach.sent_on"]
    with pytest.raises(NotAllowed):
        breaches.close_incident(by=here.intake, at=here.now, incident_id=row.pk, words="x")


def test_people_are_named_by_record_number_once(here: World, sara: Client) -> None:
    row = wrong(here)
    asked: dict[str, Any] = {"by": here.director, "at": here.now, "incident_id": row.pk}
    breaches.name_person(record_number=sara.record_number.lower(), **asked)
    assert codes(lambda: breaches.name_person(record_number=sara.record_number, **asked)) == ["breach.there"]
    assert codes(lambda: breaches.name_person(record_number="nobody", **asked)) == ["breach.no_record"]
    assert "Amari" not in str(list(Event.objects.filter(verb="privacy.breach").values_list("summary", flat=True)))


def test_the_database_refuses_an_end_without_assessment_and_any_change(here: World) -> None:
    row = wrong(here)
    made = assessed(here, row)
    with pytest.raises(IntegrityError), transaction.atomic():
        BreachClosing.objects.create(incident=row, words="x", at=here.now, by=here.director)
    for each in (BreachIncident.objects.filter(pk=row.pk), BreachAssessment.objects.filter(pk=made.pk)):
        with pytest.raises(IntegrityError), transaction.atomic():
            each.update(people=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.pk, row._state.adding, row.people = None, True, 0
        row.save()


def test_an_incident_is_written_assessed_and_closed_on_pages(here: World) -> None:
    browser = signed_in(here.director)
    typed = {
        "what": "A chart lay open",
        "discovered_at": f"{here.now.astimezone(here.site.tz) - DAY:%Y-%m-%dT%H:%M}",
        "people": "2",
    }
    assert browser.post("/privacy/incidents/new/", typed | {"people": "many"}).status_code == 422
    assert browser.post("/privacy/incidents/new/", typed).status_code == 302
    row = BreachIncident.objects.get()
    page = browser.get(f"/privacy/incidents/{row.pk}/").content.decode()
    assert "Not assessed. It counts as a breach until it is." in page and "The people concerned" in page
    assert (
        "without an assessment"
        in browser.post(f"/privacy/incidents/{row.pk}/close/", {"words": "Done"}).content.decode()
    )
    four = dict.fromkeys(("information", "receiver", "acquired", "mitigated", "reason"), "As it was")
    sent = four | {"breach": "no", "people": "2", "most_in_state": "2"}
    assert browser.post(f"/privacy/incidents/{row.pk}/assess/", sent).status_code == 302
    assert browser.post(f"/privacy/incidents/{row.pk}/close/", {"words": "Done"}).status_code == 302
    assert "Closed" in browser.get("/privacy/duties/").content.decode()
    assert signed_in(here.intake).get(f"/privacy/incidents/{row.pk}/").status_code == 403
