"""Keep who belongs to a client: people outside, the care team, and how the client may be reached."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from chart.models import Contact, SafeChannel, TeamMember
from chart.rules.contacts import check_contact
from programs.models import Client, Episode
from programs.placed import told
from programs.rules.words import check_words, tidy
from programs.scene import after, scene
from staff.access import posts
from staff.models import Person
from staff.rules.capabilities import Capability


def _same(kwargs: Mapping[str, Any]) -> Finding:
    return stop("contact.same", "That person stands there already. Change that line instead.", field="name")


def _changed(kwargs: Mapping[str, Any]) -> Finding:
    return stop("contact.changed", "Somebody changed this contact just now. Reload the page and look at it.")


@action("chart.contact", explain={"chart_contact_once": _same, "chart_contact_replaces_id_key": _changed})
def keep_contact(
    *,
    by: Person,
    at: datetime,
    client_id: int,
    name: str,
    relation: str,
    phone: str = "",
    emergency: bool = False,
    note: str = "",
    replaces_id: int | None = None,
    key: UUID | None = None,
) -> Contact:
    """Write a contact from now on; with ``replaces_id`` in place of that line, which ends. Raises Refused, NotAllowed."""
    here = scene(by, at, client_id, Capability.FACE_SHEET)
    old = _standing(here.client, replaces_id) if replaces_id is not None else None
    name, relation, phone, note = tidy(name), tidy(relation), tidy(phone), tidy(note)
    findings = check_contact(name, relation, phone, note, emergency=emergency)
    if findings:
        raise Refused(*findings)

    begins = at
    if old is not None:
        old.ended_at, old.ended_by = after(old.started_at, at), by
        old.save(update_fields=["ended_at", "ended_by"])
        begins = old.ended_at
    row = Contact.objects.create(
        client=here.client, name=name, relation=relation, phone=phone, emergency=emergency, note=note, started_at=begins,
        by=by, replaces=old,
    )  # fmt: skip
    here.record(
        "chart.contact", f"{here.client.short_name}: contact {relation} {'changed' if old else 'added'}", row, by, at
    )
    return row


@action("chart.end_contact")
def end_contact(*, by: Person, at: datetime, client_id: int, contact_id: int, key: UUID | None = None) -> Contact:
    """A contact no longer counts. Raises Refused where it ended before; NotAllowed."""
    here = scene(by, at, client_id, Capability.FACE_SHEET)
    row = _standing(here.client, contact_id)

    row.ended_at, row.ended_by = after(row.started_at, at), by
    row.save(update_fields=["ended_at", "ended_by"])
    here.record("chart.end_contact", f"{here.client.short_name}: contact {row.relation} ended", row, by, at)
    return row


def _standing(client: Client, pk: int) -> Contact:
    row = Contact.objects.select_related("ended_by").filter(pk=pk, client=client).first()
    if row is None:
        raise Refused(stop("contact.unknown", "That contact is not in this chart. Open the chart again."))
    if row.ended_at is not None:
        who = row.ended_by.signature if row.ended_by else "Somebody"
        raise Refused(stop("contact.changed", f"{who} changed or ended this contact meanwhile. Reload the page."))
    return row


@action("chart.channel")
def say_channel(
    *, by: Person, at: datetime, client_id: int, way: str, allowed: bool, note: str = "", key: UUID | None = None
) -> SafeChannel:
    """Write what the client said about one way of reaching them. Raises Refused, NotAllowed."""
    here = scene(by, at, client_id, Capability.FACE_SHEET)
    findings = check_words(note, "note", longest=200)
    if way not in SafeChannel.Way.values:
        findings.append(stop("channel.way", "Choose a way of reaching them.", field="way"))
    if findings:
        raise Refused(*findings)

    row = SafeChannel.objects.create(client=here.client, way=way, allowed=allowed, note=tidy(note), at=at, by=by)
    words = f"{row.get_way_display().lower()} {'allowed' if allowed else 'not allowed'}"
    here.record("chart.channel", f"{here.client.short_name}: {words}", row, by, at)
    return row


def _team(kwargs: Mapping[str, Any]) -> Finding:
    return stop("team.changed", "Somebody changed the team just now. Reload the page and look at it.")


@action("chart.join_team", explain={"chart_team_person_once": _team, "chart_team_one_primary": _team})
def join_team(
    *, by: Person, at: datetime, client_id: int, person_id: int, part: str, key: UUID | None = None
) -> TeamMember:
    """Somebody who works at the site is on the care team from now on. A new primary counsellor takes over from the one before.

    Raises Refused: no role here, on the team already in this part; NotAllowed.
    """
    here = scene(by, at, client_id, Capability.FACE_SHEET)
    person = Person.objects.filter(pk=person_id, is_active=True).first()
    if person is None or not any(post.site_id == here.site.pk for post in posts(person, at)):
        raise Refused(stop("team.nobody", f"Choose someone who works at {here.site} now.", field="person"))
    if part not in TeamMember.Part.values:
        raise Refused(stop("team.part", "Choose the part they have on the team.", field="part"))
    standing = list(TeamMember.objects.filter(client=here.client, ended_at=None))
    own = next((each for each in standing if each.person_id == person.pk), None)
    if own is not None and own.part == part:
        since = told(own.started_at, here.site.tz)
        message = f"{person.signature} is on the team as {own.get_part_display().lower()} since {since}."
        raise Refused(stop("team.same", message, field="person"))

    leaving = [each for each in standing if each is own or part == each.part == TeamMember.Part.PRIMARY]
    begins = at
    for each in leaving:
        each.ended_at = after(each.started_at, at)
        begins = max(begins, each.ended_at)
    for each in leaving:
        each.save(update_fields=["ended_at"])
    row = TeamMember.objects.create(client=here.client, person=person, part=part, started_at=begins, by=by)
    if part == TeamMember.Part.PRIMARY and here.episode is not None and here.episode.ended_at is None:
        episode = Episode.objects.select_for_update(no_key=True).get(pk=here.episode.pk)
        episode.primary_clinician = person
        episode.save(update_fields=["primary_clinician"])
    words = f"{person.signature} joined the team as {row.get_part_display().lower()}"
    here.record("chart.join_team", f"{here.client.short_name}: {words}", row, by, at)
    return row


@action("chart.leave_team")
def leave_team(*, by: Person, at: datetime, client_id: int, member_id: int, key: UUID | None = None) -> TeamMember:
    """Somebody is no longer on the care team. Raises Refused where they left before; NotAllowed."""
    here = scene(by, at, client_id, Capability.FACE_SHEET)
    row = TeamMember.objects.select_related("person").filter(pk=member_id, client=here.client).first()
    if row is None or row.ended_at is not None:
        raise Refused(stop("team.left", "They are not on the team any more. Reload the page."))

    row.ended_at = after(row.started_at, at)
    row.save(update_fields=["ended_at"])
    here.record("chart.leave_team", f"{here.client.short_name}: {row.person.signature} left the team", row, by, at)
    return row
