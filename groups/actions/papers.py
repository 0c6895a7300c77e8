"""Open what the group rooms hold about one client, on a page or on paper: every opening is on the trail.

Source: 45 CFR 164.312(b), audit controls: activity in systems that hold health information is recorded.
"""

from datetime import date, datetime

from audit import trail
from audit.actions import action
from groups.models import Session
from programs.models import Client
from programs.rules.dates import said
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability


@action("groups.weeks_opened")
def open_weeks(
    *, by: Person, at: datetime, client_id: int, site_id: int, first: date, last: date, paper: str = ""
) -> Client:  # fmt: skip
    """Open a client's minutes of a range of dates from a site, or print them as a ``paper`` ('attendance', 'hours letter').

    No word of a note is in it. Raises NotAllowed, Client.DoesNotExist.
    """
    client = Client.objects.select_related("organisation").get(pk=client_id)
    require(by, Capability.SEE_GROUPS, site_id, at)

    trail.record(
        "groups.weeks_opened", by=by, at=at, subject=client, site_id=site_id, client_id=client.pk,
        summary=f"Minutes of {client.record_number}, {said(first)} to {said(last)}, {f'{paper} printed' if paper else 'opened'}",
    )  # fmt: skip
    return client


@action("groups.note_printed")
def print_note(*, by: Person, at: datetime, session_id: int, client_id: int, site_id: int) -> Session:
    """Print a session's note as one chart has it. Raises NotAllowed, Session.DoesNotExist, Client.DoesNotExist."""
    session = Session.objects.select_related("series", "site__organisation").get(pk=session_id)
    client = Client.objects.get(pk=client_id, organisation_id=session.site.organisation_id)
    require(by, Capability.OPEN_CHART, site_id, at)

    day = said(session.started_at.astimezone(session.site.tz).date())
    trail.record(
        "groups.note_printed", by=by, at=at, subject=session, site_id=site_id, client_id=client.pk,
        summary=f"Note of {session.name}, {day}, printed for {client.record_number}",
    )  # fmt: skip
    return session


@action("groups.sheet_printed")
def print_sheet(*, by: Person, at: datetime, session_id: int) -> Session:
    """Print the sign-in sheet of a session. Raises NotAllowed, Session.DoesNotExist."""
    session = Session.objects.select_related("series", "site__organisation").get(pk=session_id)
    require(by, Capability.SEE_GROUPS, session.site_id, at)

    trail.record(
        "groups.sheet_printed", by=by, at=at, subject=session, site_id=session.site_id, client_id=session.client_id,
        summary=f"Sign-in sheet of {session.name}, {said(session.started_at.astimezone(session.site.tz).date())}, printed",
    )  # fmt: skip
    return session
