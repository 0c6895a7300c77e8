"""What stands behind a dose beside its order: a score, a protocol, the start of buprenorphine, what another program said.

A dose of an order that asks for none of this, with nothing said, costs no query. The client's row is locked (``scene.lock``), and
a score takes the same lock, so what is read here holds until the commit.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from audit.rules.findings import Finding, stop
from chart.models import Score
from chart.scales import scale as scale_of
from emar.actions.asked import Asked
from emar.actions.scene import Scene
from emar.models import TAKEN, UNDONE, Administration, DoseChecks, Order, Protocol, Verification
from emar.queries.takings import versions_of
from emar.rules.administration import SCALES, AttemptFacts, DoseFacts, Measured
from emar.rules.checks import NOTHING_CHECKED, Checks
from emar.rules.opioid import Heard, induction_findings, otp_findings
from emar.rules.orders.kinds import Measure, StartKind
from emar.rules.protocols import Scored
from emar.rules.symptoms import ProtocolFacts, protocol_findings, score_is_old
from programs.people import mine


@dataclass(frozen=True)
class Checked:
    """The facts and the attempt with the score in them, what stands against the dose, and the row that goes with it (unsaved)."""

    facts: DoseFacts
    attempt: AttemptFacts
    findings: tuple[Finding, ...] = ()
    row: DoseChecks | None = None


def checked(
    scene: Scene, order: Order, asked: Asked, facts: DoseFacts, attempt: AttemptFacts, *, but: int | None = None
) -> Checked:
    """Judge what goes beside one dose; ``but`` leaves one row out (a correction of it)."""
    said, start = asked.checks, StartKind(order.start_kind)
    quiet = order.protocol_id is None and start is StartKind.NONE and said == NOTHING_CHECKED
    other = facts.existing is not None or attempt.client != facts.client
    if quiet or other or asked.outcome.value not in TAKEN or attempt.given_at.utcoffset() is None:
        return Checked(facts, attempt)
    moment = min(attempt.given_at, attempt.at)
    found: list[Finding] = []
    score = _score(said, order)
    if said.score_id is not None and score is None:
        words = "That score is not this client's, or it was corrected. Reload the page and look at the newest."
        found.append(stop("score.unknown", words))
    scored = None if score is None else _scored(score)
    family = versions_of(order.pk, scene.orders)
    row = DoseChecks(
        score=score,
        last_use_at=said.last_use_at,
        mouth_before=said.mouth_before,
        dissolved_minutes=said.dissolved_minutes,
    )
    if order.protocol_id is not None:
        protocol = Protocol.objects.get(pk=order.protocol_id)
        right = score if score is not None and score.scale == protocol.scale else None
        known = _facts(protocol, right, order, family, moment=moment, scene=scene, but=but)
        if not found:
            found += protocol_findings(known, given_at=moment, amount=attempt.amount, fresh=scene.policy.fresh)
        row.protocol = protocol
        row.proposed = None if right is None else protocol.table.band(right.points).amount
        facts = replace(facts, scales=(), psychotropic=False)  # the score is the reason, and what was tried first
    elif score is not None and scored is not None and start is not StartKind.INDUCTION:
        old = score_is_old(scored, _name(score.scale), given_at=moment, fresh=scene.policy.fresh, tz=scene.tz)
        found += [] if old is None else [old]
    found += _starting(scene, order, start, score, row, family, attempt, moment=moment, but=but)
    return Checked(facts, _with_score(attempt, score, facts), tuple(found), row)


def checks_of(old: Administration) -> Checks:
    """What was said beside a dose that is corrected: it goes over to the correction."""
    row = DoseChecks.objects.filter(administration=old).first()
    if row is None:
        return NOTHING_CHECKED
    return Checks(row.score_id, row.last_use_at, row.mouth_before, row.dissolved_minutes)


def write_checks(pairs: Iterable[tuple[Checked | None, Administration]]) -> None:
    """Keep what goes with doses that were just written; one statement for all, none where there is nothing."""
    rows = []
    for found, administration in pairs:
        if found is not None and found.row is not None:
            found.row.administration = administration
            rows.append(found.row)
    if rows:
        DoseChecks.objects.bulk_create(rows)


def _score(said: Checks, order: Order) -> Score | None:
    if said.score_id is None:
        return None
    rows = Score.objects.filter(pk=said.score_id, client=order.client_id, corrected_by=None, total__isnull=False)
    return rows.select_related("by").first()


def _scored(score: Score) -> Scored:
    return Scored(score.pk, score.points, score.at, score.by.signature)


def _facts(
    protocol: Protocol,
    score: Score | None,
    order: Order,
    family: Collection[int],
    *,
    moment: datetime,
    scene: Scene,
    but: int | None,
) -> ProtocolFacts:
    rows = Score.objects.filter(mine(order.client_id), scale=protocol.scale, corrected_by=None, at__lte=moment)
    newest = rows.select_related("by").order_by("-at", "-pk").first()
    used = None
    if score is not None:
        given = Administration.objects.filter(checks__score=score, order__in=family, corrected_by=None)
        used = given.exclude(outcome=UNDONE).exclude(pk=but or 0).order_by("given_at").first()
    return ProtocolFacts(
        protocol.name,
        _name(protocol.scale),
        protocol.table,
        scene.tz,
        named=None if score is None else _scored(score),
        newest=None if newest is None else _scored(newest),
        used_at=None if used is None else used.given_at,
        ended_at=protocol.ended_at,
    )


def _starting(
    scene: Scene,
    order: Order,
    start: StartKind,
    score: Score | None,
    row: DoseChecks,
    family: Collection[int],
    attempt: AttemptFacts,
    *,
    moment: datetime,
    but: int | None,
) -> list[Finding]:
    """What an order asks that begins buprenorphine, or carries methadone on from a program."""
    if start is StartKind.NONE:
        return []
    taken = Administration.objects.filter(order__in=family, outcome__in=TAKEN, corrected_by=None, given_at__lte=moment)
    last = taken.exclude(pk=but or 0).order_by("-given_at").values_list("given_at", flat=True).first()
    if start is StartKind.INDUCTION:
        if last is not None:
            return []
        cows = _scored(score) if score is not None and score.scale == Measure.COWS else None
        return list(induction_findings(cows, row.last_use_at, given_at=moment, tz=scene.tz, policy=scene.policy))
    known = Verification.objects.filter(client=order.client_id, corrected_by=None, written_at__lte=attempt.at)
    row.verification = known.order_by("-heard_at", "-pk").first()
    return list(
        otp_findings(
            _heard(row.verification), last, given_at=moment, amount=attempt.amount, tz=scene.tz, policy=scene.policy
        )
    )


def _heard(row: Verification | None) -> Heard | None:
    return None if row is None else Heard(row.program, row.last_dose, row.last_dose_at, row.expires_at)


def _with_score(attempt: AttemptFacts, score: Score | None, facts: DoseFacts) -> AttemptFacts:
    """The score stands as the one before the dose, and as the value of a hold limit of that measure, where none was entered."""
    if score is None:
        return attempt
    measures = attempt.measures
    wanted = {limit.measure for limit in facts.limits} - {each.measure for each in measures}
    if score.scale in wanted:
        measures = (*measures, Measured(Measure(score.scale), Decimal(score.points), score.at))
    if attempt.score is None and score.scale in SCALES and facts.prn is not None:
        why = attempt.prn_reason or f"{_name(score.scale)} {score.total}"
        attempt = replace(attempt, scale=score.scale, score=Decimal(score.points), prn_reason=why)
    return replace(attempt, measures=measures)


def _name(code: str) -> str:
    found = scale_of(code)
    return code if found is None else found.name
