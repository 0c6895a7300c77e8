"""Audits and research: written down with their documents, a release rests on one that runs, view-only takes nothing away."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.rules.findings import Refused
from privacy.actions.engagements import keep_engagement, step_engagement
from privacy.models import Engagement, EngagementStep, Recipient
from privacy.queries.engagements import engagement, engagements, ground_of_engagement, running, seen
from privacy.queries.gate import look
from privacy.rules.classes import Hipaa, InfoClass, Purpose, RecipientKind
from privacy.rules.engagements import Span
from privacy.rules.notices import Channel
from programs.models import Client
from staff.access import NotAllowed
from tests.factories import World, admit, client, signs
from tests.privacy.gate_rows import DAY, going, recipient
from tests.privacy.test_release import refused, send

C = InfoClass
days = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@pytest.fixture
def sara(here: World) -> Client:
    signs(here.director, here.site, at=here.now)
    who = client(here, "Sara", "Amari")
    admit(here, who, here.residential, here.beds[0])
    return who


def auditor(here: World) -> Recipient:
    name = "State Audit Bureau"
    found = Recipient.objects.filter(name=name).first()
    return found or recipient(here, name, RecipientKind.AGENCY, hipaa=Hipaa.NEITHER)


def agreed(here: World, whom: Recipient | None = None, **more: object) -> Engagement:
    """An audit that looks here, from yesterday for a month."""
    fields: dict[str, object] = {
        "kind": "audit", "recipient_id": (whom or auditor(here)).pk, "agency": "State agency", "authority": "State code 12",
        "agreement": "Folder 4", "classes": ["plan", "allergies"], "first_day": here.day(-1), "last_day": here.day(29),
    } | more  # fmt: skip
    return keep_engagement(by=here.director, at=here.now, site=here.site, **fields)  # type: ignore[arg-type]


def copying(here: World, whom: Recipient | None = None, **more: object) -> Engagement:
    return agreed(
        here, whom, **{"copies": True, "listed_sponsor": True, "destroy_by": here.day(60), "classes": ["identity", "plan"]} | more
    )  # fmt: skip


def study(here: World, **more: object) -> Engagement:
    found = Recipient.objects.filter(name="University").first()
    lab = found or recipient(here, "University", RecipientKind.RESEARCHER, hipaa=Hipaa.NEITHER)
    fields = {
        "kind": "research",
        "classes": ["identity", "scales"],
        "director": "Determined on 2 March",
        "authority": "Waiver 7",
    }
    return agreed(here, lab, **fields | more)


def ends(here: World, row: Engagement, **more: Any) -> EngagementStep:
    return step_engagement(
        by=here.director, at=here.now, engagement_id=row.pk, **{"kind": "ended", "words": "They left"} | more
    )


def codes(call: Callable[[], object]) -> list[str]:
    with pytest.raises(Refused) as error:
        call()
    return [each.code for each in error.value.findings]


def test_what_an_engagement_lacks_is_said(here: World, sara: Client) -> None:
    assert codes(lambda: agreed(here, agreement=" ", classes=[])) == ["words.missing", "engagement.scope"]
    assert codes(lambda: agreed(here, copies=True)) == ["engagement.sponsor", "engagement.destroy_by"]
    assert codes(lambda: agreed(here, destroy_by=here.day(60))) == ["engagement.destroy_by"]
    assert codes(lambda: agreed(here, linkage=True)) == ["engagement.not_research"]
    assert codes(lambda: agreed(here, classes=["counseling_notes"])) == ["engagement.counseling"]
    assert codes(lambda: agreed(here, last_day=here.day(-2))) == ["engagement.days"]
    assert codes(lambda: agreed(here, kind="visit")) == ["engagement.unknown"]
    assert codes(lambda: study(here, director="", linkage=True)) == ["engagement.director", "engagement.irb"]
    assert codes(lambda: study(here, classes=["contacts"], copies=True)) == [
        "engagement.not_audit",
        "engagement.contacts",
    ]
    assert codes(lambda: study(here, recipient_id=auditor(here).pk)) == ["engagement.researcher"]
    assert codes(lambda: agreed(here, recipient_id=None)) == ["recipient.unknown"]
    assert not Engagement.objects.exists()
    with pytest.raises(NotAllowed):
        keep_engagement(
            by=here.on_unit, at=here.now, site=here.site, kind="audit", recipient_id=None, agency="", authority="", agreement="",
            classes=[], first_day=here.day(), last_day=here.day(),
        )  # fmt: skip


def test_a_view_only_audit_shows_what_it_names_and_takes_nothing_away(here: World, sara: Client) -> None:
    whom = auditor(here)
    ground = ground_of_engagement(agreed(here, whom, classes=["identity", "plan"]))
    fields: dict[str, object] = {"purpose": Purpose.AUDIT, "classes": frozenset({C.IDENTITY, C.PLAN}), "ground": ground}
    for channel in (Channel.FILE, Channel.HANDED_OVER, Channel.LINK):
        assert refused(here, going(here, sara, whom, **fields | {"channel": channel})) == ["ground.view_only"]
    shown = send(here, going(here, sara, whom, **fields | {"channel": Channel.SHOWN}))
    assert (shown.basis, shown.channel, list(seen(ground.engagement))) == ("AUDIT_2_53", "shown", [shown])
    more = fields | {"channel": Channel.SHOWN, "classes": frozenset({C.IDENTITY, C.NOTES})}
    assert refused(here, going(here, sara, whom, **more)) == ["disclosure.beyond_scope"]
    other = recipient(here, "Tallgrass Law", RecipientKind.LEGAL)
    assert refused(here, going(here, sara, other, **fields | {"channel": Channel.SHOWN})) == ["ground.audit_person"]


def test_its_days_are_whole_days_of_the_sites_calendar(here: World) -> None:
    here.site.time_zone = "America/Los_Angeles"
    here.site.save()
    ground = ground_of_engagement(agreed(here, first_day=date(2025, 3, 8), last_day=date(2025, 3, 9)))
    assert ground.since == datetime(2025, 3, 8, 8, tzinfo=UTC), "the clock goes forward on its last day"
    assert ground.until == datetime(2025, 3, 10, 7, tzinfo=UTC)


def test_research_goes_to_a_researcher_within_its_days_and_parts(here: World, sara: Client) -> None:
    row = study(here)
    fields: dict[str, object] = {"purpose": Purpose.HRESCH, "classes": frozenset({C.IDENTITY, C.SCALES})}
    asked_ = going(here, sara, row.recipient, ground=ground_of_engagement(row), **fields)
    assert send(here, asked_).basis == "RESEARCH_2_52"
    later = look(asked_, here.now + 40 * DAY).decision
    assert [each.code for each in later.findings] == ["ground.research_over"]
    beyond = going(
        here,
        sara,
        row.recipient,
        ground=ground_of_engagement(row),
        **fields | {"classes": frozenset({C.IDENTITY, C.PLAN})},
    )
    assert refused(here, beyond) == ["disclosure.beyond_scope"]


def test_one_that_ended_between_looking_and_sending_refuses(here: World, sara: Client) -> None:
    row = copying(here)
    ground = ground_of_engagement(row)
    asked_ = going(
        here, sara, row.recipient, purpose=Purpose.AUDIT, classes=frozenset({C.IDENTITY, C.PLAN}), ground=ground
    )
    assert look(asked_, here.now).decision.allowed
    ends(here, row)
    assert refused(here, asked_) == ["engagement.ended"]


def test_one_that_ended_carries_no_release_and_its_copies_wait_for_the_proof(here: World, sara: Client) -> None:
    row = copying(here)
    assert running(here.site.pk, here.now) == [row] and running(here.other_site.pk, here.now) == []
    gone: dict[str, Any] = {
        "kind": "destroyed",
        "words": "Shredded",
        "destroyed_on": here.day(),
        "proof": "Their letter",
    }
    assert codes(lambda: ends(here, row, **gone)) == ["engagement.runs"]
    assert codes(lambda: ends(here, row, proof="x")) == ["engagement.not_destroyed"]
    ends(here, row)
    assert codes(lambda: ends(here, row)) == ["engagement.done"] and running(here.site.pk, here.now) == []
    [found] = engagements({here.site.pk}, here.now)
    assert (found.runs, found.waits, found.to_destroy, found.late) == (False, True, 60, 0)
    later = engagement({here.site.pk}, here.now + 63 * DAY, row.pk)
    assert later is not None and later.late == 3 and later.near
    late = gone | {"proof": "", "destroyed_on": here.day(9)}
    assert codes(lambda: ends(here, row, **late)) == ["engagement.destroyed_on", "engagement.proof"]
    ends(here, row, **gone)
    [found] = engagements({here.site.pk}, here.now)
    assert (found.waits, found.to_destroy) == (False, None)
    assert codes(lambda: ends(here, agreed(here), **gone)) == ["engagement.no_copies"]


def test_the_database_refuses_half_an_engagement_and_any_change(here: World) -> None:
    row = copying(here)
    fields = {
        each.attname: getattr(row, each.attname) for each in Engagement._meta.concrete_fields if each.name != "id"
    }
    whole: tuple[dict[str, object], ...] = (
        {"kind": "visit"}, {"agency": " "}, {"agreement": ""}, {"classes": []}, {"classes": ["counseling_notes"]},
        {"last_day": row.first_day - DAY}, {"destroy_by": None}, {"listed_sponsor": False}, {"copies": False}, {"irb": "Board"},
        {"kind": "research"}, {"kind": "research", "copies": False, "listed_sponsor": False},
        {"kind": "research", "copies": False, "listed_sponsor": False, "director": "x", "linkage": True},
        {"kind": "research", "copies": False, "listed_sponsor": False, "director": "x", "classes": ["contacts"]},
    )  # fmt: skip
    for wrong in whole:
        with pytest.raises(IntegrityError), transaction.atomic():
            Engagement.objects.create(**fields | wrong)
    steps: tuple[dict[str, object], ...] = (
        {"kind": "destroyed"}, {"kind": "ended", "proof": "x"}, {"kind": "ended", "words": " "}, {"kind": "rest"},
    )  # fmt: skip
    for wrong in steps:
        with pytest.raises(IntegrityError), transaction.atomic():
            EngagementStep.objects.create(engagement=row, at=here.now, by=here.director, **{"words": "x"} | wrong)
    made = ends(here, row)
    for change in (lambda: Engagement.objects.update(copies=False), row.delete, made.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


@settings(derandomize=True, database=None, deadline=None)
@given(days, st.integers(0, 400), st.integers(0, 500), days, st.booleans(), st.booleans(), st.booleans())
def test_an_engagement_runs_or_is_over_or_comes_and_waits_until_copies_are_gone(
    first: date, long: int, kept: int, today: date, copies: bool, ended: bool, destroyed: bool
) -> None:
    last = first + timedelta(days=long)
    span = Span(first, last, first + timedelta(days=kept) if copies else None, ended, destroyed)
    assert not (span.runs(today) and span.over(today))
    assert span.runs(today) or span.over(today) or today < first
    left, to_destroy = span.left(today), span.to_destroy(today)
    assert (left is not None) == span.runs(today) and (left is None or 0 <= left <= long)
    assert (to_destroy is not None) == (copies and not destroyed)
    if to_destroy is not None:
        assert span.waits(today) and today + timedelta(days=to_destroy) == span.destroy_by
    assert not span.over(today) or span.waits(today) == (to_destroy is not None)
