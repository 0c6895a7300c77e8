"""Ratings that tests use, and a client in Alder 1-A at level 3.5."""

from asam.actions.decisions import purpose
from asam.models import Assessment
from asam.rules.catalog import load_catalog
from programs.models import Episode
from staff.models import Person
from staff.rules.capabilities import Role
from tests.factories import World, admit, assign, client, person, signs
from tests.factories.people import proof_of

ALL_LOW = {
    sub.key: [next(code.code for code in sub.codes if code.code in {"0", "ANY", "A"})]
    for sub in load_catalog().subdimensions
}
FOR_2_5 = ALL_LOW | {"d1_med": ["ANY"], "d4_use": ["C"]}
FOR_3_5 = FOR_2_5 | {"d4_use": ["E"]}


def in_residential(here: World) -> Episode:
    """Sara Amari, ten days in Residential 3.5, in Alder 1-A."""
    return admit(here, client(here, "Sara", "Amari"), here.residential, here.beds[0])


def rated(here: World, episode: Episode, ratings: dict[str, list[str]] | None = None) -> Assessment:
    """Ratings by the director, now; they lead to 2.5 unless told otherwise."""
    from asam.actions import assess

    return assess(
        by=here.director,
        at=here.now,
        episode_id=episode.pk,
        kind="reassessment",
        ratings=ratings or FOR_2_5,
        evidence={},
    )


def supervisor(here: World) -> Person:
    """Lena Ortiz, the other director, on duty with a PIN."""
    made = assign(person("ortiz", "Lena Ortiz", "MD"), here.site, Role.DIRECTOR, at=here.now)
    return signs(made, here.site, at=here.now)


def proof(here: World, who: Person, assessment: Assessment) -> int:
    """Their PIN, entered now for a decision on these ratings."""
    return proof_of(who, here.site, at=here.now, purpose=purpose(assessment.pk)).pk
