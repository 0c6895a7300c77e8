"""What a draft is written with: scales that measure, and people and roles who do things."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from chart.scales import scales
from programs.models import Site
from staff.models import Person
from staff.rules.capabilities import Role

DOES = (Role.FACILITATOR, Role.NURSE, Role.PRESCRIBER, Role.DIRECTOR, Role.TECHNICIAN, Role.INTAKE)
"""The roles that do something for a client."""

DIMENSIONS = (
    ("1", "1 Withdrawal and addiction medication"), ("2", "2 Body"), ("3", "3 Mind and thinking"), ("4", "4 Risks of use"),
    ("5", "5 Where and with whom they live"), ("6", "6 What the client wants"),
)  # fmt: skip
"""The ASAM dimensions by their numbers, in our own words."""


@dataclass(frozen=True)
class Choices:
    """Keys and words: ``owners`` in groups (roles, people), ``scales`` those with a total."""

    scales: tuple[tuple[str, str], ...]
    owners: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    dimensions: tuple[tuple[str, str], ...] = DIMENSIONS

    @property
    def owner_words(self) -> Mapping[str, str]:
        """Every owner's words by its key."""
        return {key: words for _, group in self.owners for key, words in group}


def choices(site: Site, at: datetime) -> Choices:
    """What can be chosen at a site now. One query."""
    held = Q(
        assignments__started_at__lte=at, assignments__site=site, assignments__role__in=[role.value for role in DOES]
    )
    lasting = Q(assignments__ended_at=None) | Q(assignments__ended_at__gt=at)
    people = Person.objects.filter(held & lasting, is_active=True).distinct().order_by("name", "pk")
    return Choices(
        scales=tuple((code, each.name) for code, each in scales().items() if each.whole is not None),
        owners=(
            ("By role", tuple((f"r:{role.value}", role.label) for role in DOES)),
            (
                "By name",
                tuple((f"p{person.pk}", f"{person.name}, {person.credentials}".rstrip(", ")) for person in people),
            ),
        ),
    )
