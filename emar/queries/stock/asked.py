"""Which lines does a count of a place ask for?"""

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from emar.models import CountNumber, LedgerEntry, StockLine, Variance


def lines_to_count(location_id: int) -> list[int]:
    """The lines that hold something, and those emptied since they were last counted, by medication. One query.

    A line that is empty and was counted empty is done with until something comes in again.
    """
    newest = LedgerEntry.objects.filter(line=OuterRef("pk")).order_by("-number")
    counted = CountNumber.objects.filter(line=OuterRef("pk"), signing__part=2).order_by("-pk")
    locks = Variance.objects.filter(line=OuterRef("pk"), ended_at=None)
    rows = (
        StockLine.objects.filter(location=location_id)
        .annotate(
            number=Coalesce(Subquery(newest.values("number")[:1]), 0),
            balance=Subquery(newest.values("balance")[:1]),
            known=Coalesce(Subquery(counted.values("number")[:1]), 0),
        )
        .filter(Q(balance__gt=0) | Q(number__gt=F("known")) | Q(Exists(locks)))
        .order_by("medication__name", "medication__strength", "expires_on", "pk")
    )
    return [row.pk for row in rows]
