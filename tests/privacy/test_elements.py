"""A consent has every element of 42 CFR 2.31(a), stands alone where it must, and makes nothing depend on it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privacy.consent_texts import forms
from privacy.rules.classes import TPO, TPO_CLASS, Hipaa, InfoClass, Purpose, RecipientKind
from privacy.rules.consents import ConsentType, ExpiryKind
from privacy.rules.elements import Clause, Named, Proposed, Signed, Signer, complete, required
from privacy.rules.shapes import APART, NEVER_A_CONDITION, SHAPES, TREATING, combined
from privacy.rules.texts import carried, composed

T = ConsentType
TODAY = date(2026, 3, 3)
FAST = settings(derandomize=True, database=None, deadline=None, max_examples=80)
KIND = {
    T.CRIMINAL_JUSTICE_REFERRAL: RecipientKind.CRIMINAL_JUSTICE, T.INTERMEDIARY: RecipientKind.INTERMEDIARY,
    T.RESEARCH: RecipientKind.RESEARCHER, T.PDMP: RecipientKind.PDMP, T.CENTRAL_REGISTRY: RecipientKind.REGISTRY,
}  # fmt: skip
SIGNED = Signed(Signer.CLIENT, "Sara Amari", True, TODAY)


def whole(type: ConsentType) -> Proposed:
    """A consent of a type that lacks nothing."""
    shape = SHAPES[type]
    made = Proposed(
        type=type, client_name="Sara Amari", discloser="Riverbend campus",
        recipients=(Named(1, "Harbour Clinic", KIND.get(type, RecipientKind.PROVIDER), Hipaa.COVERED_ENTITY),), kinds=frozenset(),
        purposes=shape.purposes & TPO or shape.purposes, classes=shape.begun or frozenset({InfoClass.IDENTITY}),
        expiry=ExpiryKind.DATE if ExpiryKind.DATE in shape.expiries else shape.expiries[0], expires_on=TODAY + timedelta(days=365),
        clauses=frozenset(Clause), signers=(Signer.CLIENT,), today=TODAY, age=36, participants=TREATING,
        proceeding="24-CR-118", required_by="County Court", period_words="As long as the program", revocable_on=TODAY + timedelta(days=90),
    )  # fmt: skip
    return replace(made, clauses=required(made))


def findings(asked: Proposed, *signatures: Signed) -> dict[str, str]:
    """What is wrong with it: the field and the code."""
    return {str(each.detail.get("field")): each.code for each in complete(asked, signatures or (SIGNED,))}


DROPPED: dict[str, dict[str, Any]] = {
    "client_name": {"client_name": " "}, "discloser": {"discloser": ""}, "classes": {"classes": frozenset()},
    "recipients": {"recipients": (), "kinds": frozenset()}, "purposes": {"purposes": frozenset()},
    "expiry": {"expiry": None}, "expires_on": {"expires_on": None}, "signers": {"signers": ()},
}  # fmt: skip


@pytest.mark.parametrize("type", list(T))
def test_a_whole_consent_lacks_nothing(type: ConsentType) -> None:
    assert findings(whole(type)) == {}


@FAST
@given(st.sampled_from(list(T)), st.sampled_from(sorted(DROPPED)))
def test_whichever_element_is_dropped_it_is_refused(type: ConsentType, element: str) -> None:
    asked = replace(whole(type), **DROPPED[element])
    assert element in findings(asked)
    assert all(each.message.endswith((".", ")")) for each in complete(asked, (SIGNED,)))


@FAST
@given(st.sampled_from(list(T)), st.data())
def test_whichever_statement_the_text_lacks_it_is_refused(type: ConsentType, data: st.DataObject) -> None:
    asked = whole(type)
    lost = data.draw(st.sampled_from(sorted(required(asked))))
    assert findings(replace(asked, clauses=asked.clauses - {lost})) == {"clauses": "consent.clause"}


@FAST
@given(
    st.sampled_from([
        ("signatures", ()), ("paper", (replace(SIGNED, written=False),)), ("name", (replace(SIGNED, name=""),)),
        ("signed_on", (replace(SIGNED, signed_on=None),)), ("signed_on", (replace(SIGNED, signed_on=TODAY + timedelta(days=1)),)),
    ]),
    st.sampled_from(list(T)),
)  # fmt: skip
def test_without_a_signature_and_its_day_it_is_refused(case: tuple[str, tuple[Signed, ...]], type: ConsentType) -> None:
    field, signatures = case
    assert field in {str(each.detail.get("field")) for each in complete(whole(type), signatures)}


@FAST
@given(st.lists(st.sampled_from(list(T)), min_size=2, max_size=4))
def test_counseling_notes_and_legal_proceedings_stand_with_nothing_else(types: list[ConsentType]) -> None:
    refused = {each.code for each in combined(types)}
    assert ("consent.legal_alone" in refused) is (T.LEGAL_PROCEEDING in types)
    notes = T.SUD_COUNSELING_NOTES in types
    assert ("consent.counseling_alone" in refused) is (notes and len(set(types)) > 1)
    assert ("consent.apart" in refused) is bool(set(APART) & set(types))


def test_two_consents_for_counseling_notes_may_stand_on_one_paper() -> None:
    assert combined([T.SUD_COUNSELING_NOTES, T.SUD_COUNSELING_NOTES]) == []
    assert combined([T.TPO_SINGLE, T.SPECIFIC, T.PRESENCE_ACK]) == []


@FAST
@given(st.sampled_from(list(T)), st.sampled_from(list(InfoClass)), st.sampled_from(list(Purpose)))
def test_counseling_notes_and_proceedings_never_slip_into_another_consent(
    type: ConsentType, info: InfoClass, purpose: Purpose
) -> None:
    asked = whole(type)
    asked = replace(
        asked, classes=asked.classes | {info}, purposes=asked.purposes | {purpose}, clauses=frozenset(Clause)
    )
    found = findings(asked)
    if info not in SHAPES[type].classes:
        assert "classes" in found
    if purpose not in SHAPES[type].purposes:
        assert "purposes" in found
    if found == {}:
        assert (InfoClass.COUNSELING_NOTES in asked.classes) is (type is T.SUD_COUNSELING_NOTES)
        assert (Purpose.HLEGAL in asked.purposes) is (type is T.LEGAL_PROCEEDING)


@pytest.mark.parametrize("type", NEVER_A_CONDITION)
def test_nothing_depends_on_signing_it(type: ConsentType) -> None:
    assert findings(replace(whole(type), conditioned=True)) == {"conditioned": "consent.condition"}


def test_no_end_only_for_treatment_payment_and_operations() -> None:
    asked = replace(whole(T.SPECIFIC), expiry=ExpiryKind.NONE, expires_on=None)
    assert findings(asked) == {}
    beyond = replace(asked, purposes=asked.purposes | {Purpose.FAMRQT})
    assert findings(beyond) == {"expiry": "consent.no_end"}


def test_a_class_of_recipients_only_in_a_tpo_consent() -> None:
    classed = {"recipients": (), "kinds": TPO_CLASS}
    assert findings(replace(whole(T.TPO_SINGLE), **classed)) == {}  # type: ignore[arg-type]
    assert findings(replace(whole(T.SPECIFIC), **classed)) == {"recipients": "consent.class"}  # type: ignore[arg-type]


def test_an_exchange_is_named_with_its_members_or_those_who_treat() -> None:
    asked = whole(T.INTERMEDIARY)
    assert findings(replace(asked, participants="")) == {"participants": "consent.participants"}
    assert findings(replace(asked, participants="named")) == {"recipients": "consent.participants"}
    member = Named(2, "Dr. Wu", RecipientKind.PROVIDER)
    assert findings(replace(asked, participants="named", recipients=(*asked.recipients, member))) == {}


def test_a_criminal_justice_consent_says_its_case_its_period_and_when_it_can_be_revoked() -> None:
    asked = replace(whole(T.CRIMINAL_JUSTICE_REFERRAL), required_by="", period_words="", revocable_on=None)
    assert set(findings(asked)) == {"required_by", "period_words", "revocable_on"}
    late = replace(whole(T.CRIMINAL_JUSTICE_REFERRAL), revocable_on=TODAY + timedelta(days=400))
    assert findings(late) == {"revocable_on": "consent.revocable_late"}


def test_fundraising_carries_its_opt_out_and_hipaa_its_sentence() -> None:
    asked = replace(whole(T.SPECIFIC), purposes=frozenset({Purpose.FUNDRAISING}))
    assert Clause.FUNDRAISING in required(asked) and Clause.HIPAA not in required(asked)
    assert Clause.HIPAA in required(whole(T.SPECIFIC))
    family = Named(3, "Ida Amari", RecipientKind.PERSON, Hipaa.NEITHER)
    assert Clause.HIPAA not in required(replace(whole(T.SPECIFIC), recipients=(family,)))


def test_a_minor_signs_with_a_guardian_unless_state_law_lets_them_alone() -> None:
    minor = replace(whole(T.TPO_SINGLE), age=16)
    assert findings(minor) == {"signers": "consent.minor"}
    assert findings(replace(minor, minor_alone=True)) == {}
    both = replace(minor, signers=(Signer.CLIENT, Signer.GUARDIAN))
    mother = Signed(Signer.GUARDIAN, "Ida Amari", True, TODAY, "Mother")
    assert findings(both, SIGNED) == {"signatures": "consent.unsigned"}
    assert findings(both, SIGNED, replace(mother, authority="")) == {"authority": "consent.authority"}
    assert findings(both, SIGNED, mother) == {}


@pytest.mark.parametrize("type", list(T))
def test_the_form_that_ships_carries_every_statement_and_every_word_is_filled_in(type: ConsentType) -> None:
    asked = whole(type)
    form = forms()[type]
    assert carried(form, asked) == required(asked)
    text = " ".join(f"{heading} {words}" for heading, words in composed(form, asked))
    assert "{" not in text and "Sara Amari" in text and "Harbour Clinic" in text


def test_no_words_of_a_form_change_without_a_new_version() -> None:
    from audit.rules.seal import digest

    kept = {
        each.value: (
            form.version,
            digest([form.title, form.lead, form.intent, sorted(map(list, form.clauses.values()))])[:12],
        )
        for each, form in forms().items()
    }
    assert kept == VERSIONS


VERSIONS: dict[str, tuple[int, str]] = {
    "tpo_single": (1, "6291694d0e3b"),
    "specific": (1, "0ae790f4ab72"),
    "sud_counseling_notes": (1, "656cb98b7135"),
    "legal_proceeding": (1, "b81162d14fa8"),
    "criminal_justice_referral": (1, "29778d0a9c70"),
    "presence_ack": (1, "83eae155e762"),
    "intermediary": (1, "4ed20c2e4d6f"),
    "research": (1, "2ef81cadb663"),
    "pdmp": (1, "3199acc30246"),
    "central_registry": (1, "8b4734d51ccf"),
}
