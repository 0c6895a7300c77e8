"""Scales over the whole of every episode, vital signs of the last two weeks, and a form that waits to be signed."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from decimal import Decimal
from random import Random

from chart.models import HandOver, HandOverAnswer, Score, Vitals
from chart.rules.scales import Scale
from chart.scales import scales
from config.demo.stage import DAY, HOUR, MINUTE, Path, Stage
from programs.models import Site
from staff.rules.capabilities import Role

COURSE = (("phq_9", 14, 17, 5), ("gad_7", 14, 13, 4), ("bam", 30, 0, 0), ("barc_10", 90, 29, 50), ("audit_c", 365, 9, 9),
          ("dast_10", 365, 6, 6), ("c_ssrs", 0, 1, 1), ("pcl_5", 30, 46, 28))  # fmt: skip
"""Scale, days between (0: once), what it begins at, and what it comes to in half a year."""

UNASKED = 40  # of so many one was not asked the whole AUDIT that follows the short one
ROUNDS = (7, 19)  # hours of the site's clock
TIMES = 8  # scores reach back so many times as far as the written history: two years of the usual ninety days


def write(stage: Stage) -> None:
    """Everything of this part."""
    dice = stage.dice("measures")
    rows = [row for path in stage.paths for row in _scores(stage, dice, path)]
    Score.objects.bulk_create(rows, batch_size=2_000)
    Vitals.objects.bulk_create((row for path in stage.paths for row in _vitals(stage, dice, path)), batch_size=2_000)
    _waiting(stage)


def _scores(stage: Stage, dice: Random, path: Path) -> Iterator[Score]:
    """The course of one person: mostly better, with setbacks; a few scales are behind by some days."""
    hard = dice.uniform(0.6, 1.25)
    until = min(path.ends or stage.now, stage.now)
    for code, gap, first, later in COURSE:
        if code == "pcl_5" and int(path.who.record_number[1:]) % 4:
            continue
        scale = scales()[code]
        at = max(path.starts, stage.now - TIMES * stage.days * DAY) + timedelta(hours=dice.randrange(5, 40))
        while at < until - 2 * HOUR:
            part = min(1.0, (at - path.starts) / (180 * DAY))
            level = (first + (later - first) * part) * (hard if first > later else 1) + dice.gauss(0, 1.6)
            yield _score(stage, dice, path, scale, level, part, at)
            after = at + dice.randrange(10, 90) * MINUTE
            if code == "audit_c" and after < until and int(path.who.record_number[1:]) % UNASKED:
                yield _score(stage, dice, path, scales()["audit"], 12 + dice.gauss(0, 1.6), part, after)
            if not gap:
                break
            at += timedelta(days=gap, minutes=dice.randrange(-600, 900))


def _score(stage: Stage, dice: Random, path: Path, scale: Scale, level: float, part: float, at: datetime) -> Score:
    answers = _parts(scale, part, dice) if scale.whole is None else _answers(scale, round(level), dice)
    results = scale.results(answers)
    step = next((each for each in path.steps if each.ends is None or at < each.ends), path.steps[-1])
    by = stage.on_duty(stage.site_of(step.program), Role.FACILITATOR, at)
    mine = scale.for_client and dice.random() < 0.4
    return Score(
        client=path.who, episode=path.care, scale=scale.code, edition=scale.edition, answers=answers, total=results.pop("", None),
        parts=results, at=at, written_at=at + (2 * MINUTE if mine else timedelta()), by=by, filled_by="client" if mine else "staff",
    )  # fmt: skip


def _answers(scale: Scale, total: int, dice: Random) -> dict[str, int]:
    """Answers that come near a total; nothing that alarms: what the demonstration opens, it opens on purpose."""
    if scale.kind == "safety":
        return {"q1": int(total > 0 and dice.random() < 0.3), "q2": 0, "q6": 0}
    found = {item.code: item.values[0] for item in scale.items}
    quiet = {alert.item for alert in scale.alerts}
    open_ = [item for item in scale.items if item.code not in quiet and not item.flipped]
    for code in ("q1", "q2"):  # a year's use that was none would skip the rest
        if scale.skips and code in found:
            found[code] = 1
    while sum(found.values()) < total:
        free = [item for item in open_ if found[item.code] < item.values[-1]]
        if not free:
            break
        item = dice.choice(free)
        found[item.code] = next(value for value in item.values if value > found[item.code])
    return {item.code: found[item.code] for item in scale.asked(found)}


def _parts(scale: Scale, part: float, dice: Random) -> dict[str, int]:
    """The monitor: use falls, risk falls, what protects grows."""
    found: dict[str, int] = {}
    grows = {code for each in scale.measures if each.higher for code in each.items} | {"q17"}
    for item in scale.items:
        if item.code in scale.skipped(found):
            continue
        share = 0.25 + 0.6 * part if item.code in grows else 0.55 - 0.5 * part
        drinks = item.code in ("q4", "q5", "q6")
        wanted = (share * 0.5 if drinks else share) * item.values[-1] + dice.gauss(0, 0.7)
        found[item.code] = min(item.values, key=lambda value: abs(value - wanted))
    return found


def _vitals(stage: Stage, dice: Random, path: Path) -> Iterator[Vitals]:
    """Twice a day of who sleeps on a unit, once a week with weight; the pressure of early withdrawal comes down."""
    step = path.steps[-1]
    if step.ends is not None or not step.beds:
        return
    site = stage.site_of(step.program)
    base, pulse, weight = dice.randrange(112, 134), dice.randrange(66, 84), dice.uniform(128, 214)
    first = max(path.starts + 2 * HOUR, stage.now - 14 * DAY)
    day = first.astimezone(stage.tz(site)).date()
    while day <= stage.today(site):
        for hour in ROUNDS:
            at = stage.clock(site, day, time(hour, dice.randrange(0, 50)))
            if first <= at < stage.now - 5 * MINUTE and not path.away_at(at):
                early = max(0.0, 1 - (at - path.starts) / (5 * DAY))
                yield _taken(stage, dice, path, at, (base + early * 26, pulse + early * 22, weight), site)
        day += DAY


def _taken(
    stage: Stage, dice: Random, path: Path, at: datetime, usual: tuple[float, float, float], site: str
) -> Vitals:
    upper = round(usual[0] + dice.gauss(0, 6))
    heat = Decimal(str(round(98.2 + dice.gauss(0, 0.35), 1)))
    row = Vitals(
        client=path.who, episode=path.care, systolic=upper, diastolic=round(upper * 0.63 + dice.gauss(0, 3)),
        pulse=round(usual[1] + dice.gauss(0, 5)), respiration=dice.choice((14, 14, 16, 16, 18)), spo2=dice.choice((96, 97, 98, 98, 99)),
        temperature=heat, temperature_c=round((heat - 32) * 5 / 9, 2), units={"temperature": "F"}, pain=dice.choice((0, 0, 0, 2, 3, 4)),
        position="sitting", at=at, written_at=at + 2 * MINUTE, by=stage.on_duty(site, Role.NURSE, at),
    )  # fmt: skip
    if at.weekday() == 0:
        row.weight = Decimal(str(round(usual[2] + dice.gauss(0, 1), 1)))
        row.weight_kg = round(row.weight * Decimal("0.45359237"), 2)
        row.units = {"temperature": "F", "weight": "lb"}
    return row


def _waiting(stage: Stage) -> None:
    """One form that a client filled in an hour ago and nobody signed yet."""
    path = next(each for each in stage.paths if each.steps[-1].ends is None and each.steps[-1].beds)
    site: Site = stage.sites[stage.site_of(path.steps[-1].program)]
    by = stage.on_duty(site.slug, Role.NURSE, stage.now)
    scale = scales()["gad_7"]
    row = HandOver.objects.create(
        client=path.who, episode=path.care, site=site, scale=scale.code, edition=scale.edition, began_by=by,
        began_at=stage.now - 70 * MINUTE, closed_at=stage.now - 64 * MINUTE, taken_back_at=stage.now - 60 * MINUTE,
        taken_back_by=by,
    )  # fmt: skip
    HandOverAnswer.objects.bulk_create(
        HandOverAnswer(hand_over=row, item=item.code, value=1, at=stage.now - 65 * MINUTE) for item in scale.items
    )
