"""Whether an as-needed dose helped: looked at once, by whoever is on duty then, and corrected by a second result."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from audit.actions import action
from audit.many import Entry, record_all
from audit.rules.findings import Finding, Refused, stop
from emar.actions.asked import refuse_strange_times
from emar.actions.scene import Scene, lock, scene_of
from emar.actions.write import announce
from emar.models import TAKEN, Administration, Reassessment, ReassessmentResult
from emar.rules.administration import result_findings, say_clock
from staff.models import Person
from staff.rules.capabilities import Capability

LONGEST_WORDS = 300


def seen_already(asked: Mapping[str, Any]) -> Finding:
    """What a second person is told: who looked, when, and how it was."""
    result = (
        ReassessmentResult.objects.filter(reassessment__administration=asked["administration_id"], corrected_by=None)
        .select_related("by")
        .first()
    )
    return _told(result)


def amended_already(asked: Mapping[str, Any]) -> Finding:
    """What a second correction of one result is told."""
    newer = ReassessmentResult.objects.filter(corrects=asked["result_id"]).select_related("by").first()
    return _told(newer)


@action("emar.reassess", explain={"emar_one_result_a_reassessment": seen_already})
def reassess(
    *,
    by: Person,
    at: datetime,
    administration_id: int,
    effect: str,
    score: Decimal | None = None,
    words: str = "",
    seen_at: datetime | None = None,
    key: UUID | None = None,
) -> ReassessmentResult:
    """Write down how an as-needed dose worked; ``score`` is on the scale of the score before, ``seen_at`` now where left out.

    Raises Refused (reassess.already names who looked first), NotAllowed and Reassessment.DoesNotExist.
    """
    waiting, scene, seen = _gather(administration_id, by=by, at=at, seen_at=seen_at)
    given = waiting.administration
    if Administration.objects.filter(corrects=given).exists() or given.outcome not in TAKEN:
        raise Refused(
            stop("reassess.corrected", "This dose was corrected or undone. Reload the pass and look at that.")
        )
    if ReassessmentResult.objects.filter(reassessment=waiting).exists():
        raise Refused(seen_already({"administration_id": administration_id}))

    _refuse(given, effect, score, words, seen=seen, at=at, scene=scene, amending=False)

    row = ReassessmentResult.objects.create(
        reassessment=waiting,
        effect=effect,
        score=score,
        words=words.strip(),
        seen_at=min(seen, at),
        recorded_at=at,
        by=by,
    )
    _record("emar.reassess", row, given, scene, by=by, at=at)

    announce(scene, [(given.order, None)])
    return row


@action("emar.amend_reassessment", explain={"emar_reassessmentresult_corrects_id_key": amended_already})
def amend_reassessment(
    *,
    by: Person,
    at: datetime,
    result_id: int,
    effect: str,
    words: str,
    score: Decimal | None = None,
    seen_at: datetime | None = None,
    key: UUID | None = None,
) -> ReassessmentResult:
    """Correct a result by a second one that names it; ``words`` say why. Both stay visible.

    Raises Refused (reassess.already), NotAllowed and ReassessmentResult.DoesNotExist.
    """
    old = ReassessmentResult.objects.select_related("reassessment").get(pk=result_id)
    waiting, scene, seen = _gather(
        old.reassessment.administration_id, by=by, at=at, seen_at=old.seen_at if seen_at is None else seen_at
    )
    if ReassessmentResult.objects.filter(corrects=old).exists():
        raise Refused(amended_already({"result_id": old.pk}))

    given = waiting.administration
    _refuse(given, effect, score, words, seen=seen, at=at, scene=scene, amending=True)

    row = ReassessmentResult.objects.create(
        reassessment=waiting, effect=effect, score=score, words=words.strip(), seen_at=min(seen, at), recorded_at=at, by=by,
        corrects=old,
    )  # fmt: skip
    _record("emar.amend_reassessment", row, given, scene, by=by, at=at)

    announce(scene, [(given.order, None)])
    return row


def _gather(
    administration_id: int, *, by: Person, at: datetime, seen_at: datetime | None
) -> tuple[Reassessment, Scene, datetime]:
    """The reassessment with its dose, under the client's lock; the moment seen, never ahead of now on a tablet's clock."""
    refuse_strange_times(at, seen_at)
    waiting = Reassessment.objects.select_related("administration").get(administration=administration_id)
    given = waiting.administration
    given.order = lock([given.order_id])[0]
    scene = scene_of([given.order], by=by, capability=Capability.GIVE_DOSES, at=at, given=[given.given_at])
    return waiting, scene, at if seen_at is None else seen_at


def _refuse(
    given: Administration,
    effect: str,
    score: Decimal | None,
    words: str,
    *,
    seen: datetime,
    at: datetime,
    scene: Scene,
    amending: bool,
) -> None:
    found = list(
        result_findings(
            given_at=given.given_at, seen_at=seen, at=at, effect=effect, words=words, scale=given.scale, score=score,
            amending=amending, tz=scene.tz, policy=scene.policy.giving,
        )
    )  # fmt: skip
    if effect not in ReassessmentResult.Effect.values:
        found.append(stop("reassess.effect", "Choose how the dose worked."))
    if len(words.strip()) > LONGEST_WORDS or "\x00" in words:
        found.append(stop("reassess.words", f"Write it in at most {LONGEST_WORDS} plain characters."))
    if found:
        raise Refused(*found)


def _record(
    verb: str, row: ReassessmentResult, given: Administration, scene: Scene, *, by: Person, at: datetime
) -> None:
    when = say_clock(given.given_at, scene.tz, at)
    summary = f"{given.order.medication.shown} given {when}: {row.get_effect_display().lower()}"
    detail = {"administration": given.pk, "effect": row.effect}
    client = given.order.client_id
    entry = Entry(verb, at=at, subject=row, summary=summary, site_id=scene.site.pk, client_id=client, detail=detail)
    record_all([entry], by=by)


def _told(result: ReassessmentResult | None) -> Finding:
    if result is None:
        return stop("reassess.already", "Somebody looked already. Reload the pass.")
    how, who = result.get_effect_display().lower(), result.by.signature
    words = f"{who} looked already: {how}. Correct that result instead, and say why."
    return stop("reassess.already", words, by=who, effect=result.effect, at=result.seen_at)
