"""The file of the formulary: what can be read, and what is wrong with it, row by row."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emar.rules.contents import Content
from emar.rules.formulary import (
    Kind,
    Known,
    Label,
    Line,
    Plan,
    Problem,
    Sheet,
    Unreadable,
    decode,
    kind_of,
    label_problem,
    plan,
    read,
    summary,
)

HEAD = "name,ingredient,strength,form,route"
THIAMINE = "Thiamine,thiamine,100 mg,tablet,by mouth"
LINE = Line("Thiamine", "thiamine", "100 mg", "tablet", "by mouth")


def sheet(*rows: str, head: str = HEAD) -> Sheet:
    return read("\n".join([head, *rows]))


def wrong(*rows: str, head: str = HEAD) -> Problem:
    """The one problem that a file has."""
    (found,) = sheet(*rows, head=head).problems
    return found


def cell(name: str, value: str) -> Problem:
    """What is said of one cell beside a good line."""
    found = wrong(f"{THIAMINE},{value}", head=f"{HEAD},{name}")
    assert (found.row, found.column) == (2, name)
    return found


def against(known: tuple[Known, ...], *rows: str, head: str = HEAD, labels: dict[str, Label] | None = None) -> Plan:
    return plan(sheet(*rows, head=head), known, labels or {})


@pytest.mark.parametrize(
    "data",
    [
        f"{HEAD}\n{THIAMINE}".encode(),
        f"\ufeff{HEAD}\r\n{THIAMINE}\r\n".encode(),
        f"{HEAD}\n{THIAMINE}".encode("utf-16"),
        f"{HEAD}\n{THIAMINE}".replace(",", ";").encode(),
        f"{HEAD}\n{THIAMINE}".replace(",", "\t").encode(),
        f"sep=;\n{HEAD}\n{THIAMINE}".replace(",", ";").encode(),
        f"NAME, Ingredient ,strength,Form,route,,\n{THIAMINE},,\n,,,,,,\n".encode(),
        '"name","ingredient","strength","form","route"\n"  Thiamine ",THIAMINE,100\N{NO-BREAK SPACE}mg,tablet,by mouth'.encode(),
    ],
    ids=["plain", "mark", "utf-16", "semicolons", "tabs", "sep", "untidy", "quoted"],
)
def test_a_file_of_any_spreadsheet_is_read(data: bytes) -> None:
    found = read(decode(data))
    assert found.problems == ()
    assert [Line(**row.values) for row in found.rows] == [LINE]  # type: ignore[arg-type]


def test_windows_letters_are_read() -> None:
    data = f"{HEAD},brands\n{THIAMINE},Bé\N{EURO SIGN}vit".encode("cp1252")
    assert read(decode(data)).rows[0].values["brands"] == "Bé\N{EURO SIGN}vit"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b" \r\n ", "is empty"),
        (b"PK\x03\x04rest", "save the sheet as CSV"),
        (b"\x81\x8d\x00", "not a text file"),
        (b"name\x00ingredient", "not a text file"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(data: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        decode(data)


def test_a_row_is_counted_as_a_spreadsheet_counts_it() -> None:
    found = wrong(THIAMINE, "", '"Two\nlines",x,1 mg,tablet,by mouth', "Folic acid,folic acid,,tablet,by mouth")
    assert found == Problem(5, "strength", "Every line needs its strength.")


def test_an_unknown_column_is_named_with_the_one_that_is_meant() -> None:
    found = wrong(f"{THIAMINE},V", head=f"{HEAD},dea_shedule")
    assert (found.row, found.column) == (1, "dea_shedule")
    assert "Is dea_schedule meant?" in found.sentence
    assert "Take it out" in wrong(f"{THIAMINE},3.20", head=f"{HEAD},price").sentence


def test_a_missing_column_and_one_that_is_there_twice_are_told() -> None:
    assert {(each.row, each.column) for each in read(f"name,strength\n{THIAMINE}").problems} == {
        (1, "ingredient"), (1, "form"), (1, "route"),
    }  # fmt: skip
    assert wrong(f"{THIAMINE},x", head=f"{HEAD},route").sentence == "The column route is there twice. Take one out."


def test_a_file_without_rows_or_with_too_many_is_told() -> None:
    assert "no row under them" in read(HEAD).problems[0].sentence
    assert "is empty" in read("\n,,,\n").problems[0].sentence
    many = read("\n".join([HEAD, *(f"M{number},m,1 mg,tablet,by mouth" for number in range(10_001))]))
    assert "10,001 rows; 10,000 can be read" in many.problems[0].sentence


def test_ten_thousand_rows_are_read_and_held_against_the_formulary() -> None:
    rows = [f"Medication {number},ingredient {number},1 mg,tablet,by mouth" for number in range(10_000)]
    found = against((Known(1, LINE),), *rows)
    assert (len(found.of(Kind.NEW)), found.problems) == (10_000, ())


def test_an_open_quotation_mark_is_told() -> None:
    assert "never closes" in wrong('"Thiamine,thiamine,100 mg,tablet,by mouth').sentence


def test_a_cell_too_many_is_told_and_not_lost() -> None:
    found = wrong(f"{THIAMINE},left over")
    assert (found.row, found.sentence) == (
        2,
        "'left over' stands under no heading. Is there a separator too many in this row?",
    )


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("contents", "thiamine 100", "Write it as"),
        ("contents", "thiamine 1e2 mg", "'1e2' in"),
        ("contents", "thiamine -1 mg", "'-1' in"),
        ("contents", "thiamine 0 mg", "'0' in"),
        ("contents", "thiamine NaN mg", "'NaN' in"),
        ("contents", '"thiamine 0,5 mg"', "'0,5' in"),
        ("contents", "thiamine 5000000 mg", "'5000000' in"),
        ("contents", "thiamine 100 stones", "'stones' in"),
        ("contents", "thiamine 1 mg + thiamine 2 mg", "twice"),
        ("counted_in", "handful", "Nothing is counted in 'handful'"),
        ("dea_schedule", "I", "no DEA schedule"),
        ("dea_schedule", "VI", "no DEA schedule"),
        ("high_alert", "maybe", "neither yes nor no"),
        ("is_active", "", "Write yes"),
        ("witness", "always", "none, recommended, required"),
        ("sites", "arm", "injection, patch"),
        ("rxnorm", "RX10", "digits only"),
        ("drug_class", "x" * 61, "61 characters; 60 are kept"),
        ("barcodes", "ab", "3 to 60 characters"),
        ("barcodes", "caf\u00e9", "without spaces or accents"),
    ],
)
def test_a_cell_that_cannot_be_meant_is_told(name: str, value: str, said: str) -> None:
    assert said in cell(name, value).sentence


@pytest.mark.parametrize(
    ("strength", "said"),
    [("5.0 mg", "'5'"), (".5 mg", "'0.5'"), ("100 IU", "international unit"), ("50 µg", "mcg"), ("", "its strength")],
)
def test_a_strength_that_is_misread_is_refused(strength: str, said: str) -> None:
    assert said in wrong(f"Thiamine,thiamine,{strength},tablet,by mouth").sentence


def test_every_mistake_of_a_row_is_told_at_once() -> None:
    found = sheet("Thiamine,thiamine,,tablet,by mouth,perhaps", head=f"{HEAD},high_alert").problems
    assert [(each.row, each.column) for each in found] == [(2, "strength"), (2, "high_alert")]


@pytest.mark.parametrize(
    ("written", "kept"), [("c-iv", "IV"), ("CIV", "IV"), ("Schedule 4", "IV"), ("iv", "IV"), ("", "")]
)
def test_a_schedule_is_understood_however_it_is_written(written: str, kept: str) -> None:
    assert sheet(f"{THIAMINE},{written}", head=f"{HEAD},dea_schedule").rows[0].values["dea_schedule"] == kept


def test_contents_are_read_with_their_units() -> None:
    row = sheet(
        "Suboxone,BUPRENORPHINE,8 mg/2 mg,film,under the tongue,Buprenorphine 8.00 MG + naloxone 2 mg,Films",
        head=f"{HEAD},contents,counted_in",
    ).rows[0]
    assert row.values["contents"] == (Content("buprenorphine", Decimal(8), "mg"), Content("naloxone", Decimal(2), "mg"))
    assert (row.values["ingredient"], row.values["counted_in"]) == ("buprenorphine", "film")


def test_the_main_ingredient_comes_first_and_is_counted_by_something() -> None:
    head = f"{HEAD},contents,counted_in"
    rows = ("A,naloxone,8 mg,film,by mouth,buprenorphine 8 mg,film", "B,thiamine,1 mg,tablet,by mouth,thiamine 1 mg,")
    assert [(each.row, each.column) for each in against((), *rows, head=head).problems] == [
        (2, "contents"), (3, "counted_in"),
    ]  # fmt: skip


def test_tall_man_letters_are_the_same_name() -> None:
    head = f"{HEAD},display_name"
    assert against((), f"{THIAMINE},thiAMINE", head=head).problems == ()
    (found,) = against((), f"{THIAMINE},hydrOXYzine", head=head).problems
    assert found.column == "display_name"


def test_a_medication_twice_in_the_file_is_told_with_the_other_row() -> None:
    (found,) = against((), THIAMINE, "THIAMINE,thiamine,100 MG,Tablet,by mouth").problems
    assert (found.row, found.column) == (3, "name")
    assert found.sentence.startswith("Row 2 is ")


def test_rows_are_new_changed_or_unchanged() -> None:
    known = (Known(7, LINE), Known(8, Line("Folic acid", "folic acid", "1 mg", "tablet", "by mouth", brands="Old")))
    found = against(
        known, f"{THIAMINE},", "Folic acid,folic acid,1 mg,tablet,by mouth,New", "Zinc,zinc,1 mg,tablet,by mouth,",
        head=f"{HEAD},brands",
    )  # fmt: skip
    assert summary(found.entries) == {Kind.NEW: 1, Kind.CHANGED: 1, Kind.UNCHANGED: 1}
    (changed,) = found.of(Kind.CHANGED)
    assert (changed.pk, [(each.field, each.before, each.after) for each in changed.changes]) == (
        8,
        [("brands", "Old", "New")],
    )


def test_a_column_that_is_not_there_is_left_alone_and_an_empty_cell_empties() -> None:
    known = (Known(7, Line("Thiamine", "thiamine", "100 mg", "tablet", "by mouth", brands="B", high_alert=True)),)
    assert against(known, THIAMINE).of(Kind.CHANGED) == ()
    (changed,) = against(known, f"{THIAMINE},", head=f"{HEAD},brands").of(Kind.CHANGED)
    assert (changed.line.brands, changed.line.high_alert) == ("", True)


def test_orders_in_force_are_told_where_what_they_are_counted_by_changes() -> None:
    known = (Known(7, LINE, orders=3),)
    head = f"{HEAD},contents,counted_in,brands"
    (counted,) = against(known, f"{THIAMINE},thiamine 100 mg,tablet,", head=head).of(Kind.CHANGED)
    (renamed,) = against(known, f"{THIAMINE},B", head=f"{HEAD},brands").of(Kind.CHANGED)
    assert (counted.orders, renamed.orders) == (3, 0)


def test_a_label_is_added_once_and_never_moves() -> None:
    head, known = f"{HEAD},barcodes", (Known(7, LINE),)
    mine, other, gone = Label(7, "Thiamine", True), Label(9, "Zinc 1 mg", True), Label(7, "Thiamine", False)
    assert against(known, f"{THIAMINE},A100", head=head).of(Kind.CHANGED)[0].codes == ("A100",)
    assert against(known, f"{THIAMINE},A100", head=head, labels={"A100": mine}).of(Kind.UNCHANGED)
    for label, said in ((other, "names Zinc 1 mg"), (gone, "was retired")):
        (found,) = against(known, f"{THIAMINE},A100", head=head, labels={"A100": label}).problems
        assert said in found.sentence
    (twice,) = against((), f"{THIAMINE},A100", "Zinc,zinc,1 mg,tablet,by mouth,A100", head=head).problems
    assert "Label A100 stands in row 2 too" in twice.sentence


@pytest.mark.parametrize(("code", "kind"), [("12345-678-90", "ndc"), ("1234-5678-90", "ndc"), ("RB-00017", "site")])
def test_an_ndc_is_known_by_its_shape(code: str, kind: str) -> None:
    assert (label_problem(code), kind_of(code)) == ("", kind)


def test_two_plans_that_do_the_same_have_one_digest() -> None:
    one = against((Known(7, LINE),), THIAMINE, "Zinc,zinc,1 mg,tablet,by mouth")
    same = against((Known(7, LINE),), "Zinc,zinc,1 mg,tablet,by mouth")
    other = against((Known(7, LINE),), "Zinc,zinc,2 mg,tablet,by mouth")
    gone = against((), THIAMINE, "Zinc,zinc,1 mg,tablet,by mouth")
    assert one.digest == same.digest
    assert len({one.digest, other.digest, gone.digest}) == 3


@given(
    st.text(max_size=200)
    | st.lists(st.text(alphabet='a1,;"\n\t +', max_size=30)).map(lambda rows: "\n".join([HEAD, *rows]))
)
@settings(derandomize=True, database=None, deadline=None)
def test_whatever_is_in_a_file_it_is_read_or_told(text: str) -> None:
    found = read(text)
    assert found.problems or found.rows
    assert all(each.sentence.endswith((".", "?")) for each in found.problems)
    plan(found, (Known(1, LINE),), {})
