"""When the system is down: a packet for paper before, and the entering of what stands on it after."""

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.rules.findings import Refused
from chart.models import Allergy
from documents import render
from emar.actions.downtime import PaperDose, begin_outage, end_outage, enter_paper, finish_paper
from emar.models import Administration, Outage, PaperEntry
from emar.pdf.downtime import packet_document
from emar.queries.downtime import backlog, packet
from emar.rules.administration import Outcome
from emar.rules.schedule import Once
from staff.access import NotAllowed
from tests.emar.conftest import EIGHT, NOW, Morning, make_morning
from tests.emar.test_views import signed_in
from tests.factories import admit, client
from tests.factories.meds import at_times, medication, order

SEVEN, NINE = EIGHT - timedelta(hours=1), EIGHT + timedelta(hours=1)
LATER = EIGHT + timedelta(hours=2)


@pytest.fixture
def down(morning: Morning) -> Outage:
    """The network was down from 07:00 to 09:00; it is 10:00."""
    return begin_outage(
        by=morning.here.on_unit, at=LATER, site_id=morning.here.site.pk, started_at=SEVEN, ended_at=NINE,
        why="the network was down",
    )  # fmt: skip


def line(morning: Morning, **changes: object) -> PaperDose:
    said: dict[str, object] = {
        "order_id": morning.thiamine.pk, "due_at": EIGHT, "outcome": Outcome.GIVEN, "at": EIGHT + timedelta(minutes=4),
        "given_by_id": morning.here.on_unit.pk, "amount": Decimal(100), "unit": "mg", "key": uuid4(),
    }  # fmt: skip
    return PaperDose(**said | changes)  # type: ignore[arg-type]


# The packet


def test_the_packet_has_everyone_with_allergies_and_a_day_of_doses(morning: Morning) -> None:
    Allergy.objects.create(client=morning.elin, substance="penicillin", reaction="hives", noted_at=NOW)
    found = packet(morning.here.site, NOW)
    [card] = [card for unit in found.units for card in unit.clients]
    assert card.name == "Elin Novak"
    assert card.allergies == ("penicillin (hives)",)
    assert [row.due_at for row in card.doses] == [EIGHT, EIGHT + timedelta(days=1)]
    assert [row.drug.medication for row in card.prns] == ["Ibuprofen"]
    assert (found.clients, found.doses, found.until) == (1, 2, NOW + timedelta(hours=24))


def test_the_packet_on_paper_has_the_names_allergies_and_room_to_sign(morning: Morning) -> None:
    content = render(packet_document(packet(morning.here.site, NOW), printed_by="Printed by RN Cole"))
    assert content.startswith(b"%PDF")
    told = str(packet_document(packet(morning.here.site, NOW), printed_by=""))
    assert "Elin Novak" in told
    assert "Not asked yet. Ask before the first dose." in told
    assert "Initials" in told


def test_the_packet_takes_the_same_queries_for_one_client_and_for_three(morning: Morning) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            packet(morning.here.site, NOW)
        return len(queries)

    one = count()
    for number, bed in enumerate(morning.here.beds[1:3]):
        episode = admit(morning.here, client(morning.here, f"More{number}", "Person"), morning.here.residential, bed)
        order(episode, medication("Folic acid", "1 mg"), at_times("08:00"), by=morning.here.prescriber)
    assert count() == one <= 14


