"""What a chart's facts add to the timeline, and to what is told at a handoff."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q
from django.urls import reverse

from chart.models import Allergy, Diagnosis, DrugScreen, NoKnownAllergies, SafetyPlan, ScreenResult
from chart.queries.allergies import said_allergy
from chart.queries.screens import ScreenLine, beside, lined
from chart.rules.screens import POSITIVE
from programs.contributions import Entry, Raised
from programs.models import Client, Placement
from programs.together import Asking, asks

GRAVE = frozenset({"severe", "life"})


@asks
def allergies(client_id: int, since: datetime, until: datetime, at: datetime) -> Asking[list[Entry]]:
    """Allergies that were recorded or ended, and that none was known. Two queries."""
    known = Allergy.objects.filter(client=client_id, noted_at__lte=at).filter(
        Q(noted_at__gte=since, noted_at__lt=until) | Q(ended_at__gte=since, ended_at__lt=until, ended_at__lte=at)
    )
    none = NoKnownAllergies.objects.filter(
        client=client_id, started_at__gte=since, started_at__lt=until, started_at__lte=at
    )
    found = []
    rows, asked = yield known.select_related("noted_by", "ended_by"), none.select_related("by")
    for row in rows:
        if since <= row.noted_at < until:
            by, tone = row.noted_by.signature if row.noted_by else "", "stop" if row.severity in GRAVE else "caution"
            found.append(Entry(row.noted_at, "fact", "Allergy recorded", said_allergy(row), by, "triangle-alert", tone))
        if row.ended_at is not None and since <= row.ended_at < until and row.ended_at <= at:
            by, line = row.ended_by.signature if row.ended_by else "", f"{row.substance}: {row.ended_why}"
            found.append(Entry(row.ended_at, "fact", "Allergy ended", line, by, "triangle-alert", "off"))
    for each in asked:
        found.append(
            Entry(each.started_at, "fact", "No known allergies", "", each.by.signature, "shield-check", "free")
        )
    return found


@asks
def diagnoses(client_id: int, since: datetime, until: datetime, at: datetime) -> Asking[list[Entry]]:
    """Diagnoses written and changed. One query."""
    found = []
    written = Diagnosis.objects.filter(client=client_id, at__gte=since, at__lt=until, at__lte=at)
    (rows,) = yield (written.select_related("by"),)
    for row in rows:
        mistake = row.kind == Diagnosis.Kind.MISTAKE
        title = "Diagnosis taken out" if mistake else "Diagnosis changed" if row.corrects_id else "Diagnosis written"
        line = (
            f"{row.code} {row.name}".strip()
            + f", {row.get_kind_display().lower()}"
            + (f": {row.why}" if row.why else "")
        )
        found.append(Entry(row.at, "fact", title, line, row.by.signature, "stethoscope", "off" if mistake else ""))
    return found


@asks
def safety_plans(client_id: int, since: datetime, until: datetime, at: datetime) -> Asking[list[Entry]]:
    """Versions of the safety plan, and what the client said to each. One query."""
    versions = SafetyPlan.objects.filter(
        Q(at__gte=since, at__lt=until, at__lte=at) | Q(signing__at__gte=since, signing__at__lt=until, signing__at__lte=at),
        client=client_id,
    )  # fmt: skip
    found = []
    (rows,) = yield (versions.select_related("by", "signing__by"),)
    for row in rows:
        paper = reverse("chart:safety_pdf", args=[client_id, row.pk])
        title, signing = f"Safety plan, version {row.number}", getattr(row, "signing", None)
        if since <= row.at < until and row.at <= at:
            found.append(Entry(row.at, "safety", title, "", row.by.signature, "life-buoy", "accent", paper=paper))
        if signing is not None and since <= signing.at < until and signing.at <= at:
            line = f"{signing.get_how_display()}. {signing.note}".strip()
            tone = "caution" if signing.how == "refused" else "free"
            found.append(Entry(signing.at, "safety", title, line, signing.by.signature, "life-buoy", tone))
    return found


@asks
def screened(client_id: int, since: datetime, until: datetime, at: datetime) -> Asking[list[Entry]]:
    """Drug screens with what is known of their results; a corrected one says so. Three queries."""
    taken = DrugScreen.objects.filter(
        client=client_id, collected_at__gte=since, collected_at__lt=until, written_at__lte=at, mistake=False
    )  # fmt: skip
    found = []
    rows, results, steps = yield (taken.select_related("by", "corrected_by"), *beside(taken.values("pk")))
    for line in lined(rows, results, steps):
        screen, newer = line.screen, getattr(line.screen, "corrected_by", None)
        corrected = newer is not None and newer.written_at <= at
        title = f"Drug screen, {screen.get_specimen_display().lower()}{', corrected' if corrected else ''}"
        found.append(Entry(
            screen.collected_at, "screen", title, _line(line), screen.by.signature, "test-tube", "off" if corrected else line.tone,
        ))  # fmt: skip
    return found


def _line(line: ScreenLine) -> str:
    explained = [
        f"{each.name}: {each.result.explained}" for each in line.lines if each.result and each.result.explained
    ]
    return ". ".join([line.words, *explained])


def raised(site_id: int, since: datetime, until: datetime, at: datetime) -> Iterator[Raised]:
    """What a shift is told: positive screens, screens refused, and new allergies of the clients of a site. Three queries."""
    here = Client.objects.filter(episodes__placements__in=Placement.objects.current(at).filter(program__site=site_id))
    results = ScreenResult.objects.filter(
        screen__client__in=here, result__in=POSITIVE, at__gte=since, at__lt=until, at__lte=at, corrected_by=None,
        screen__corrected_by=None,
    ).select_related("screen")  # fmt: skip
    positive: dict[int, list[ScreenResult]] = {}
    for row in results.order_by("pk"):
        positive.setdefault(row.screen_id, []).append(row)
    for found in positive.values():
        screen, names = found[0].screen, dict(found[0].screen.substances)
        line = ", ".join(f"{names[row.substance]}{' (explained)' if row.explained else ''}" for row in found)
        yield Raised(screen.client_id, found[-1].at, "screen", "Positive drug screen", line, "late")
    refused = DrugScreen.objects.filter(
        client__in=here, outcome=DrugScreen.Outcome.REFUSED, written_at__gte=since, written_at__lt=until, written_at__lte=at,
        corrected_by=None, mistake=False,
    )  # fmt: skip
    for screen in refused:
        yield Raised(screen.client_id, screen.written_at, "screen", "Drug screen refused", screen.note, "caution")
    known = Allergy.objects.filter(
        client__in=here, noted_at__gte=since, noted_at__lt=until, noted_at__lte=at, ended_at=None
    )
    for allergy in known.order_by("noted_at", "pk"):
        yield Raised(
            allergy.client_id, allergy.noted_at, "allergy", "New allergy", said_allergy(allergy), "stop",
            urgent=allergy.severity in GRAVE,
        )  # fmt: skip


FACTS_TOLD = (allergies, diagnoses, safety_plans, screened)
