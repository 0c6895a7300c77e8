"""Vital signs of a client over time, of a unit for a round, and the newest. Frozen, in a constant number of queries."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal

from django.db.models import Q, QuerySet

from chart.models import Vitals, VitalsPolicy
from chart.rules.vitals import LATE, Limits, limits_from, plain, usual
from chart.rules.vitals_picture import VitalPicture, vital_picture
from chart.vitals import signs
from programs.contributions import Entry, Place, places, wards
from programs.models import Client, Episode, Leave
from programs.people import mine
from programs.together import Asking, asks

REACHES = {"3 days": timedelta(days=3), "2 weeks": timedelta(days=14), "3 months": timedelta(days=92)}
ON_A_PAGE = 120
CANONICAL = {"temperature": "temperature_c", "weight": "weight_kg", "height": "height_cm", "glucose": "glucose_mgdl"}
GROUPS = (
    ("Blood pressure", ("systolic", "diastolic")), ("Pulse", ("pulse",)), ("Temperature", ("temperature",)),
    ("SpO2", ("spo2",)), ("Respiration", ("respiration",)), ("Weight", ("weight",)), ("Blood glucose", ("glucose",)),
    ("Pain", ("pain",)),
)  # fmt: skip


@dataclass(frozen=True)
class Taken:
    """Vitals as a row of a table: ``words`` by measure, ``outside`` the measures beyond the limits of now, ``late``: entered late."""

    row: Vitals
    words: Mapping[str, str]
    outside: frozenset[str]
    late: bool


@dataclass(frozen=True)
class VitalTrend:
    """One picture: its name, the newest value, the unit, and the drawing."""

    name: str
    newest: str
    unit: str
    said: str
    drawn: VitalPicture


@dataclass(frozen=True)
class Walked:
    """A client of a unit on a round: where, away or not, and what was measured last."""

    client: Client
    episode_id: int
    place: Place
    away: str
    last: Vitals | None
    said: str


def limits_of(site_id: int, at: datetime) -> Limits:
    """From which numbers on this site wants somebody to look; the file's where it says nothing. One query."""
    policy = VitalsPolicy.objects.current(at).filter(site=site_id).first()
    return usual(signs()) if policy is None else limits_from(policy.limits)


def standing(at: datetime) -> QuerySet[Vitals]:
    """The vitals that stand at a moment: written by then, and not corrected by then."""
    return Vitals.objects.filter(Q(corrected_by=None) | Q(corrected_by__written_at__gt=at), written_at__lte=at)


def latest(client_ids: Collection[int], at: datetime) -> Mapping[int, Vitals]:
    """The newest vitals of each client that stand at a moment. One query."""
    rows = standing(at).filter(client__in=list(client_ids)).select_related("by").order_by("client", "-at", "-pk")
    return {row.client_id: row for row in rows.distinct("client")}


def last_known(client_id: int, measures: Collection[str], at: datetime) -> Mapping[str, tuple[Decimal, datetime]]:
    """The newest value of each measure, in the house's unit, and when; of the last day. One query."""
    rows = standing(at).filter(mine(client_id), at__gt=at - timedelta(days=1)).order_by("-at", "-pk")[:40]
    found: dict[str, tuple[Decimal, datetime]] = {}
    for row in rows:
        for code in measures:
            value = number(row, code)
            if value is not None:
                found.setdefault(code, (value, row.at))
    return found


def taken(client_id: int, site_id: int, at: datetime, since: datetime) -> list[Taken]:
    """What was measured since then, newest first. Two queries."""
    limits = limits_of(site_id, at)
    rows = standing(at).filter(mine(client_id), at__gt=since).select_related("by").order_by("-at", "-pk")[:ON_A_PAGE]
    return [_taken(row, limits) for row in rows]


