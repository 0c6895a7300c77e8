"""How topics and keys are spelled: both travel through Redis, so the alphabet is small and the length bounded."""

import re

TOPIC = re.compile(r"[A-Za-z0-9._-]{1,89}", re.ASCII)  # Channels refuses group names of 100 and more
KEY = re.compile(r"([A-Za-z][A-Za-z0-9_-]{0,49}):([A-Za-z0-9._-]{1,49})", re.ASCII)


def checked_topic(name: str) -> str:
    """The name itself. Raises ValueError when it is not ASCII letters, digits and ``- _ .`` under 90 characters."""
    if not TOPIC.fullmatch(name):
        raise ValueError(f"{name!r} is no topic name: ASCII letters, digits, - _ . and fewer than 90 characters.")
    return name


def split_key(key: str) -> tuple[str, str]:
    """``"bed:12"`` as ``("bed", "12")``: a fragment's name and its primary key. Raises ValueError."""
    found = KEY.fullmatch(key)
    if not found:
        raise ValueError(f"{key!r} is no key: write it as fragment name, colon, primary key, as in 'bed:12'.")
    return found[1], found[2]


def dom_id(key: str) -> str:
    """The id of the element a key is drawn as: ``"bed:12"`` is ``"bed-12"``."""
    return "-".join(split_key(key))


def person_topic(person_pk: object) -> str:
    """The topic that says 'look again at what this person may watch'."""
    return checked_topic(f"live.person.{person_pk}")
