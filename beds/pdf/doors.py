"""Door cards: whose bed it is, in words anyone may read. Nothing about treatment, program, level or precautions."""

from django.http import Http404

from beds.models import Bed, BedStay, Unit
from documents import Card, Cards, Document, render
from programs.desk import Desk
from programs.models import Client

PLEASE = "Please knock"


def doors_pdf(desk: Desk, unit_id: int | None = None, bed_id: int | None = None) -> bytes:
    """The cards of one bed, of one unit or of the site, in walking order; two queries. Http404 where it is not of this site."""
    beds = Bed.objects.filter(room__unit__site=desk.site).select_related("room__unit").order_by(
        "room__unit__position", "room__unit_id", "room__position", "room_id", "label"
    )  # fmt: skip
    if bed_id is not None:
        beds = beds.filter(pk=bed_id)
    if unit_id is not None:
        beds = beds.filter(room__unit_id=unit_id)
    wanted = list(beds)
    if not wanted and bed_id is not None:
        raise Http404
    if not wanted and unit_id is not None and not Unit.objects.filter(pk=unit_id, site=desk.site).exists():
        raise Http404
    stays = BedStay.objects.current(desk.now).filter(bed__in=wanted).select_related("client")
    who = {stay.bed_id: stay.client for stay in stays}
    return render(
        Document(
            title="Door cards",
            organisation=desk.site.organisation.name,
            site=desk.site.name,
            as_of=f"As of {desk.now.astimezone(desk.tz):%a %-d %b %Y, %H:%M}",
            printed_by="",
            blocks=(Cards(tuple(card_of(bed, who.get(bed.pk)) for bed in wanted), to_a_page=4),),
        )
    )


def card_of(bed: Bed, client: Client | None) -> Card:
    """One card; an empty bed is named, and nothing else."""
    where = f"{bed.room.unit.name}, room {bed.room.name}"
    if client is None:
        return Card(title=f"Bed {bed.label}", above=where)
    return Card(title=on_the_door(client), above=where, lines=(f"Bed {bed.label}", PLEASE))


def on_the_door(client: Client) -> str:
    """'Sara A.': the preferred first name and one letter."""
    return f"{client.preferred_name or client.first_name} {client.last_name[0]}."
