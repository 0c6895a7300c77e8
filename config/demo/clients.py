"""The people in care: clients, their episodes and placements, and allergies."""

from datetime import date, timedelta
from random import Random

from chart.models import Allergy, NoKnownAllergies
from config.demo.asking import PAYERS
from config.demo.names import ANY, MEN, PREFERRED, WOMEN, whole_names
from config.demo.stage import Path, Stage
from programs.models import Client, Episode, Organisation, Placement
from staff.models import Person
from staff.rules.capabilities import Role

ALLERGIES = (
    ("penicillin", "Hives", "moderate"), ("sulfamethoxazole", "Rash", "mild"), ("codeine", "Nausea and itching", "mild"),
    ("latex", "Rash", "mild"), ("ibuprofen", "Swelling of the face", "severe"), ("peanut", "Anaphylaxis", "life"),
    ("lisinopril", "Cough", "mild"), ("trazodone", "Priapism", "severe"), ("shellfish", "Hives", "unknown"),
    ("haloperidol", "Stiffness of the neck", "moderate"),
)  # fmt: skip
INTOLERANCES = frozenset({"codeine", "lisinopril", "haloperidol"})
ASKED = 0.9  # of those without an allergy: somebody asked
SEX = {"women": Client.ClinicalSex.FEMALE, "men": Client.ClinicalSex.MALE, "any": Client.ClinicalSex.SPECIFIED}
PRONOUNS = {
    "women": ("she/her",) * 5 + ("",) * 2,
    "men": ("he/him",) * 5 + ("",) * 2,
    "any": ("they/them", "they/them", ""),
}
FIRST = {"women": WOMEN, "men": MEN, "any": ANY}
ENDED = (Episode.Outcome.COMPLETED,) * 12 + (Episode.Outcome.AGAINST_ADVICE,) * 4 + (
    Episode.Outcome.TRANSFERRED, Episode.Outcome.TRANSFERRED, Episode.Outcome.ADMINISTRATIVE,
)  # fmt: skip


def write(stage: Stage, organisation: Organisation) -> None:
    """Clients, episodes and placements of every path."""
    dice = stage.dice("clients")
    names = {housing: whole_names(dice, first) for housing, first in FIRST.items()}
    numbers = iter(range(10_240, 99_999))
    boards: set[tuple[str, str]] = set()  # initials and last names of who is here: no two are alike on a board
    for path in stage.paths:
        if path.again is None:
            name = next(names[path.housing])
            while path.ends is None and (PREFERRED.get(name[0], name[0])[0], name[1]) in boards:
                name = next(names[path.housing])
            boards.add((PREFERRED.get(name[0], name[0])[0], name[1]))
            path.client = _client(stage, dice, path, organisation, name, next(numbers))
    Client.objects.bulk_create([path.who for path in stage.paths if path.again is None])
    for path in stage.paths:
        path.client = path.again.client if path.again else path.client
        path.episode = Episode(
            client=path.who,
            started_at=path.starts,
            ended_at=path.ends,
            ended_as=dice.choice(ENDED) if path.ends else "",
            payer=dice.choice(PAYERS),
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
    return Client(
        organisation=organisation,
        record_number=f"R{number}",
        first_name=first,
        last_name=last,
        preferred_name=PREFERRED.get(first, "") if dice.random() < 0.8 else "",
        pronouns=dice.choice(PRONOUNS[path.housing]),
        born_on=date(stage.now.year - 19, 1, 1) - timedelta(days=dice.randrange(0, 44 * 365)),
        housing_preference=path.housing,
        clinical_sex=SEX[path.housing],
        language="Spanish" if number % 9 == 0 else "English",
        interpreter=number % 18 == 0,
    )


def _allergies(stage: Stage, dice: Random) -> None:
    rows = []
    for path in stage.paths:
        if path.again is None and dice.random() < 0.32:
            for substance, reaction, severity in dice.sample(ALLERGIES, dice.choice((1, 1, 1, 2))):
                rows.append(
                    Allergy(
                        client=path.who, substance=substance, reaction=reaction, severity=severity, noted_at=path.starts,
                        kind="intolerance" if substance in INTOLERANCES else "allergy", source="client",
                        noted_by=_nurse(stage, path),
                    )
                )  # fmt: skip
    Allergy.objects.bulk_create(rows)
    _none_known(stage, {row.client_id for row in rows})


def _none_known(stage: Stage, allergic: set[int]) -> None:
    """Of most others somebody asked; a few were not asked yet."""
    dice = stage.dice("none known")
    NoKnownAllergies.objects.bulk_create(
        NoKnownAllergies(client=path.who, started_at=path.starts + timedelta(minutes=40), by=_nurse(stage, path))
        for path in stage.paths
        if path.again is None and path.who.pk not in allergic and dice.random() < ASKED
    )


def _nurse(stage: Stage, path: Path) -> Person:
    return stage.on_duty(stage.site_of(path.steps[0].program), Role.NURSE, path.starts)