def test_the_newest_packet_lies_in_a_folder_and_stays_there_when_the_next_one_fails(
    morning: Morning, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_command("downtime_packet", to=tmp_path, once=True, stdout=open("/dev/null", "w"))  # noqa: SIM115
    [kept] = [path for path in tmp_path.iterdir() if morning.here.site.slug in path.name]
    before = kept.read_bytes()
    assert before.startswith(b"%PDF")

    def gone(*_: object) -> None:
        raise DatabaseError("the database is away")

    monkeypatch.setattr("emar.management.commands.downtime_packet.packet", gone)
    with pytest.raises(SystemExit):
        call_command("downtime_packet", to=tmp_path, once=True, stderr=open("/dev/null", "w"))  # noqa: SIM115
    assert kept.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


# The stretch


@pytest.mark.parametrize(
    ("start", "end", "why", "sentence"),
    [
        (SEVEN, NINE, " ", "Say what was down"),
        (LATER + timedelta(minutes=1), None, "power", "has not come yet"),
        (SEVEN, LATER + timedelta(hours=1), "power", "has not come yet"),
        (SEVEN - timedelta(days=8), None, "power", "more than seven days"),
        (NINE, SEVEN, "power", "end before it began"),
        (EIGHT, NINE, "power", "recorded as paper already"),
    ],
)
def test_a_stretch_that_cannot_have_been_is_refused(
    morning: Morning, down: Outage, start: datetime, end: datetime | None, why: str, sentence: str
) -> None:
    here = morning.here
    with pytest.raises(Refused, match=sentence):
        begin_outage(by=here.on_unit, at=LATER, site_id=here.site.pk, started_at=start, ended_at=end, why=why)
    assert Outage.objects.count() == 1


def test_a_stretch_is_ended_once(morning: Morning) -> None:
    here = morning.here
    found = begin_outage(by=here.on_unit, at=NOW, site_id=here.site.pk, started_at=SEVEN, why="power")
    ended = end_outage(by=here.on_unit, at=LATER, outage_id=found.pk, ended_at=NINE)
    assert ended.ended_at == NINE
    with pytest.raises(Refused, match="ended at 09:00 already"):
        end_outage(by=here.on_unit, at=LATER, outage_id=found.pk, ended_at=LATER)


def test_the_database_keeps_the_stretch_and_its_lines(morning: Morning, down: Outage) -> None:
    enter_paper(
        by=morning.here.on_unit, at=LATER, outage_id=down.pk, client_id=morning.elin.pk, identified=True,
        lines=[line(morning)],
    )  # fmt: skip
    for change in (
        lambda: Outage.objects.filter(pk=down.pk).update(why="nothing"),
        lambda: Outage.objects.filter(pk=down.pk).delete(),
        lambda: PaperEntry.objects.update(given_by=morning.here.prescriber),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


# The lines


def test_a_line_keeps_who_gave_it_who_entered_it_and_both_times(morning: Morning, down: Outage) -> None:
    here = morning.here
    [answer] = enter_paper(
        by=here.on_unit, at=LATER, outage_id=down.pk, client_id=morning.elin.pk, identified=True,
        lines=[line(morning, given_by_id=here.prescriber.pk)],
    )  # fmt: skip
    row = answer.row
    assert row is not None
    assert (row.given_at, row.recorded_at) == (EIGHT + timedelta(minutes=4), LATER)
    assert (row.by, row.paper.given_by) == (here.on_unit, here.prescriber)
    assert "On paper, the network was down" in row.note
    assert row.reasons["dose.late_entry"].startswith("On paper")


def test_the_same_form_sent_twice_enters_a_line_once(morning: Morning, down: Outage) -> None:
    said = line(morning)
    for _ in range(2):
        [answer] = enter_paper(
            by=morning.here.on_unit,
            at=LATER,
            outage_id=down.pk,
            client_id=morning.elin.pk,
            identified=True,
            lines=[said],
        )
        assert answer.row is not None
    assert Administration.objects.count() == PaperEntry.objects.count() == 1


def test_a_dose_that_somebody_charted_meanwhile_is_told_and_not_doubled(morning: Morning, down: Outage) -> None:
    morning.chart()
    [answer] = enter_paper(
        by=morning.here.on_unit, at=LATER, outage_id=down.pk, client_id=morning.elin.pk, identified=True,
        lines=[line(morning)],
    )  # fmt: skip
    assert [finding.code for finding in answer.findings] == ["dose.already_charted"]
    assert Administration.objects.count() == 1
    assert PaperEntry.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "identified", "sentence"),
    [
        ({}, False, "Check two identifiers"),
        ({"outcome": Outcome.REFUSED, "amount": None}, True, "Choose the reason"),
        ({"amount": Decimal(1000)}, True, "more than the 100 mg ordered"),
    ],
)
def test_what_paper_says_is_judged_like_any_dose(
    morning: Morning, down: Outage, changes: dict[str, object], identified: bool, sentence: str
) -> None:
    [answer] = enter_paper(
        by=morning.here.on_unit, at=LATER, outage_id=down.pk, client_id=morning.elin.pk, identified=identified,
        lines=[line(morning, **changes)],
    )  # fmt: skip
    assert sentence in " ".join(finding.message for finding in answer.findings)
    assert Administration.objects.count() == 0


