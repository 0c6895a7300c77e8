"""The facts of charts: diagnoses, contacts, care teams, drug screens, belongings, and two safety plans."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from chart.models import (
    Belonging,
    BelongingEnd,
    Contact,
    Diagnosis,
    DrugScreen,
    Inventory,
    SafeChannel,
    SafetyPlan,
    SafetySigning,
    ScreenResult,
    ScreenStep,
    TeamMember,
)
from chart.panels import panels
from config.demo.names import MEN, WOMEN
from config.demo.stage import DAY, HOUR, MINUTE, Path, Stage
from staff.models import Person
from staff.rules.capabilities import Role

USE = {
    "alcohol": ("F10.20", "Alcohol use, severe"), "opioid": ("F11.20", "Opioid use, severe"),
    "stimulant": ("F15.20", "Stimulant use, severe"), "cocaine": ("F14.20", "Cocaine use, severe"),
}  # fmt: skip
BESIDE = (
    ("F41.1", "Generalized anxiety"), ("F33.1", "Recurrent depression, moderate"), ("F43.10", "Post-traumatic stress"),
    ("I10", "High blood pressure"), ("J45.909", "Asthma"),
)  # fmt: skip
RELATIONS = ("mother", "father", "sister", "brother", "partner", "sponsor", "probation officer")
THINGS = (
    ("phone", "Phone, cracked screen", "$150", "Locker"), ("money", "Wallet with bank card", "", "Safe"),
    ("papers", "Driving licence", "", "Safe"), ("clothes", "Winter coat, grey", "", "Storage room"),
    ("jewellery", "Ring, silver", "$80", "Safe"), ("sharps", "Razor", "", "Nursing station"),
)  # fmt: skip
OWN_WORDS = {
    "signs": "I stop answering the phone and sleep in my clothes. The old street is the worst.",
    "coping": "Cold water, the river path, the playlist my sister made.",
    "places": "The library on Elm Street. My aunt's kitchen.",
    "ask": "My sister, any hour: 555 0134. My sponsor Ray: 555 0151.",
    "professionals": "My counsellor here, 555 0100. At night the unit's number.",
    "surroundings": "My sister keeps my medication. Nothing sharp in my room.",
}


def write(stage: Stage) -> None:
    """For everybody in care now; two of them have a safety plan. Who left lately has diagnoses as well."""
    dice = stage.dice("facts")
    here = [path for path in stage.paths if path.ends is None and path.again is None]
    left = [
        path
        for path in stage.paths
        if path.ends is not None and path.ends > stage.now - 32 * DAY and path.again is None
    ]
    _diagnoses(stage, dice, [*here, *left])
    Contact.objects.bulk_create(row for path in here for row in _contacts(stage, dice, path))
    SafeChannel.objects.bulk_create(row for path in here for row in _channels(stage, dice, path))
    TeamMember.objects.bulk_create(row for path in here for row in _team(stage, path))
    _screens(stage, dice, here)
    _belongings(stage, dice, here)
    for path, signed in zip((each for each in here if each.sleeps), (True, False), strict=False):
        _safety(stage, path, signed=signed)


def _by(stage: Stage, path: Path, role: Role, later: timedelta = HOUR) -> Person:
    return stage.on_duty(stage.site_of(path.steps[0].program), role, path.starts + later)


def _diagnoses(stage: Stage, dice: Random, here: list[Path]) -> None:
    """A primary one for what they came for, another beside it for most; a few were changed."""
    rows: list[Diagnosis] = []
    changed: list[Diagnosis] = []
    for path in here:
        by, at = _by(stage, path, Role.PRESCRIBER), path.starts + 3 * HOUR
        if at > stage.now:
            continue
        code, name = USE.get(path.substance, ("F19.20", "Use of several substances, severe"))
        began = date(path.starts.year - dice.randrange(2, 9), dice.randrange(1, 13), 1)
        rows.append(
            Diagnosis(client=path.who, code=code, name=name, kind="primary", place=1, onset_on=began, at=at, by=by)
        )
        if dice.random() < 0.6:
            code, name = dice.choice(BESIDE)
            kind = "rule_out" if dice.random() < 0.25 else "secondary"
            row = Diagnosis(client=path.who, code=code, name=name, kind=kind, place=2, at=at, by=by)
            rows.append(row)
            if kind == "rule_out" and at + 2 * DAY < stage.now:
                changed.append(
                    Diagnosis(
                        client=path.who, code=code, name=name, kind="secondary", place=2, at=at + 2 * DAY, by=by, corrects=row,
                        why="Seen over two days, no longer a question",
                    )
                )  # fmt: skip
    Diagnosis.objects.bulk_create(rows)
    Diagnosis.objects.bulk_create(changed)


def _contacts(stage: Stage, dice: Random, path: Path) -> Iterator[Contact]:
    """One or two people outside; the first is called in an emergency."""
    by = _by(stage, path, Role.INTAKE)
    for number, relation in enumerate(dice.sample(RELATIONS, dice.choice((1, 2, 2)))):
        first = dice.choice(WOMEN if relation in {"mother", "sister"} else MEN)
        phone = f"555 0{dice.randrange(100, 200)}"
        yield Contact(
            client=path.who, name=f"{first} {path.who.last_name}", relation=relation, phone=phone, emergency=number == 0,
            started_at=path.starts, by=by,
        )  # fmt: skip


def _channels(stage: Stage, dice: Random, path: Path) -> Iterator[SafeChannel]:
    """Most were asked about the phone, some about letters."""
    by, at = _by(stage, path, Role.INTAKE), path.starts
    yield SafeChannel(client=path.who, way="phone", allowed=dice.random() < 0.8, at=at, by=by)
    if dice.random() < 0.5:
        yield SafeChannel(client=path.who, way="mail", allowed=False, note="Somebody else opens it", at=at, by=by)


def _team(stage: Stage, path: Path) -> Iterator[TeamMember]:
    """The episode's clinician as primary counsellor, a prescriber, and a nurse where they sleep here."""
    by = _by(stage, path, Role.INTAKE)
    clinician = path.care.primary_clinician
    if clinician is not None:
        yield TeamMember(client=path.who, person=clinician, part="primary", started_at=path.starts, by=by)
    for role, part in ((Role.PRESCRIBER, "prescriber"), (Role.NURSE, "nurse")):
        person = _by(stage, path, role)
        if person != clinician and (part != "nurse" or path.sleeps):
            yield TeamMember(client=path.who, person=person, part=part, started_at=path.starts, by=by)


