"""The people one tap signs in as: one for each role, offered on the sign-in page of the demonstration only."""

from dataclasses import dataclass

from config.demo.people import SIGN_INS
from staff.models import Person
from staff.rules.capabilities import Role

OFFERED = {sign_in.username: sign_in for sign_in in SIGN_INS if sign_in.username in set(Role)}


@dataclass(frozen=True)
class Card:
    """One card of the sign-in page."""

    username: str
    initials: str
    title: str
    line: str


def cards() -> list[Card]:
    """Whom one can look around as. One query."""
    people = {person.username: person for person in Person.objects.filter(username__in=OFFERED, is_active=True)}
    return [
        Card(username, people[username].initials, offered.role, offered.line)
        for username, offered in OFFERED.items()
        if username in people
    ]
