"""Key figures, facts, lines to sign, codes and cards."""

import pytest

from documents import (
    Barcode,
    Card,
    Cards,
    Code,
    Document,
    Fact,
    Facts,
    Figure,
    Figures,
    Paper,
    Signatures,
    Strip,
    Strips,
    Text,
    render,
)
from documents.blocks import Block
from documents.cards import grid
from tests.documents.reading import pages, printed, reader, rectangles, words
from tests.documents.scanner import codes


def pdf(*blocks: Block) -> bytes:
    return render(Document(title="Sheet", site="Alder House", as_of="As of Nov 21", blocks=blocks))


def test_key_figures_say_label_value_and_note() -> None:
    items = tuple(Figure(f"Label {n}", n * 1000, f"note {n}") for n in range(7))
    text = words(pdf(Figures((*items, Figure("Turnaround", "3 h 20 min and a very long value indeed")))))
    assert all(f"Label {n}" in text and f"{n},000" in text and f"note {n}" in text for n in range(1, 7))
    assert "3 h 20 min and a very long value indeed" in text


def test_facts_stand_under_their_labels() -> None:
    text = words(pdf(Facts((Fact("Client", "Lena Harmon"), Fact("Born", "1984-02-11"), Fact("Days", 12)))))
    assert "Client Born Lena Harmon 1984-02-11 Days 12" in text


def test_lines_to_sign_stay_on_one_page() -> None:
    for count in range(30, 40):
        found = pages(pdf(*(Text("Line") for _ in range(count)), Signatures(("Counted by", "Handed to", "At"))))
        [page] = [text for text in found if "Counted by" in text]
        assert "Handed to" in page and "At\n" in page + "\n"


@pytest.mark.parametrize(("to_a_page", "sheets"), [(1, 5), (2, 3), (4, 2), (6, 1), (8, 1)])
def test_cards_take_as_many_sheets_as_they_need(to_a_page: int, sheets: int) -> None:
    cards = tuple(Card(f"Room {n}", above="Alder", lines=("Please knock.",), foot="Quiet.") for n in range(5))
    found = pages(pdf(Cards(cards, to_a_page)))
    assert len(found) == sheets
    assert [text.count("Room ") for text in found[:-1]] == [to_a_page] * (sheets - 1)
    assert all(f"Page {number} of {sheets}" in text for number, text in enumerate(found, 1))


def test_cards_lie_on_the_sheet() -> None:
    assert [grid(count, Paper.LETTER.value) for count in (2, 3, 6, 8)] == [(1, 2), (1, 3), (2, 3), (2, 4)]
    assert grid(4, Paper.LETTER.value[::-1]) == (2, 2)


def test_a_card_prints_all_of_its_text_within_its_cut() -> None:
    lines = tuple(f"Line {number} of a card that says far too much for its size" for number in range(40))
    [page] = reader(pdf(Cards((Card("Unabbreviatable" * 4, lines=lines),), 8))).pages
    strings = [one for one in printed(page) if one.base > 36]
    text = " ".join(one.text for one in strings)
    assert "39 of a card" in text
    assert all(one.left >= 36 and one.right <= 306 and one.base >= 576 for one in strings)


def test_text_after_cards_is_under_the_running_head() -> None:
    cards, after = pages(pdf(Cards((Card("Room 1"),)), Text("After")))
    assert "Room 1" in cards and "After" not in cards
    assert "After" in after and "Sheet" in after


def test_no_cards_are_said_to_be_none() -> None:
    assert "No cards to print." in words(pdf(Cards(())))


def test_a_code_prints_its_value_for_eyes_too() -> None:
    assert "SW-000123" in words(pdf(Barcode("SW-000123")))
    assert "Scan me" in words(pdf(Barcode("https://stepwell.example/\u0141", Code.QR, caption="Scan me")))


def test_a_code_stays_within_the_page_and_leaves_white_at_its_sides() -> None:
    for value, narrowest in (("A" * 60, 0.4), ("SW-000123", 0.9)):
        found = rectangles(reader(pdf(Barcode(value))).pages[0])
        bars = [(left, right) for left, right in found if right - left < 10]
        module = min(right - left for left, right in bars)
        assert len(bars) > 30 and module > narrowest
        assert min(left for left, _ in bars) >= 45 + 10 * module
        assert max(right for _, right in bars) <= 612 - 45 - 10 * module


def test_what_a_code_cannot_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="printable ASCII only"):
        Barcode("Łukasz")
    with pytest.raises(ValueError, match="needs a value"):
        Barcode("")
    with pytest.raises(ValueError, match="at least one card"):
        pdf(Cards((), 0))


def test_a_scanner_reads_both_codes_of_a_band_and_a_sheet_holds_nine() -> None:
    strips = tuple(Strip(f"Elin {n}", "Born 14 Mar 1988", f"W84G7ZWYRD{n:02}", "W84G 7ZWY") for n in range(10))
    made = pdf(Strips(strips))
    assert codes(made) == {(kind, strip.code) for kind in ("Code 128", "QR Code") for strip in strips}
    first, second = pages(made)
    assert first.count("Born 14 Mar 1988") == 9
    assert "Elin 9" in second


def test_the_longest_name_does_not_run_into_the_codes() -> None:
    long = "Maximiliane-Theodora Wolkenstein-Trostburg"
    made = pdf(Strips((Strip(long, "", "W84G7ZWYRD6S", ""),)))
    assert long in words(made)
    assert codes(made) == {("Code 128", "W84G7ZWYRD6S"), ("QR Code", "W84G7ZWYRD6S")}


def test_bars_along_the_foot_of_a_card_are_read_beside_its_squares() -> None:
    card = Card(
        title="Thiamine", lines=("100 mg tablet",), barcode=Barcode("MASQZ1Y2D", Code.QR, caption=""), bars="MASQZ1Y2D"
    )
    for to_a_page in (8, 28):
        assert codes(pdf(Cards((card,) * 3, to_a_page))) == {("Code 128", "MASQZ1Y2D"), ("QR Code", "MASQZ1Y2D")}
