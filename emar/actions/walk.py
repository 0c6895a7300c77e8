"""Walk a pass: begin it, say with whom one is, go on, and finish it when everything is accounted for."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from audit.trail import record
from emar.models import PassClient, PassRun
from emar.queries import ClientCard, pass_page
from emar.queries.clients import STALE, run_of
from emar.queries.walked import walked
from emar.rules.administration import say_clock
from live.actions import publish
from programs.models import Episode, Site
from programs.topics import pass_topic
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability


def _another_tab(asked: Mapping[str, Any]) -> Finding:
    return stop("pass.another_tab", "This tablet opened another client at this very moment. Reload the pass.")


@action("emar.begin_pass")
def begin_pass(
    *, by: Person, at: datetime, site_id: int, unit_id: int, pass_at: datetime, key: UUID | None = None
) -> PassRun:
    """Begin a pass; one that was begun stays as it is. Raises NotAllowed."""
    require(by, Capability.GIVE_DOSES, site_id, at)
    known = run_of(unit_id, pass_at)
    if known is not None:
        return PassRun.objects.get(pk=known.pk)

    run, new = PassRun.objects.get_or_create(
        unit_id=unit_id, pass_at=pass_at, defaults={"site_id": site_id, "by": by, "started_at": at}
    )
    if new:
        record("emar.begin_pass", by=by, at=at, subject=run, summary="Pass begun", site_id=site_id)
        publish({pass_topic(unit_id): [f"progress:{unit_id}", f"thumbs:{unit_id}"]})
    return run


@action("emar.finish_pass")
def finish_pass(
    *, by: Person, at: datetime, site_id: int, unit_id: int, pass_at: datetime, key: UUID | None = None
) -> PassRun:
    """Finish a pass. Refused, with who still waits for what, until every dose of it is charted.

    One that was finished stays as it is. Raises NotAllowed.
    """
    require(by, Capability.GIVE_DOSES, site_id, at)
    site = Site.objects.get(pk=site_id)
    begun = begin_pass(by=by, at=at, site_id=site_id, unit_id=unit_id, pass_at=pass_at)
    run = PassRun.objects.select_for_update(no_key=True).get(pk=begun.pk)
    page = pass_page(site, unit_id, pass_at, at=at)

    if page is not None and page.open:
        raise Refused(*(_still_open(client, site, at) for client in page.waiting))
    if run.ended_at is not None:
        return run

    run.ended_at, run.ended_by = max(at, run.started_at), by
    run.save(update_fields=["ended_at", "ended_by"])
    told = "Pass finished" if page is None or not page.outcomes else f"Pass finished: {page.outcomes}"
    record("emar.finish_pass", by=by, at=at, subject=run, summary=told, site_id=site_id)

    publish({pass_topic(unit_id): [f"progress:{unit_id}", f"thumbs:{unit_id}"]})
    return run


@action("emar.be_with", explain={"emar_one_client_a_tablet": _another_tab})
def be_with(
    *, by: Person, at: datetime, site_id: int, unit_id: int, client_id: int, device: str, key: UUID | None = None
) -> PassClient:
    """This tablet has a client open, or still has; whom it had before is left. Never a lock. Raises Refused, NotAllowed."""
    require(by, Capability.GIVE_DOSES, site_id, at)
    if not Episode.objects.filter(pk__in=list(walked(site_id, at, unit_id)), client=client_id).exists():
        raise Refused(stop("pass.not_here", "This client is not on this pass any more. Reload the pass."))
    was = _open(by, device)

    if was is not None and (was.unit_id, was.client_id) == (unit_id, client_id):
        stale = was.seen_at <= at - STALE
        was.seen_at = max(at, was.seen_at)
        was.save(update_fields=["seen_at"])
        if stale:
            _announce(unit_id, (client_id,))
        return was
    if was is not None:
        _end(was, at)
    row = PassClient.objects.create(
        unit_id=unit_id, client_id=client_id, by=by, device=device, started_at=at, seen_at=at
    )

    same_unit = was is not None and was.unit_id == unit_id
    _announce(unit_id, (client_id, *((was.client_id,) if same_unit and was else ())))
    return row


def leave_client(*, by: Person, at: datetime, client_id: int, device: str, seen_at: datetime | None = None) -> None:
    """This tablet has that client open no more; where it went on to another meanwhile, nothing changes.

    ``seen_at``: what ``be_with`` said last to the page that goes (None: not known). A page that is loaded anew says 'here' before the
    old one's 'gone' has come: then it was seen since, and stays.
    """
    with transaction.atomic():
        was = _open(by, device)
        if was is None or was.client_id != client_id or (seen_at is not None and was.seen_at != seen_at):
            return
        _end(was, at)
        _announce(was.unit_id, (was.client_id,))


def _open(by: Person, device: str) -> PassClient | None:
    return PassClient.objects.select_for_update(no_key=True).filter(by=by, device=device, ended_at=None).first()


def _end(was: PassClient, at: datetime) -> None:
    was.ended_at = max(at, was.started_at)
    was.save(update_fields=["ended_at"])


def _announce(unit_id: int, clients: Iterable[int]) -> None:
    keys = [f"{name}:{client}" for client in clients for name in ("strip", "here")]
    publish({pass_topic(unit_id): [*keys, f"thumbs:{unit_id}"]})


def _still_open(client: ClientCard, site: Site, at: datetime) -> Finding:
    """'Elin Novak, Rm 4-A: Thiamine 100 mg 08:00 is not charted.'"""
    doses = ", ".join(f"{dose.drug.title} {say_clock(dose.due_at, site.tz)}" for dose in client.open_doses)
    verb = "is" if client.waiting == 1 else "are"
    away = "" if client.away is None else f" ({client.away.words.lower()}: chart as absent)"
    message = f"{client.name}, {client.place.short}{away}: {doses} {verb} not charted."
    return stop("pass.open", message, client_id=client.client_id)
