"""Documents as a reader finds them: letterhead, page numbers, names, the same bytes."""

import re
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents import (
    Card,
    Cards,
    Column,
    Document,
    Fact,
    Facts,
    Group,
    Heading,
    Kind,
    NewPage,
    Notice,
    Paper,
    Signatures,
    Table,
    Text,
    render,
)
from documents.blocks import Block
from documents.typeface import printable
from tests.documents.reading import pages, printed, reader, words

NAMES = (
    "Łukasz Świętochowski",
    "Nguyễn Thị Hương",
    "Şahin, İbrahim Ağaoğlu",
    "Đorđević, Željko",
    "Guðrún Þórsdóttir",
    "Ștefan Țurcanu",
    "Παπαδόπουλος, Ελένη",
    "Щербакова, Юлия",
)


def sheet(*blocks: Block, **more: object) -> Document:
    about = {"organisation": "Harbor Recovery", "site": "Alder House", "as_of": "As of Nov 21, 2026, 10:42 EST"}
    return Document(title="Census by date", blocks=blocks, printed_by="Printed by K. Osei", **{**about, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_printed_as_it_is_written(name: str) -> None:
    assert name in words(render(sheet(Text(name), Heading(name))))


def test_every_letter_of_every_latin_name_is_in_the_typeface() -> None:
    letters = "".join(chr(code) for code in (*range(0xC0, 0x180), *range(0x1EA0, 0x1EFA), 0x218, 0x219, 0x21A, 0x21B))
    assert printable(letters) == letters.replace("ŉ", printable("ŉ")) and "[" not in printable(letters)


def test_a_name_written_with_separate_marks_is_the_same_name() -> None:
    assert printable("S\u0327ahin") == "Şahin"


def test_a_letter_the_typeface_lacks_is_printed_as_its_code() -> None:
    assert [printable(name) for name in ("王 Wei", "李 Wei")] == ["[U+738B] Wei", "[U+674E] Wei"]
    assert printable("a\u200bb\u202e\x07") == "ab"
    assert "[U+738B] Wei" in words(render(sheet(Text("王 Wei"))))


def test_the_first_page_says_who_prints_what_as_of_when() -> None:
    text = words(render(sheet()))
    for part in (
        "Harbor Recovery",
        "Alder House",
        "Census by date",
        "As of Nov 21, 2026, 10:42 EST",
        "Printed by K. Osei",
    ):
        assert part in text
    assert "Confidential. For use inside the program; not released. Shred it after use. Page 1 of 1" in text


def test_every_page_says_its_number_and_what_it_belongs_to() -> None:
    found = pages(render(sheet(*(Text(f"Paragraph {number}. " * 12) for number in range(60)))))
    assert len(found) > 2
    for number, text in enumerate(found, 1):
        assert f"Page {number} of {len(found)}" in text
        assert "Census by date" in text and "As of Nov 21, 2026, 10:42 EST" in text and "Confidential." in text


def test_the_caller_may_say_another_sentence_at_the_foot() -> None:
    text = words(render(sheet(confidential="42 CFR part 2 prohibits unauthorized use or disclosure of these records.")))
    assert "42 CFR part 2 prohibits" in text and "shred it" not in text


def test_the_file_has_a_title_a_language_and_an_outline() -> None:
    pdf = reader(render(sheet(Heading("Alone", 2), Heading("Units"), Text("One"), Heading("Alder", 2), Text("Two"))))
    assert pdf.metadata is not None and pdf.metadata.title == "Census by date"
    root: Any = pdf.root_object
    assert root["/Lang"] == "en-US"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert titles(pdf.outline) == ["Alone", "Units", ["Alder"]]


def test_an_entry_of_the_outline_leads_to_the_page_of_its_heading() -> None:
    pdf = reader(render(sheet(Heading("One"), *(Text("Line") for _ in range(60)), Heading("Two"))))
    places: Any = pdf.outline
    assert [pdf.get_destination_page_number(place) for place in places] == [0, 1]


def titles(outline: Any) -> list[Any]:
    return [titles(entry) if isinstance(entry, list) else entry.title for entry in outline]


@pytest.mark.parametrize(
    ("paper", "landscape", "size"),
    [(Paper.LETTER, False, (612, 792)), (Paper.A4, False, (595, 842)), (Paper.A4, True, (842, 595))],
)
def test_the_paper_is_the_one_asked_for(paper: Paper, landscape: bool, size: tuple[int, int]) -> None:
    box = reader(render(sheet(paper=paper, landscape=landscape))).pages[0].mediabox
    assert (round(box.width), round(box.height)) == size


def test_the_same_description_gives_the_same_bytes_in_every_process() -> None:
    document = 'Document(title="Ł", blocks=(Text("Đorđević"), Heading("x")))'
    code = f"import hashlib; from documents import *; print(hashlib.sha256(render({document})).hexdigest())"
    runs = [
        subprocess.run([sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True)
        for seed in ("1", "2")
    ]
    assert runs[0].stdout == runs[1].stdout != b""
    assert render(sheet(Text("One"))) == render(sheet(Text("One"))) != render(sheet(Text("Two")))


def test_what_looks_like_markup_is_printed_as_it_is() -> None:
    assert "<b>5 < 6 & 7</b>" in words(render(sheet(Text("<b>5 < 6 & 7</b>"))))


def test_a_notice_says_its_word_and_all_of_its_text() -> None:
    long = " ".join(f"word{number}" for number in range(1500))
    text = words(render(sheet(Notice("Stop", "Two are kept apart.", strong=True), Notice("Note", long))))
    assert "Stop Two are kept apart." in text
    assert [f"word{number}" for number in range(1500) if f"word{number}" not in text.split()] == []


def test_a_new_page_begins_where_one_is_asked_for() -> None:
    found = pages(render(sheet(NewPage(), Text("First"), NewPage(), NewPage(), Text("Second"), NewPage(), NewPage())))
    assert ["First" in text for text in found] == [True, False]
    assert "Second" in found[1]


def test_a_heading_is_never_the_last_line_of_a_page() -> None:
    for lines in range(36, 46):
        found = pages(render(sheet(*(Text("Line") for _ in range(lines)), Heading("Units"), Text("Below it"))))
        [with_heading] = [text for text in found if "Units" in text]
        assert "Below it" in with_heading


def test_a_title_as_long_as_a_page_is_refused_with_a_sentence() -> None:
    with pytest.raises(ValueError, match="shorten the title"):
        render(Document(title="Long " * 400))


def test_a_text_wider_than_the_page_is_broken_inside_its_words() -> None:
    word, name = "x" * 300, "Featherstonehaugh-Cholmondeley"
    [page] = reader(render(sheet(Text(word), Heading(word), Notice("Stop", word), Text(f"{name} " * 9)))).pages
    strings = printed(page)
    assert all(one.left >= 44.9 and one.right <= 612 - 44.9 for one in strings)
    text = "".join(one.text for one in strings)
    assert text.count("x") == 900 and text.replace(" ", "").count(name) == 9


def test_something_in_one_piece_that_is_higher_than_a_page_is_refused_with_a_sentence() -> None:
    with pytest.raises(ValueError, match="higher than a page: shorten it"):
        render(sheet(Table((Column("Head " * 3000), Column("Bed")), (("Lena", "1-A"),))))


def test_a_page_break_beside_cards_leaves_no_empty_page() -> None:
    cards = Cards((Card("Room 1"),))
    for blocks in ((NewPage(), cards, NewPage()), (cards, NewPage(), NewPage(), cards)):
        found = pages(render(sheet(*blocks)))
        assert ["Room 1" in text for text in found] == [True] * blocks.count(cards)


WORDS = st.integers(1, 40).map(lambda count: " ".join(["wordy"] * count))
ROWS = st.lists(st.tuples(WORDS, st.none() | WORDS), max_size=9).map(tuple)
TABLES = st.builds(
    Table,
    st.just((Column("One", Kind.STRONG), Column("Two"))),
    ROWS,
    st.lists(st.builds(Group, WORDS, ROWS, st.none() | st.tuples(WORDS, st.just(7))), max_size=3).map(tuple),
)
BLOCKS = st.one_of(
    TABLES,
    st.builds(Text, WORDS),
    st.builds(Heading, WORDS),
    st.builds(Notice, st.just("Note"), WORDS),
    st.builds(Facts, st.lists(st.builds(Fact, WORDS, WORDS), max_size=5).map(tuple), st.integers(1, 4)),
    st.builds(Signatures, st.lists(WORDS, max_size=3).map(tuple)),
    st.builds(
        Cards, st.lists(st.builds(Card, WORDS, WORDS), min_size=1, max_size=3).map(tuple), st.sampled_from((1, 2, 8))
    ),
    st.just(NewPage()),
)


@settings(derandomize=True, database=None, deadline=None, max_examples=40)
@given(st.lists(BLOCKS, max_size=6))
def test_whatever_is_described_is_printed_on_pages_that_are_not_empty(blocks: list[Block]) -> None:
    found = pages(render(sheet(*blocks)))
    said = sum(text.count("wordy") for text in found) - sum(again.count("wordy") for again in repeated(found))
    assert said == repr(blocks).count("wordy")
    assert len(found) == 1 or all(
        "wordy" in text or len(text.splitlines()) > 4 for text in found
    )  # cards have no letterhead


def repeated(found: list[str]) -> list[str]:
    """The headings of groups that are said again on a later page."""
    return [part for text in found for part in re.findall(r"((?:wordy\s+)+)\(continued\)", text)]
