"""The placement list: who asks for a place today, who asked and went elsewhere, and how everybody here came to ask."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from config.demo.stage import DAY, HOUR, Path, Stage
from programs.models import Client, Organisation, PlacementRequest

PAYERS = ("Medicaid",) * 5 + ("Commercial",) * 3 + ("County",) * 2 + ("Self-pay", "Court")
PRONOUNS = {"women": "she/her", "men": "he/him", "any": "they/them"}


@dataclass(frozen=True)
class Asker:
    """One invented person of the list: ``born`` as (years ago, month, day), hours and days counted back from now, ``ready``
    and ``scheduled`` in days from today. ``over`` is how many days ago it was settled."""

    first: str
    last: str
    housing: str
    born: tuple[int, int, int]
    level: str
    payer: str
    state: str
    asked: int
    contact: str = ""
    ready: int | None = 0
    scheduled: int | None = None
    pregnant: bool = False
    injects: bool = False
    interim: int | None = None
    why: str = ""
    referred_to: str = ""
    over: int | None = None


WAITING = (
    Asker("Reuben", "Whitfallow", "men", (41, 4, 9), "3.5", "Self-pay", "scheduled", 70, "555-0118, comes by train",
          ready=1, scheduled=1),
    Asker("Tessa", "Okaforde", "women", (27, 2, 21), "3.7", "Medicaid", "scheduled", 31, "Through the clinic's front desk",
          scheduled=1, pregnant=True, injects=True, interim=29),
    Asker("Lorena", "Amberfeld", "women", (33, 10, 2), "3.5", "Medicaid", "approved", 57, "555-0151, not before noon",
          pregnant=True),
    Asker("Dorian", "Saltmarsh", "men", (36, 7, 30), "3.7", "Medicaid", "approved", 295, "Shelter on 4th, ask for Dorian",
          injects=True, interim=272),
    Asker("Jonas", "Brandtmoor", "men", (29, 11, 14), "3.1", "Court", "screened", 90, "Through his probation officer",
          ready=3, injects=True, interim=60),
    Asker("Manuela", "Delgarno-Reyes", "women", (45, 3, 11), "3.5", "Commercial", "approved", 44, "555-0174"),
    Asker("Wendell", "Ashgrove-Pike", "men", (58, 8, 5), "3.5", "County", "approved", 122, "His daughter, 555-0139"),
    Asker("Philippa", "Tarnowick", "women", (22, 12, 1), "3.1", "County", "screened", 38, "555-0166, text first", ready=5),
    Asker("Katarina", "Vossenmark", "women", (31, 6, 17), "3.5", "Medicaid", "inquiry", 9, "555-0103", ready=None),
    Asker("Aiko", "Nakamora", "any", (38, 5, 23), "", "Medicaid", "inquiry", 5, "Called from a friend's phone", ready=None),
)  # fmt: skip
OVER = (
    Asker("Katharina", "Vossenmarck", "women", (31, 6, 17), "3.5", "Medicaid", "withdrawn", 46 * 24, "555-0103",
          why="Could not be reached on three days", over=40),
    Asker("Bertrand", "Quillmoor", "men", (52, 1, 19), "3.5", "Commercial", "withdrawn", 17 * 24, ready=2,
          why="Went to stay with his brother", over=13),
    Asker("Soledad", "Fenmarch", "women", (26, 9, 8), "3.5", "Medicaid", "withdrawn", 9 * 24, pregnant=True, interim=8 * 24,
          why="Chose outpatient care near her mother", over=7),
    Asker("Ottokar", "Lindqvale", "men", (64, 2, 3), "3.7", "County", "referred", 6 * 24,
          why="Chest pain: needs a hospital's care first", referred_to="County general hospital", over=6),
    Asker("Ngozi", "Hartwhistle", "women", (20, 5, 12), "3.1", "Medicaid", "referred", 21 * 24, ready=1,
          why="No bed in fourteen days", referred_to="Another program in the county", over=8),
    Asker("Casimir", "Dunwether", "men", (34, 8, 27), "3.7", "Self-pay", "referred", 3 * 24, injects=True, interim=60,
          why="No bed near nursing", referred_to="Detoxification unit, next county", over=2),
)  # fmt: skip


def write(stage: Stage, organisation: Organisation) -> None:
    """Who waits, and who asked in the last weeks and did not come. Of two one may be the other: born on one day, and
    their names differ by two letters."""
    rows = []
    for number, each in enumerate((*WAITING, *OVER)):
        site = stage.sites["hillcrest" if each.level == "3.1" else "riverbend"]
        today = stage.today(site.slug)
        years, month, day = each.born
        client = Client.objects.create(
            organisation=organisation,
            record_number=f"R{20_001 + number}",
            first_name=each.first,
            last_name=each.last,
            pronouns=PRONOUNS[each.housing],
            born_on=date(stage.now.year - years, month, day),
            housing_preference=each.housing,
        )
        asked = stage.now - each.asked * HOUR
        asked_on = asked.astimezone(site.tz).date()
        begins = today if each.over is None else asked_on
        rows.append(
            PlacementRequest(
                client=client,
                site=site,
                level_wanted=each.level,
                payer=each.payer,
                contact=each.contact,
                ready_on=None if each.ready is None else begins + timedelta(days=each.ready),
                scheduled_on=None if each.scheduled is None else today + timedelta(days=each.scheduled),
                pregnant=each.pregnant,
                injects=each.injects,
                interim_at=None if each.interim is None else stage.now - each.interim * HOUR,
                state=each.state,
                asked_at=asked,
                settled_at=None if each.over is None else stage.now - each.over * DAY + HOUR,
                why=each.why,
                referred_to=each.referred_to,
            )
        )
        stage.waiting[each.last] = client
    PlacementRequest.objects.bulk_create(rows)


def admitted(stage: Stage) -> None:
    """Nearly everybody who came within the written history asked before; who pays is what the list said."""
    dice = stage.dice("asking")
    rows = [_admitted(stage, dice, path) for path in stage.paths if path.starts > stage.since and dice.random() < 0.9]
    PlacementRequest.objects.bulk_create(rows)


def _admitted(stage: Stage, dice: Random, path: Path) -> PlacementRequest:
    program = stage.programs[path.steps[0].program]
    pregnant = path.housing == "women" and dice.random() < 0.06
    injects = path.substance == "opioid" and dice.random() < 0.35
    first = pregnant or injects
    waited = dice.uniform(3, 70 if first else 260) * HOUR
    asked = (path.starts - waited).replace(second=0, microsecond=0)
    return PlacementRequest(
        client=path.who,
        site=program.site,
        level_wanted=program.level,
        payer=path.care.payer,
        ready_on=_on(stage, program.site.slug, asked + waited * dice.uniform(0.1, 0.9)),
        scheduled_on=_on(stage, program.site.slug, path.starts),
        pregnant=pregnant,
        injects=injects,
        interim_at=asked + dice.randrange(3, 46) * HOUR if first and waited > 48 * HOUR else None,
        state=PlacementRequest.State.ADMITTED,
        asked_at=asked,
        settled_at=path.starts,
    )


def _on(stage: Stage, site: str, at: datetime) -> date:
    return at.astimezone(stage.tz(site)).date()
