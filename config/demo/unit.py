"""Rounds of the last days with looks that were late or missed, incidents, handoffs of the last shifts, yesterday's report."""

import json
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from random import Random

from beds.models import Room, RoomTag
from chart.models import (
    DayReport,
    Handoff,
    HandoffReceipt,
    Incident,
    IncidentClient,
    IncidentReview,
    IncidentTold,
    ObservationCheck,
    ObservationOrder,
)
from chart.queries.day import as_content as day_content
from chart.queries.day import day_of
from chart.queries.handoff import as_content, draft_page
from chart.queries.rounds.load import Watched, watched
from chart.rules.rounds.due import due_after, first_due
from chart.rules.rounds.states import SEEN_IN_ROOM, State, Untagged
from config.demo.stage import DAY, HOUR, MINUTE, Stage
from programs.contributions import wards
from programs.models import Site, SiteRoutine
from programs.rules.codes import ALPHABET, LENGTHS, ROOM, made
from programs.rules.routine import Shift, changes_between
from staff.rules.capabilities import Role

BACK = 3 * DAY  # rounds are written down since then, or since the written history begins


def write(stage: Stage) -> None:
    """All of it, for the sites where people sleep."""
    dice = stage.dice("unit")
    _tags(stage, dice)
    for slug, site in stage.sites.items():
        units = wards(site.pk)
        if not units:
            continue
        begun = _back(stage)
        by = stage.people["director"]
        old, new = "No rounds at night were written down then.", "House rule of the demonstration: docs/rounds.md"
        SiteRoutine.objects.create(
            site=site, started_at=min(stage.since, begun) - DAY, ended_at=begun, by=by, source=old, night_minutes=0
        )
        SiteRoutine.objects.create(site=site, started_at=begun, by=by, source=new)
        people = watched(site, begun, stage.now, stage.now)
        _orders(stage, site, people)
        _rounds(stage, slug, site, dice)
        _incidents(stage, slug, site, people)
        _handoffs(stage, slug, site)
        _yesterday(stage, slug, site)


def _back(stage: Stage) -> datetime:
    return max(stage.now - BACK, stage.since)


def _tags(stage: Stage, dice: Random) -> None:
    rooms = Room.objects.order_by("pk")
    by = stage.people["director"]
    RoomTag.objects.bulk_create(
        RoomTag(
            room=room,
            code=made(ROOM, [dice.randrange(len(ALPHABET)) for _ in range(LENGTHS[ROOM])]),
            started_at=stage.since,
            by=by,
        )
        for room in rooms
    )


def _orders(stage: Stage, site: Site, people: list[Watched]) -> None:
    """Two people are looked in on more often than the night asks."""
    housed = [each for each in people if each.stays[-1].ended_at is None and not each.stretches]
    wanted = ((20, "Dizzy since this morning", 5 * HOUR), (30, "New medication", 20 * HOUR))
    for each, (minutes, why, ago) in zip(housed[:2], wanted, strict=False):
        at = max(stage.now - ago, each.stays[-1].started_at + MINUTE)
        by = stage.on_duty(site.slug, Role.NURSE, at)
        until = stage.now + 12 * HOUR
        ObservationOrder.objects.create(
            client=each.client, episode_id=each.episode_id, site=site, minutes=minutes, why=why, started_at=at, until=until,
            ended_at=until, by=by,
        )  # fmt: skip


def _rounds(stage: Stage, slug: str, site: Site, dice: Random) -> None:
    """Somebody walks and looks: nearly always in time, now and then late, sometimes not at all."""
    role = Role.TECHNICIAN if (slug, Role.TECHNICIAN) in stage.teams else Role.NURSE
    checks: list[ObservationCheck] = []
    for one in watched(site, _back(stage), stage.now, stage.now):
        last: datetime | None = None
        for stretch in one.stretches:
            end = min(stretch.until or stage.now, stage.now)
            due = first_due(stretch, last)
            while due < end:
                luck = dice.random()
                if luck < 0.012 and due + HOUR < stage.now:
                    due = due_after(stretch, due)
                    continue
                late = luck > 0.965
                at = due + (dice.randrange(2, 6) * MINUTE if late else -dice.randrange(1, 4) * MINUTE)
                at += timedelta(seconds=dice.randrange(5, 50))
                if at >= end:
                    break
                checks.append(_check(stage, site, one, at, dice, role))
                last, due = at, due_after(stretch, at)
    ObservationCheck.objects.bulk_create(checks, batch_size=2000)


def _check(stage: Stage, site: Site, one: Watched, at: datetime, dice: Random, role: Role) -> ObservationCheck:
    hour = at.astimezone(site.tz).hour
    night = hour >= 22 or hour < 7
    state = dice.choices((State.ASLEEP, State.AWAKE, State.BATHROOM), (90, 8, 2))[0] if night else dice.choices(
        (State.AWAKE, State.GROUP, State.ELSEWHERE, State.ASLEEP), (40, 30, 20, 10))[0]  # fmt: skip
    stay = one.stay_at(at)
    tagged = state in SEEN_IN_ROOM and dice.random() < 0.9
    why = dice.choice((Untagged.UNREADABLE, Untagged.ASLEEP_NEAR)).value if state in SEEN_IN_ROOM and not tagged else ""
    kept = timedelta(minutes=9) if dice.random() < 0.01 and at + 9 * MINUTE < stage.now else timedelta(0)
    return ObservationCheck(
        client=one.client, episode_id=one.episode_id, site=site, unit_id=stay.unit_id, place=stay.short, at=at,
        entered_at=at + kept, by=stage.on_duty(site.slug, role, at), state=state.value,
        where="Lounge" if state is State.ELSEWHERE else "", room_tag=f"{stay.unit} {stay.room}" if tagged else "", untagged=why,
    )  # fmt: skip


