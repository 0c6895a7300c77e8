"""What holds for every release that can be asked, whatever consents and restrictions there are."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from audit.rules.findings import Severity
from privacy.rules.classes import Hipaa, InfoClass, Purpose
from privacy.rules.consents import ConsentType, HeldConsent, valid_at
from privacy.rules.disclosure import Asked, Attachment, Restriction, decide
from privacy.rules.grounds import Ground
from privacy.rules.notices import Channel
from tests.privacy.gate_here import CASE, DAY, NOW, PARTIES, SITE, STATES, ground, held

GROUNDS = (
    "emergency", "emergency [nature]", "court", "court [order]", "court [mandate]", "authorization", "crime", "child_abuse", "audit",
    "access",
)  # fmt: skip
CLASSES = st.frozensets(st.sampled_from(InfoClass), max_size=5)
PEOPLE = st.sampled_from(list(PARTIES.values()))


@st.composite
def consents(draw: st.DrawFn) -> tuple[HeldConsent, ...]:
    """Up to four, of any type and state, narrowed anyhow."""
    made = []
    for pk in range(draw(st.integers(0, 4))):
        one = held(
            draw(st.sampled_from(ConsentType)),
            draw(st.sampled_from(list(STATES))),
            pk,
            draw(st.sampled_from((CASE, "9-CV-1"))),
        )
        made.append(replace(
            one, recipients=one.recipients & draw(st.frozensets(st.integers(1, 9))) if draw(st.booleans()) else one.recipients,
            classes=one.classes & draw(CLASSES) if draw(st.booleans()) else one.classes,
            revoked_recipients=draw(st.frozensets(st.integers(1, 9), max_size=2)), revoked_classes=draw(CLASSES),
            site_ids=draw(st.sampled_from((frozenset(), frozenset({SITE}), frozenset({99})))),
        ))  # fmt: skip
    return tuple(made)


@st.composite
def asks(draw: st.DrawFn) -> Asked:
    """Anything that can be asked of the gate."""
    found: Ground | None = ground(draw(st.sampled_from(GROUNDS))) if draw(st.integers(0, 3)) == 0 else None
    return Asked(
        NOW, SITE, draw(PEOPLE), draw(st.sampled_from(Purpose)), draw(CLASSES), draw(st.sampled_from(Channel)),
        inside="" if draw(st.integers(0, 9)) else "She takes over tonight", proceeding=draw(st.sampled_from(("", CASE))), ground=found,
        consent=draw(st.sampled_from((None, None, 0, 1))),
    )  # fmt: skip


LIMITS = st.lists(
    st.builds(Restriction, st.integers(1, 3), CLASSES, st.frozensets(st.integers(1, 9), max_size=2)), max_size=2
).map(tuple)
EVERY = settings(max_examples=120, derandomize=True, database=None, deadline=None)


@EVERY
@given(asks(), consents(), LIMITS)
def test_an_allow_has_exactly_one_basis_and_a_refusal_lets_nothing_go(
    asked: Asked, given_: tuple[HeldConsent, ...], limits: tuple[Restriction, ...]
) -> None:
    decision = decide(asked, given_, limits)
    assert decision.allowed is (decision.basis is not None) is not bool(decision.stops)
    assert decision.classes <= asked.classes and decision.withheld == asked.classes - decision.classes
    assert bool(decision.classes) is decision.allowed
    if decision.basis is not None:
        by_consent = decision.consent is not None
        assert decision.basis.by_consent is by_consent
        assert by_consent is (decision.statement is not None) is (decision.attachment is not Attachment.NONE)
        assert not (by_consent and asked.ground)
    for finding in decision.findings:
        assert finding.message.endswith((".", ")")) and len(finding.message) > 20, finding


@EVERY
@given(asks(), consents(), LIMITS)
def test_what_is_relied_on_counts_at_that_instant_and_says_what_is_asked(
    asked: Asked, given_: tuple[HeldConsent, ...], limits: tuple[Restriction, ...]
) -> None:
    decision = decide(asked, given_, limits)
    relied = decision.consent
    if relied is None:
        return
    assert valid_at(relied, NOW) and relied in given_
    assert asked.to.pk is not None and asked.to.pk not in relied.revoked_recipients
    assert asked.purpose in relied.purposes and decision.classes <= relied.allowed
    assert not relied.site_ids or SITE in relied.site_ids
    assert not limits or not any(
        not each.recipients and not each.classes and asked.purpose in each.purposes for each in limits
    )


@EVERY
@given(asks(), consents())
def test_counseling_notes_never_leave_without_their_own_consent(asked: Asked, given_: tuple[HeldConsent, ...]) -> None:
    decision = decide(asked, given_)
    if InfoClass.COUNSELING_NOTES in decision.classes:
        assert decision.consent is not None and decision.consent.type is ConsentType.SUD_COUNSELING_NOTES
        assert decision.classes == {InfoClass.COUNSELING_NOTES}
    elif decision.consent is not None:
        assert decision.consent.type is not ConsentType.SUD_COUNSELING_NOTES


@EVERY
@given(asks(), consents())
def test_a_proceeding_takes_its_own_consent_or_an_order_with_a_mandate(
    asked: Asked, given_: tuple[HeldConsent, ...]
) -> None:
    decision = decide(replace(asked, purpose=Purpose.HLEGAL, inside=""), given_)
    if decision.basis is None:
        return
    if decision.consent is not None:
        assert decision.consent.type is ConsentType.LEGAL_PROCEEDING and decision.consent.proceeding == asked.proceeding
    else:
        assert decision.basis.startswith("COURT_")


@EVERY
@given(asks(), consents())
def test_a_legal_consent_serves_nothing_but_its_proceeding(asked: Asked, given_: tuple[HeldConsent, ...]) -> None:
    decision = decide(asked, given_)
    if decision.consent is not None and decision.consent.type is ConsentType.LEGAL_PROCEEDING:
        assert asked.purpose is Purpose.HLEGAL and asked.proceeding == CASE


@EVERY
@given(asks(), consents(), LIMITS)
def test_a_recipient_of_unknown_status_is_one_of_neither(
    asked: Asked, given_: tuple[HeldConsent, ...], limits: tuple[Restriction, ...]
) -> None:
    unknown, neither = (replace(asked, to=replace(asked.to, hipaa=status)) for status in (Hipaa.UNKNOWN, Hipaa.NEITHER))
    assert decide(unknown, given_, limits) == decide(neither, given_, limits)


@EVERY
@given(asks(), consents())
def test_revoking_every_consent_refuses_all_that_rested_on_one(asked: Asked, given_: tuple[HeldConsent, ...]) -> None:
    before = decide(asked, given_)
    after = decide(asked, tuple(replace(each, revoked_at=NOW - DAY) for each in given_))
    assert after.consent is None
    if before.consent is not None:
        assert after.basis is None and after.findings[0].severity is Severity.STOP


@EVERY
@given(asks(), consents(), LIMITS)
def test_a_restriction_more_never_lets_more_go(
    asked: Asked, given_: tuple[HeldConsent, ...], limits: tuple[Restriction, ...]
) -> None:
    assert decide(asked, given_, limits).classes <= decide(asked, given_).classes


@EVERY
@given(asks(), consents())
def test_a_general_authorization_permits_nothing(asked: Asked, given_: tuple[HeldConsent, ...]) -> None:
    outside = replace(asked, inside="", consent=None, ground=ground("authorization"))
    assert decide(outside, given_).basis is None
