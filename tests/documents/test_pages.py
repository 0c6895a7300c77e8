"""Documents as a reader finds them: letterhead, page numbers, names, the same bytes."""

import subprocess
import sys
from typing import Any

import pytest

from documents import Document, Heading, NewPage, Notice, Paper, Text, render
from documents.typeface import printable
from tests.documents.reading import pages, reader, words

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


def sheet(*blocks: Text | Heading | Notice | NewPage, **more: object) -> Document:
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
    assert "Confidential. Keep it with you; shred it after use. Page 1 of 1" in text


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
    found = pages(render(sheet(NewPage(), Text("First"), NewPage(), Text("Second"), NewPage())))
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


def test_strips_that_stay_together_move_together_unless_a_page_is_too_low() -> None:
    high, low = Strip(60), Strip(30, keep=True)
    assert [len(page.strips) for page in paginate([high, low, high], 100, 100)] == [1, 2]
    assert [len(page.strips) for page in paginate([low, low, low, high], 100, 100)] == [3, 1]


def test_lines_are_never_wider_than_their_room() -> None:
    register()
    for line in wrap("Featherstonehaugh-Cholmondeley of Alder " + "x" * 90, Face(), 60.0):
        assert width(line, Face()) <= 60.0
    assert "".join(wrap("x" * 90, Face(), 60.0)) == "x" * 90
    assert wrap("", Face(), 60.0) == ("",)
