"""What the face sheet says of a client, in one reading."""

from dataclasses import dataclass
from datetime import datetime

from chart.models import Diagnosis
from chart.queries.beside import Near, people
from chart.queries.facts import diagnoses_of
from chart.queries.head import Head, head
from programs.contributions import reviews
from programs.models import Client, Site
from programs.people import ids_of


@dataclass(frozen=True)
class Face:
    """``numbers`` are the record numbers of records merged into this one; ``review`` the date of the next level review, '' none."""

    head: Head
    diagnoses: tuple[Diagnosis, ...]
    around: tuple[Near, ...]
    numbers: tuple[str, ...]
    review: str


def face(client: Client, site: Site, at: datetime) -> Face:
    """Everything that stands on the one page. About twelve queries."""
    top = head(client, site, at)
    ids = ids_of(client)
    others = Client.objects.filter(pk__in=ids[1:]).values_list("record_number", flat=True)
    due = reviews([top.episode.pk], at).get(top.episode.pk) if top.episode and top.open else None
    return Face(
        head=top,
        diagnoses=tuple(diagnoses_of(ids)),
        around=people(ids, at),
        numbers=tuple(others) if len(ids) > 1 else (),
        review=f"{due:%-d %b %Y}" if due else "",
    )
