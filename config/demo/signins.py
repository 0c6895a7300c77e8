"""The people one tap signs in as: one for each role, offered on the sign-in page of the demonstration only."""

from dataclasses import dataclass

from staff.models import Person
from staff.rules.capabilities import Role

OFFERED = tuple(role.value for role in Role)  # usernames of the standing demo people are their roles


@dataclass(frozen=True)
class SignIn:
    """One card of the sign-in page."""

    username: str
    name: str
    initials: str
    title: str


def sign_ins() -> list[SignIn]:
    """Whom one can look around as, in the order of the roles. One query."""
    people = {person.username: person for person in Person.objects.filter(username__in=OFFERED, is_active=True)}
    return [
        SignIn(role.value, people[role.value].name, people[role.value].initials, role.label)
        for role in Role
        if role.value in people
    ]
