"""Take vital signs. Never changed; a correction is a new row that names the old one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, refuse_unless_overridden, stop
from chart.actions.tasks import raise_task
from chart.models import Vitals
from chart.queries.vitals import limits_of, said
from chart.rules.vitals import Entered, doubts, read, time_findings, to_look_at
from chart.vitals import signs
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
IN_UNITS = {"temperature": "temperature_c", "weight": "weight_kg", "height": "height_cm", "glucose": "glucose_mgdl"}
"""The measures that are kept as entered, and the column of the house's unit."""


def corrected_meanwhile(asked: Mapping[str, Any]) -> Finding:
    """What a second correction of the same vitals is told."""
    newer = Vitals.objects.select_related("by").filter(corrects=asked["corrects_id"]).first()
    who = "Someone" if newer is None else newer.by.signature
    return stop("vitals.corrected", f"{who} already corrected these. Look at the newer ones first.")


@action("chart.vitals", explain={"chart_vitals_corrects_id_key": corrected_meanwhile})
def take_vitals(
    *,
    by: Person,
    at: datetime,
    episode_id: int,
    measured: Mapping[str, str],
    units: Mapping[str, str] = NOTHING,
    position: str = "",
    arm: str = "",
    about_at: datetime | None = None,
    note: str = "",
    overrides: Mapping[str, str] = NOTHING,
    corrects_id: int | None = None,
    key: UUID | None = None,
) -> Vitals:
    """Write what was measured (as typed, by the codes of ``chart/vitals.toml``); ``about_at`` is when (now, where None).

    A correction stands for the moment of the one it corrects and says why in ``note``. What lies outside the site's limits
    raises an urgent task. Raises Refused (vitals.*), NotAllowed at the site of the newest placement, Client.DoesNotExist.
    """
    Client.objects.select_for_update(of=("self",), no_key=True).get(episodes=episode_id)
    episode = Episode.objects.get(pk=episode_id)
    placement = last(episode_id, at)
    if placement is None:
        raise Refused(stop("programs.not_placed", "This client was never in a program, so nothing can be measured."))
    site = placement.program.site
    require(by, Capability.VITALS, site.pk, at)
    old = _corrected(corrects_id, episode)
    about = old.at if old is not None else about_at or at

    entered, findings = read(signs(), measured, units)
    if old is None:
        findings += time_findings(about, at, site.tz, since=episode.started_at)
    findings += _words(note, position, arm, correcting=old is not None)
    if findings:
        raise Refused(*findings)
    overridden = refuse_unless_overridden(doubts(entered), overrides)

    row = Vitals.objects.create(
        client_id=episode.client_id, episode=episode, **columns(entered), position=position, arm=arm, note=note.strip(),
        at=min(about, at), written_at=at, by=by, corrects=old,
        overrides=[{"code": f.code, "message": f.message, "reason": overrides[f.code].strip()} for f in overridden],
    )  # fmt: skip
    trail.record(
        "chart.vitals", by=by, at=at, subject=row, site_id=site.pk, client_id=episode.client_id,
        summary=f"Vitals {said(row)}, {told(row.at, site.tz)}{', a correction' if old is not None else ''}",
        detail={"corrects": corrects_id}, overridden=overridden, reasons=overrides,
    )  # fmt: skip
    if look := to_look_at(entered, limits_of(site.pk, at)):
        raise_task(
            episode_id=episode_id, kind="vitals", title="Look at these vital signs", line="; ".join(look)[:300], due_at=at,
            at=at, by=by, urgent=True, capability=Capability.VITALS, subject=row if old is None else _first(old),
        )  # fmt: skip

    place = places(site.pk, at, episode_id).get(episode_id)
    if place is not None:
        publish({pass_topic(place.unit_id): []})
    return row


def columns(entered: Mapping[str, Entered]) -> dict[str, object]:
    """What was entered as columns of ``Vitals``."""
    found: dict[str, object] = {"units": {code: entered[code].unit for code in IN_UNITS if code in entered}}
    for code, each in entered.items():
        found[code] = each.value if code in IN_UNITS else int(each.value)
        if code in IN_UNITS:
            found[IN_UNITS[code]] = each.canonical
    return found


def _corrected(corrects_id: int | None, episode: Episode) -> Vitals | None:
    if corrects_id is None:
        return None
    old = Vitals.objects.filter(pk=corrects_id, episode=episode).first()
    if old is None:
        raise Refused(stop("vitals.unknown", "The ones to correct are not in this chart. Open the chart again."))
    if Vitals.objects.filter(corrects=old).exists():
        raise Refused(corrected_meanwhile({"corrects_id": corrects_id}))
    return old


def _first(row: Vitals) -> Vitals:
    while row.corrects is not None:
        row = row.corrects
    return row


def _words(note: str, position: str, arm: str, *, correcting: bool) -> list[Finding]:
    if correcting and not note.strip():
        return [stop("vitals.why", "Say why these are corrected: the first ones stay visible beside them.")]
    if len(note.strip()) > LONGEST_NOTE or "\x00" in note:
        return [stop("vitals.note", f"A note has at most {LONGEST_NOTE} plain characters.")]
    if position not in ("", *Vitals.Position.values) or arm not in ("", *Vitals.Arm.values):
        return [stop("vitals.position", "Choose the position and the arm from the lists, or leave them out.")]
    return []
