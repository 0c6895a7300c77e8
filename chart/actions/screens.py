"""Collect a drug screen, write its results and the steps of its custody. Nothing is changed; a correction names the old row."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from chart.models import DrugScreen, ScreenResult, ScreenStep
from chart.panels import panels
from chart.rules.screens import check_collected, check_specimen, check_step, why_confirmed
from programs.placed import told
from programs.rules.words import check_words
from programs.scene import Scene, scene
from staff.models import Person
from staff.rules.capabilities import Capability

NOTHING: Mapping[str, str] = {}


def _twice(kwargs: Mapping[str, Any]) -> Finding:
    return stop("screen.twice", "A screen of that specimen at that very minute is written already. Look at that one.")


def _corrected(kwargs: Mapping[str, Any]) -> Finding:
    return stop("screen.corrected", "Somebody corrected this screen just now. Reload the page and look at it.")


@action("chart.screen", explain={"chart_screen_once": _twice, "chart_drugscreen_corrects_id_key": _corrected})
def collect_screen(
    *,
    by: Person,
    at: datetime,
    client_id: int,
    outcome: str,
    specimen: str,
    panel: str,
    observed: bool,
    temperature_ok: bool | None = None,
    collected_at: datetime | None = None,
    note: str = "",
    corrects_id: int | None = None,
    mistake: bool = False,
    why: str = "",
    key: UUID | None = None,
) -> DrugScreen:
    """Write that a specimen was asked for: given, refused, or not able. With ``corrects_id`` in place of that screen, with ``mistake``
    to say that it never happened; its results and steps stay with the old one.

    Raises Refused: a value is wrong (``detail['field']``), the screen was corrected before; NotAllowed.
    """
    here = scene(by, at, client_id, Capability.COLLECT_SCREENS)
    old = _old(here, corrects_id)
    about = collected_at or (old.collected_at if old else at)
    findings = check_words(note, "note", longest=300)
    findings += check_words(why, "why", longest=200, missing="Say why it is corrected." if old else "")
    if outcome not in DrugScreen.Outcome.values:
        findings.append(stop("screen.outcome", "Choose what came of it.", field="outcome"))
    found = panels().get(panel)
    if found is None:
        findings.append(stop("screen.panel", "There is no such panel. Choose one of the list.", field="panel"))
    else:
        findings += check_specimen(found, specimen, outcome, temperature=temperature_ok)
    since = here.care.started_at if old is None else min(here.care.started_at, old.collected_at)
    findings += [
        each for each in check_collected(about, at=at, since=since) if old is None or each.code != "screen.old"
    ]
    if findings or found is None:
        raise Refused(*findings)

    row = DrugScreen.objects.create(
        client=here.client, episode=here.care if old is None else old.episode, outcome=outcome, specimen=specimen, panel=panel,
        substances=[[each.code, each.name] for each in found.substances], observed=observed, temperature_ok=temperature_ok,
        note=note.strip(), collected_at=about, written_at=at, by=by, corrects=old, mistake=mistake and old is not None,
        why=why.strip() if old else "",
    )  # fmt: skip
    words = f"drug screen, {row.get_specimen_display().lower()}: {row.get_outcome_display().lower()}"
    here.record("chart.screen", f"{here.client.short_name}: {words}", row, by, at, corrects=corrects_id)
    return row


def _old(here: Scene, pk: int | None) -> DrugScreen | None:
    if pk is None:
        return None
    old = DrugScreen.objects.select_related("episode").filter(pk=pk, client=here.client).first()
    if old is None:
        raise Refused(stop("screen.unknown", "That screen is not in this chart. Open the chart again."))
    if DrugScreen.objects.filter(corrects=old).exists():
        raise Refused(_corrected({}))
    return old


def _result_meanwhile(kwargs: Mapping[str, Any]) -> Finding:
    return stop(
        "screen.result_changed", "Somebody wrote a result of this screen just now. Reload the page and look at it."
    )


RESULT_WALLS = {"chart_result_first_once": _result_meanwhile, "chart_screenresult_corrects_id_key": _result_meanwhile}


@action("chart.screen_results", explain=RESULT_WALLS)
def write_results(
    *,
    by: Person,
    at: datetime,
    screen_id: int,
    results: Mapping[str, str],
    seen: Mapping[str, int],
    explained: Mapping[str, str] = NOTHING,
    why: str = "",
    key: UUID | None = None,
) -> DrugScreen:
    """Write results by the code of the substance; ``explained`` is the prescribed medication that explains one, in words. ``seen`` is the
    row of each result that was shown: what differs from it becomes a new row that names it. A laboratory that confirms a presumptive
    positive is its own reason; any other change says ``why``.

    Raises Refused: no specimen, a value is wrong, somebody wrote results meanwhile; NotAllowed; DrugScreen.DoesNotExist.
    """
    here = scene(by, at, DrugScreen.objects.only("client_id").get(pk=screen_id).client_id, Capability.RESULT_SCREENS)
    screen = DrugScreen.objects.get(pk=screen_id)
    _refuse_over(screen)
    names = dict(screen.substances)
    standing = {row.substance: row for row in ScreenResult.objects.filter(screen=screen, corrected_by=None)}
    if any(seen.get(code) != row.pk for code, row in standing.items()):
        raise Refused(_result_meanwhile({}))
    findings = check_words(why, "why", longest=200)
    new: list[ScreenResult] = []
    for code, result in results.items():
        words, old = explained.get(code, "").strip(), standing.get(code)
        if code not in names or result not in ScreenResult.Result.values:
            findings.append(stop("screen.result", "Choose a result of the list for each substance.", field=code))
            continue
        findings += check_words(words, code, longest=200)
        if old is not None and (old.result, old.explained) == (result, words):
            continue
        reason = "" if old is None else why.strip() or why_confirmed(old.result, result)
        if old is not None and not reason:
            message = f"Say why {names[code]} is changed: the first result stays beside it."
            findings.append(stop("screen.why", message, field="why"))
        new.append(
            ScreenResult(
                screen=screen, substance=code, result=result, explained=words, at=at, by=by, corrects=old, why=reason
            )
        )
    if not new and not findings:
        findings.append(stop("screen.nothing", "Nothing was chosen. Choose the result of at least one substance."))
    if findings:
        raise Refused(*findings)

    ScreenResult.objects.bulk_create(new)
    positive = [names[each.substance] for each in new if each.result in {"presumptive", "positive"}]
    words = f"positive for {', '.join(positive)}" if positive else f"{len(new)} result{'s'[: len(new) != 1]} written"
    here.record("chart.screen_results", f"{here.client.short_name}: drug screen, {words}", screen, by, at)
    return screen


def _step_meanwhile(kwargs: Mapping[str, Any]) -> Finding:
    return stop("screen.step_twice", "Somebody wrote that step just now. Reload the page to see it.")


@action("chart.screen_step", explain={"chart_step_once_a_screen": _step_meanwhile})
def write_step(
    *,
    by: Person,
    at: datetime,
    screen_id: int,
    kind: str,
    to: str = "",
    when: datetime | None = None,
    key: UUID | None = None,
) -> ScreenStep:
    """Write one step of a specimen's custody. Raises Refused, NotAllowed, DrugScreen.DoesNotExist."""
    here = scene(by, at, DrugScreen.objects.only("client_id").get(pk=screen_id).client_id, Capability.COLLECT_SCREENS)
    screen = DrugScreen.objects.get(pk=screen_id)
    _refuse_over(screen)
    done = list(ScreenStep.objects.filter(screen=screen).order_by("at", "pk"))
    if kind not in ScreenStep.Kind.values:
        raise Refused(stop("screen.step", "Choose the step that was done.", field="kind"))
    about = when or at
    last = max([screen.collected_at, *(each.at for each in done)])
    missing = "Write to whom it went." if kind in {"handed", "sent"} else ""
    findings = check_words(to, "to", longest=120, missing=missing)
    findings += check_step(kind, about, done=tuple(each.kind for each in done), last=last, at=at)
    if findings:
        raise Refused(*findings)

    row = ScreenStep.objects.create(screen=screen, kind=kind, to=to.strip(), at=about, written_at=at, by=by)
    words = f"specimen {row.get_kind_display().lower()} at {told(about, here.site.tz)}"
    here.record("chart.screen_step", f"{here.client.short_name}: {words}", row, by, at)
    return row


def _refuse_over(screen: DrugScreen) -> None:
    if DrugScreen.objects.filter(corrects=screen).exists():
        raise Refused(_corrected({}))
    if screen.outcome != DrugScreen.Outcome.COLLECTED:
        message = f"No specimen was given ({screen.get_outcome_display().lower()}), so there is nothing to write here."
        raise Refused(stop("screen.no_specimen", message))
