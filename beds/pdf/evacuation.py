"""The evacuation list on paper: one line a person with a box to tick."""

from beds.queries.evacuation import Away, Evacuation, Inside
from documents import Column, Document, Figure, Figures, Group, Heading, Kind, Table, Text, render
from documents.blocks import Row
from programs.desk import Desk

COLUMNS = (
    Column("Found", Kind.TICK, 0.07),
    Column("Bed", Kind.STRONG, 0.09),
    Column("Name", Kind.STRONG, 0.3),
    Column("Help needed", Kind.STRONG, 0.36),
    Column("Last marked in", share=0.18),
)
AWAY = (Column("Name", Kind.STRONG), Column("Bed"), Column("Leave"), Column("Expected back"))


def evacuation_pdf(desk: Desk, found: Evacuation) -> bytes:
    """The list as a PDF, times on the site's clock."""
    groups = [Group(f"{walk.unit}, {len(walk.people)}", tuple(map(_row, walk.people))) for walk in found.units]
    if found.day:
        groups.append(Group(f"Day clients here now, {len(found.day)}", tuple(map(_row, found.day))))
    away = tuple(_away(one, desk) for one in found.away)
    return render(
        Document(
            title="Who is in the building",
            organisation=desk.site.organisation.name,
            site=desk.site.name,
            as_of=f"As of {desk.now.astimezone(desk.tz):%a %-d %b %Y, %H:%M}",
            printed_by=f"Printed by {desk.person.signature}",
            blocks=(
                Figures(
                    (
                        Figure("In the building", found.inside),
                        Figure("With a bed", found.bedded),
                        Figure("Day clients", len(found.day)),
                        Figure("On leave", len(found.away)),
                        Figure("Need help to leave", found.helped),
                    )
                ),
                Table(COLUMNS, groups=tuple(groups), empty="Nobody is in the building."),
                Heading("On leave: not in the building"),
                Table(AWAY, rows=away, empty="Nobody is on leave."),
                Text("Visitors and staff are not on this list.", small=True),
            ),
        )
    )


def _row(one: Inside) -> Row:
    needs = [kind.label for kind in one.help] + ["Constant watch"] * one.watched
    return (None, one.bed, one.name, ", ".join(needs), one.now)


def _away(one: Away, desk: Desk) -> Row:
    late = " (late)" if one.late else ""
    return (one.name, one.bed, one.kind, f"{one.expected_at.astimezone(desk.tz):%a %-d %b, %H:%M}{late}")
