"""Take in what a client brought, before a second person, and let it go once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from chart.models import Belonging, BelongingEnd, Inventory
from chart.rules.belongings import MOST_ITEMS, check_end, check_item
from programs.placed import told
from programs.rules.signature import read_strokes, stroke_findings, svg_of
from programs.rules.words import check_words, tidy
from programs.scene import Scene, scene
from staff.actions.pins import use
from staff.models import Person
from staff.rules.capabilities import Capability

KINDS = frozenset(Belonging.Kind.values)
INVENTORY, LETTING_GO = "chart.belongings", "chart.belonging_end"
"""What the second person enters their PIN for."""


def _corrected(kwargs: Mapping[str, Any]) -> Finding:
    return stop("belonging.corrected", "Somebody corrected this item just now. Reload the page and look at it.")


@action("chart.inventory", explain={"chart_belonging_corrects_id_key": _corrected})
def take_inventory(
    *,
    by: Person,
    at: datetime,
    client_id: int,
    items: Sequence[Mapping[str, str]],
    proof_id: int,
    note: str = "",
    corrects_id: int | None = None,
    why: str = "",
    key: UUID | None = None,
) -> Inventory:
    """Write what two people found: each item has kind, description, count, value, kept, bag and note, as text. ``proof_id`` is the second
    person's PIN, for INVENTORY. With ``corrects_id`` there is one item, in place of that one.

    Raises Refused: a value is wrong (``detail['field']``: its row and name), nothing was listed, the PIN does not count; NotAllowed.
    """
    here = scene(by, at, client_id, Capability.BELONGINGS)
    old = _standing(here, corrects_id) if corrects_id is not None else None
    findings = [each for row, item in enumerate(items) for each in check_item(item, KINDS, f"{row}-")]
    findings += check_words(note, "note", longest=300)
    findings += check_words(why, "why", longest=200, missing="Say what was wrong." if old else "")
    if not items:
        findings.append(stop("belonging.nothing", "List at least one thing, or leave the page: nothing is kept then."))
    if len(items) > MOST_ITEMS:
        findings.append(stop("belonging.many", f"{MOST_ITEMS} things fit on one inventory. Write a second one."))
    if old is not None and len(items) != 1:
        findings.append(stop("belonging.one", "One thing takes the place of one. Add others on a new inventory."))
    if findings:
        raise Refused(*findings)
    witness = use(
        proof_id, purpose=INVENTORY, site=here.site, at=at, capability=Capability.BELONGINGS, but_not=(by.pk,)
    )

    row = Inventory.objects.create(
        client=here.client, episode=here.care, at=at, by=by, witness=witness, note=note.strip()
    )
    Belonging.objects.bulk_create(
        Belonging(
            inventory=row, client=here.client, kind=item["kind"], description=tidy(item["description"]),
            count=int(item["count"]), value=tidy(item["value"]), kept=tidy(item["kept"]), bag=tidy(item["bag"]),
            note=tidy(item["note"]), corrects=old, why=why.strip() if old else "",
        )
        for item in items
    )  # fmt: skip
    words = f"{len(items)} {'thing' if len(items) == 1 else 'things'} {'corrected' if old else 'taken in'}"
    here.record(
        "chart.inventory", f"{here.client.short_name}: {words}, with {witness.signature}", row, by, at,
        witness=witness.pk, corrects=corrects_id,
    )  # fmt: skip
    return row


def ended_already(kwargs: Mapping[str, Any]) -> Finding:
    """What a second return of one item is told: how, when and by whom it left."""
    end = BelongingEnd.objects.select_related("by").get(item=kwargs["item_id"])
    return stop(
        "belonging.ended", f"{end.by.signature} wrote it already: {end.get_how_display().lower()}. Reload the page."
    )


@action("chart.belonging_end", explain={"chart_belongingend_item_id_key": ended_already})
def let_go(
    *,
    by: Person,
    at: datetime,
    item_id: int,
    how: str,
    to: str = "",
    signed_as: str = "",
    strokes: object = None,
    note: str = "",
    proof_id: int | None = None,
    key: UUID | None = None,
) -> BelongingEnd:
    """An item leaves: returned, released to somebody, or disposed of. Who takes it signs (``signed_as``, drawn ``strokes`` where they can);
    a second person (``proof_id``, for LETTING_GO) where nobody signs, and always for disposal.

    Raises Refused: it left before (how, when, by whom), nobody signed, no reason; NotAllowed; Belonging.DoesNotExist.
    """
    here = scene(by, at, Belonging.objects.only("client_id").get(pk=item_id).client_id, Capability.BELONGINGS)
    item = _standing(here, item_id)
    if how not in BelongingEnd.How.values:
        raise Refused(stop("belonging.how", "Choose what became of it.", field="how"))
    signed_as = here.client.called if how == "returned" and signed_as.strip() else tidy(signed_as)
    findings = check_end(how, to=to, signed_as=signed_as, witnessed=proof_id is not None, note=note)
    findings += check_words(note, "note", longest=200) + check_words(to, "to", longest=120)
    drawn = read_strokes(strokes) if strokes else ()
    if strokes:
        findings += stroke_findings(drawn)
    if findings:
        raise Refused(*{each.code: each for each in findings}.values())
    witness = None
    if proof_id is not None:
        witness = use(
            proof_id, purpose=LETTING_GO, site=here.site, at=at, capability=Capability.BELONGINGS, but_not=(by.pk,)
        )

    row = BelongingEnd.objects.create(
        item=item, how=how, to=tidy(to), signed_as=signed_as, strokes=[list(map(list, stroke)) for stroke in drawn or ()],
        svg=svg_of(drawn) if drawn else "", note=note.strip(), at=at, by=by, witness=witness,
    )  # fmt: skip
    here.record(
        "chart.belonging_end",
        f"{here.client.short_name}: {item.description} {row.get_how_display().lower()}",
        row,
        by,
        at,
    )
    return row


def _standing(here: Scene, pk: int) -> Belonging:
    """An item that is still here; Refused where it left or was corrected."""
    item = Belonging.objects.filter(pk=pk, client=here.client).first()
    if item is None:
        raise Refused(stop("belonging.unknown", "That item is not in this chart. Open the chart again."))
    if Belonging.objects.filter(corrects=item).exists():
        raise Refused(_corrected({}))
    end = BelongingEnd.objects.select_related("by").filter(item=item).first()
    if end is not None:
        when = told(end.at, here.site.tz)
        message = f"{item.description} left at {when}: {end.get_how_display().lower()}, written by {end.by.signature}."
        raise Refused(stop("belonging.ended", message))
    return item
