"""For whom a service account reads is said by whoever keeps service accounts, and stands on the trail."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from audit.models import Event
from fhir_r4.models import Interface
from staff.models import Person, ServiceAccount
from staff.rules.capabilities import Role
from tests.factories import World, assign, person
from tests.privacy.gate_rows import recipient


@pytest.fixture
def feed(here: World) -> ServiceAccount:
    assign(person("admin", "Ada Min"), here.site, Role.ADMINISTRATOR, at=here.now)
    recipient(here)
    who = Person.objects.create(username="service lab feed", name="Lab feed (system)", is_active=False)
    return ServiceAccount.objects.create(
        name="Lab feed", person=who, scopes=["fhir.read"], made_at=here.now, by=here.director
    )


def ask(*more: str, by: str = "admin") -> str:
    out = StringIO()
    call_command("fhir_interface", "Lab feed", "--by", by, *more, stdout=out)
    return out.getvalue()


def test_it_is_said_and_ended(feed: ServiceAccount) -> None:
    assert "Lab feed reads for Harbour Clinic" in ask("--recipient", "Harbour Clinic")
    with pytest.raises(CommandError, match="reads for a recipient already"):
        ask("--recipient", "Harbour Clinic")
    assert "reads for nobody" in ask("--end")
    with pytest.raises(CommandError, match="nothing to end"):
        ask("--end")
    assert Interface.objects.get().ended_at is not None
    assert list(Event.objects.filter(verb__startswith="fhir.").values_list("verb", flat=True)) == [
        "fhir.connect",
        "fhir.disconnect",
    ]


@pytest.mark.parametrize(("more", "by", "words"), [
    (("--recipient", "Nobody"), "admin", "Name one recipient"), (("--recipient", "Harbour Clinic"), "cole", "may not"),
    (("--recipient", "Harbour Clinic"), "stranger", "no such person"),
    (("--recipient", "Harbour Clinic", "--purpose", "HLEGAL"), "admin", "a person releases the record"),
])  # fmt: skip
def test_what_cannot_be_is_refused_in_words(feed: ServiceAccount, more: tuple[str, ...], by: str, words: str) -> None:
    with pytest.raises(CommandError, match=words):
        ask(*more, by=by)
    assert Interface.objects.count() == 0
