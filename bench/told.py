"""The trail of the years, and the chain that seals it, as lines for COPY: every act on beds, levels and notes, and some doses."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from heapq import merge

from audit.chain import START, VERSION
from audit.models import Event, Seal
from bench.copying import Into
from bench.lived import HOUR, Lived, Period
from bench.weekly import Groups

DOSES = timedelta(days=1)  # between two doses of a person in a bed of which the trail has an event: one in about ten
EVENT = Into(
    Event, "id", "at", "recorded_at", "verb", "by_id", "by_name", "as_role", "site_id", "client_id", "subject_kind",
    "subject_id", "summary", detail={},
)  # fmt: skip
SEAL = Into(Seal, "position", "event_id", "digest", "sealed_at", version=VERSION)
Said = tuple[datetime, str, int, str, str, int, int | None, str, int | None, str]


def events(lived: Lived, groups: Groups, at: datetime) -> Iterator[Said]:
    """At, verb, who (id, name, role), site, client, kind and id of the subject, words; in the order in which they happened."""
    return merge(
        *(_sorted(each) for each in (_came(lived), _left(lived), _cleaned(lived), _doses(lived, at), _met(groups)))
    )


def event_lines(said: Iterator[Said]) -> Iterator[str]:
    """The events, numbered from one."""
    for number, (at, verb, by, name, role, site, client, kind, subject, words) in enumerate(said, 1):
        when = at.isoformat()
        told = f"{verb}\t{by}\t{name}\t{role}\t{site}\t{_null(client)}\t{kind}\t{_null(subject)}\t{words}"
        yield f"{number}\t{when}\t{when}\t{told}{EVENT.tail}"


def seal_lines(said: Iterator[Said]) -> Iterator[str]:
    """The links, as ``audit.chain`` makes them: the chain verifies. Every text here is plain, so that JSON has it as it is."""
    digest = START
    for number, (at, verb, by, name, role, site, client, kind, subject, words) in enumerate(said, 1):
        when = at.astimezone(UTC).isoformat()
        text = (
            f'{{"as_role":"{role}","at":"{when}","by_id":{by},"by_name":"{name}","client_id":{_json(client)},"detail":{{}},'
            f'"id":{number},"override_ids":[],"overrides":[],"recorded_at":"{when}","request_id":"",'
            f'"seal":[{VERSION},{number},{number},"{when}"],"site_id":{site},"subject_id":{_json(subject)},'
            f'"subject_kind":"{kind}","summary":"{words}","verb":"{verb}"}}'
        )
        digest = sha256(digest + text.encode()).digest()
        yield f"{number}\t{number}\t\\\\x{digest.hex()}\t{when}{SEAL.tail}"


def _null(number: int | None) -> str:
    return "\\N" if number is None else str(number)


def _json(number: int | None) -> str:
    return "null" if number is None else str(number)


def _sorted(said: Iterator[Said]) -> list[Said]:
    return sorted(said, key=lambda each: each[0])


def _came(lived: Lived) -> Iterator[Said]:
    return (_of_bed(p, p.start, "beds.assign", "came to") for p in lived.periods if p.bed is not None)


def _left(lived: Lived) -> Iterator[Said]:
    return (_of_bed(p, p.end, "beds.vacate", "left") for p in lived.periods if p.bed is not None and p.end is not None)


def _of_bed(p: Period, at: datetime, verb: str, did: str) -> Said:
    by, site = p.ground.people["intake"], p.ground.site.pk
    return at, verb, by.pk, by.name, "intake", site, p.client, "beds.BedStay", p.stay, f"A. Person {did} a bed"


def _cleaned(lived: Lived) -> Iterator[Said]:
    job = 0
    for p in lived.periods:
        if p.bed is not None and p.end is not None:
            job += 1
            by, site = p.ground.people["technician"], p.ground.site.pk
            for hours in (0, 0.5, 2):
                at = p.end + hours * HOUR
                yield (
                    at,
                    "beds.clean",
                    by.pk,
                    by.name,
                    "technician",
                    site,
                    None,
                    "beds.CleaningJob",
                    job,
                    "A bed is being cleaned",
                )


def _doses(lived: Lived, at: datetime) -> Iterator[Said]:
    for p in lived.periods:
        if p.bed is not None:
            by, site, when = p.ground.people["nurse"], p.ground.site.pk, p.start + HOUR
            while when < (p.end or at):
                yield (
                    when,
                    "emar.administer",
                    by.pk,
                    by.name,
                    "nurse",
                    site,
                    p.client,
                    "emar.Order",
                    p.order,
                    "A dose given",
                )
                when += DOSES


def _met(groups: Groups) -> Iterator[Said]:
    for number, (ground, _, _, start) in enumerate(groups.meetings, 1):
        if start + 4 * HOUR <= groups.at:
            by, site = ground.people["facilitator"], ground.site.pk
            yield (
                start + 4 * HOUR,
                "groups.complete",
                by.pk,
                by.name,
                "facilitator",
                site,
                None,
                "groups.Session",
                number,
                "A group ended",
            )
