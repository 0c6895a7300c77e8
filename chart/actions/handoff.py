"""Write a handoff, give it, take it over. What was given is never changed."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from chart.models import Handoff, HandoffDraft, HandoffReceipt
from chart.queries.handoff import as_content, draft_page, shift_of
from chart.rules.handoff import LONGEST, WORDS, Illness, part_of
from programs.contributions import Ward, wards
from programs.models import Site
from programs.placed import told
from programs.rules.routine import Shift
from staff.access import require
from staff.actions import pins
from staff.models import Person, Signature
from staff.rules.capabilities import Capability

MOST_SAVES = 400  # of how many saves a draft knows by whom they were


def read_by(draft: HandoffDraft, person: Person, whole: int) -> int:
    """The version of a draft that this person has read, who had version ``whole`` before them: what they wrote themselves since counts
    as read, what a colleague wrote does not."""
    theirs = any(version > whole and by != person.pk for version, by in draft.content.get("by", []))
    return whole if theirs else draft.version


def _given(kwargs: Mapping[str, Any]) -> Finding:
    return stop("handoff.given", "Somebody gave this handoff just now. Reload the page to read it.")


def _taken(kwargs: Mapping[str, Any]) -> Finding:
    return stop("handoff.taken", "You took this handoff over already.")


def purpose(handoff_id: int) -> str:
    """What a receiver enters their PIN for, on a tablet that is signed in as somebody else."""
    return f"handoff.take:{handoff_id}"


@action("handoff.save", explain={"chart_handoff_draft_once": _given})
def save_part(
    *,
    by: Person,
    at: datetime,
    site_id: int,
    unit_id: int,
    minute: int,
    seen: int,
    client_id: int | None = None,
    illness: str = "",
    words: Mapping[str, str] | None = None,
    told_keys: Collection[str] = (),
) -> HandoffDraft:
    """Keep what is written of one client (None: of the unit, under ``words["unit"]``), as it is typed; the same again is no save.

    ``seen`` is the version of this part that the writer had before them: where somebody else changed it since, nothing is written
    (``handoff.changed``, with who). Raises Refused, NotAllowed.
    """
    require(by, Capability.HAND_OFF, site_id, at)
    site, ward, shift = _which(site_id, unit_id, minute, at)
    said = {name: (words or {}).get(name, "") for name in (WORDS if client_id is not None else ("unit",))}
    if any(len(text) > LONGEST or "\x00" in text for text in said.values()):
        raise Refused(stop("handoff.long", f"Write at most {LONGEST:,} plain characters in each field."))
    if illness and illness not in set(Illness):
        raise Refused(stop("handoff.illness", "Choose stable, watcher or unstable."))
    HandoffDraft.objects.get_or_create(
        unit_id=ward.pk, since=shift.since,
        defaults={"site": site, "until": shift.until, "changed_at": at, "changed_by": by, "version": 0},
    )  # fmt: skip
    draft = HandoffDraft.objects.select_for_update(of=("self",)).select_related("changed_by").get(
        unit_id=ward.pk, since=shift.since
    )  # fmt: skip
    if Handoff.objects.filter(unit_id=ward.pk, since=shift.since).exists():
        raise Refused(_given({}))
    content: dict[str, Any] = draft.content
    part = content.get("unit", {"v": 0}) if client_id is None else part_of(content, client_id)
    keys = sorted({key for key in told_keys if len(key) <= 20})
    same = part.get("told") == keys and all(
        part.get("words" if name == "unit" else name) == text for name, text in said.items()
    )
    if part["v"] and same and (client_id is None or part.get("illness") == illness):
        return draft  # sent again after its answer was lost
    if part["v"] != seen:
        message = f"{draft.changed_by.signature} changed this at {told(draft.changed_at, site.tz)}. Reload the page to read it first."
        raise Refused(stop("handoff.changed", message))

    if client_id is None:
        content["unit"] = {"words": said["unit"], "told": keys, "v": seen + 1}
    else:
        content.setdefault("clients", {})[str(client_id)] = said | {"illness": illness, "told": keys, "v": seen + 1}
    content["by"] = [*content.get("by", []), [draft.version + 1, by.pk]][-MOST_SAVES:]
    draft.content, draft.version, draft.changed_at, draft.changed_by = content, draft.version + 1, at, by
    draft.save(update_fields=["content", "version", "changed_at", "changed_by"])
    return draft


@action("handoff.give", explain={"chart_handoff_once": _given})
def give(
    *, by: Person, at: datetime, site_id: int, unit_id: int, minute: int, seen: int, key: UUID | None = None
) -> Handoff:
    """Give and sign a handoff: every generated line and every word as they stand now. ``seen`` is the draft's version that the giver
    read. Raises Refused (``handoff.changed``, ``handoff.missing`` with whose rows lack what), NotAllowed."""
    require(by, Capability.HAND_OFF, site_id, at)
    site, ward, shift = _which(site_id, unit_id, minute, at)
    draft = HandoffDraft.objects.select_for_update(of=("self",)).filter(unit_id=ward.pk, since=shift.since).first()
    if Handoff.objects.filter(unit_id=ward.pk, since=shift.since).exists():
        raise Refused(_given({}))
    page = draft_page(site, ward, shift, at)
    if (0 if draft is None else draft.version) != seen:
        raise Refused(stop("handoff.changed", "Somebody wrote in it since you read it. Reload the page to read it."))
    lacking = [row for row in page.rows if row.missing]
    if lacking:
        raise Refused(*(stop("handoff.missing", f"{row.name}: {', '.join(row.missing)}.") for row in lacking))
    if any(line.urgent and not line.told for line in page.general):
        raise Refused(stop("handoff.missing", "The whole unit: an urgent line to be told."))
    if at <= shift.since:
        raise Refused(stop("time.not_later", "This shift begins at this very moment. Wait a moment and try again."))

    content = as_content(page)
    sealed = sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    made = Handoff.objects.create(
        site=site, unit_id=ward.pk, unit=ward.name, since=shift.since, until=shift.until, content=content, sha256=sealed,
        given_at=at, by=by,
    )  # fmt: skip
    Signature.objects.create(
        person=by, credentials=by.credentials, meaning="author", subject_kind=made._meta.label, subject_id=made.pk,
        content_sha256=sealed, at=at,
    )  # fmt: skip
    trail.record("handoff.give", by=by, at=at, subject=made, site_id=site.pk, summary=f"Handoff of {ward.name} given")
    return made


@action("handoff.take", explain={"chart_handoff_taken_once": _taken})
def take(
    *, by: Person, at: datetime, handoff_id: int, read_back: str, proof_id: int | None = None, key: UUID | None = None
) -> HandoffReceipt:
    """Take a handoff over, and say in one's own words what was heard: ``by`` themselves, or on their tablet whoever entered their PIN
    (``proof_id``, for ``purpose``). Never by who gave it. Raises Refused, NotAllowed, DoesNotExist."""
    found = Handoff.objects.select_related("by", "site").get(pk=handoff_id)
    require(by, Capability.HAND_OFF, found.site_id, at)
    who = by
    if proof_id is not None:
        who = pins.use(proof_id, purpose=purpose(handoff_id), site=found.site, at=at, capability=Capability.HAND_OFF)
    if found.by_id == who.pk:
        raise Refused(
            stop("handoff.own", f"{_you(who, by)} gave this handoff. Somebody of the next shift takes it over.")
        )
    if not 1 <= len(read_back.strip()) <= LONGEST or "\x00" in read_back:
        raise Refused(
            stop("handoff.read_back", f"Say in your own words what you heard, in at most {LONGEST:,} characters.")
        )
    if HandoffReceipt.objects.filter(handoff=found, by=who).exists():
        raise Refused(stop("handoff.taken", f"{_you(who, by)} took this handoff over already."))

    other = proof_id is not None
    made = HandoffReceipt.objects.create(
        handoff=found, given_by=found.by, read_back=read_back.strip(), at=at, by=who, proof_id=proof_id,
        tablet_of=by if other else None,
    )  # fmt: skip
    trail.record(
        "handoff.take", by=who, at=at, subject=made, site_id=found.site_id, summary=f"Handoff of {found.unit} taken over",
        detail={"tablet_of": by.username} if other else {},
    )  # fmt: skip
    return made


def _you(who: Person, by: Person) -> str:
    return "You" if who.pk == by.pk else who.signature


def _which(site_id: int, unit_id: int, minute: int, at: datetime) -> tuple[Site, Ward, Shift]:
    site = Site.objects.get(pk=site_id)
    ward = next((each for each in wards(site_id) if each.pk == unit_id), None)
    shift = shift_of(site, minute, at)
    if ward is None or shift is None:
        raise Refused(stop("handoff.unknown", "There is no such unit or shift here. Open the list of handoffs again."))
    return site, ward, shift
