"""Somebody who was here before under another number: the pair that 'Possible duplicates' finds."""

from datetime import timedelta

from chart.models import Allergy, Note
from config.demo.charted import summary
from config.demo.stage import DAY, HOUR, Stage
from programs.models import Client, Episode, Placement
from staff.rules.capabilities import Role

NUMBER = "R09871"
BACK, STAYED = 410 * DAY, 26 * DAY
WORDS = (
    "Came to every group of the week. Spoke of the sister's house as a place to go to at the weekend. "
    "Wants to go on with the evening program."
)


def write(stage: Stage) -> None:
    """An earlier stay at 2.1 of somebody who is in a bed now, under a first name that was misspelled then."""
    path = next(each for each in stage.paths if each.ends is None and each.sleeps and not each.who.preferred_name)
    who, program = path.who, stage.programs["2.1"]
    began = stage.now - BACK
    ended, by = began + STAYED, stage.on_duty(program.site.slug, Role.FACILITATOR, began + 10 * DAY)
    earlier = Client.objects.create(
        organisation=who.organisation, record_number=NUMBER, first_name=_misspelled(who.first_name),
        last_name=who.last_name, born_on=who.born_on, pronouns=who.pronouns, housing_preference=who.housing_preference,
    )  # fmt: skip
    episode = Episode.objects.create(
        client=earlier,
        started_at=began,
        ended_at=ended,
        ended_as=Episode.Outcome.COMPLETED,
        primary_clinician=by,
        payer=path.care.payer,
    )
    Placement.objects.create(
        episode=episode, program=program, kind=program.kind, level=program.level, started_at=began, ended_at=ended
    )
    Allergy.objects.create(
        client=earlier, substance="naproxen", reaction="Swelling of the lips", severity="severe", noted_at=began + HOUR
    )
    for day in (6, 13, 20):
        at = began + day * DAY
        note = Note(
            episode=episode, site=program.site, kind=Note.Kind.PROGRESS, text=WORDS, about_at=at,
            written_at=at + timedelta(minutes=40), by=by,
        )  # fmt: skip
        note.sha256 = note.digest()
        note.save()
    summary(episode, program.site, ended + DAY, by).save()


def _misspelled(name: str) -> str:
    """One letter too few or one doubled: 'Marisol' as 'Marisoll', 'Hannah' as 'Hanah'."""
    for place in range(1, len(name) - 1):
        if name[place] == name[place + 1]:
            return name[:place] + name[place + 1 :]
    return name + name[-1]
