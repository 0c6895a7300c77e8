"""Which rule packs a site, a program or a payer follows on a date."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from groups.models import AppliedPack, Series, Session
from groups.packs import packs, services
from groups.rules.packs import Packs, RatioRule, SizeRule
from programs.contributions import Cosigning


@dataclass(frozen=True)
class Applied:
    """One applied pack: its code, for which program (None: all) and payer ('': all), from when to when."""

    code: str
    program_id: int | None
    payer: str
    begins_on: date
    ends_on: date | None


@dataclass(frozen=True)
class PackBook:
    """Every pack a site ever followed; asks no further query."""

    rows: tuple[Applied, ...]

    def packs(self, on: date, programs: Iterable[int] = (), payers: Iterable[str] = ()) -> Packs:
        """What counts on a date for people of these programs and payers; a payer's own packs come first, then a program's."""
        wanted, paying = set(programs), {payer.casefold() for payer in payers if payer}
        held = [
            row
            for row in self.rows
            if row.begins_on <= on
            and (row.ends_on is None or on < row.ends_on)
            and (row.program_id is None or row.program_id in wanted)
            and (not row.payer or row.payer.casefold() in paying)
        ]
        held.sort(key=lambda row: (not row.payer, row.program_id is None, row.code))
        return packs(dict.fromkeys(row.code for row in held))


def size_rule(session: Session, book: PackBook) -> SizeRule | None:
    """How many may be in the room: the packs' limit for this service, or the series' own where that is tighter. One query."""
    series = session.series
    if series is None:
        return None
    on = session.started_at.astimezone(session.site.tz).date()
    return limit(series, session.service, list(series.programs.values_list("pk", "level")), book, on)


def limit(series: Series, code: str, programs: Collection[tuple[int, str]], book: PackBook, on: date) -> SizeRule:
    """The same for a service on a date, where the id and level of each program it serves are known. Asks nothing."""
    service, held = services().get(code), book.packs(on, [pk for pk, _ in programs])
    ruled = held.size(service.cls if service else "", [level for _, level in programs], on)
    own = SizeRule(on, None, "the group's own limit", series.size_limit)
    return ruled if ruled is not None and ruled.most <= own.most else own


def ratio(code: str, programs: Collection[tuple[int, str]], book: PackBook, on: date) -> RatioRule | None:
    """How many people one facilitator may have there, by the packs; None where none says it. Asks nothing."""
    service, held = services().get(code), book.packs(on, [pk for pk, _ in programs])
    return held.ratio(service.cls if service else "", [level for _, level in programs], on)


def pack_book(site_id: int) -> PackBook:
    """The packs of a site. One query."""
    return book_of(packs_at(site_id))


def packs_at(site_id: int) -> QuerySet[AppliedPack]:
    """The rows of a site."""
    return AppliedPack.objects.filter(site_id=site_id).order_by("pk")


def book_of(rows: Iterable[AppliedPack]) -> PackBook:
    """The packs of a site out of its rows."""
    return PackBook(tuple(Applied(r.pack, r.program_id, r.payer, r.begins_on, r.ends_on) for r in rows))


def cosigning(site_id: int, programs: Collection[int], credentials: str, on: date) -> Cosigning:
    """What the packs of a site say of co-signatures, for every note written there. One query."""
    held = pack_book(site_id).packs(on, programs)
    rule = held.cosign(credentials, on)
    return Cosigning(None if rule is None else rule.hours, "" if rule is None else rule.source, held.cosigners(on))
