"""Tags for the doors of rooms, to cut out and hang up: the unit and the room, and a code for rounds. Nothing about anybody."""

from beds.models import RoomTag
from documents import Barcode, Card, Cards, Code, Document, render
from programs.desk import Desk
from programs.rules.codes import grouped


def tags_pdf(desk: Desk, unit_id: int | None = None) -> bytes:
    """The tags that count, of one unit or of the site, in walking order. One query."""
    rows = RoomTag.objects.current(desk.now).filter(room__unit__site=desk.site).select_related("room__unit")
    if unit_id is not None:
        rows = rows.filter(room__unit=unit_id)
    wanted = rows.order_by("room__unit__position", "room__unit_id", "room__position", "room_id")
    cards = tuple(
        Card(
            title=row.room.name, above=row.room.unit.name, lines=("Scan on rounds",), foot=grouped(row.code),
            barcode=Barcode(row.code, code=Code.QR), bars=row.code,
        )
        for row in wanted
    )  # fmt: skip
    return render(
        Document(
            title="Room tags",
            organisation=desk.site.organisation.name,
            site=desk.site.name,
            as_of=f"As of {desk.now.astimezone(desk.tz):%a %-d %b %Y, %H:%M}",
            printed_by="",
            blocks=(Cards(cards, to_a_page=6, empty="No room has a tag yet."),),
        )
    )
