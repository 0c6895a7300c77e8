"""Odd patterns in who looked at what: a sign to look closer, never a proof. Pure: sights in, flags out.

Source: 45 CFR 164.308(a)(1)(ii)(D), information system activity review; 42 CFR 2.16(a), policies against unauthorised use.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

NIGHT = (time(22, 0), time(6, 0))  # on the site's clock
USUAL_IN_AN_HOUR = 15  # charts of different clients, where a role is not named below
IN_AN_HOUR: Mapping[str, int] = {
    "Nurse": 25, "Prescriber": 20, "Clinical director": 30, "Auditor": 40, "Privacy officer": 40,
    "Intake coordinator": 20, "Group facilitator": 20,
}  # fmt: skip
AGAIN = 3  # hours, of different ones, in which somebody off duty opened one chart within two days
WITHIN = timedelta(days=2)
REFUSED = 8  # refusals for want of permission within an hour


class Pattern(StrEnum):
    """What may be odd; the value is stable."""

    OWN_NAME = "own_name"
    MARKED = "marked"
    MASS = "mass"
    NIGHT = "night"
    GLASS = "glass"
    AGAIN = "again"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        """The pattern in a few words."""
        return _LABELS[self]

    @property
    def why(self) -> str:
        """What it means, for who judges it."""
        return _WHY[self]


_LABELS = {
    Pattern.OWN_NAME: "Own family name",
    Pattern.MARKED: "Watched record",
    Pattern.MASS: "Many charts",
    Pattern.NIGHT: "Not their client, at night",
    Pattern.GLASS: "Emergency opening not reviewed",
    Pattern.AGAIN: "Off duty, again and again",
    Pattern.REFUSED: "Refused often",
}
_WHY = {
    Pattern.OWN_NAME: "The person and the client share a family name. Are they related?",
    Pattern.MARKED: "The record is one to watch over. Was there work to do in it?",
    Pattern.MASS: "More charts in one hour than the role usually opens. An export by eye, or a busy hour?",
    Pattern.NIGHT: "A client who is not in this person's care, opened between 22:00 and 06:00.",
    Pattern.GLASS: "A chart was opened in an emergency, and nobody has looked at it since.",
    Pattern.AGAIN: "The same chart in several hours by somebody who was not on duty.",
    Pattern.REFUSED: "Many things were asked for that this person may not do or see.",
}


@dataclass(frozen=True)
class Sight:
    """A person opened, printed or searched; ``client_id`` None where it was about no single client. ``at`` aware, UTC.

    ``refused``: they may not, and got nothing.
    """

    event_id: int
    person_id: int
    who: str
    role: str
    at: datetime
    client_id: int | None = None
    refused: bool = False


@dataclass(frozen=True)
class Known:
    """What the rules need to know besides. Family names by id; who is marked; whose clients are whose; who was on duty when.

    ``theirs``: pairs of person and client who belong together (care team, or something was done for the client around then).
    """

    tz: ZoneInfo
    family_of_person: Mapping[int, str] = field(default_factory=dict)
    family_of_client: Mapping[int, str] = field(default_factory=dict)
    named: Mapping[int, str] = field(default_factory=dict)  # how a client is called in a line: their record number
    marked: Collection[int] = ()
    theirs: Collection[tuple[int, int]] = ()
    on_duty: Callable[[int, datetime], bool] = lambda person, at: True


@dataclass(frozen=True)
class Flag:
    """One odd thing: ``key`` is the same each time it is computed; ``at`` when it began; ``events`` what it rests on, in order."""

    key: str
    pattern: Pattern
    person_id: int
    who: str
    client_id: int | None
    at: datetime
    line: str
    events: tuple[int, ...]
    url: str = ""


def flags(sights: Sequence[Sight], known: Known) -> list[Flag]:
    """Every flag that these sights raise, newest first."""
    seen = sorted((each for each in sights if not each.refused), key=lambda each: (each.at, each.event_id))
    refused = sorted((each for each in sights if each.refused), key=lambda each: (each.at, each.event_id))
    found = [
        *_own_name(seen, known),
        *_marked(seen, known),
        *_mass(seen, known),
        *_night(seen, known),
        *_again(seen, known),
    ]
    found += _refused(refused, known)
    return sorted(found, key=lambda flag: (flag.at, flag.key), reverse=True)


def family(name: str) -> str:
    """A family name as it is compared: the last word, without case, marks and hyphens ('de la Peña' and 'PENA' are one)."""
    words = name.split()
    plain = unicodedata.normalize("NFKD", words[-1] if words else "").casefold()
    return "".join(char for char in plain if char.isalpha())


def _own_name(seen: Iterable[Sight], known: Known) -> Iterator[Flag]:
    def shares(each: Sight) -> bool:
        own = family(known.family_of_person.get(each.person_id, ""))
        return bool(own) and own == family(known.family_of_client.get(each.client_id or 0, ""))

    for group in _by_day(filter(shares, seen), known):
        yield _flag(
            Pattern.OWN_NAME, group, known, f"{group[0].who} opened {_chart(group[0], known)}: the same family name"
        )


def _marked(seen: Iterable[Sight], known: Known) -> Iterator[Flag]:
    for group in _by_day((each for each in seen if each.client_id in known.marked), known):
        yield _flag(Pattern.MARKED, group, known, f"{group[0].who} opened the watched {_chart(group[0], known)}")


def _mass(seen: Iterable[Sight], known: Known) -> Iterator[Flag]:
    """More different charts within any sixty minutes than is usual; one flag for each such stretch."""
    for group in _by(seen, lambda each: (each.person_id,)):
        usual = IN_AN_HOUR.get(group[0].role, USUAL_IN_AN_HOUR)
        for stretch in _bursts([each for each in group if each.client_id], usual):
            charts = len({each.client_id for each in stretch})
            words = f"{stretch[0].who} opened {charts} charts within an hour; {usual} are usual for the role"
            yield _flag(Pattern.MASS, stretch, known, words, whole=True)


def _bursts(group: Sequence[Sight], usual: int) -> Iterator[list[Sight]]:
    start = 0
    while start < len(group):
        window = [each for each in group[start:] if each.at - group[start].at < timedelta(hours=1)]
        if len({each.client_id for each in window}) > usual:
            yield window
            start += len(window)
        else:
            start += 1


def _night(seen: Iterable[Sight], known: Known) -> Iterator[Flag]:
    def odd(each: Sight) -> bool:
        clock = each.at.astimezone(known.tz).time()
        return each.client_id is not None and (clock >= NIGHT[0] or clock < NIGHT[1]) and _stranger(each, known)

    for group in _by_day(filter(odd, seen), known):
        clock = f"{group[0].at.astimezone(known.tz):%H:%M}"
        yield _flag(
            Pattern.NIGHT, group, known, f"{group[0].who} opened {_chart(group[0], known)} at {clock}: not their client"
        )


def _again(seen: Iterable[Sight], known: Known) -> Iterator[Flag]:
    """One chart in several hours of two days, off duty."""
    off = (each for each in seen if each.client_id and not known.on_duty(each.person_id, each.at))
    for group in _by(off, lambda each: (each.person_id, each.client_id)):
        start = 0
        while start < len(group):
            stretch = [each for each in group[start:] if each.at - group[start].at <= WITHIN]
            hours = {each.at.replace(minute=0, second=0, microsecond=0) for each in stretch}
            if len(hours) >= AGAIN:
                words = f"{stretch[0].who} opened {_chart(stretch[0], known)} in {len(hours)} different hours, off duty"
                yield _flag(Pattern.AGAIN, stretch, known, words)
            start += len(stretch) if len(hours) >= AGAIN else 1


def _refused(refused: Iterable[Sight], known: Known) -> Iterator[Flag]:
    for group in _by(refused, lambda each: (each.person_id,)):
        start = 0
        while start < len(group):
            stretch = [each for each in group[start:] if each.at - group[start].at < timedelta(hours=1)]
            if len(stretch) >= REFUSED:
                words = f"{stretch[0].who} was refused {len(stretch)} times within an hour"
                yield _flag(Pattern.REFUSED, stretch, known, words, whole=True)
            start += len(stretch) if len(stretch) >= REFUSED else 1


def _stranger(each: Sight, known: Known) -> bool:
    return (each.person_id, each.client_id) not in known.theirs


def _chart(each: Sight, known: Known) -> str:
    return f"chart {known.named.get(each.client_id or 0, each.client_id)}"


def _by(sights: Iterable[Sight], key: Callable[[Sight], tuple[object, ...]]) -> list[list[Sight]]:
    groups: defaultdict[tuple[object, ...], list[Sight]] = defaultdict(list)
    for each in sights:
        groups[key(each)].append(each)
    return list(groups.values())


def _by_day(sights: Iterable[Sight], known: Known) -> list[list[Sight]]:
    """One group for each person, client and day of the site's clock."""
    return _by(sights, lambda each: (each.person_id, each.client_id, each.at.astimezone(known.tz).date()))


def _flag(pattern: Pattern, group: Sequence[Sight], known: Known, line: str, *, whole: bool = False) -> Flag:
    """The key is the pattern and the first event, which never changes: the trail is append-only."""
    first = group[0]
    return Flag(
        f"{pattern.value}:{first.event_id}", pattern, first.person_id, first.who, None if whole else first.client_id,
        first.at, line, tuple(each.event_id for each in group),
    )  # fmt: skip
