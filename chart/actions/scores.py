"""Score a scale: every item, once, under the client's lock. Never changed; a correction is a new row that names the old one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, refuse_unless_overridden, stop
from chart.models import Score
from chart.rules.scales import Before, answer_findings, doubt_findings, time_findings
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
    key: UUID | None = None,
) -> Score:
    """Write a score; ``about_at`` is when the client was looked at (now, where None).

    A correction stands for the moment of the score it corrects and says why in ``note``. Raises Refused (codes: docs/withdrawal.md),
    NotAllowed at the site of the newest placement, and Client.DoesNotExist for an unknown episode.
    """
    Client.objects.select_for_update(of=("self",), no_key=True).get(episodes=episode_id)
    episode = Episode.objects.get(pk=episode_id)
    placement = last(episode_id, at)
    if placement is None:
        raise Refused(stop("programs.not_placed", "This client was never in a program, so nothing can be scored."))
    site = placement.program.site
    require(by, Capability.SCORE, site.pk, at)
    found = scale_of(scale)
    if found is None:
        raise Refused(stop("score.scale", "There is no such scale here. Choose one of the list."))
    old = _corrected(corrects_id, episode, scale)
    about = old.at if old is not None else about_at or at

    findings = [*answer_findings(found, answers), *time_findings(about, at, site.tz, since=episode.started_at)]
    if old is not None:
        findings = [each for each in findings if each.code != "score.old"]
    findings += _words(note, correcting=old is not None)
    if findings:
        raise Refused(*findings)
    total = found.total(answers)
    before = _before(episode.client_id, scale, about, by, but=corrects_id)
    doubts = doubt_findings(found, total, about, before if old is None else None, site.tz)
    overridden = refuse_unless_overridden(doubts, overrides)

    row = Score.objects.create(
        client_id=episode.client_id, episode=episode, scale=scale, edition=found.edition, answers=dict(answers), total=total,
        note=note.strip(), at=min(about, at), written_at=at, by=by, corrects=old,
        overrides=[{"code": f.code, "message": f.message, "reason": overrides[f.code].strip()} for f in overridden],
    )  # fmt: skip
    trail.record(
        "chart.score", by=by, at=at, subject=row, site_id=site.pk, client_id=episode.client_id,
        summary=f"{found.name} {total}, {told(row.at, site.tz)}{', a correction' if old is not None else ''}",
        detail={"scale": scale, "total": total, "corrects": corrects_id}, overridden=overridden, reasons=overrides,
    )  # fmt: skip

    place = places(site.pk, at, episode_id).get(episode_id)
    if place is not None:
        publish({pass_topic(place.unit_id): []})
    return row


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
