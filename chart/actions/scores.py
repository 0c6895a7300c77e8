"""Score a scale: every item, once, under the client's lock. Never changed; a correction is a new row that names the old one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, refuse_unless_overridden, stop
from chart.actions.alarms import raise_alarms, subject_of_alarm
from chart.models import HandOver, Score
from chart.rules.scales import Before, Scale, answer_findings, doubt_findings, time_findings
from chart.scales import scale as scale_of
from live.actions import publish
from programs.contributions import places
from programs.models import Client, Episode
from programs.placed import last, told
from programs.topics import pass_topic
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability

NOTHING: Mapping[str, str] = {}
LONGEST_NOTE = 300


def corrected_meanwhile(asked: Mapping[str, Any]) -> Finding:
    """What a second correction of one score is told."""
    newer = Score.objects.select_related("by").filter(corrects=asked["corrects_id"]).first()
    who = "Someone" if newer is None else newer.by.signature
    return stop("score.corrected", f"{who} already corrected this score. Look at the newer one first.")


def scored_already(asked: Mapping[str, Any]) -> Finding:
    """What a second score of one scale at one instant is told."""
    words = "This scale was scored at this very moment already. Look at that score first."
    return stop("score.just_scored", words)


@action(
    "chart.score",
    explain={"chart_score_corrects_id_key": corrected_meanwhile, "chart_score_one_an_instant": scored_already},
)
def score(
    *,
    by: Person,
    at: datetime,
    episode_id: int,
    scale: str,
    answers: Mapping[str, int],
    about_at: datetime | None = None,
    note: str = "",
    overrides: Mapping[str, str] = NOTHING,
    corrects_id: int | None = None,
    hand_over: HandOver | None = None,
    key: UUID | None = None,
) -> Score:
    """Write a score; ``about_at`` is when the client was looked at (now, where None); ``hand_over``: the client filled it in.

    A correction stands for the moment of the score it corrects and says why in ``note``. What the answers alarm becomes an urgent
    task at once; a correction takes none away. Raises Refused (codes: docs/withdrawal.md, docs/scales.md), NotAllowed at the site
    of the newest placement, and Client.DoesNotExist for an unknown episode.
    """
    Client.objects.select_for_update(of=("self",), no_key=True).get(episodes=episode_id)
    episode = Episode.objects.get(pk=episode_id)
    placement = last(episode_id, at)
    if placement is None:
        raise Refused(stop("programs.not_placed", "This client was never in a program, so nothing can be scored."))
    site = placement.program.site
    found = scale_of(scale)
    if found is None:
        raise Refused(stop("score.scale", "There is no such scale here. Choose one of the list."))
    require(by, capability_for(found), site.pk, at)
    old = _corrected(corrects_id, episode, scale)
    about = old.at if old is not None else about_at or at

    findings = [
        *answer_findings(found, answers),
        *time_findings(about, at, site.tz, since=episode.started_at, late=found.late),
    ]
    if old is not None:
        findings = [each for each in findings if each.code != "score.old"]
    findings += _words(note, correcting=old is not None)
    if findings:
        raise Refused(*findings)
    results = found.results(answers)
    total = results.pop("", None)
    before = _before(episode.client_id, scale, about, by, but=corrects_id)
    doubts = doubt_findings(found, total, about, before if old is None else None, site.tz)
    overridden = refuse_unless_overridden(doubts, overrides)

    row = Score.objects.create(
        client_id=episode.client_id, episode=episode, scale=scale, edition=found.edition, answers=dict(answers), total=total,
        parts=results, note=note.strip(), at=min(about, at), written_at=at, by=by, corrects=old,
        filled_by=Score.FilledBy.STAFF if hand_over is None else Score.FilledBy.CLIENT,
        overrides=[{"code": f.code, "message": f.message, "reason": overrides[f.code].strip()} for f in overridden],
    )  # fmt: skip
    trail.record(
        "chart.score", by=by, at=at, subject=row, site_id=site.pk, client_id=episode.client_id,
        summary=f"{said(found, row)}, {told(row.at, site.tz)}{', a correction' if old is not None else ''}",
        detail={"scale": scale, "total": total, "parts": results, "corrects": corrects_id}, overridden=overridden,
        reasons=overrides,
    )  # fmt: skip
    raise_alarms(found, answers, episode_id=episode_id, about=hand_over or subject_of_alarm(row), at=at, by=by)

    place = places(site.pk, at, episode_id).get(episode_id)
    if place is not None:
        publish({pass_topic(place.unit_id): []})
    return row


def capability_for(scale: Scale) -> Capability:
    """What a person needs to score it: withdrawal scales are the nurses', the others everybody's who treats."""
    return Capability.SCORE if scale.kind == "withdrawal" else Capability.SCALES


def said(scale: Scale, row: Score) -> str:
    """A score in a few words: 'PHQ-9 14', 'BAM: Use 2, Risk 9, Protective 15'."""
    if row.total is not None:
        return f"{scale.name} {row.total}"
    return f"{scale.name}: {', '.join(f'{each.name} {row.parts[each.code]}' for each in scale.measures)}"


def _corrected(corrects_id: int | None, episode: Episode, scale: str) -> Score | None:
    """The score to correct; Refused where it is another client's, of another scale, or was corrected before."""
    if corrects_id is None:
        return None
    old = Score.objects.filter(pk=corrects_id, episode=episode, scale=scale).first()
    if old is None:
        raise Refused(stop("score.unknown", "The score to correct is not in this chart. Open the chart again."))
    if Score.objects.filter(corrects=old).exists():
        raise Refused(corrected_meanwhile({"corrects_id": corrects_id}))
    return old


def _before(client_id: int, scale: str, about: datetime, by: Person, *, but: int | None) -> Before | None:
    """The score of this scale that stands nearest to the moment."""
    rows = Score.objects.filter(client=client_id, scale=scale, corrected_by=None).exclude(pk=but or 0)
    near = [rows.filter(at__lte=about).order_by("-at", "-pk"), rows.filter(at__gt=about).order_by("at", "pk")]
    found = [row for each in near if (row := each.select_related("by").first()) is not None]
    row = min(found, key=lambda each: abs(each.at - about), default=None)
    return None if row is None else Before(row.total, row.at, row.by.signature, row.by_id == by.pk)


def _words(note: str, *, correcting: bool) -> list[Finding]:
    if correcting and not note.strip():
        words = "Say why this score is corrected: the first one stays visible beside it."
        return [stop("score.why", words)]
    if len(note.strip()) > LONGEST_NOTE or "\x00" in note:
        return [
            stop("score.note", f"A note has at most {LONGEST_NOTE} plain characters. Write more as a nursing note.")
        ]
    return []
