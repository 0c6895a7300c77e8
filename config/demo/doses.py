"""What became of every dose of the written history, and the ones that still wait for a nurse."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from random import Random

from config.demo import banding
from config.demo.orders import Ordered
from config.demo.stage import DAY, HOUR, MINUTE, Stage
from emar.models import Administration
from emar.rules.administration import BODY_SITES, REASONS, Outcome, scales_for
from emar.rules.schedule import AsNeeded, Taper, due_times, taper_dose_at
from emar.rules.windows import Window, minutes_off, missed_from, opens_at, window_for
from programs.models import Wristband
from staff.rules.capabilities import Role

IDENTIFIERS = (["wristband"], ["wristband"], ["wristband"], ["photo", "name"], ["name", "birth_date"])
NOTES = {
    "refused": ("", "", "Offered again after breakfast, still no.", "Told the prescriber."),
    "held": ("BP 86/54, prescriber told.", "Drowsy, will look again in an hour.", ""),
}


def write(stage: Stage, ordered: list[Ordered], worn: Mapping[int, list[Wristband]]) -> list[Administration]:
    """Administrations of every order up to now; the newest last. ``worn``: the wristbands of each client."""
    dice = stage.dice("doses")
    rows = [row for each in ordered for row in _rows(stage, dice, each)]
    rows.sort(key=lambda row: (row.given_at, row.order_id, row.due_at or row.given_at))
    _refused_again(ordered, rows)
    _on_the_body(rows)
    scans, codes = stage.dice("scans"), banding.labels(stage, [each.order.medication for each in ordered])
    for row in rows:
        banding.scan(scans, row, worn, codes)
    return Administration.objects.bulk_create(rows, batch_size=2_000)


def _refused_again(ordered: list[Ordered], rows: list[Administration]) -> None:
    """Somebody at Riverbend refused the last two doses of one order: that reaches the prescriber."""
    by_order: dict[int, list[Administration]] = defaultdict(list)
    for row in rows:
        if row.due_at is not None:
            by_order[row.order_id].append(row)
    for each in ordered:
        last = by_order[each.order.pk][-2:]
        steady = each.site == "riverbend" and each.step.ends is None and each.order.ended_at is None
        if steady and len(last) == 2 and all(row.outcome == Outcome.GIVEN for row in last) and not each.path.away:
            for row in last:
                row.outcome, row.reason, row.amount, row.unit = Outcome.REFUSED.value, "side_effects", None, ""
                row.identifiers, row.note = [], "Says it makes the stomach turn."
            return


def _on_the_body(rows: list[Administration]) -> None:
    """Injections and patches go from place to place."""
    turn: Counter[int] = Counter()
    for row in rows:
        kind = row.order.medication.sites
        if kind and row.amount is not None:
            places = BODY_SITES[kind]
            row.body_site = places[turn[row.order.client_id] % len(places)][0]
            turn[row.order.client_id] += 1


def _rows(stage: Stage, dice: Random, each: Ordered) -> Iterator[Administration]:
    order = each.order
    if isinstance(each.schedule, AsNeeded):
        yield from _as_needed(stage, dice, each, each.schedule)
        return
    window = window_for(each.schedule, order.time_critical)
    for due in due_times(
        each.schedule,
        start=order.started_at,
        stop=order.ended_at,
        since=max(order.started_at, stage.since),
        until=stage.now + 3 * HOUR,
        tz=stage.tz(each.site),
    ):
        if not _charted(stage, dice, due, window):
            continue
        yield _dose(stage, dice, each, due, window)


def _charted(stage: Stage, dice: Random, due: datetime, window: Window) -> bool:
    """Past doses nearly all; in the open window fewer the nearer; a dose whose time has not come, never."""
    if missed_from(due, window) <= stage.now:
        return dice.random() < (0.97 if due > stage.now - DAY else 0.998)
    if opens_at(due, window) > stage.now:
        return False
    behind = (stage.now - due) / MINUTE
    return behind > 0 and dice.random() < (0.7 if behind > 45 else 0.25)


def _dose(stage: Stage, dice: Random, each: Ordered, due: datetime, window: Window) -> Administration:
    outcome, reason = _outcome(dice)
    if each.path.away_at(due):
        outcome, reason = Outcome.ABSENT, "on_leave"
    off = round(dice.gauss(4, max(4, window.after / 6)))
    off = max(-window.before, min(window.after, off))
    note = dice.choice(NOTES.get(outcome.value, ("",)))
    if dice.random() < 0.015 and outcome is Outcome.GIVEN and each.path.away_at(due) is False:
        off, note = window.after + dice.randrange(5, 50), "Was in a group; given when it ended."
    given = min(due + off * MINUTE + dice.randrange(60) * (MINUTE / 60), stage.now - MINUTE)
    ordered = each.order.dose
    if isinstance(each.schedule, Taper):
        ordered = taper_dose_at(each.schedule, due, each.order.started_at, stage.tz(each.site)) or ordered
    return _row(stage, dice, each, outcome, ordered, given, due=due, reason=reason, note=note)


def _outcome(dice: Random) -> tuple[Outcome, str]:
    """Nearly all given; a few refused, held, or not there."""
    throw = dice.random()
    if throw < 0.940:
        return Outcome.GIVEN, ""
    if throw < 0.978:
        outcome = Outcome.REFUSED
    elif throw < 0.988:
        outcome = Outcome.HELD
    elif throw < 0.992:
        outcome = Outcome.NOT_AVAILABLE
    elif throw < 0.996:
        return Outcome.PARTIAL, ""
    else:
        return Outcome.SELF_ADMINISTERED, ""
    return outcome, dice.choice([code for code, _ in REASONS[outcome] if code != "other"])


def _as_needed(stage: Stage, dice: Random, each: Ordered, schedule: AsNeeded) -> Iterator[Administration]:
    """Now and then, never closer than the order allows."""
    at = max(each.order.started_at, stage.since) + dice.uniform(2, 40) * HOUR
    until = min(each.order.ended_at or stage.now, stage.now - 10 * MINUTE)
    while at < until:
        if not each.path.away_at(at):
            reason = each.order.indication.split(" or ")[0]
            row = _row(stage, dice, each, Outcome.GIVEN, each.order.dose, at)
            row.prn_reason = reason
            for scale in [each for each in scales_for(each.order.indication) if each in ("pain", "anxiety")][:1]:
                row.scale, row.score = scale, Decimal(4 + int(at.timestamp()) % 6)
            yield row
        at += max(schedule.min_gap, 24 * HOUR / schedule.max_in_24h) + dice.expovariate(1 / 44) * HOUR


def _row(
    stage: Stage,
    dice: Random,
    each: Ordered,
    outcome: Outcome,
    ordered: Decimal,
    given: datetime,
    *,
    due: datetime | None = None,
    reason: str = "",
    note: str = "",
) -> Administration:
    taken = outcome in (Outcome.GIVEN, Outcome.PARTIAL, Outcome.SELF_ADMINISTERED)
    given = given.replace(microsecond=0)
    return Administration(
        order=each.order,
        due_at=due,
        outcome=outcome.value,
        amount=(ordered / 2 if outcome is Outcome.PARTIAL else ordered) if taken else None,
        unit=each.order.unit if taken else "",
        reason=reason,
        note=note,
        identifiers=dice.choice(IDENTIFIERS) if taken else [],
        given_at=given,
        recorded_at=given,
        wall_clock=given.astimezone(stage.tz(each.site)).isoformat(timespec="minutes"),
        minutes_off=None if due is None else minutes_off(due, given),
        by=stage.on_duty(each.site, Role.NURSE, given),
    )
