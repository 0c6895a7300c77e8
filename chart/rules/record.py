"""A client's own record: what may stand in it."""

from collections.abc import Collection, Mapping
from datetime import date

from audit.rules.findings import Finding, stop
from programs.rules.person import check_birth, check_name
from programs.rules.words import check_words

RECOGNISED_BY = frozenset({"first_name", "last_name", "born_on"})
"""What people are recognised by: a change of it says why."""


def check_record(asked: Mapping[str, object], changed: Collection[str], why: str, *, today: date) -> list[Finding]:
    """What is wrong with a record; each finding names its ``field``. Only what changed is judged."""
    found = []
    names = {"first_name": "first name", "last_name": "last name", "preferred_name": "preferred name"}
    for field, what in names.items():
        if field in changed:
            found += check_name(str(asked[field]), field, what, required=field != "preferred_name")
    born = asked["born_on"]
    if "born_on" in changed and isinstance(born, date):
        found += check_birth(born, today)
    found += check_words(str(asked["pronouns"]), "pronouns", longest=30)
    found += check_words(str(asked["language"]), "language", longest=40)
    if RECOGNISED_BY & set(changed) and not why.strip():
        message = "Say why the legal name or the birth date changes: people are recognised by them."
        found.append(stop("record.why", message, field="why"))
    return found + check_words(why, "why", longest=100)
