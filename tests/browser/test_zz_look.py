"""Temporary: pictures of the board."""
import os
from datetime import UTC, datetime, timedelta
import pytest
from beds.models import Bed, CleaningJob, Closure, Hold, Room, Unit, BedStay
from programs.models import Leave, Precaution, Program, ExpectedDischarge, PlacementRequest, KeepApart
from chart.models import Allergy
from staff.models import Person
from staff.rules.capabilities import Role
from tests.browser.conftest import Open
from tests.factories import World, admit, client, world, person, assign

pytestmark = pytest.mark.browser
OUT = "/tmp/board-ui-shots"
NAMES = "Harmon Petrov Amari Ruiz Osei Lindqvist Castellano Yoon Novak Tran Adeyemi Brandt Costa Dvorak Ekwueme Fontaine Garza Hale Ibarra Jansen Kwan Lopez Mbeki Nilsson Okafor Park Quist Rossi Sato".split()

@pytest.fixture
def scene(transactional_db):
    now = datetime.now(UTC)
    w = world(now)
    H = timedelta(hours=1)
    w.residential.licensed_capacity = 28; w.residential.save()
    w.unit.gender_policy = "women"; w.unit.save()
    hi = Program.objects.create(site=w.site, name="Medically managed", level="3.7", licensed_capacity=8, weekly_minutes=1200)
    alder2 = Unit.objects.create(site=w.site, program=hi, name="Birch", position=1)
    beds = list(w.beds)
    for number in range(3, 13):
        room = Room.objects.create(unit=w.unit, name=str(number), position=number, near_nursing=number % 4 == 0, accessible=number == 5)
        beds += [Bed.objects.create(room=room, label=label, lower_bunk=label == "A") for label in "AB"]
    for number in range(1, 5):
        room = Room.objects.create(unit=alder2, name=f"B{number}", position=number)
        beds += [Bed.objects.create(room=room, label=label, lower_bunk=label == "A") for label in "AB"]
    for n, last in enumerate(NAMES):
        if n in (4, 5, 9, 13, 14, 21, 22): continue
        c = client(w, "LMSCKPB"[n % 7] + "ara", last)
        prog = hi if beds[n].room.unit_id == alder2.pk else w.residential
        e = admit(w, c, prog, beds[n], days=n % 25)if n % 25 else admit(w, c, prog, beds[n], days=1)
        if n == 1: Leave.objects.create(episode=e, kind="pass", started_at=now - H, expected_at=now + 30 * H)
        if n == 2: Leave.objects.create(episode=e, kind="hospital", started_at=now - 9*H, expected_at=now - H)
        if n == 3: ExpectedDischarge.objects.create(episode=e, expected_at=now + H, started_at=now - 9*H, by=w.director)
        if n == 6: ExpectedDischarge.objects.create(episode=e, expected_at=now - H, started_at=now - 9*H, by=w.director)
        if n == 7: ExpectedDischarge.objects.create(episode=e, expected_at=now + 72*H, started_at=now - 9*H, by=w.director); first = e
        if n in (0, 8, 10, 23):
            for k in ("withdrawal_watch", "isolation", "wheelchair", "lower_bunk")[: 1 + n % 5]:
                Precaution.objects.create(client=c, kind=k, started_at=now - 9*H, by=w.on_unit)
        if n in (11, 8):
            Allergy.objects.create(client=c, substance="Penicillin", noted_at=now - 9*H, noted_by=w.on_unit) if hasattr(Allergy, "noted_by") else None
        if n == 12: s = BedStay.objects.get(client=c); s.overrides = [{"code": "x", "message": "Upper bunk", "reason": "asked"}]; s.save()
        if n == 7:
            Hold.objects.create(bed=beds[7], client=client(w, "Rafa", "Whitfield", asks_for="3.5"), started_at=now-H, until=now+90*H, ended_at=now+90*H, by=w.intake, after=BedStay.objects.get(client=c))
    Hold.objects.create(bed=beds[5], client=client(w, "Zoe", "Brown", asks_for="3.5"), started_at=now-H, until=now+20*H, ended_at=now+20*H, by=w.intake)
    Closure.objects.create(bed=beds[9], why="plumbing", back_on=(now + 72*H).date(), started_at=now - 9*H)
    CleaningJob.objects.create(bed=beds[13], started_at=now - H)
    CleaningJob.objects.create(bed=beds[14], started_at=now - H, accepted_at=now - H/2, accepted_by=w.housekeeper)
    client(w, "Marisol", "Delgado", asks_for="3.5"); client(w, "Tobi", "Okafor", asks_for="3.7"); client(w, "Jo", "Brandt", asks_for="3.1")
    w.tech = assign(person("tech", "Terry Low"), w.site, Role.TECHNICIAN, at=now)
    return w, beds

SIZES = [(1440, 900), (1024, 768), (768, 1024)]

def shoot(page, name, full=False):
    page.wait_for_timeout(250)
    page.screenshot(path=f"{OUT}/{name}.png", full_page=full)

def test_look(open_as: Open, scene) -> None:
    os.makedirs(OUT, exist_ok=True)
    w, beds = scene
    what = os.environ.get("LOOK", "all").split(",")
    stay = BedStay.objects.get(bed=beds[0]).pk
    ask = PlacementRequest.objects.get(client__last_name="Delgado").pk
    pages = {"board": "/beds/", "choose": f"/beds/?choose={ask}", "move": f"/beds/?move={stay}", "filtered": "/beds/?free=now&clean=1&level=3.5", "asof": f"/beds/?at={datetime.now():%Y-%m-%dT%H:%M}", "bad": "/beds/?at=2099-01-01T00:00"}
    for name, path in pages.items():
        if what != ["all"] and name not in what: continue
        for size in SIZES:
            for scheme in ("light", "dark"):
                if scheme == "dark" and name not in ("board", "move"): continue
                page = open_as(w.intake, path, size=size, color_scheme=scheme)
                shoot(page, f"{name}-{size[0]}-{scheme}")
                page.context.close()
    if "wall" in what or what == ["all"]:
        for size in ((1440, 900), (1920, 1080)):
            for scheme in ("light", "dark"):
                page = open_as(w.intake, "/beds/wall/", size=size, color_scheme=scheme)
                shoot(page, f"wall-{size[0]}-{scheme}")
    if "tech" in what or what == ["all"]:
        page = open_as(w.tech, "/beds/", size=(1024, 768)); shoot(page, "tech")
    if "menu" in what or what == ["all"]:
        page = open_as(w.intake, "/beds/", size=(768, 1024)); page.get_by_text("As of", exact=True).click(); shoot(page, "menu-asof")
        page.get_by_text("More", exact=True).click(); shoot(page, "menu-more")
        page.keyboard.press("Escape"); page.locator("a.bed").nth(6).focus(); page.keyboard.press("ArrowDown"); shoot(page, "keys")