def _screens(stage: Stage, dice: Random, here: list[Path]) -> None:
    """A screen at admission with results, one this week, one refused now and then; the last one has no result yet."""
    panel = panels()["urine-12"]
    substances = [[each.code, each.name] for each in panel.substances]
    screens: list[DrugScreen] = []
    steps: list[ScreenStep] = []
    results: list[ScreenResult] = []
    for path in here:
        for at in (path.starts + 2 * HOUR, stage.now - dice.randrange(4, 120) * HOUR):
            if not path.starts <= at <= stage.now - HOUR:
                continue
            site = stage.site_of(path.steps[-1].program)
            refused = dice.random() < 0.08
            screen = DrugScreen(
                client=path.who, episode=path.care, outcome="refused" if refused else "collected", specimen="urine",
                panel=panel.code, substances=substances, observed=dice.random() < 0.7,
                temperature_ok=None if refused else dice.random() < 0.97, collected_at=at, written_at=at + 5 * MINUTE,
                by=stage.on_duty(site, Role.NURSE, at), note="Would not say why" if refused else "",
            )  # fmt: skip
            screens.append(screen)
            if not refused:
                steps.append(
                    ScreenStep(
                        screen=screen, kind="sealed", at=at + 5 * MINUTE, written_at=at + 6 * MINUTE, by=screen.by
                    )
                )
                if at < stage.now - 6 * HOUR:
                    results += list(_results(dice, path, screen, early=at < path.starts + DAY))
    DrugScreen.objects.bulk_create(screens)
    ScreenStep.objects.bulk_create(steps)
    ScreenResult.objects.bulk_create(results, batch_size=2_000)


def _results(dice: Random, path: Path, screen: DrugScreen, *, early: bool) -> Iterator[ScreenResult]:
    """Positive for what they came for at first, seldom later."""
    found = {"opioid": "fentanyl", "stimulant": "methamphetamine", "cocaine": "cocaine"}.get(path.substance, "")
    for code, _ in screen.substances:
        positive = code == found and dice.random() < (0.85 if early else 0.1)
        yield ScreenResult(
            screen=screen, substance=code, result="presumptive" if positive else "negative", at=screen.collected_at + 20 * MINUTE,
            by=screen.by,
        )  # fmt: skip


def _belongings(stage: Stage, dice: Random, here: list[Path]) -> None:
    """An inventory of everybody who sleeps here, by a nurse and a second person; a thing or two went back."""
    ends = []
    for path in here:
        team = stage.teams[stage.site_of(path.steps[0].program), Role.NURSE]
        at = path.starts + HOUR
        if not path.sleeps or at > stage.now - HOUR or len(team) < 2:
            continue
        by = _by(stage, path, Role.NURSE)
        witness = next(each for each in team if each != by)
        row = Inventory.objects.create(client=path.who, episode=path.care, at=at, by=by, witness=witness)
        items = [
            Belonging(
                inventory=row, client=path.who, kind=kind, description=what, count=1, value=value,
                kept=f"Locker {dice.randrange(1, 40)}" if kept == "Locker" else kept,
                bag=f"B-{dice.randrange(1000, 9999)}" if kept == "Safe" else "",
            )
            for kind, what, value, kept in dice.sample(THINGS, dice.choice((2, 3, 4)))
        ]  # fmt: skip
        if dice.random() < 0.06:
            items.append(
                Belonging(
                    inventory=row, client=path.who, kind="contraband", description="Pocket knife", count=1,
                    kept="Director's safe", note="Taken away at the door, director told",
                )
            )  # fmt: skip
        Belonging.objects.bulk_create(items)
        if dice.random() < 0.3 and at + 2 * DAY < stage.now:
            ends.append(BelongingEnd(item=items[0], how="returned", signed_as=path.who.called, at=at + 2 * DAY, by=by))
    BelongingEnd.objects.bulk_create(ends)


def _safety(stage: Stage, path: Path, *, signed: bool) -> None:
    """A plan in two versions; the second agreed to where ``signed``."""
    by, at = _by(stage, path, Role.FACILITATOR), min(path.starts + DAY, stage.now - 2 * HOUR)
    if at < path.starts:
        return
    short = {code: OWN_WORDS[code] for code in ("signs", "ask")}
    SafetyPlan.objects.create(client=path.who, number=1, sections=short, at=at, by=by)
    plan = SafetyPlan.objects.create(client=path.who, number=2, sections=OWN_WORDS, at=at + HOUR, by=by)
    if signed:
        SafetySigning.objects.create(plan=plan, how="word", note="Read out together", at=at + HOUR + 5 * MINUTE, by=by)
