"""Whatever the demonstration orders is in the starter formulary, with contents, so that limits can count it."""

from decimal import Decimal

import pytest

from config.demo import formulary, orders
from emar.formulary import starter
from emar.rules.contents import counted
from emar.rules.formulary import decode, plan, read
from emar.rules.schedule import Taper

STARTER = {
    (entry.line.name, entry.line.strength, entry.line.form): entry.line
    for entry in plan(read(decode(starter())), (), {}).entries
}
ORDERED = [
    *(line for lines in orders.BY_SUBSTANCE.values() for line in lines), *orders.WITHDRAWAL.values(), *orders.OFTEN,
    *orders.AS_NEEDED, *orders.EVERY_SIX, orders.AT_MEALS,
]  # fmt: skip


def test_every_short_name_is_a_line_of_the_starter_set() -> None:
    assert [key for key, line in formulary.LINES.items() if line not in STARTER] == []


@pytest.mark.parametrize("line", ORDERED, ids=lambda line: f"{line[0]} {line[1]} {line[2]}")
def test_every_dose_that_is_ordered_can_be_counted(line: orders.Line) -> None:
    key, dose, unit, schedule, _, _ = line
    medication = STARTER[formulary.LINES[key]]
    doses = [step.amount for step in schedule.steps] if isinstance(schedule, Taper) else []
    for each in (Decimal(dose), *doses):
        number = counted(medication.contents, medication.counted_in, each, unit)
        assert number is not None
        assert medication.counted_in == "mL" or number == int(number), number


def test_the_demonstration_has_every_line_of_the_starter_set(db: None) -> None:
    built = formulary.build()
    assert set(built) == set(formulary.LINES)
    assert type(built["bup"]).objects.count() == len(STARTER)
    assert built["bup"].ingredient_names == ("buprenorphine", "naloxone")
