"""What does the trail's page need?"""

from dataclasses import dataclass

from audit.models import Event, Seal

PAGE = 50


@dataclass(frozen=True)
class Line:
    """One event, and whether it is sealed into the chain yet."""

    event: Event
    sealed: bool


@dataclass(frozen=True)
class Trail:
    """A page of the trail, newest first; ``older`` is the id to go on from, None at the end."""

    lines: tuple[Line, ...]
    older: int | None
    links: int
    head: str


def trail_page(site_id: int, *, before: int | None = None, word: str = "") -> Trail:
    """Events of a site, newest first, before an id; ``word`` narrows to a verb's beginning or a name. Three queries."""
    found = Event.objects.filter(site_id=site_id)
    if before is not None:
        found = found.filter(pk__lt=before)
    if word:
        found = (
            found.filter(summary__icontains=word)
            | found.filter(by_name__icontains=word)
            | found.filter(verb__startswith=word)
        )
    events = list(found.prefetch_related("overrides").order_by("-id")[: PAGE + 1])
    sealed = set(Seal.objects.filter(event_id__in=[event.pk for event in events]).values_list("event_id", flat=True))
    last = Seal.objects.order_by("-position").first()
    return Trail(
        tuple(Line(event, event.pk in sealed) for event in events[:PAGE]),
        events[PAGE - 1].pk if len(events) > PAGE else None,
        last.position if last else 0,
        bytes(last.digest).hex()[:16] if last else "",
    )
