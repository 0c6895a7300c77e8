"""What the rooms add to the paper of a whole chart: sections, in the order of their rank. Providers as in ``contributions``."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.module_loading import import_string

from documents.blocks import Block
from programs.contributions import Entry, TimelineProvider


@dataclass(frozen=True)
class Span:
    """What is printed: the records of one person, ``since <= t < until`` as known at ``at``, on the clock of ``tz``."""

    client_ids: tuple[int, ...]
    since: datetime
    until: datetime
    at: datetime
    tz: ZoneInfo

    def local(self, moment: datetime) -> str:
        """'18 Nov 2025, 10:42'."""
        return f"{moment.astimezone(self.tz):%-d %b %Y, %H:%M}"

    def day(self, moment: datetime) -> str:
        """'18 Nov 2025'."""
        return f"{moment.astimezone(self.tz):%-d %b %Y}"


@dataclass(frozen=True)
class Section:
    """One part of the paper. ``rank`` is its place, ``blocks`` what stands in it; without any it is left out."""

    rank: int
    title: str
    blocks: tuple[Block, ...]


SectionProvider = Callable[[Span], Iterable[Section]]


def sections(span: Span, wanted: Collection[str] = ()) -> list[Section]:
    """Every section that has anything (of the titles ``wanted``, where any are named), in order."""
    providers: Iterable[SectionProvider] = import_string(f"{settings.STEPWELL_CONTRIBUTIONS}.SECTIONS")
    found = [part for provider in providers for part in provider(span) if part.blocks]
    return sorted((part for part in found if not wanted or part.title in wanted), key=lambda part: part.rank)


def by_month(provider: TimelineProvider, span: Span) -> Iterator[Entry]:
    """The entries of a timeline's provider in the span, oldest first. Asked month by month, so that what is in memory at once does
    not grow with the span."""
    for pk in span.client_ids:
        since = span.since
        while since < span.until:
            until = min(_next_month(since, span.tz), span.until)
            yield from sorted(provider(pk, since, until, span.at), key=lambda entry: entry.at)
            since = until


def _next_month(moment: datetime, tz: ZoneInfo) -> datetime:
    """The midnight that begins the next month."""
    local = moment.astimezone(tz)
    year, month = (local.year + 1, 1) if local.month == 12 else (local.year, local.month + 1)
    return datetime(year, month, 1, tzinfo=tz)
