"""Who comes first, by the table of docs/rules/placement-list.md."""

import pytest

from programs.rules.priority import LOWEST, WORDS, priority
from tests.doc_table import table

ROWS = table("docs/rules/placement-list.md", "Who comes first")


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['Pregnant']}-{row['Injects']}" for row in ROWS])
def test_the_order_is_the_one_of_the_page(row: dict[str, str]) -> None:
    assert priority(pregnant=row["Pregnant"] == "yes", injects=row["Injects"] == "yes") == int(row["Order"])


def test_every_group_but_the_last_is_said_in_words() -> None:
    assert [number for number, words in WORDS.items() if not words] == [LOWEST]
