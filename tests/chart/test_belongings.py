"""Belongings: two people take in, an item leaves once, and nothing is changed afterwards."""

import pytest
from django.db import Error, transaction

from audit.rules.findings import Refused
from chart.actions.belongings import INVENTORY, LETTING_GO, let_go, take_inventory
from chart.models import Belonging, BelongingEnd, Inventory
from chart.queries.belongings import inventories, kept_of
from programs.models import Client
from tests.beds.racing import race
from tests.factories import World, admit, client, signs
from tests.factories.people import proof_of

ITEM = {
    "kind": "phone",
    "description": "Phone, black",
    "count": "1",
    "value": "$300",
    "kept": "Locker 4",
    "bag": "A-118",
    "note": "",
}
STROKES = [[[100, 100, 0], [400, 200, 50], [700, 100, 90]]]


@pytest.fixture
def elin(here: World) -> Client:
    """Someone in care; RN Ames is on duty with a PIN."""
    signs(here.second_nurse, here.site, at=here.now)
    who = client(here, "Elin", "Novak")
    admit(here, who, here.residential, here.beds[0])
    return who


def proof(here: World, purpose: str) -> int:
    """RN Ames enters their PIN."""
    return proof_of(here.second_nurse, here.site, at=here.now, purpose=purpose).pk


def taken(here: World, who: Client, *items: dict[str, str], **more: object) -> Inventory:
    """RN Cole and RN Ames take something in."""
    asked = {"items": items or (ITEM,), "proof_id": proof(here, INVENTORY)} | more
    return take_inventory(by=here.on_unit, at=here.now, client_id=who.pk, **asked)  # type: ignore[arg-type]


def returned(here: World, item: Belonging, **more: object) -> BelongingEnd:
    """RN Cole hands it over, and it is signed for."""
    asked = {"how": "returned", "signed_as": "Elin Novak", "strokes": STROKES} | more
    return let_go(by=here.on_unit, at=here.now, item_id=item.pk, **asked)  # type: ignore[arg-type]


def test_two_people_take_in_and_both_stand_on_it(here: World, elin: Client) -> None:
    row = taken(here, elin, ITEM, ITEM | {"description": "Coat", "kind": "clothes", "bag": ""})
    assert (row.by, row.witness, row.items.count()) == (here.on_unit, here.second_nurse, 2)
    assert kept_of([elin.pk]) == {elin.pk: 2}
    with pytest.raises(Error, match="chart_inventory_two_people"), transaction.atomic():
        Inventory.objects.create(client=elin, episode=row.episode, at=here.now, by=here.on_unit, witness=here.on_unit)


def test_one_pin_signs_one_list(here: World, elin: Client) -> None:
    used = proof(here, INVENTORY)
    taken(here, elin, proof_id=used)
    with pytest.raises(Refused, match="signed something already"):
        taken(here, elin, proof_id=used)
    with pytest.raises(Refused, match="for something else"):
        taken(here, elin, proof_id=proof(here, LETTING_GO))
    assert Inventory.objects.count() == 1


@pytest.mark.parametrize(
    ("item", "sentence"),
    [
        ({"count": "0"}, "a number from 1 to 10,000"),
        ({"count": "two"}, "a number from 1 to 10,000"),
        ({"description": " "}, "Say what it is"),
        ({"kept": ""}, "Say where it is kept"),
        ({"kind": "contraband"}, "contraband needs a word"),
        ({"kind": "gold"}, "Choose what kind of thing"),
    ],
)
def test_what_is_listed_says_what_how_many_and_where(
    here: World, elin: Client, item: dict[str, str], sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        taken(here, elin, ITEM | item)
    assert not Inventory.objects.exists()


def test_an_item_is_returned_once(here: World, elin: Client) -> None:
    item = taken(here, elin).items.get()
    end = returned(here, item)
    assert (end.signed_as, end.svg.startswith("<svg"), kept_of([elin.pk])) == ("Elin Novak", True, {})
    with pytest.raises(
        Refused, match="Phone, black left at 10:42 on 18 Nov: returned to the client, written by RN Cole"
    ):
        returned(here, item)
    with pytest.raises(Error, match="chart_belongingend_item_id_key"), transaction.atomic():
        BelongingEnd.objects.create(item=item, how="returned", signed_as="x", at=here.now, by=here.on_unit)


def test_nobody_signed_means_a_second_person_does_and_says_why(here: World, elin: Client) -> None:
    item = taken(here, elin).items.get()
    with pytest.raises(Refused, match="Who takes it signs with their name"):
        returned(here, item, signed_as="", strokes=None)
    with pytest.raises(Refused, match="Say why nobody signed for it"):
        returned(here, item, signed_as="", strokes=None, proof_id=proof(here, LETTING_GO))
    end = returned(here, item, signed_as="", strokes=None, note="Left at night", proof_id=proof(here, LETTING_GO))
    assert end.witness == here.second_nurse


def test_disposal_always_has_a_second_person(here: World, elin: Client) -> None:
    item = taken(here, elin, ITEM | {"kind": "contraband", "note": "Locked away, director told"}).items.get()
    with pytest.raises(Refused, match="Say why and how it was disposed of"):
        returned(here, item, how="disposed")
    with pytest.raises(Error, match="chart_belonging_disposed_witnessed"), transaction.atomic():
        BelongingEnd.objects.create(item=item, how="disposed", signed_as="x", at=here.now, by=here.on_unit)
    end = returned(here, item, how="disposed", note="Pharmacy bin", proof_id=proof(here, LETTING_GO))
    assert (end.witness, end.note) == (here.second_nurse, "Pharmacy bin")


def test_a_release_says_to_whom_and_a_scribble_is_no_signature(here: World, elin: Client) -> None:
    item = taken(here, elin).items.get()
    with pytest.raises(Refused, match="Write who takes it"):
        returned(here, item, how="released", signed_as="Ana Novak")
    with pytest.raises(Refused, match="Nothing is drawn"):
        returned(here, item, strokes=[[[1, 1, 0], [2, 2, 1]]])
    returned(here, item, how="released", to="Ana Novak, sister", signed_as="Ana Novak")


def test_a_correction_takes_the_place_of_one_item_and_says_why(here: World, elin: Client) -> None:
    item = taken(here, elin).items.get()
    with pytest.raises(Refused, match="Say what was wrong"):
        taken(here, elin, ITEM | {"count": "2"}, corrects_id=item.pk)
    taken(here, elin, ITEM | {"count": "2"}, corrects_id=item.pk, why="A second one in the coat")
    [[row]] = [each.items for each in inventories([elin.pk])]
    assert (row.row.count, row.old) == (2, item)
    with pytest.raises(Refused, match="corrected this item just now"):
        returned(here, item)
    with pytest.raises(Error, match="never changed"), transaction.atomic():
        Belonging.objects.filter(pk=item.pk).update(count=9)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_hand_one_thing_over_one_is_told(here: World, elin: Client) -> None:
    item = taken(here, elin).items.get()
    told = race(lambda: returned(here, item), lambda: returned(here, item))
    assert sorted(word == "won" for word in told) == [False, True]
    assert BelongingEnd.objects.count() == 1
