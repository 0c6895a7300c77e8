"""Pictures on paper: in proportion, their words readable, a row in one piece."""

import pytest

from documents import Document, Picture, Pictures, Shape, Stroke, Text, Word, render
from documents.pictures import draw
from tests.documents.reading import pages, printed, reader, words

SQUARE = ((10.0, 10.0), (20.0, 10.0), (20.0, 20.0), (10.0, 20.0))


def picture(text: str = "3.5", **more: str) -> Picture:
    return Picture(100, 50, (Stroke(((0, 0), (100, 50))), Shape(SQUARE), Word(50, 25, text, anchor="middle")), **more)


def pdf(*items: Picture, across: int = 1) -> bytes:
    return render(Document(title="Sheet", blocks=(Text("Before"), Pictures(items, across), Text("After"))))


def test_the_words_of_a_picture_can_be_read_and_searched() -> None:
    text = words(pdf(picture("3.5 COE", title="4 Risky use: E", said="3.5 since 3 Nov.")))
    for each in ("Before", "4 Risky use: E", "3.5 COE", "3.5 since 3 Nov.", "After"):
        assert each in text


def test_it_keeps_its_proportions_and_y_counts_from_the_top() -> None:
    made = draw(picture(), 300)
    assert (made.width, made.height) == (300, 150)
    line = made.contents[0]
    assert line.points == [0, 150, 300, 0]  # from the upper left corner to the lower right one


def test_three_stand_beside_one_another_and_the_fourth_below() -> None:
    page = reader(pdf(*(picture(f"P{number}") for number in range(4)), across=3)).pages[0]
    at = {each.text: each for each in printed(page) if each.text.startswith("P")}
    assert at["P0"].left < at["P1"].left < at["P2"].left
    assert at["P0"].base == at["P1"].base == at["P2"].base > at["P3"].base
    assert at["P3"].left == at["P0"].left


def test_many_go_on_over_pages_and_none_is_cut() -> None:
    found = pages(pdf(*(picture(f"Nr{number:02}") for number in range(20))))
    assert len(found) > 1
    assert all(sum(f"Nr{number:02}" in page for page in found) == 1 for number in range(20))


def test_a_letter_that_the_typeface_lacks_is_printed_as_its_code() -> None:
    assert "[U+738B]" in words(pdf(picture("\u738b")))


def test_a_picture_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a frame"):
        Picture(0, 10, ())
    with pytest.raises(ValueError, match="From one to six"):
        Pictures((), 7)
