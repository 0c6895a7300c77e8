"""What a step touches and what may be chosen: every line has an end, and none is lost or settled twice."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from admissions.rules.transition import (
    BedNow,
    BedOffer,
    Choice,
    DoseNow,
    Facts,
    Line,
    OrderNow,
    Side,
    StockNow,
    fit,
    lines,
    words_of,
)
from admissions.rules.transition_check import Handoff, changed, judge, judge_handoff, marks, unfit
from admissions.rules.transition_stored import from_stored, handoff_of, read
from asam.rules.transition_kinds import Kind
from audit.rules.findings import override

AT = datetime(2025, 11, 24, 15, tzinfo=UTC)
RES, PHP, IOP = (
    Side("Residential", "3.5", 3, "20 h a week"),
    Side("PHP", "2.5", 2, "20 h a week"),
    Side("IOP", "2.1", 2, "9 h a week"),
)
THIAMINE = OrderNow(1, "Thiamine 100 mg", own=False, due=True, controlled=False, plain=True)
LORAZEPAM = OrderNow(2, "Lorazepam 1 mg", own=False, due=True, controlled=True, plain=True)
BED = BedNow(7, "Alder 1-A", lives=False)
HOUSE = BedOffer(31, "Oak 1-A", lives=True)
OUT = Facts(RES, PHP, AT, bed=BED, beds=(HOUSE,), orders=(THIAMINE, LORAZEPAM))


def of(facts: Facts, **settled: Choice) -> dict[str, Choice]:
    named = {name.replace("_", "-"): said for name, said in settled.items()}
    return fit(lines(facts, named), named)


def line(facts: Facts, key: str, **settled: Choice) -> Line:
    named = {name.replace("_", "-"): said for name, said in settled.items()}
    return next(each for each in lines(facts, named) if each.key == key)


def test_out_of_residential_care_the_bed_is_freed_and_what_is_not_controlled_goes_to_the_client() -> None:
    chosen = of(OUT)
    assert (chosen["bed"].choice, chosen["order-1"].choice, chosen["order-2"].choice) == ("free", "self", "continue")


def test_who_goes_on_sleeping_here_goes_on_being_given_their_medication() -> None:
    for bed in (Choice("keep"), Choice("move", value="31")):
        assert of(OUT, bed=bed)["order-1"].choice == "continue"
    assert of(replace(OUT, entered=Side("Residential", "3.1", 3)))["bed"].choice == "keep"
    assert of(replace(OUT, left=PHP, entered=IOP, bed=replace(BED, lives=True)))["bed"].choice == "keep"


@pytest.mark.parametrize(
    ("order", "dose"),
    [("continue", "carry"), ("change", "carry"), ("self", "handed"), ("stop", "falls"), ("rewrite", "falls")],
)
def test_a_dose_goes_where_its_order_goes(order: str, dose: str) -> None:
    facts = replace(OUT, doses=(DoseNow(1, "202511241500", "Thiamine, 10:00", open=True),))
    chosen = of(facts, order_1=Choice(order, "why", "5"), dose_1_202511241500=Choice("carry"))
    assert chosen["dose-1-202511241500"].choice == dose
    chosen = of(facts, order_1=Choice(order, "why", "5"), dose_1_202511241500=Choice("before"))
    found = judge(lines(facts), chosen)
    assert "transition.dose_waits" in {each.code for each in found}


def test_a_dose_to_come_cannot_be_given_before() -> None:
    facts = replace(OUT, doses=(DoseNow(1, "x", "Thiamine, 14:00", open=False),))
    assert [each.value for each in line(facts, "dose-1-x").options] == ["handed"]


def test_a_controlled_medication_goes_to_the_client_with_a_reason() -> None:
    found = judge(lines(OUT), of(OUT, order_2=Choice("self")))
    assert [(each.code, each.detail["line"]) for each in found] == [("transition.reason", "order-2")]
    assert not judge(lines(OUT), of(OUT, order_2=Choice("self", "Two days' bridge, agreed with the clinic")))


def test_ratings_that_ask_for_a_residence_ask_again_out_of_residential_care() -> None:
    facts = replace(OUT, needs_residence=True)
    assert [each.detail["line"] for each in judge(lines(facts), of(facts))] == ["residence"]
    housed = {"bed": Choice("move", value="31")}
    assert fit(lines(facts, housed), housed)["residence"].choice == "here"
    without = of(facts, residence=Choice("not_needed"))
    assert [each.code for each in judge(lines(facts), without)] == ["transition.reason"]
    assert not [each for each in lines(replace(facts, left=PHP, entered=IOP)) if each.kind is Kind.RESIDENCE]


def test_a_payer_that_does_not_pay_is_loud_and_may_be_gone_past_with_a_reason() -> None:
    facts = replace(OUT, gap="Acme authorised 3.5, the client is at 2.5.")
    [found] = judge(lines(facts), of(facts))
    assert (found.detail["line"], found.message) == ("paid", "Acme authorised 3.5, the client is at 2.5. Say why.")
    assert not judge(lines(facts), of(facts, paid=Choice("without", "The review is on Monday")))


def test_a_bed_that_warns_asks_for_a_reason_and_one_that_is_gone_is_said() -> None:
    facts = replace(OUT, beds=(replace(HOUSE, findings=(override("bed.age", "Others there are much younger."),)),))
    moved = {"bed": Choice("move", value="31")}
    [found] = judge(lines(facts, moved), fit(lines(facts, moved), moved))
    assert found.message == "Others there are much younger. Say why it is right all the same."
    gone = replace(OUT, beds=())
    assert [each.code for each in unfit(lines(gone, moved), moved)] == ["transition.not_offered"]


def test_what_is_kept_of_their_own_goes_with_them_unless_it_is_given_here() -> None:
    facts = replace(OUT, orders=(THIAMINE,), stock=(StockNow(5, "Thiamine, lot 1", "12 tablets", controlled=False),))
    chosen = of(facts)
    assert chosen["stock-5"].choice == "hand"
    assert [each.code for each in judge(lines(facts), chosen)] == ["transition.name"]
    assert of(facts, order_1=Choice("continue"))["stock-5"].choice == "stay"


def test_the_hand_off_is_whole_or_each_thing_missing_is_said() -> None:
    whole = Handoff(
        "IOP, J. Marsh",
        date(2025, 11, 24),
        AT + timedelta(days=1),
        "7 days",
        "Tue 08:00, clinic",
        "given",
        "Use",
        "Clarke",
    )
    assert not judge_handoff(OUT, whole, date(2025, 11, 24))
    assert len(judge_handoff(OUT, Handoff(), date(2025, 11, 24))) == 8
    assert not judge_handoff(replace(OUT, left=PHP, entered=IOP), Handoff(), date(2025, 11, 24))
    wrong = replace(whole, accepted_on=date(2025, 11, 25), first_visit_at=AT, kit="maybe")
    assert {each.detail["field"] for each in judge_handoff(OUT, wrong, date(2025, 11, 24))} == {
        "accepted_on", "first_visit_at", "kit",
    }  # fmt: skip


def test_the_page_is_told_which_line_changed_and_no_other() -> None:
    seen = marks(lines(OUT))
    assert not changed(lines(OUT), seen)
    assert not changed(lines(replace(OUT, doses=(DoseNow(1, "x", "y", open=True),))), seen)  # doses come with the clock
    held = replace(OUT, orders=(replace(THIAMINE, held=True), LORAZEPAM))
    assert [each.detail["line"] for each in changed(lines(held), seen)] == ["order-1"]
    stopped = replace(OUT, orders=(LORAZEPAM,))
    assert [(each.code, each.detail["line"]) for each in changed(lines(stopped), seen)] == [
        ("transition.line_gone", "order-1")
    ]
    moved = replace(OUT, bed=replace(BED, stay=8))
    assert [each.code for each in changed(lines(moved), seen)] == ["transition.line_changed"]


def test_what_a_page_sends_is_what_a_draft_gives_back() -> None:
    sent = {
        "choice-stock-5": "hand", "name-stock-5": "Sara Amari", "choice-bed": "move", "value-bed": "31", "name-bed": "",
        "reason-order-2": "Bridge", "handoff-first_visit_at": "2025-11-25T09:00", "handoff-kit": "given", "note": " Well ",
        "csrfmiddlewaretoken": "x",
    }  # fmt: skip
    stored = read(sent)
    assert from_stored(stored) == {
        "stock-5": Choice("hand", "", "Sara Amari"), "bed": Choice("move", "", "31"), "order-2": Choice("", "Bridge", ""),
    }  # fmt: skip
    assert stored["note"] == "Well"
    there = handoff_of(stored, ZoneInfo("America/New_York"))
    assert (there.kit, there.first_visit_at) == ("given", datetime(2025, 11, 25, 14, tzinfo=UTC))
    skipped = {"handoff": {"first_visit_at": "2026-03-08T02:30"}}
    assert handoff_of(skipped, ZoneInfo("America/New_York")).first_visit_at is None


SIDES = st.sampled_from([RES, PHP, IOP, Side("Medical", "3.7", 3)])
ORDERS = st.builds(
    OrderNow,
    st.integers(1, 3),
    st.just("Drug"),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
FACTS = st.builds(
    Facts, SIDES, SIDES, st.just(AT), bed=st.sampled_from([None, BED]), beds=st.sampled_from([(), (HOUSE,)]),
    orders=st.lists(ORDERS, max_size=3, unique_by=lambda each: each.pk).map(tuple),
    doses=st.lists(st.builds(DoseNow, st.integers(1, 3), st.sampled_from("ab"), st.just("dose"), st.booleans()), max_size=3).map(tuple),
    stock=st.sampled_from([(), (StockNow(1, "Own", "3 tablets", True, (("4", "Cupboard"),)),)]), plan=st.integers(0, 2),
    gap=st.sampled_from(["", "Not paid."]), needs_residence=st.booleans(),
)  # fmt: skip
CHOICES = st.dictionaries(
    st.sampled_from(["bed", "order-1", "order-2", "dose-1-a", "stock-1", "paid", "residence", "consent", "plan"]),
    st.builds(Choice, st.sampled_from(["free", "keep", "move", "self", "stop", "before", "hand", "x", ""]), st.text(max_size=9),
              st.sampled_from(["", "31", "4"])), max_size=6,
)  # fmt: skip


@settings(derandomize=True, database=None, deadline=None, max_examples=200)
@given(FACTS, CHOICES)
def test_whatever_is_chosen_each_line_is_settled_once_or_said_to_be_open(
    facts: Facts, settled: dict[str, Choice]
) -> None:
    asked = lines(facts, settled)
    chosen = fit(asked, settled)
    open_ones = {str(each.detail["line"]) for each in judge(asked, chosen)}
    for each in asked:
        assert each.key in open_ones or words_of(each, chosen[each.key])
        assert each.default == "" or each.option(each.default) is not None
    followed = fit(tuple(each for each in asked if each.kind is Kind.ORDER), settled)
    for each in asked:
        if each.kind is Kind.DOSE and chosen[each.key].choice == "carry":  # on the pass only where its order still is
            assert followed.get(f"order-{each.subject_id}", Choice("continue")).choice in ("continue", "change")
