"""Tables on paper: nothing is lost, nothing overlaps, every page says what its columns mean."""

from decimal import Decimal
from itertools import pairwise

import pytest

from documents import Column, Document, Group, Kind, Table, render
from tests.documents.reading import pages, printed, reader, words

COLUMNS = (Column("Bed"), Column("Client", Kind.STRONG), Column("Days in care", Kind.NUMBER), Column("Needs"))


def table(count: int, name: str = "Client") -> Table:
    return Table(COLUMNS, tuple((f"Alder {n}", f"{name} {n}\nborn 1980", n, None) for n in range(count)))


def pdf(*tables: Table) -> bytes:
    return render(Document(title="Census", blocks=tables))


def test_more_rows_take_more_pages_and_each_repeats_the_head() -> None:
    assert len(pages(pdf(table(5)))) == 1
    found = pages(pdf(table(100)))
    assert len(found) > 2
    assert all("Days in care" in text and "Needs" in text for text in found)


def test_two_thousand_rows_are_all_there_once_and_in_order() -> None:
    found = [line for text in pages(pdf(table(2000))) for line in text.splitlines() if line.startswith("Client ")]
    assert found == [f"Client {number}" for number in range(2000)]


def test_long_names_wrap_and_nothing_overlaps_or_leaves_the_page() -> None:
    long = "Maximiliana-Theodora Featherstonehaugh-Cholmondeley of the very long name " + "x" * 200
    rows = tuple((f"Alder {n}", long, n * 1000, "Lower bunk, withdrawal watch, a step-free way") for n in range(30))
    made = pdf(Table(COLUMNS, rows, total=("30 clients, and a total that runs on over the empty", None, 435000, None)))
    assert words(made).replace(" ", "").count(long.replace(" ", "")) == 30
    for page in reader(made).pages:
        strings = printed(page)
        assert len(strings) > 20
        assert all(one.left >= 44.9 and one.right <= 612 - 44.9 and 20 < one.base < 760 for one in strings)
        bases = {round(one.base, 1) for one in strings}
        for base in bases:
            line = sorted((one for one in strings if round(one.base, 1) == base), key=lambda one: one.left)
            assert all(before.right <= after.left for before, after in pairwise(line)), line
        assert all(high - low >= 5 for low, high in pairwise(sorted(bases)))


def test_a_row_higher_than_a_page_is_printed_to_its_end() -> None:
    long = " ".join(f"word{number}" for number in range(2500))
    text = words(pdf(Table((Column("What"), Column("How")), ((long, "short"),))))
    assert [f"word{number}" for number in range(2500) if f"word{number}" not in text.split()] == []


def test_a_group_whose_first_row_is_higher_than_a_page_is_printed_to_its_end() -> None:
    long = " ".join(f"word{number}" for number in range(2500))
    rows = ((long, "short"), ("last", long))
    text = words(pdf(Table((Column("What"), Column("How")), groups=(Group("Alder", rows, total=("Sum", None)),))))
    assert [f"word{number}" for number in range(2500) if text.split().count(f"word{number}") != 2] == []
    assert "Alder (continued)" in text and "Sum" in text


def test_a_total_that_stands_beside_a_number_is_not_broken() -> None:
    columns = (Column("Unit", Kind.STRONG), *(Column(f"A long head {n}", Kind.NUMBER) for n in range(6)))
    made = pdf(Table(columns, (("Alder", 1, 2, 3, 4, 5, 6),), total=("All units of the site", 1, 2, 3, 4, 5, 6)))
    assert "All units of the site" in {one.text for one in printed(reader(made).pages[0])}


def test_an_empty_table_says_so_under_its_head() -> None:
    text = words(pdf(Table(COLUMNS, empty="Nobody is in a bed.")))
    assert "Bed Client Days in care Needs Nobody is in a bed." in text


def test_an_empty_group_says_so_and_a_full_one_does_not() -> None:
    groups = (Group("Alder", (("Alder 1", "Lena", 3, None),)), Group("Birch", ()))
    text = words(pdf(Table(COLUMNS, groups=groups, empty="Nobody.")))
    assert text.count("Nobody.") == 1 and text.index("Birch") < text.index("Nobody.")


def test_a_group_that_goes_on_says_so_on_the_next_page() -> None:
    groups = (Group("Alder", table(60).rows), Group("Birch", table(40).rows))
    first, *others = pages(pdf(Table(COLUMNS, groups=groups)))
    assert "Alder" in first and "(continued)" not in first
    for text in others:
        heading = text.split("Needs\n")[1].splitlines()[0]
        assert heading in ("Alder (continued)", "Birch (continued)", "Birch")
    assert "Alder (continued)" in others[0] and "Birch (continued)" in others[-1]


def test_a_heading_of_a_group_stays_with_its_first_row_and_a_total_with_its_last() -> None:
    for count in range(20, 30):
        groups = (
            Group("Alder", table(count).rows, ("Sum of Alder", None, 7, None)),
            Group("Birch", table(3, "Kay").rows),
        )
        found = pages(pdf(Table(COLUMNS, groups=groups)))
        [birch] = [text for text in found if "Birch" in text]
        assert "Kay 0" in birch
        [total] = [text for text in found if "Sum of Alder" in text]
        assert f"Client {count - 1}\n" in total


def test_numbers_end_at_the_same_edge_and_read_well() -> None:
    rows = (("a", 7), ("b", 12800), ("c", -5), ("d", Decimal("3.25")), ("e", None))
    made = pdf(Table((Column("What"), Column("Count", Kind.NUMBER)), rows))
    strings = {one.text: one for one in printed(reader(made).pages[0])}
    edges = {round(strings[text].right, 1) for text in ("7", "12,800", "3.25", "Count")}
    assert edges == {612 - 45.0}
    assert "\u22125" in words(made) and "None" not in words(made)


def test_a_column_to_tick_prints_one_box_for_each_row() -> None:
    columns = (Column("Seen", Kind.TICK), Column("Client"))
    with_boxes = reader(pdf(Table(columns, tuple((None, f"Client {n}") for n in range(7))))).pages[0].get_contents()
    assert with_boxes is not None
    assert with_boxes.get_data().count(b" re S") == 7


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="A row has 1 cells and the table 4 columns"):
        Table(COLUMNS, (("Alder 1",),))


def test_shares_that_leave_no_room_are_refused() -> None:
    with pytest.raises(ValueError, match="add up to at most 1"):
        Table((Column("One", share=0.7), Column("Two", share=0.7)))
    with pytest.raises(ValueError, match="leave the others no room"):
        pdf(Table((Column("One", share=1.0), Column("Two"))))
