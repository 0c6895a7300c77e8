"""A house in which acts race: who has which bed, and each act made ready to be done by whoever calls it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from admissions.actions import expected, leaves
from admissions.actions.admit import admit
from admissions.actions.discharge import discharge, resume
from beds.actions import cleaning, closures, holds, stays
from beds.models import Bed, BedStay, CleaningJob, Room, Unit
from programs.models import Client, Episode, PlacementRequest, Program
from staff.rules.capabilities import Role
from tests.beds.racing import Act
from tests.factories import World, assign, client, world
from tests.factories import admit as place

NOW = datetime(2025, 11, 18, 15, 42, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


class House:
    """Lena has Alder 1-A and Kay 2-A; Rafa and Ana ask for a place. ``by`` may do everything, at both sites."""

    def __init__(self) -> None:
        self.here: World = world(NOW)
        self.by = self.here.director
        assign(self.by, self.here.other_site, Role.DIRECTOR, at=NOW)
        self.beds = [bed.pk for bed in self.here.beds]
        self.lena, self.kay = self.settled("Lena", "Harmon", 0), self.settled("Kay", "Osei", 2)
        self.rafa, self.ana = self.asks("Rafa", "Whitfield"), self.asks("Ana", "Beck")

    def settled(self, first: str, last: str, index: int) -> BedStay:
        place(self.here, client(self.here, first, last), self.here.residential, self.here.beds[index])
        return BedStay.objects.select_related("episode", "client").get(bed=self.beds[index])

    def asks(self, first: str, last: str) -> Client:
        return client(self.here, first, last, asks_for="3.5")

    def admits(self, who: Client, bed: int) -> Act:
        request = who.requests.get().pk
        return lambda: admit(by=self.by, at=NOW, request_id=request, bed_id=bed, reasons={})

    def holds(self, who: Client, bed: int, days: int = 2) -> Act:
        return lambda: holds.hold(by=self.by, at=NOW, bed_id=bed, client_id=who.pk, until=NOW + days * DAY)

    def held(self, who: Client, bed: int) -> int:
        return holds.hold(by=self.by, at=NOW - MINUTE, bed_id=bed, client_id=who.pk, until=NOW + DAY).pk

    def moves(self, stay: BedStay, bed: int) -> Act:
        return lambda: stays.move(by=self.by, at=NOW, stay_id=stay.pk, bed_id=bed)

    def vacates(self, stay: BedStay) -> Act:
        return lambda: stays.vacate(by=self.by, at=NOW, stay_id=stay.pk)

    def swaps(self, one: BedStay, other: BedStay) -> Act:
        return lambda: stays.swap(by=self.by, at=NOW, stay_id=one.pk, other_id=other.pk)

    def job(self, *, accepted: bool = False) -> int:
        pk = cleaning.ask(by=self.by, at=NOW - 2 * MINUTE, bed_id=self.beds[1]).pk
        if accepted:
            cleaning.accept(by=self.by, at=NOW - MINUTE, job_id=pk)
        return pk

    def cleans(self, step: Callable[..., CleaningJob], job: int) -> Act:
        return lambda: step(by=self.by, at=NOW, job_id=job)

    def closes(self, why: str = "plumbing") -> Act:
        return lambda: closures.close(by=self.by, at=NOW, bed_id=self.beds[1], why=why)

    def expects(self, days: int, at: datetime = NOW) -> Act:
        episode = self.lena.episode_id
        return lambda: expected.expect(by=self.by, at=at, episode_id=episode, expected_at=NOW + days * DAY)

    def leaves(self, kind: str = "pass", at: datetime = NOW) -> Act:
        episode = self.lena.episode_id
        return lambda: leaves.go(by=self.by, at=at, episode_id=episode, kind=kind, expected_at=NOW + DAY)

    def discharges(self, stay: BedStay, outcome: str = "completed", at: datetime = NOW) -> Act:
        return lambda: discharge(by=self.by, at=at, episode_id=stay.episode_id, outcome=outcome)

    def discharged(self) -> Episode:
        self.discharges(self.lena, at=NOW - MINUTE)()
        return self.lena.episode

    def resumes(self, episode: Episode, bed: int | None = None) -> Act:
        return lambda: resume(by=self.by, at=NOW, episode_id=episode.pk, bed_id=bed)

    def elsewhere(self, who: Client) -> tuple[PlacementRequest, Bed]:
        site = self.here.other_site
        far = Program.objects.create(site=site, name="Hill 3.5", level="3.5")
        unit = Unit.objects.create(site=site, program=far, name="Elm")
        asked = PlacementRequest.objects.create(
            client=who, site=site, level_wanted="3.5", state="approved", asked_at=NOW - DAY
        )
        return asked, Room.objects.create(unit=unit, name="1").beds.create(label="A")
