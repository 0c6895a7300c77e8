"""The join of two levels, pair by pair as a clinician would read it off a table; and what code an edition knows."""

import pytest

from asam.rules.levels import join

COLUMNS = ("1.7", "2.1", "2.5", "2.7", "3.1", "3.5", "3.7", "3.7 BIO", "4 Psychiatric")
TABLE = {
    "1.5": ("1.7", "2.1", "2.5", "2.7", "3.1", "3.5", "3.7", "3.7 BIO", "4 Psychiatric"),
    "1.5 COE": ("1.7 COE", "2.5 COE", "2.5 COE", "2.7 COE", "3.5 COE", "3.5 COE", "3.7 COE", "4", "4 Psychiatric"),
    "1.7": ("1.7", "2.7", "2.7", "2.7", "3.7", "3.7", "3.7", "3.7 BIO", "4 Psychiatric"),
    "1.7 COE": ("1.7 COE", "2.7 COE", "2.7 COE", "2.7 COE", "3.7 COE", "3.7 COE", "3.7 COE", "4", "4 Psychiatric"),
    "2.1": ("2.7", "2.1", "2.5", "2.7", "3.1", "3.5", "3.7", "3.7 BIO", "4 Psychiatric"),
    "2.5": ("2.7", "2.5", "2.5", "2.7", "3.5", "3.5", "3.7", "3.7 BIO", "4 Psychiatric"),
    "2.5 COE": ("2.7 COE", "2.5 COE", "2.5 COE", "2.7 COE", "3.5 COE", "3.5 COE", "3.7 COE", "4", "4 Psychiatric"),
    "2.7 COE": ("2.7 COE", "2.7 COE", "2.7 COE", "2.7 COE", "3.7 COE", "3.7 COE", "3.7 COE", "4", "4 Psychiatric"),
    "3.5 COE": ("3.7 COE", "3.5 COE", "3.5 COE", "3.7 COE", "3.5 COE", "3.5 COE", "3.7 COE", "4", "4 Psychiatric"),
    "3.7 BIO": ("3.7 BIO", "3.7 BIO", "3.7 BIO", "3.7 BIO", "3.7 BIO", "3.7 BIO", "3.7 BIO", "3.7 BIO", "4"),
    "3.7 COE": ("3.7 COE", "3.7 COE", "3.7 COE", "3.7 COE", "3.7 COE", "3.7 COE", "3.7 COE", "4", "4 Psychiatric"),
}


@pytest.mark.parametrize("low", TABLE)
def test_the_join_is_the_one_of_the_table(low: str) -> None:
    assert tuple(join(low, other) for other in COLUMNS) == TABLE[low]


def test_4_joined_with_anything_is_4() -> None:
    assert {join("4", other) for other in (*COLUMNS, *TABLE)} == {"4"}
