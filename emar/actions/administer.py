"""Chart what became of a dose, once; or of all doses of a client, in one request."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from audit.actions import action, constraint_of
from audit.many import answer_all, claim_all, release_all
from audit.rules.findings import Finding, Refused, Severity, refuse_unless_overridden, stop
from emar.actions.asked import NOTHING, Asked, Draw, measured, refuse_unwritable
from emar.actions.gather import Gathered, charted, contact_of, gather
from emar.actions.scanned import Scans, scans_of
from emar.actions.scene import Scene, lock, scene_of
from emar.actions.stock.drawn import Shelf, draws_stand, entries_of, shelf_of, tell_drawn
from emar.actions.stock.held import EXPLAIN as STOCK_EXPLAIN
from emar.actions.witnessed import sign_witness
from emar.actions.write import Decided, announce, write_all
from emar.models import TAKEN, Administration, Order
from emar.queries.takings import taking_of
from emar.rules.administration import Measured, Outcome, check, contact_findings, say_clock
from emar.rules.checks import NOTHING_CHECKED, Checks
from programs import placed
from staff.models import Person
from staff.rules.capabilities import Capability

MOST_DOSES = 60
"""How many doses one request may hold: three times the longest pass of a client."""


def already_charted(asked: Mapping[str, Any]) -> Finding:
    """What a second charting of a dose is told, where only the database could stop it: who, when and what."""
    order = Order.objects.select_related("medication").get(pk=asked["order_id"])
    row = Administration.objects.filter(order=order, due_at=asked["due_at"], corrected_by=None).select_related("by")
    done, placement = charted(row.first()), placed.last(order.episode_id, asked["at"])
    if done is None or placement is None:
        return stop("dose.already_charted", "This dose was already charted. Reload the pass.")
    tz = placement.program.site.tz
    message = (
        f"{order.medication.shown} {say_clock(asked['due_at'], tz)} was already charted {done.outcome.past} "
        f"at {say_clock(done.at, tz, asked['due_at'])} by {done.by}."
    )
    return stop("dose.already_charted", message, outcome=done.outcome, at=done.at, by=done.by)


EXPLAIN = STOCK_EXPLAIN | {
    "emar_each_dose_once": already_charted, "emar_administration_corrects_id_key": already_charted,
}  # fmt: skip


@action("emar.administer", explain=EXPLAIN)
def administer(
    *,
    by: Person,
    at: datetime,
    order_id: int,
    due_at: datetime | None,
    outcome: Outcome,
    client_id: int,
    identifiers: Iterable[str] = (),
    given_at: datetime | None = None,
    amount: Decimal | None = None,
    unit: str | None = None,
    reason: str = "",
    note: str = "",
    overrides: Mapping[str, str] = NOTHING,
    route: str | None = None,
    barcode: str = "",
    band: str = "",
    unscanned: str = "",
    measures: Iterable[Mapping[str, object] | Measured] = (),
    body_site: str = "",
    prn_reason: str = "",
    scale: str = "",
    score: Decimal | None = None,
    tried_first: str = "",
    mouth_checked: bool | None = None,
    attested_as: str = "",
    witness_id: int | None = None,
    witness_proof_id: int | None = None,
    contact_id: int | None = None,
    device: str = "",
    patch_off: bool = False,
    draws: Iterable[Draw] | None = None,
    checks: Checks = NOTHING_CHECKED,
    key: UUID | None = None,
) -> Administration:
    """Chart one dose: ``(order_id, due_at)``, or an as-needed dose where ``due_at`` is None.

    ``client_id`` is whose chart is open or whose wristband was scanned; everything else is explained at ``Asked``. Raises
    Refused (dose.already_charted names who, when and what), NotAllowed and Order.DoesNotExist.
    """
    asked = Asked(
        order_id=order_id, due_at=due_at, outcome=outcome, given_at=given_at, identifiers=tuple(identifiers), amount=amount,
        unit=unit, reason=reason, note=note, overrides=overrides, route=route, barcode=barcode, band=band, unscanned=unscanned,
        measures=measured(measures), body_site=body_site, prn_reason=prn_reason, scale=scale, score=score, tried_first=tried_first,
        mouth_checked=mouth_checked, attested_as=attested_as, witness_id=witness_id, witness_proof_id=witness_proof_id,
        contact_id=contact_id, device=device, patch_off=patch_off,
        draws=None if draws is None else tuple(draws), checks=checks,
    )  # fmt: skip
    refuse_unwritable(asked, at)
    orders = lock([order_id])
    if not orders:
        raise Order.DoesNotExist(f"There is no order {order_id}.")
    scene = _scene(orders, [asked], by=by, at=at)

    shelf = shelf_of(scene, orders, [asked])

    gathered = gather(scene, orders[0], asked, by=by, at=at, client_id=client_id)
    decided = decide(gathered, shelf, by=by)

    row = write_all([decided], by=by)[0]

    announce(scene, [(orders[0], due_at)])
    tell_drawn(scene.site.pk, decided.entries)
    return row


@dataclass(frozen=True)
class Answer:
    """What one dose of a request was answered: its row, or why there is none; ``again``: answered before."""

    asked: Asked
    row: Administration | None = None
    findings: tuple[Finding, ...] = ()
    again: bool = False


class NothingWritten(Refused):
    """One dose was refused and all were asked for together: nothing was written. ``answers`` says what stood against each."""

    def __init__(self, answers: Sequence[Answer]) -> None:
        """Name the findings of every dose that was refused."""
        super().__init__(*(finding for answer in answers for finding in answer.findings))
        self.answers = tuple(answers)


def administer_all(
    *, by: Person, at: datetime, client_id: int, doses: Sequence[Asked], together: bool = False
) -> tuple[Answer, ...]:
    """Chart several doses of one client in one transaction, each judged by itself and after those before it.

    A dose that is refused leaves the others alone; with ``together`` it leaves nothing written, and NothingWritten is raised.
    Each dose has its own key, so a retry is answered dose by dose. The number of queries does not grow with the doses.
    Raises Refused for a request that makes no sense as a whole, NotAllowed, and Order.DoesNotExist where none
    of the orders is there.
    """
    if not 1 <= len(doses) <= MOST_DOSES:
        raise Refused(stop("request.doses", f"Send 1 to {MOST_DOSES} doses in one request."))
    try:
        with transaction.atomic():
            answers = _administer_all(doses, by=by, at=at, client_id=client_id)
            if together and any(answer.findings for answer in answers):
                raise NothingWritten([replace(answer, row=None) for answer in answers])
    except IntegrityError as error:
        name = constraint_of(error)
        if name in STOCK_EXPLAIN:
            raise Refused(STOCK_EXPLAIN[name]({})) from error
        if name not in EXPLAIN:
            raise
        words = "One of these doses was charted meanwhile. Nothing was written: reload the pass and try again."
        raise Refused(stop("dose.already_charted", words)) from error
    return answers


def decide(gathered: Gathered, shelf: Shelf | None = None, *, by: Person) -> Decided:
    """What the rules say of a dose, and of what it was drawn from, or Refused. The wastes of it are signed here."""
    asked, scene = gathered.asked, gathered.scene
    findings = [*gathered.label, *check(gathered.facts, gathered.attempt, scene.policy.giving)]
    findings += () if gathered.beside is None else gathered.beside.findings
    if all(finding.severity is not Severity.STOP for finding in findings):
        findings += draws_stand(shelf, gathered)
    findings += contact_findings(findings, asked.overrides, contact=contact_of(scene, asked))
    overridden = refuse_unless_overridden(findings, asked.overrides)
    signs = asked.witness_id is not None or bool(asked.draws)
    with (
        transaction.atomic() if signs else nullcontext()
    ):  # where one signature is refused, no PIN of the dose was used
        sign_witness(gathered, by=by)
        entries = entries_of(shelf, gathered, by=by)
    return Decided(gathered, overridden, asked.overrides, entries=entries)


def refused_as(refused: Refused) -> Finding | None:
    """The finding that says someone charted this dose before, where that is why."""
    return next((finding for finding in refused.findings if finding.code == "dose.already_charted"), None)


def _scene(orders: Sequence[Order], doses: Sequence[Asked], *, by: Person, at: datetime) -> Scene:
    people = {each for asked in doses for each in (asked.witness_id, asked.contact_id) if each is not None}
    return scene_of(
        orders,
        by=by,
        capability=Capability.GIVE_DOSES,
        at=at,
        given=[min(asked.given_at or at, at) for asked in doses],
        dues=[(asked.order_id, asked.due_at) for asked in doses if asked.due_at is not None],
        others=people,
    )


def _administer_all(doses: Sequence[Asked], *, by: Person, at: datetime, client_id: int) -> tuple[Answer, ...]:
    answers: dict[int, Answer] = {}
    for place, asked in enumerate(doses):
        try:
            refuse_unwritable(asked, at)
        except Refused as refused:
            answers[place] = Answer(asked, findings=refused.findings)
    earlier, reused = claim_all("emar.administer", _questions(doses, client_id), by=by)
    orders = {order.pk: order for order in lock({asked.order_id for asked in doses}, client_id)}
    if not orders:
        raise Order.DoesNotExist("None of these orders is this client's.")
    episode = max(orders.values(), key=lambda order: order.pk).episode_id
    fit = [asked for place, asked in enumerate(doses) if place not in answers]
    orders = {pk: order for pk, order in orders.items() if order.episode_id == episode}
    scene = _scene(list(orders.values()), fit, by=by, at=at) if fit else None
    shelf = None if scene is None else shelf_of(scene, orders.values(), fit)
    scans = scans_of(fit)
    decided: dict[int, Decided] = {}
    seen: set[tuple[int, datetime]] = set()
    for place, asked in enumerate(doses):
        if place in answers or scene is None:
            continue
        if asked.key in reused:
            answers[place] = Answer(asked, findings=reused[asked.key].findings)
        elif asked.key in earlier:
            answers[place] = Answer(asked, row=_as_row(earlier[asked.key]), again=True)
        else:
            try:
                gathered = _one(
                    scene, orders.get(asked.order_id), asked, seen, by=by, at=at, client_id=client_id, scans=scans
                )
                decided[place] = _count(scene, decide(gathered, shelf, by=by), seen)
            except Refused as refused:
                answers[place] = Answer(asked, findings=refused.findings)
    rows = dict(zip(decided, write_all(list(decided.values()), by=by), strict=True)) if decided else {}
    answers |= {place: Answer(doses[place], row=row) for place, row in rows.items()}
    answer_all({key: row for place, row in rows.items() if (key := doses[place].key) is not None})
    release_all(
        [key for answer in answers.values() if answer.findings and (key := answer.asked.key) and key not in reused]
    )
    if scene is not None and rows:
        announce(scene, [(row.order, row.due_at) for row in rows.values()])
        tell_drawn(scene.site.pk, [entry for each in decided.values() for entry in each.entries])
    return tuple(answers[place] for place in range(len(doses)))


def _one(
    scene: Scene,
    order: Order | None,
    asked: Asked,
    seen: set[tuple[int, datetime]],
    *,
    by: Person,
    at: datetime,
    client_id: int,
    scans: Scans,
) -> Gathered:
    """One dose of several: those before it count, as if they had been charted one by one."""
    if order is None:
        words = "This dose is for another client. Check who is in front of you, then scan again."
        raise Refused(stop("dose.wrong_client", words))
    if asked.due_at is not None and (order.pk, asked.due_at) in seen:
        raise Refused(stop("dose.already_charted", "This dose stands in the request twice. Send it once."))
    return gather(scene, order, asked, by=by, at=at, client_id=client_id, scans=scans)


def _count(scene: Scene, decided: Decided, seen: set[tuple[int, datetime]]) -> Decided:
    """A dose that may be charted counts for those after it."""
    asked, order, at = decided.gathered.asked, decided.gathered.order, decided.gathered.attempt.at
    if asked.due_at is not None:
        seen.add((order.pk, asked.due_at))
    if asked.outcome.value in TAKEN and asked.amount is not None:
        taken = Administration(
            order=order, given_at=min(asked.given_at or at, at), amount=asked.amount, unit=asked.unit or "",
            body_site=asked.body_site,
        )  # fmt: skip
        scene.takings.append((0, taking_of(taken, order.medication)))
    return decided


def _questions(doses: Sequence[Asked], client_id: int) -> dict[UUID, dict[str, Any]]:
    """What each key asks: one key stands for one dose."""
    questions: dict[UUID, dict[str, Any]] = {}
    for asked in doses:
        if asked.key is None:
            continue
        if asked.key in questions:
            raise Refused(stop("request.key_reused", "Two doses of this request have one key. Give each its own."))
        questions[asked.key] = asked.said | {"client_id": client_id}
    return questions


def _as_row(answered: object) -> Administration:
    assert isinstance(answered, Administration)
    return answered
