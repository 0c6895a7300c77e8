"""Hand a scale to the client on a locked tablet: begin, every answer as it is pressed, close, take back, sign or set aside."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Refused, stop
from chart.actions.alarms import raise_alarms
from chart.actions.scores import score
from chart.models import HandOver, HandOverAnswer
from chart.queries.handovers import answers_of
from chart.rules.scales import Scale
from chart.scales import scale as scale_of
from live.actions import recheck
from programs.models import Client, Episode
from programs.placed import last
from staff.access import require
from staff.actions import pins
from staff.models import Person
from staff.rules.capabilities import Capability

NOTHING: Mapping[str, str] = {}
LONGEST_REASON = 300


def purpose(hand_over_id: int) -> str:
    """What a PIN is entered for, to take a tablet back."""
    return f"chart.hand_over.{hand_over_id}"


@action("chart.hand_over")
def begin_hand_over(
    *, by: Person, at: datetime, episode_id: int, scale: str, continues_id: int | None = None, key: UUID | None = None
) -> HandOver:
    """Hand a scale over. One that is not settled yet is gone on with where ``continues_id`` names it: its answers come along.

    Raises Refused (handover.*), NotAllowed at the site of the newest placement, Client.DoesNotExist.
    """
    Client.objects.select_for_update(of=("self",), no_key=True).get(episodes=episode_id)
    episode = Episode.objects.get(pk=episode_id)
    placement = last(episode_id, at)
    found = scale_of(scale)
    if placement is None or found is None:
        raise Refused(stop("handover.nothing", "There is nothing to hand over. Open the chart again."))
    site = placement.program.site
    require(by, Capability.SCALES, site.pk, at)
    if not found.for_client:
        words = f"The wording of {found.name} is not in this product. Ask it from your own copy and enter the answers."
        raise Refused(stop("handover.no_wording", words))
    old = HandOver.objects.select_for_update(of=("self",)).filter(
        client=episode.client_id, scale=scale, settled_at=None
    ).select_related("began_by").first()  # fmt: skip
    if old is not None and old.pk != continues_id:
        when = f"{old.began_at.astimezone(site.tz):%H:%M on %-d %b}"
        words = (
            f"{old.began_by.signature} handed {found.name} over at {when}, and it is not settled. Go on with that one."
        )
        raise Refused(stop("handover.open", words, hand_over=old.pk))

    carried = {} if old is None else answers_of(old)
    if old is not None:
        old.settled_at, old.settled_by, old.outcome = at, by, HandOver.Outcome.CONTINUED
        old.save(update_fields=["settled_at", "settled_by", "outcome"])
    row = HandOver.objects.create(
        client_id=episode.client_id,
        episode=episode,
        site=site,
        scale=scale,
        edition=found.edition,
        began_at=at,
        began_by=by,
    )
    HandOverAnswer.objects.bulk_create(
        HandOverAnswer(hand_over=row, item=item, value=value, at=at) for item, value in carried.items()
    )
    _record("chart.hand_over", f"{found.name} handed to the client", row, by, at)

    recheck(by.pk)  # the open pages of this person: the session is locked to the form from now on
    return row


@action("chart.hand_over_answer")
def answer_item(*, by: Person, at: datetime, hand_over_id: int, item: str, value: int) -> HandOver:
    """Keep what the client pressed (``by``: whose session the tablet is in). The same again writes nothing.

    What must be seen to at once opens its task here, before anybody signs. Raises Refused where the form is closed, or the
    item or value is none of the scale's.
    """
    row, found = _open(hand_over_id)
    before = answers_of(row)
    asked = next((each for each in found.asked(before) if each.code == item), None)
    if asked is None or value not in asked.values:
        raise Refused(stop("handover.answer", "Choose one of the answers."))
    if before.get(item) == value:
        return row

    HandOverAnswer.objects.create(hand_over=row, item=item, value=value, at=at)
    raise_alarms(found, {**before, item: value}, episode_id=row.episode_id, about=row, at=at, by=None)

    return row


@action("chart.hand_over_close")
def close_hand_over(*, by: Person, at: datetime, hand_over_id: int, stopped: bool) -> HandOver:
    """The client is done, or stops before the end; nothing can be answered after. Once closed, it stays as it is."""
    row = HandOver.objects.select_for_update(of=("self",)).get(pk=hand_over_id)
    if row.closed_at is not None or row.settled_at is not None:
        return row
    row.closed_at, row.stopped = at, stopped
    row.save(update_fields=["closed_at", "stopped"])
    _record("chart.hand_over_close", "The client stopped" if stopped else "The client is done", row, by, at)

    return row


@action("chart.take_back")
def take_back(*, by: Person, at: datetime, hand_over_id: int, proof_id: int) -> HandOver:
    """Staff took the tablet back and said who they are by their PIN (``staff.actions.pins.prove``). Raises Refused."""
    row = HandOver.objects.select_for_update(of=("self",)).select_related("site").get(pk=hand_over_id)
    who = pins.use(proof_id, purpose=purpose(row.pk), site=row.site, at=at, capability=Capability.SCALES)
    if row.taken_back_at is None and row.settled_at is None:
        row.taken_back_at, row.taken_back_by = at, who
        row.closed_at, row.stopped = (row.closed_at or at), (row.stopped or row.closed_at is None)
        row.save(update_fields=["taken_back_at", "taken_back_by", "closed_at", "stopped"])
        _record("chart.take_back", "The tablet was taken back", row, who, at)

    recheck(by.pk)
    return row


@action("chart.sign_hand_over")
def sign_hand_over(
    *, by: Person, at: datetime, hand_over_id: int, note: str = "", overrides: Mapping[str, str] = NOTHING,
    key: UUID | None = None,
) -> HandOver:  # fmt: skip
    """Look at what the client answered and sign it: the score is the client's answers, of the moment they were done.

    Raises Refused where something is not answered (nothing is lost: it can be gone on with), as ``score`` does, or settled.
    """
    row, found = _to_settle(hand_over_id)
    answers = answers_of(row)
    asked = {item.code for item in found.asked(answers)}
    made = score(
        by=by, at=at, episode_id=row.episode_id, scale=row.scale, note=note, overrides=overrides, about_at=row.closed_at,
        answers={code: value for code, value in answers.items() if code in asked}, hand_over=row,
    )  # fmt: skip

    row.settled_at, row.settled_by, row.outcome, row.score = at, by, HandOver.Outcome.SIGNED, made
    row.closed_at = row.closed_at or at
    row.save(update_fields=["settled_at", "settled_by", "outcome", "score", "closed_at"])

    return row


@action("chart.set_aside")
def set_aside(*, by: Person, at: datetime, hand_over_id: int, reason: str, key: UUID | None = None) -> HandOver:
    """Keep what was answered without making a score of it, and say why. A safety task that it opened stays open."""
    row, found = _to_settle(hand_over_id)
    require(by, Capability.SCALES, row.site_id, at)
    if not reason.strip() or len(reason.strip()) > LONGEST_REASON or "\x00" in reason:
        words = f"Say in at most {LONGEST_REASON} characters why it is set aside. The answers are kept with it."
        raise Refused(stop("handover.why", words))

    row.settled_at, row.settled_by, row.outcome, row.reason = at, by, HandOver.Outcome.SET_ASIDE, reason.strip()
    row.save(update_fields=["settled_at", "settled_by", "outcome", "reason"])
    _record("chart.set_aside", f"{found.name} set aside", row, by, at)

    return row


def _open(hand_over_id: int) -> tuple[HandOver, Scale]:
    """A hand-over that can be answered, locked. Raises Refused."""
    row = HandOver.objects.select_for_update(of=("self",)).get(pk=hand_over_id)
    found = scale_of(row.scale)
    if found is None or row.closed_at is not None or row.settled_at is not None:
        raise Refused(stop("handover.closed", "This form is closed. Please hand the tablet back."))
    return row, found


def _to_settle(hand_over_id: int) -> tuple[HandOver, Scale]:
    """A hand-over that waits to be signed or set aside, locked after its client. Raises Refused."""
    Client.objects.select_for_update(of=("self",), no_key=True).get(hand_overs=hand_over_id)
    row = HandOver.objects.select_for_update(of=("self",)).select_related("settled_by").get(pk=hand_over_id)
    found = scale_of(row.scale)
    if row.settled_at is not None or found is None:
        who = row.settled_by.signature if row.settled_by else "Someone"
        raise Refused(stop("handover.settled", f"{who} already settled this. Open the chart again."))
    return row, found


def _record(verb: str, summary: str, row: HandOver, by: Person, at: datetime) -> None:
    trail.record(verb, by=by, at=at, subject=row, site_id=row.site_id, client_id=row.client_id, summary=summary)