def test_a_line_of_another_hour_is_not_of_this_paper(morning: Morning, down: Outage) -> None:
    with pytest.raises(Refused, match="The paper is from 07:00 to 09:00"):
        enter_paper(
            by=morning.here.on_unit, at=LATER, outage_id=down.pk, client_id=morning.elin.pk, identified=True,
            lines=[line(morning, at=NINE + timedelta(minutes=5))],
        )  # fmt: skip


def test_nobody_enters_while_the_paper_is_still_written(morning: Morning) -> None:
    here = morning.here
    found = begin_outage(by=here.on_unit, at=NOW, site_id=here.site.pk, started_at=SEVEN, why="power")
    with pytest.raises(Refused, match="until when"):
        enter_paper(
            by=here.on_unit,
            at=NOW,
            outage_id=found.pk,
            client_id=morning.elin.pk,
            identified=True,
            lines=[line(morning)],
        )


def test_it_is_finished_when_every_dose_is_accounted_for(morning: Morning, down: Outage) -> None:
    by = morning.here.on_unit
    with pytest.raises(Refused, match=r"1 dose not entered"):
        finish_paper(by=by, at=LATER, outage_id=down.pk)
    enter_paper(by=by, at=LATER, outage_id=down.pk, client_id=morning.elin.pk, identified=True, lines=[line(morning)])
    assert backlog(down, LATER).open == 0
    assert finish_paper(by=by, at=LATER, outage_id=down.pk).entered_by == by


def test_who_may_not_enter_is_refused(morning: Morning, down: Outage) -> None:
    with pytest.raises(NotAllowed):
        finish_paper(by=morning.here.without_role, at=LATER, outage_id=down.pk)


# The pages


def test_a_nurse_enters_a_clients_lines_and_the_client_leaves_the_page(db: None) -> None:
    made = make_morning(timezone.now())
    due = made.here.now - timedelta(minutes=1)
    order(made.episode, medication("Folic acid", "1 mg"), Once(), by=made.here.prescriber, started_at=due)
    found = begin_outage(
        by=made.here.on_unit, at=timezone.now(), site_id=made.here.site.pk, started_at=due - timedelta(minutes=9),
        ended_at=made.here.now, why="power",
    )  # fmt: skip
    nurse = signed_in(made.here.on_unit)
    [card] = [card for card in backlog(found, timezone.now()).clients if card.client_id == made.elin.pk]
    pks = [row.pk for row in card.open_doses]
    address = reverse("emar:enter_paper", args=[found.pk, made.elin.pk])

    nothing = nurse.post(address, {"given_by": made.here.on_unit.pk})
    assert nothing.status_code == 422
    assert "No line is filled in" in nothing.content.decode()
    odd = nurse.post(address, {f"what-{pks[0]}": "given", f"at-{pks[0]}": "25:99", "given_by": made.here.on_unit.pk})
    assert "is not an hour" in odd.content.decode()
    assert '<option value="given" selected>' in odd.content.decode()  # what was typed is still there
    said = {f"what-{pk}": "given" for pk in pks} | {"given_by": made.here.on_unit.pk, "identified": "1"}
    assert nurse.post(address, said).status_code == 302
    assert (
        "Every dose of these hours is accounted for"
        in nurse.get(reverse("emar:outage", args=[found.pk])).content.decode()
    )
    assert nurse.post(reverse("emar:finish_paper", args=[found.pk])).status_code == 302
    assert "all entered" in nurse.get(reverse("emar:downtime")).content.decode()


def test_the_stretch_of_another_site_is_not_there(morning: Morning, down: Outage) -> None:
    other = signed_in(morning.here.on_unit).get(reverse("emar:outage", args=[down.pk + 1]))
    assert other.status_code == 404
