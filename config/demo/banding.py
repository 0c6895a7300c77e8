"""Everybody in a bed wears a wristband, and what is ordered has a label of its own; some were printed anew."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from random import Random

from config.demo.stage import DAY, HOUR, MINUTE, Stage
from emar.models import Administration, Barcode, Medication
from emar.rules.unscanned import Unscanned
from programs.models import Client, Wristband
from programs.rules.bands import Why
from programs.rules.codes import BAND, LABEL, RANDOM, made
from staff.models import Person
from staff.rules.capabilities import Role

SCANNED, BANDED = 0.9, 0.94  # of the doses: label, wristband
WHYS = ("", "", "", Unscanned.NOT_READABLE, Unscanned.NO_SCANNER, Unscanned.NO_LABEL)


def write(stage: Stage) -> dict[int, list[Wristband]]:
    """A band a person from the hour they had their first bed; one in nine was lost on the way. By client."""
    dice = stage.dice("bands")
    worn: dict[int, list[Wristband]] = {}
    for path in stage.paths:
        step = path.sleeps
        if step is None:
            continue
        ends = path.ends
        by = stage.on_duty(stage.site_of(path.steps[0].program), Role.NURSE, path.starts)
        rows = [_band(dice, path.who, min(path.starts + HOUR / 2, stage.now - MINUTE), by)]
        lost = path.starts + dice.uniform(1, 6) * DAY
        if dice.random() < 0.11 and lost < min(stage.now, ends or stage.now) - HOUR:
            rows[0].ended_at, rows[0].ended_why, rows[0].ended_by = lost, Why.LOST.value, by
            rows.append(_band(dice, path.who, lost, by))
        if ends is not None:
            rows[-1].ended_at, rows[-1].ended_why, rows[-1].ended_by = ends, Why.LEFT.value, by
        worn.setdefault(path.who.pk, []).extend(row for row in rows if (row.ended_at or stage.now) > row.started_at)
    Wristband.objects.bulk_create(row for rows in worn.values() for row in rows)
    return worn


def labels(stage: Stage, ordered: Iterable[Medication]) -> dict[int, str]:
    """A label for each medication that is ordered, by medication."""
    dice = stage.dice("labels")
    chosen = sorted({each.pk: each for each in ordered}.values(), key=lambda each: each.pk)
    rows = Barcode.objects.bulk_create(
        Barcode(medication=each, code=made(LABEL, _numbers(dice, LABEL)), kind=Barcode.Kind.SITE) for each in chosen
    )
    return {row.medication_id: row.code for row in rows}


def scan(dice: Random, row: Administration, worn: Mapping[int, list[Wristband]], codes: Mapping[int, str]) -> None:
    """What was scanned for a dose that was taken, before it is written."""
    if row.amount is None:
        return
    bands = worn.get(row.order.client_id, [])
    band = next(
        (each for each in bands if each.started_at <= row.given_at < (each.ended_at or row.given_at + DAY)), None
    )
    if band is not None and dice.random() < BANDED:
        row.band, row.identifiers = band, ["wristband"]
    if dice.random() < SCANNED:
        row.barcode = codes.get(row.order.medication_id, "")
    else:
        row.unscanned = dice.choice(WHYS)


def _band(dice: Random, client: Client, at: datetime, by: Person) -> Wristband:
    return Wristband(client=client, code=made(BAND, _numbers(dice, BAND)), started_at=at, by=by)


def _numbers(dice: Random, kind: str) -> list[int]:
    return [dice.randrange(32) for _ in range(RANDOM[kind])]
