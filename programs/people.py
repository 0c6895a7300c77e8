"""One person may have two records (``Merge``). These read both as one, under the record that stays."""

from collections.abc import Collection

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from programs.models import Client, Merge


def with_others(clients: QuerySet[Client]) -> QuerySet[Client]:
    """Clients with the ids of the records merged into each, so that ``ids_of`` asks nothing more."""
    others = Merge.objects.filter(into=OuterRef("pk"), ended_at=None).order_by("client_id")
    return clients.annotate(others=ArraySubquery(others.values("client_id")))


def ids_of(client: Client) -> tuple[int, ...]:
    """The client's own id, then those of the records merged into it. One query, none after ``with_others``."""
    others = getattr(client, "others", None)
    if others is None:
        open_ones = Merge.objects.filter(into=client.pk, ended_at=None).order_by("client_id")
        others = list(open_ones.values_list("client_id", flat=True))
    return (client.pk, *others)


def stays(client_id: int) -> int:
    """The record that stays for this one: the same, or the one it was merged into. One query."""
    found = Merge.objects.filter(client=client_id, ended_at=None).values_list("into_id", flat=True).first()
    return client_id if found is None else found


def mine(client_id: int, field: str = "client") -> Q:
    """What belongs to a client or to a record merged into theirs; ``field`` leads to the client. No query more.

    One list of keys, as a union: with 'or' PostgreSQL reads the whole table.
    """
    return theirs([client_id], field)


def theirs(client_ids: Collection[int], field: str = "client") -> Q:
    """The same of several clients."""
    own = Client.objects.filter(pk__in=client_ids).order_by().values("pk")
    merged = Merge.objects.filter(into__in=client_ids, ended_at=None).order_by().values("client_id")
    return Q(**{f"{field}__in": own.union(merged, all=True)})


def whose(field: str = "client") -> Coalesce:
    """The record that stays for the one at ``field``, as a column."""
    into = Merge.objects.filter(client=OuterRef(field), ended_at=None).values("into_id")
    return Coalesce(Subquery(into[:1]), F(f"{field}_id"), output_field=BigIntegerField())
