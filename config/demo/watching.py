"""What a privacy officer finds: some days of openings as pages would have told them, a watched record, and a few odd patterns, one of
them judged."""

from collections.abc import Mapping
from datetime import datetime, time

from audit.models import Event
from audit.sight import NOT_ALLOWED, OPENED, PRINTED
from config.demo.stage import DAY, HOUR, MINUTE, Stage
from privacy.actions.watch import judge, mark
from privacy.rules.patterns import Flag, Pattern
from programs.models import Client
from staff.models import Person
from staff.rules.capabilities import Role

PARTS = ("chart", "plan", "notes", "orders", "vitals", "medication record")


def write(stage: Stage) -> None:
    """After the trail of acts: who looked, today and in the days before."""
    here = [
        path.who
        for path in stage.paths
        if path.ends is None and stage.programs[path.steps[-1].program].site.slug == "riverbend"
    ]
    nurse, technician, biller, officer = (stage.people[name] for name in ("nurse", "technician", "biller", "privacy"))
    director, counsellor, site = stage.people["director"], stage.people["facilitator3"], stage.sites["riverbend"]
    noon = stage.clock("riverbend", stage.today("riverbend") - 2 * DAY, time(12, 0))
    rows = []
    for number, client in enumerate(here[:40]):
        by, role = ((nurse, Role.NURSE), (director, Role.DIRECTOR))[number % 2]
        at = stage.now - (number + 1) * 47 * MINUTE
        if 7 <= at.astimezone(site.tz).hour < 20:
            rows.append(_opened(by, role, client, PARTS[number % len(PARTS)], at, site.pk))
    late = stage.clock("riverbend", stage.today("riverbend") - 2 * DAY, time(23, 10))
    rows.append(_opened(counsellor, Role.FACILITATOR, here[7], "notes", late, site.pk))
    rows += [
        _opened(nurse, Role.NURSE, client, "chart", noon + MINUTE * number, site.pk)
        for number, client in enumerate(here[:27])
    ]
    rows += [_refused(technician, noon + MINUTE * number, site.pk) for number in range(9)]
    watched = here[-1]
    seen = _opened(stage.people["intake"], Role.INTAKE, watched, "chart", noon - 3 * HOUR, site.pk)
    rows += [seen, _printed(biller, here[0], stage.now - 26 * HOUR, site.pk)]
    rows.sort(key=lambda row: row.at)
    Event.objects.bulk_create(rows, batch_size=2_000)
    mark(by=officer, at=stage.now - 3 * DAY, site_id=site.pk, client_id=watched.pk, why="Known from the local news")
    many = next(row for row in rows if row.at == noon and row.by_id == nurse.pk)
    line = f"{nurse.signature} opened 27 charts within an hour; 25 are usual for the role"
    flag = Flag(f"mass:{many.pk}", Pattern.MASS, nurse.pk, nurse.signature, None, many.at, line, (many.pk or 0,))
    judge(
        by=officer, at=stage.now - DAY, site_id=site.pk, flag=flag, until=many.at + HOUR, outcome="fine",
        note="Handed over both units at once; the shift log says so.",
    )  # fmt: skip


def _opened(by: Person, role: Role, client: Client, part: str, at: datetime, site_id: int) -> Event:
    summary = f"{part[0].upper()}{part[1:]} of {client.record_number} opened"
    return _event(OPENED, by, role, client, summary, {"part": part, "consents": []}, at, site_id)


def _printed(by: Person, client: Client, at: datetime, site_id: int) -> Event:
    name = f"hours-{client.record_number}.pdf"
    detail = {"file": name, "address": "groups:hours_pdf", "way": "", "consents": []}
    return _event(PRINTED, by, Role.BILLER, client, f"{name} printed", detail, at, site_id)


def _refused(by: Person, at: datetime, site_id: int) -> Event:
    detail = {"address": "chart:chart", "codes": ["staff.not_allowed"]}
    summary = "You may not open a client's chart at Riverbend campus."
    return _event(NOT_ALLOWED, by, Role.TECHNICIAN, None, summary, detail, at, site_id)


def _event(
    verb: str, by: Person, role: Role, client: Client | None, summary: str, detail: Mapping[str, object], at: datetime, site_id: int
) -> Event:  # fmt: skip
    kind, pk = (client._meta.label, client.pk) if client else ("", None)
    return Event(
        at=at, verb=verb, by_id=by.pk, by_name=by.signature, as_role=role.label, site_id=site_id, client_id=pk, subject_kind=kind,
        subject_id=pk, summary=summary, detail=dict(detail),
    )  # fmt: skip
