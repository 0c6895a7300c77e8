"""A row read by a statement written out is the object the ORM would have made."""

from typing import Any

from django.db import connection

from emar.models import Medication
from programs.columns import Columns
from staff.models import Person
from tests.factories import World


def _read(columns: Columns[Any], statement: str, pk: int) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement.format(columns=columns.sql), [pk])
        row = cursor.fetchone()
    assert len(row) == columns.width
    return columns.read(row)


def test_every_field_is_as_the_orm_reads_it(db: None) -> None:
    contents = [{"name": "benchamol", "amount": "10", "unit": "mg"}]
    made = Medication.objects.create(
        name="Benchamol", ingredient="benchamol", contents=contents, strength="10 mg", form="tablet", route="by mouth"
    )
    read = _read(Columns(Medication, "drug"), "SELECT {columns} FROM emar_medication drug WHERE drug.id = %s", made.pk)
    usual = Medication.objects.get(pk=made.pk)
    fields = [field.attname for field in Medication._meta.concrete_fields]
    assert [getattr(read, name) for name in fields] == [getattr(usual, name) for name in fields]
    assert read.contents == contents


def test_a_field_that_was_left_out_is_fetched_when_it_is_asked_for(here: World, django_assert_num_queries: Any) -> None:
    person = Person.objects.order_by("pk").first()
    assert person is not None
    columns = Columns(Person, "who", ("id", "name", "credentials"))
    read = _read(columns, "SELECT {columns} FROM staff_person who WHERE who.id = %s", person.pk)
    with django_assert_num_queries(0):
        assert (read.pk, read.signature) == (person.pk, person.signature)
    with django_assert_num_queries(1):
        assert read.username == person.username