def pictures(rows: list[Taken], limits: Limits, since: datetime, at: datetime, tz: tzinfo) -> list[VitalTrend]:
    """A picture of each measure that was taken, all over the same stretch. No query."""
    found = []
    for name, codes in GROUPS:
        series = [
            [
                (each.row.at, value, code in each.outside)
                for each in reversed(rows)
                if (value := number(each.row, code)) is not None
            ]
            for code in codes
        ]
        if not series[0]:
            continue
        sign = signs()[codes[0]]
        unit = "" if sign.code == "pain" else sign.units[0]
        newest = "/".join(plain(each[-1][1]) for each in series)
        if len(sign.units) > 1:  # said as it was entered; drawn in the house's unit
            newest = next(each.words[sign.code] for each in rows if each.words[sign.code])
            unit = f"drawn in {unit}"
        span = [plain(pick(value for _, value, _ in series[0])) for pick in (min, max)]
        said_ = f"{name} {newest} {unit}, {len(series[0])} values from {span[0]} to {span[1]}"
        drawn = vital_picture(series, limits.get(codes[0], (None, None)), since=since, until=at, tz=tz)
        found.append(VitalTrend(name, newest, unit, said_, drawn))
    return found


def walked(site_id: int, unit_id: int, at: datetime) -> tuple[str, list[Walked]]:
    """The name of a unit and who sleeps there now, in walking order; LookupError for no unit of the site. Five queries."""
    name = next((each.name for each in wards(site_id) if each.pk == unit_id), None)
    if name is None:
        raise LookupError(unit_id)
    there = {episode: place for episode, place in places(site_id, at).items() if place.unit_id == unit_id}
    episodes = Episode.objects.filter(pk__in=there).select_related("client")
    away = dict(Leave.objects.current(at).filter(episode__in=there).values_list("episode_id", "kind"))
    newest = latest([each.client_id for each in episodes], at)
    found = []
    for episode in episodes:
        last = newest.get(episode.client_id)
        leave = Leave.Kind(away[episode.pk]).label if episode.pk in away else ""
        found.append(Walked(episode.client, episode.pk, there[episode.pk], leave, last, said(last) if last else ""))
    return name, sorted(found, key=lambda each: each.place.order)


@asks
def measured(client_id: int, since: datetime, until: datetime, at: datetime) -> Asking[list[Entry]]:
    """The vitals of ``since <= t < until`` on the client's timeline, as known at ``at``; corrected ones say so. One query."""
    written = Vitals.objects.filter(client=client_id, at__gte=since, at__lt=until, written_at__lte=at)
    entries = []
    (rows,) = yield (written.select_related("by", "corrected_by__by"),)
    for row in rows:
        newer = getattr(row, "corrected_by", None)
        title, tone = said(row), ""
        if newer is not None and newer.written_at <= at:
            title, tone = f"{title}, corrected by {newer.by.signature}", "off"
        elif row.corrects_id is not None:
            title = f"{title}, a correction"
        late = "Entered late" if row.written_at - row.at > LATE else ""
        line = " · ".join(filter(None, (row.note, late)))
        entries.append(Entry(row.at, "vital", title, line, row.by.signature, "heart-pulse", tone))
    return entries


def number(row: Vitals, code: str) -> Decimal | None:
    """A measure of a row in the house's unit; None where it was not taken."""
    value = getattr(row, CANONICAL.get(code, code))
    return None if value is None else Decimal(value)


def word(row: Vitals, code: str) -> str:
    """A measure of a row as it was entered, '' where it was not taken."""
    value = getattr(row, code)
    if value is None:
        return ""
    unit = row.units.get(code, "%" if code == "spo2" else "")
    return f"{plain(Decimal(value))} {unit}".strip().replace(" %", "%")


def said(row: Vitals) -> str:
    """'BP 132/84, P 88, T 98.6 F'."""
    found = [f"BP {row.systolic}/{row.diastolic}"] if row.systolic is not None else []
    for code, sign in signs().items():
        if code not in ("systolic", "diastolic") and (text := word(row, code)):
            found.append(f"{sign.short} {text}")
    return ", ".join(found)


def _taken(row: Vitals, limits: Limits) -> Taken:
    outside = set()
    for code, (low, high) in limits.items():
        value = number(row, code)
        if value is not None and ((low is not None and value < low) or (high is not None and value > high)):
            outside.add(code)
    words = {code: word(row, code) for code in signs()}
    words["pressure"] = f"{row.systolic}/{row.diastolic}" if row.systolic is not None else ""
    return Taken(row, words, frozenset(outside), row.written_at - row.at > LATE)
