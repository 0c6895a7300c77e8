"""One SUD counseling note of the facilitator's, in its second version, and one grant: the director reads it, to train who wrote it."""

from datetime import timedelta

from config.demo.stage import DAY, HOUR, Stage
from privacy.actions.counseling import grant_counseling, write_counseling_note
from privacy.rules.counseling import ReadBasis
from privacy.sealing import Secret

FIRST = "Came back twice to the evening he did not ring his sister. I let the pause stand; he went on by himself."
SECOND = f"{FIRST} What I heard as anger may be shame. Ask less, wait longer."


def write(stage: Stage) -> None:
    """About somebody who has been at Riverbend for a week."""
    path = next(
        each for each in stage.paths
        if each.ends is None and each.again is None and stage.now - each.starts > 7 * DAY
        and all(stage.site_of(step.program) == "riverbend" for step in each.steps)
    )  # fmt: skip
    by, officer, director = (stage.people[name] for name in ("facilitator", "privacy", "director"))
    session = stage.now - 2 * DAY - 3 * HOUR
    first = write_counseling_note(
        by=by, at=session + 2 * HOUR, client_id=path.who.pk, text=Secret(FIRST), about_at=session
    )
    write_counseling_note(
        by=by, at=session + DAY, client_id=path.who.pk, text=Secret(SECOND), about_at=session, corrects=first.pk
    )
    grant_counseling(
        by=officer, at=stage.now - 20 * HOUR, site=stage.sites["riverbend"], record_number=path.who.record_number, author_id=by.pk,
        reader_id=director.pk, basis=ReadBasis.TRAINING.value, until=stage.now + timedelta(days=10),
        words="Supervised training of the first year; asked for by who wrote them.",
    )  # fmt: skip
