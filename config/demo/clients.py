"""The people in care: clients, their episodes and placements, allergies, and the placement list."""

from datetime import date, timedelta
from random import Random

from chart.models import Allergy
from config.demo.names import ANY, MEN, PREFERRED, WOMEN, whole_names
from config.demo.stage import DAY, HOUR, Path, Stage
from programs.models import Client, Episode, Organisation, Placement, PlacementRequest
from staff.rules.capabilities import Role

ALLERGIES = (
    ("penicillin", "Hives"), ("sulfamethoxazole", "Rash"), ("codeine", "Nausea and itching"), ("latex", "Rash"),
    ("ibuprofen", "Swelling of the face"), ("peanut", "Anaphylaxis"), ("lisinopril", "Cough"), ("trazodone", "Priapism"),
    ("shellfish", "Hives"), ("haloperidol", "Stiffness of the neck"),
)  # fmt: skip
PRONOUNS = {
    "women": ("she/her",) * 5 + ("",) * 2,
    "men": ("he/him",) * 5 + ("",) * 2,
    "any": ("they/them", "they/them", ""),
}
FIRST = {"women": WOMEN, "men": MEN, "any": ANY}

# first, last, housing, level wanted, payer, days until ready, priority, state, hours since they asked
LIST = (
    ("Reuben", "Whitfallow", "men", "3.5", "self-pay", 1, 4, "scheduled", 70),
    ("Tessa", "Okaforde", "women", "3.7", "Medicaid", 0, 1, "approved", 15),
    ("Manuela", "Delgarno-Reyes", "women", "3.5", "Commercial", 0, 4, "approved", 44),
    ("Jonas", "Brandtmoor", "men", "3.1", "Court", 3, 3, "screened", 90),
    ("Aiko", "Nakamora", "any", "", "Medicaid", None, 4, "inquiry", 5),
    ("Dorian", "Saltmarsh", "men", "3.7", "Medicaid", 0, 2, "approved", 20),
)


def write(stage: Stage, organisation: Organisation) -> None:
    """Clients, episodes and placements of every path."""
    dice = stage.dice("clients")
    names = {housing: whole_names(dice, first) for housing, first in FIRST.items()}
    numbers = iter(range(10_240, 99_999))
    for path in stage.paths:
        if path.again is None:
            path.client = _client(stage, dice, path, organisation, next(names[path.housing]), next(numbers))
    Client.objects.bulk_create([path.who for path in stage.paths if path.again is None])
    for path in stage.paths:
        path.client = path.again.client if path.again else path.client
        path.episode = Episode(
            client=path.who,
            started_at=path.starts,
            ended_at=path.ends,
            primary_clinician=dice.choice(stage.teams[stage.site_of(path.steps[-1].program), Role.FACILITATOR]),
        )
    Episode.objects.bulk_create([path.care for path in stage.paths])
    placements = []
    for path in stage.paths:
        for step in path.stretches:
            program = stage.programs[step.program]
            step.placement = Placement(
                episode=path.care,
                program=program,
                kind=program.kind,
                level=program.level,
                started_at=step.starts,
                ended_at=step.ends,
            )
            placements.append(step.placement)
    Placement.objects.bulk_create(placements)
    _allergies(stage, dice)


def _client(
    stage: Stage, dice: Random, path: Path, organisation: Organisation, name: tuple[str, str], number: int
) -> Client:
    first, last = name
    bed = path.steps[-1].beds[-1][0] if path.steps[-1].beds else None
    new = stage.now - path.steps[-1].starts < 4 * DAY
    return Client(
        organisation=organisation,
        record_number=f"R{number}",
        first_name=first,
        last_name=last,
        preferred_name=PREFERRED.get(first, "") if dice.random() < 0.8 else "",
        pronouns=dice.choice(PRONOUNS[path.housing]),
        born_on=date(stage.now.year - 19, 1, 1) - timedelta(days=dice.randrange(0, 44 * 365)),
        housing_preference=path.housing,
        needs_lower_bunk=bool(bed and bed.lower_bunk and dice.random() < 0.2),
        needs_accessible=bool(bed and bed.room.accessible and dice.random() < 0.4),
        withdrawal_watch=bool(bed and bed.room.near_nursing and new and path.steps[-1].program == "3.7"),
    )


def _allergies(stage: Stage, dice: Random) -> None:
    rows = []
    for path in stage.paths:
        if path.again is None and dice.random() < 0.32:
            for substance, reaction in dice.sample(ALLERGIES, dice.choice((1, 1, 1, 2))):
                rows.append(Allergy(client=path.who, substance=substance, reaction=reaction, noted_at=path.starts))
    Allergy.objects.bulk_create(rows)


def wait(stage: Stage, organisation: Organisation) -> None:
    """The placement list: six people who ask for a place."""
    for number, (first, last, housing, level, payer, days, priority, state, hours) in enumerate(LIST):
        client = Client.objects.create(
            organisation=organisation,
            record_number=f"R{20_001 + number}",
            first_name=first,
            last_name=last,
            pronouns={"women": "she/her", "men": "he/him", "any": "they/them"}[housing],
            born_on=date(stage.now.year - 24 - number * 5, 1 + number, 3 + number * 4),
            housing_preference=housing,
            needs_lower_bunk=last.startswith("Delgarno"),
            withdrawal_watch=level == "3.7",
        )
        site = stage.sites["hillcrest" if level == "3.1" else "riverbend"]
        PlacementRequest.objects.create(
            client=client,
            site=site,
            level_wanted=level,
            payer=payer,
            ready_on=None if days is None else stage.today(site.slug) + timedelta(days=days),
            priority=priority,
            state=state,
            asked_at=stage.now - hours * HOUR,
        )
        stage.waiting.append(client)