INCIDENTS = (
    (2 * DAY + 3 * HOUR, "fall", "minor", "Bathroom", "Slipped on a wet floor while washing.",
     "Helped up, looked at by the nurse, floor dried.",
     ("Slipped on a wet floor while washing. Walks without pain.",), "Bruise on the left knee"),
    (26 * HOUR, "aggression", "none", "Dining room", "Two clients shouted at each other over a seat; one pushed a chair.",
     "Separated by staff, both talked to alone, seats changed.",
     ("Shouted at another client over a seat, and calmed down within minutes.",
      "Was shouted at by another client, and left the room."), ""),
    (7 * HOUR, "self_harm", "moderate", "Own room", "Told the technician of a cut on the forearm, made with a broken cup.",
     "Wound cleaned and covered, cup removed, watch set to 15 minutes, prescriber called.",
     ("Told staff of a cut on the forearm, made with a broken cup.",), "Shallow cut, left forearm"),
)  # fmt: skip


def _incidents(stage: Stage, slug: str, site: Site, people: list[Watched]) -> None:
    """A fall that was reviewed and closed, a quarrel of two, and a grave one that waits for review."""
    here = [each for each in people if each.stays[0].started_at < stage.now - 3 * DAY] or people
    for number, (ago, kind, severity, place, what, done, about, injury) in enumerate(INCIDENTS):
        at = stage.now - ago
        by = stage.on_duty(slug, Role.NURSE, at)
        row = Incident.objects.create(
            site=site,
            kind=kind,
            severity=severity,
            happened_at=at - 12 * MINUTE,
            place=place,
            what=what,
            done=done,
            entered_at=at,
            by=by,
        )
        for part, (said, who) in enumerate(zip(about, here[number * 2 :] or here, strict=False)):
            IncidentClient.objects.create(
                incident=row, client=who.client, episode_id=who.episode_id, part="harmed" if injury else "involved", about=said,
                injury=injury if not part else "",
            )  # fmt: skip
        IncidentTold.objects.create(
            incident=row, who="Nurse in charge", how="In person", told_at=at - 5 * MINUTE, entered_at=at, by=by
        )
        if kind == "fall":
            director = stage.people["director"]
            for step, text, later in (
                ("root_cause", "No mat in front of the shower.", 5),
                ("closed", "Mats are in place on every unit.", 20),
            ):
                IncidentReview.objects.create(incident=row, step=step, text=text, at=at + later * HOUR, by=director)


WORDS = {
    "stable": ("Settled, takes part in groups.", "", ""),
    "watcher": ("Restless in the evening, otherwise well.", "Vital signs with the next score.",
                "If the score rises, call the prescriber; as-needed dose first."),
    "unstable": ("Withdrawal is strong, sleeps little.", "Score every two hours, fluids at the bed.",
                 "Confused or hot: call the prescriber at once, stay with them."),
}  # fmt: skip


def _handoffs(stage: Stage, slug: str, site: Site) -> None:
    """The last three finished shifts of each unit (one where little history is written).

    Of the newest, the first unit's waits to be taken over.
    """
    changes = changes_between(stage.now - 40 * HOUR, stage.now, site.tz)
    shifts = [Shift(a, b) for a, b in pairwise(changes)][-3 if stage.days > BACK / DAY else -1 :]
    for shift in shifts:
        for place, ward in enumerate(wards(site.pk)):
            given_at = shift.until - (6 + place) * MINUTE
            page = draft_page(site, ward, shift, given_at)
            content = as_content(page)
            for number, row in enumerate(content["clients"]):
                urgent = any(line["urgent"] or line["tone"] == "stop" for line in row["lines"])
                row["illness"] = (
                    "unstable" if urgent and number % 3 == 0 else "watcher" if row["lines"] and number % 2 else "stable"
                )
                row["summary"], row["actions"], row["contingency"] = WORDS[row["illness"]]
                for line in row["lines"]:
                    line["told"] = True
            giver = stage.on_duty(slug, Role.NURSE, given_at)
            sealed = sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
            made_ = Handoff.objects.create(
                site=site, unit_id=ward.pk, unit=ward.name, since=shift.since, until=shift.until, content=content, sha256=sealed,
                given_at=given_at, by=giver,
            )  # fmt: skip
            taker = next(each for each in stage.teams[slug, Role.NURSE] if each.pk != giver.pk)
            if shift is not shifts[-1] or place:
                HandoffReceipt.objects.create(
                    handoff=made_, given_by=giver, by=taker, at=shift.until + 4 * MINUTE,
                    read_back="Heard who is watched and what is to be done; no questions open.",
                )  # fmt: skip


def _yesterday(stage: Stage, slug: str, site: Site) -> None:
    """The day before yesterday was finished; yesterday waits."""
    on = stage.today(slug) - timedelta(days=2)
    at = stage.clock(slug, on + timedelta(days=1), datetime.min.time()) + 8 * HOUR
    by = stage.people["director"]
    content = day_content(day_of(site, on, at)) | {"comment": "A quiet day. One fall, without consequences."}
    sealed = sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    DayReport.objects.create(site=site, on=on, comment=content["comment"], content=content, sha256=sealed, at=at, by=by)
